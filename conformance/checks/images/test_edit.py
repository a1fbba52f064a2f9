"""
Images that are edited, varied, and streamed.

Not checked: what is edited, as nothing here looks at pixels; that a mask protects the rest, as models change that too.
Whether a mask is read shows in whether one of a wrong size is rejected.
"""

from base64 import b64encode

from conformance import DOC, MUST, SDK, Exchange, must
from conformance.assertions import conforms
from conformance.checks.common.fixtures import content_of
from conformance.checks.common.kinds import edited_images, varied_images
from conformance.checks.common.requests import NO_PICTURE
from conformance.checks.images.exchanges import (
    EDIT,
    OTHER,
    image_edited,
    image_streamed,
    image_variation,
    two_images_edited,
)
from conformance.checks.images.reading import assert_ends_with_picture, contents_in, pictures_in
from conformance.counterexamples import broken, rewritten

SOURCE = b64encode(content_of("solid.png")).decode()
PARTIAL = "image_generation.partial_image"


@must(EDIT, says=SDK("ImagesResponse"), counterexample=broken(image_edited, "data.0.b64_json", 7))
def test_edit_has_the_documented_shape(edited_images: Exchange) -> None:
    """The response to an image edit is an `ImagesResponse` of the documented shape."""
    conforms(edited_images, "ImagesResponse", MUST)


@must(EDIT, says=SDK("Image.b64_json"), counterexample=broken(image_edited, "data.0.b64_json", NO_PICTURE))
def test_edit_is_an_image(edited_images: Exchange) -> None:
    """`b64_json` of an edited image is base64 of a complete PNG, JPEG, WebP or GIF."""
    pictures_in(edited_images)


@must(EDIT, says=DOC("createImageEdit"), counterexample=broken(image_edited, "data.0.b64_json", SOURCE))
def test_edit_differs_from_its_source(image_edited: Exchange) -> None:
    """The edited image is not, byte for byte, the image that was sent."""
    assert contents_in(image_edited)[0] != content_of("solid.png"), "the image that was sent is returned, byte for byte"


@must(EDIT, says=DOC("CreateImageEditRequest.image"), counterexample=broken(two_images_edited, "data", []))
def test_several_images_are_accepted(two_images_edited: Exchange) -> None:
    """An image edit with two images in `image[]` is accepted, and returns one image."""
    found = len(two_images_edited.at("data", list))
    assert found == 1, f"{found} images returned where one is requested"


@must(OTHER, says=SDK("Image.b64_json"), counterexample=broken(image_variation, "data.0.b64_json", NO_PICTURE))
def test_variation_is_an_image(varied_images: Exchange) -> None:
    """`b64_json` of an image variation is base64 of a complete PNG, JPEG, WebP or GIF."""
    pictures_in(varied_images)


@must(OTHER, says=SDK("ImagesResponse"), counterexample=broken(image_variation, "created", "now"))
def test_variation_has_the_documented_shape(varied_images: Exchange) -> None:
    """The response to an image variation is an `ImagesResponse` of the documented shape."""
    conforms(varied_images, "ImagesResponse", MUST)


@must(
    OTHER,
    says=DOC("ImageGenCompletedEvent"),
    counterexample=rewritten(image_streamed, lambda chunks: chunks[:-1]),
    decides="images/generations: stream",
)
def test_stream_ends_with_the_image(image_streamed: Exchange) -> None:
    """An image stream ends with `image_generation.completed`, whose `b64_json` is a complete image."""
    assert_ends_with_picture(image_streamed, "image_generation.completed")


def numbered_wrongly(chunks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Number the partial images from 5, and add one."""
    rough = {"type": PARTIAL, "partial_image_index": 5, "b64_json": NO_PICTURE}
    return [rough, *chunks]


@must(
    OTHER,
    says=DOC("ImageGenPartialImageEvent.partial_image_index"),
    counterexample=rewritten(image_streamed, numbered_wrongly),
    decides="images/generations: partial_images",
)
def test_partial_images_are_numbered(image_streamed: Exchange) -> None:
    """In an image stream, partial images are numbered from 0, and not more than `partial_images`."""
    rough = [chunk for chunk in image_streamed.chunks if chunk.get("type") == PARTIAL]
    numbers = [chunk.at("partial_image_index", int) for chunk in rough]
    assert numbers == list(range(len(rough))), f"`partial_image_index` of the partial images: {numbers}"
    assert len(rough) <= image_streamed.sent.json["partial_images"], f"{len(rough)} partial images"
