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
    image_in_high_detail,
    image_in_low_detail,
    image_other_format,
    image_png,
    image_question_alone,
    image_with_media_type_parameter,
    two_images_sent,
)
from conformance.counterexamples import broken, changed

PART = "ChatCompletionRequestMessageContentPartImage.image_url"
ABOUT_THE_SAME = 100
"""Tokens. The same image as base64 text differs by more between the formats."""


def half_seen(observed: Exchange) -> Exchange:
    """Return the answer as if the second image had been dropped."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, WORD).change(observed))


@must(VARIANTS, says=DOC(PART), counterexample=changed(image_other_format, dropped))
def test_image_of_any_format_reaches_the_model(
    image_other_format: Exchange, image_png: Exchange, image_question_alone: Exchange
) -> None:
    """A JPEG, WebP or GIF reaches the model like a PNG: it names the word, or the image adds 20 prompt tokens."""
    require_named(image_png, WORD)
    require_read(image_other_format, word_of(FORMATS[image_other_format.case]), image_question_alone, "image_url")


@should(
    VARIANTS,
    says=OBSERVED("the tokens of an image depend on its size in pixels and on `detail`", *evidence.PRICE_OF_AN_IMAGE),
    counterexample=broken(image_other_format, PROMPT, 5000),
)
def test_tokens_do_not_depend_on_the_format(image_other_format: Exchange, image_png: Exchange) -> None:
    """Images of the same size in pixels use about the same `prompt_tokens` in any format (within 100)."""
    if not names(image_other_format, word_of(FORMATS[image_other_format.case])):
        raise Inconclusive("the model does not read the image, which another check judges")
    this, that = prompt_tokens(image_other_format), prompt_tokens(image_png)
    message = f"{this} prompt tokens as {image_other_format.case}, {that} as PNG: its base64 seems to be read as text"
    assert abs(this - that) < ABOUT_THE_SAME, message


@must(VARIANTS, says=DOC(PART), counterexample=changed(two_images_sent, half_seen))
def test_two_images_reach_the_model(two_images_sent: Exchange, image_png: Exchange) -> None:
    """Two images in one message both reach the model: it names both words, or the second adds tokens."""
    require_named(image_png, WORD)
    missing = [word for word in (WORD, OTHER_WORD) if not names(two_images_sent, word)]
    if not missing:
        return
    require_whole(two_images_sent)
    more = added(two_images_sent, image_png)
    if more > ABOUT_THE_SAME:
        raise Inconclusive(
            f"the second image is counted ({more} prompt tokens), and this model does not name both words"
        )
    raise Deviation(
        f"the words of {len(missing)} of two images are missing, and the second adds {more} prompt tokens",
        finding="partly:image_url",
    )


@must(VARIANTS, says=DOC(f"{PART}.detail"), counterexample=broken(image_in_low_detail, PROMPT, 5000))
def test_low_detail_uses_fewer_tokens(image_in_low_detail: Exchange, image_in_high_detail: Exchange) -> None:
    """An image with `detail` `low` uses fewer `prompt_tokens` than with `high`."""
    low, high = prompt_tokens(image_in_low_detail), prompt_tokens(image_in_high_detail)
    if low == high:
        raise Inconclusive("accepted, effect not observable: both use the same number of tokens")
    assert low < high, f"{low} prompt tokens with `low`, {high} with `high`"


@may(VARIANTS, says=RFC(2397, "3"), counterexample=changed(image_with_media_type_parameter, dropped))
def test_image_is_read_or_rejected(
    image_with_media_type_parameter: Exchange, image_png: Exchange, image_question_alone: Exchange
) -> None:
    """An image whose media type has a parameter (`;charset=utf-8`) is read or rejected, not ignored."""
    if image_with_media_type_parameter.status == 200:
        require_named(image_png, WORD)
        require_read(image_with_media_type_parameter, WORD, image_question_alone, "image_url")
