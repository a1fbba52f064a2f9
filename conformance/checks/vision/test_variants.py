"""
Other formats, several pictures, `detail`, and the media type's parameters. The control is the PNG that is seen.

Not checked: the order of two words, as a model may turn them round; that `detail` changes the price, as only some
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
"""Tokens. The same picture as base64 in the text differs by more between the formats."""


def half_seen(observed: Exchange) -> Exchange:
    """Return the answer as if the second picture had been dropped."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, WORD).change(observed))


@must(VARIANTS, says=DOC(PART), counterexample=changed(picture_of_format, dropped))
def test_picture_of_any_format_is_seen(
    picture_of_format: Exchange, picture_png: Exchange, picture_asked: Exchange
) -> None:
    """The word in a JPEG, WebP or GIF can be asked for like the one in a PNG."""
    require_named(picture_png, WORD)
    require_read(picture_of_format, word_of(FORMATS[picture_of_format.case]), picture_asked, "image_url")


@should(
    VARIANTS,
    says=OBSERVED("what a picture costs depends on its size in pixels and on `detail`", *evidence.PRICE_OF_AN_IMAGE),
    counterexample=broken(picture_of_format, PROMPT, 5000),
)
def test_price_does_not_depend_on_the_format(picture_of_format: Exchange, picture_png: Exchange) -> None:
    """Two pictures of one size in pixels cost about the same, however many bytes they have."""
    if not names(picture_of_format, word_of(FORMATS[picture_of_format.case])):
        raise Inconclusive("the picture is not seen: another check judges that")
    this, that = prompt_tokens(picture_of_format), prompt_tokens(picture_png)
    message = f"{this} prompt tokens as {picture_of_format.case}, {that} as PNG: the bytes seem to be read as text"
    assert abs(this - that) < ABOUT_THE_SAME, message


@must(VARIANTS, says=DOC(PART), counterexample=changed(two_pictures, half_seen))
def test_two_pictures_are_seen(two_pictures: Exchange, picture_png: Exchange) -> None:
    """The words in two pictures of one message can both be asked for."""
    require_named(picture_png, WORD)
    missing = [word for word in (WORD, OTHER_WORD) if not names(two_pictures, word)]
    if not missing:
        return
    require_whole(two_pictures)
    more = added(two_pictures, picture_png)
    if more > ABOUT_THE_SAME:
        raise Inconclusive(f"the second picture is counted ({more} prompt tokens), and this model tells one word")
    raise Deviation(f"the words of {len(missing)} of two pictures are missing", finding="partly:image_url")


@must(VARIANTS, says=DOC(f"{PART}.detail"), counterexample=broken(picture_in_low_detail, PROMPT, 5000))
def test_low_detail_is_not_dearer(picture_in_low_detail: Exchange, picture_in_high_detail: Exchange) -> None:
    """With `detail` `low` a picture costs at most as much as with `high`."""
    low, high = prompt_tokens(picture_in_low_detail), prompt_tokens(picture_in_high_detail)
    if low == high:
        raise Inconclusive("accepted, effect not observable: both cost the same")
    assert low < high, f"{low} prompt tokens with `low`, {high} with `high`"


@may(VARIANTS, says=RFC(2397, "3"), counterexample=changed(picture_with_parameter, dropped))
def test_parameter_of_media_type_is_taken_or_refused(
    picture_with_parameter: Exchange, picture_png: Exchange, picture_asked: Exchange
) -> None:
    """A picture whose media type has a parameter is seen or refused, not ignored."""
    if picture_with_parameter.status == 200:
        require_named(picture_png, WORD)
        require_read(picture_with_parameter, WORD, picture_asked, "image_url")
