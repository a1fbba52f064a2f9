"""
Other formats, several images, `detail`, and the media type's parameters. The control is the PNG that the model reads.

Not checked: the order of two words, as a model may swap them; that `detail` changes the tokens, as only some
models know several.
"""

from conformance import DOC, OBSERVED, RFC, Deviation, Exchange, Inconclusive, may, must, should
from conformance.checks.common import evidence
from conformance.checks.common.attachments import dropped, names, require_named, require_read
from conformance.checks.common.chat import CONTENT, require_whole
from conformance.checks.common.fixtures import word_of
from conformance.checks.common.usage import PROMPT, added, prompt_tokens
from conformance.checks.vision.exchanges import (
    FORMATS,
    OTHER_WORD,
    VARIANTS,
    WORD,
    picture_asked,
    picture_in_high_detail,
    picture_in_low_detail,
    picture_of_format,
    picture_png,
    picture_with_parameter,
    two_pictures,
)
from conformance.counterexamples import broken, changed

PART = "ChatCompletionRequestMessageContentPartImage.image_url"
ABOUT_THE_SAME = 100
"""Tokens. The same image as base64 text differs by more between the formats."""


def half_seen(observed: Exchange) -> Exchange:
    """Return the answer as if the second image had been dropped."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, WORD).change(observed))


@must(VARIANTS, says=DOC(PART), counterexample=changed(picture_of_format, dropped))
def test_picture_of_any_format_is_seen(
    picture_of_format: Exchange, picture_png: Exchange, picture_asked: Exchange
) -> None:
    """A JPEG, WebP or GIF reaches the model like a PNG: it names the word, or `usage.prompt_tokens` grows."""
    require_named(picture_png, WORD)
    require_read(picture_of_format, word_of(FORMATS[picture_of_format.case]), picture_asked, "image_url")


@should(
    VARIANTS,
    says=OBSERVED("the tokens of an image depend on its size in pixels and on `detail`", *evidence.PRICE_OF_AN_IMAGE),
    counterexample=broken(picture_of_format, PROMPT, 5000),
)
def test_price_does_not_depend_on_the_format(picture_of_format: Exchange, picture_png: Exchange) -> None:
    """Images of the same size in pixels use about the same `prompt_tokens` in any format (within 100)."""
    if not names(picture_of_format, word_of(FORMATS[picture_of_format.case])):
        raise Inconclusive("the model does not read the image, which another check judges")
    this, that = prompt_tokens(picture_of_format), prompt_tokens(picture_png)
    message = f"{this} prompt tokens as {picture_of_format.case}, {that} as PNG: its base64 seems to be read as text"
    assert abs(this - that) < ABOUT_THE_SAME, message


@must(VARIANTS, says=DOC(PART), counterexample=changed(two_pictures, half_seen))
def test_two_pictures_are_seen(two_pictures: Exchange, picture_png: Exchange) -> None:
    """Two images in one message both reach the model: it names both words, or the second adds tokens."""
    require_named(picture_png, WORD)
    missing = [word for word in (WORD, OTHER_WORD) if not names(two_pictures, word)]
    if not missing:
        return
    require_whole(two_pictures)
    more = added(two_pictures, picture_png)
    if more > ABOUT_THE_SAME:
        raise Inconclusive(
            f"the second image is counted ({more} prompt tokens), and this model does not name both words"
        )
    raise Deviation(
        f"the words of {len(missing)} of two images are missing, and the second adds {more} prompt tokens",
        finding="partly:image_url",
    )


@must(VARIANTS, says=DOC(f"{PART}.detail"), counterexample=broken(picture_in_low_detail, PROMPT, 5000))
def test_low_detail_is_not_dearer(picture_in_low_detail: Exchange, picture_in_high_detail: Exchange) -> None:
    """An image with `detail` `low` uses fewer `prompt_tokens` than with `high`."""
    low, high = prompt_tokens(picture_in_low_detail), prompt_tokens(picture_in_high_detail)
    if low == high:
        raise Inconclusive("accepted, effect not observable: both use the same number of tokens")
    assert low < high, f"{low} prompt tokens with `low`, {high} with `high`"


@may(VARIANTS, says=RFC(2397, "3"), counterexample=changed(picture_with_parameter, dropped))
def test_parameter_of_media_type_is_taken_or_refused(
    picture_with_parameter: Exchange, picture_png: Exchange, picture_asked: Exchange
) -> None:
    """An image whose media type has a parameter (`;charset=utf-8`) is read or rejected, not ignored."""
    if picture_with_parameter.status == 200:
        require_named(picture_png, WORD)
        require_read(picture_with_parameter, WORD, picture_asked, "image_url")
