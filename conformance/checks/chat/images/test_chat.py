"""
Images in chat completions.

OpenAI returns none. The endpoints that document it have several shapes, all of which are accepted if they hold the
image: Markdown with a data URL, a bare data URL, bare base64, content parts, `images[]`.

Not checked: which shape it is (a deviation names it); that a size named in the prompt is used, as none promises it.
"""

from base64 import b64encode

from conformance import OBSERVED, RFC, Deviation, Exchange, Inconclusive, may, must
from conformance.checks.chat.images.exchanges import (
    CHAT_EDIT,
    CHAT_OUTPUT,
    edited_image_in_chat,
    image_in_chat,
    image_with_modalities,
)
from conformance.checks.chat.images.reading import Found, decoded, found_in
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, require_whole
from conformance.checks.common.fixtures import content_of, data_url
from conformance.counterexamples import broken
from conformance.media.image import read_picture

IN_CHAT = OBSERVED(
    "gateways document images in the message of a chat completion, in several shapes", *evidence.IMAGE_IN_CHAT
)
TORN = "![A picture](data:image/png;base64,VGhpcyBpcyBub3QgYSBwaWN0dXJlLg==)"
MISNAMED = f"![A picture](data:image/gif;base64,{b64encode(content_of('solid.png')).decode()})"


def require_found(observed: Exchange) -> Found:
    """Return the image in a response. Raises `Inconclusive` when there is none: another check finds that."""
    found = found_in(observed)
    if found is None:
        raise Inconclusive("the response has no image: another check finds that")
    return found


@may(CHAT_OUTPUT, says=IN_CHAT, counterexample=broken(None, CONTENT, "Here is your picture."), subject=image_in_chat)
def test_chat_returns_an_image(image_in_chat: Exchange, image_with_modalities: Exchange) -> None:
    """An image model returns an image in a chat message's `content` or `images`, at least with `modalities`."""
    if found_in(image_in_chat) or (image_with_modalities.status == 200 and found_in(image_with_modalities)):
        return
    require_whole(image_in_chat)
    said = image_in_chat.get(CONTENT)
    message = f"the response has no image in any known shape: `content` is {str(said)[:80]!r}"
    raise Deviation(message, finding="missing:picture")


@must(CHAT_OUTPUT, says=IN_CHAT, counterexample=broken(image_in_chat, CONTENT, TORN))
def test_image_can_be_decoded(image_in_chat: Exchange) -> None:
    """The image in a chat completion is valid base64 of a complete PNG, JPEG, WebP or GIF."""
    decoded(require_found(image_in_chat))


@must(CHAT_OUTPUT, says=RFC(2397, "2"), counterexample=broken(image_in_chat, CONTENT, MISNAMED))
def test_data_url_has_the_media_type(image_in_chat: Exchange) -> None:
    """In a chat completion, the media type in an image's data URL matches the image's bytes."""
    found = require_found(image_in_chat)
    picture = read_picture(found.content or b"")
    if not found.media_type or picture is None:
        raise Inconclusive(f"the image is returned as {found.shape}, without a media type or without valid image bytes")
    kind = found.media_type.removeprefix("image/").replace("jpg", "jpeg")
    assert kind == picture.kind, f"the data URL says {found.media_type}, the bytes are a {picture.kind}"


@may(CHAT_EDIT, says=IN_CHAT, counterexample=broken(edited_image_in_chat, CONTENT, "Here is your picture."))
def test_chat_returns_the_edited_image(edited_image_in_chat: Exchange) -> None:
    """An image model that is to edit an image returns one in the chat message's `content` or `images`."""
    if found_in(edited_image_in_chat) is None:
        require_whole(edited_image_in_chat)
        raise Deviation("the response has no image in any known shape", finding="missing:picture")


@must(CHAT_EDIT, says=IN_CHAT, counterexample=broken(edited_image_in_chat, CONTENT, TORN))
def test_edited_image_can_be_decoded(edited_image_in_chat: Exchange) -> None:
    """An edited image in a chat completion is valid base64 of a complete PNG, JPEG, WebP or GIF."""
    decoded(require_found(edited_image_in_chat))


@must(CHAT_EDIT, says=IN_CHAT, counterexample=broken(edited_image_in_chat, CONTENT, data_url("solid.png")))
def test_edited_image_differs(edited_image_in_chat: Exchange) -> None:
    """An edited image in a chat completion differs from the image that was sent."""
    found = require_found(edited_image_in_chat)
    decoded(found)
    assert found.content != content_of("solid.png"), "the image that was sent is returned unchanged"
