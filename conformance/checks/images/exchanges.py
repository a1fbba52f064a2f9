"""
What is sent to the endpoints for images.

An image costs about 1,500 tokens. Requests with more than the required fields build on the one without: where that is
rejected, they are not sent.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import content_of
from conformance.checks.common.prompts import PAINT, REPAINT
from conformance.checks.common.requests import FILE_REFUSED
from conformance.requests import Upload, multipart, post

GENERATE = capability("images.generate")
OPTIONS = capability("images.generate.n_size_format")
EDIT = capability("images.edit")
OTHER = capability("images.other")

IMAGE = ("image",)
TOKENS = 1500


def paint(target: Target, **optional: Any) -> Request:
    """Return a request for an image."""
    return post("/images/generations", {"model": target.model("image"), "prompt": PAINT, **optional})


@exchange(GENERATE, roles=IMAGE, cost=TOKENS)
def image_generated(target: Target) -> Request:
    """An image for a prompt, and no optional field."""
    return paint(target)


@exchange(GENERATE, roles=IMAGE, cost=TOKENS)
def image_in_base64(target: Target) -> Request:
    """An image with `response_format` `b64_json`."""
    return paint(target, response_format="b64_json")


WRONG_PAINTINGS = {
    "no-prompt": {"n": 1},
    "empty-prompt": {"prompt": ""},
    "n-zero": {"prompt": PAINT, "n": 0},
    "unknown-size": {"prompt": PAINT, "size": "conformance"},
}


@exchange(GENERATE, expects=FILE_REFUSED, each=WRONG_PAINTINGS, roles=IMAGE, cost=20, invalid=True)
def invalid_image_request(target: Target, image_generated: Exchange, row: dict[str, Any]) -> Request:
    """An image request without a prompt, with an empty prompt, with `n` 0, or with an unknown `size`."""
    del image_generated
    return post("/images/generations", {"model": target.model("image"), **row})


@exchange(OPTIONS, roles=IMAGE, cost=2 * TOKENS)
def two_images(target: Target, image_generated: Exchange) -> Request:
    """Two images in one request."""
    del image_generated
    return paint(target, n=2)


@exchange(OPTIONS, roles=IMAGE, each={size: size for size in ("1024x1024", "1536x1024")}, cost=TOKENS)
def image_of_size(target: Target, image_generated: Exchange, row: str) -> Request:
    """An image of a documented `size`, square or wide."""
    del image_generated
    return paint(target, size=row)


@exchange(OPTIONS, roles=IMAGE, each={name: name for name in ("png", "jpeg", "webp")}, cost=TOKENS)
def image_of_format(target: Target, image_generated: Exchange, row: str) -> Request:
    """An image of a documented `output_format`."""
    del image_generated
    return paint(target, output_format=row)


@exchange(OPTIONS, roles=IMAGE, cost=TOKENS)
def image_transparent(target: Target, image_generated: Exchange) -> Request:
    """An image with `background` `transparent`."""
    del image_generated
    return paint(target, background="transparent")


@exchange(OPTIONS, roles=IMAGE, cost=400)
def image_of_low_quality(target: Target, image_generated: Exchange) -> Request:
    """An image with `quality` `low`."""
    del image_generated
    return paint(target, quality="low")


@exchange(OPTIONS, roles=IMAGE, cost=TOKENS)
def image_by_url(target: Target, image_generated: Exchange) -> Request:
    """An image with `response_format` `url`."""
    del image_generated
    return paint(target, response_format="url")


TAKEN = {
    "user": {"user": "conformance"},
    "moderation": {"moderation": "low"},
    "output_compression": {"output_format": "jpeg", "output_compression": 50},
}


@exchange(OPTIONS, roles=IMAGE, each=TAKEN, cost=TOKENS)
def image_with_option(target: Target, image_generated: Exchange, row: dict[str, Any]) -> Request:
    """An image with a parameter whose effect an image of one color does not show."""
    del image_generated
    return paint(target, **row)


def picture_file(name: str) -> Upload:
    """Return a fixture as a file of a form."""
    return Upload(f"picture.{name.rpartition('.')[2]}", content_of(name), "image/png")


def edit(target: Target, files: dict[str, Any], **fields: str) -> Request:
    """Return a request to edit images, as a form."""
    return multipart("/images/edits", {"model": target.model("image"), "prompt": REPAINT, **fields}, files)


@exchange(EDIT, roles=IMAGE, cost=2 * TOKENS)
def image_edited(target: Target) -> Request:
    """An image to be edited, as a file of a form."""
    return edit(target, {"image": picture_file("solid.png")})


@exchange(EDIT, roles=IMAGE, cost=2 * TOKENS)
def two_images_edited(target: Target, image_edited: Exchange) -> Request:
    """Two images to be edited, as `image[]`, as the official client sends a list."""
    del image_edited
    return edit(target, {"image[]": [picture_file("solid.png"), picture_file("word.png")]})


@exchange(EDIT, expects=FILE_REFUSED, roles=IMAGE, cost=TOKENS, invalid=True)
def edit_with_wrong_mask(target: Target, image_edited: Exchange) -> Request:
    """An image edit whose `mask` has another size than the image."""
    del image_edited
    return edit(target, {"image": picture_file("solid.png"), "mask": picture_file("word.png")})


@exchange(EDIT, expects=FILE_REFUSED, roles=IMAGE, cost=0, invalid=True)
def edit_without_image(target: Target, image_edited: Exchange) -> Request:
    """An image edit without an image."""
    del image_edited
    return edit(target, {})


@exchange(EDIT, expects=FILE_REFUSED, roles=IMAGE, cost=0, invalid=True)
def edit_of_text_file(target: Target, image_edited: Exchange) -> Request:
    """An image edit of a text file named `picture.png`."""
    del image_edited
    return edit(target, {"image": Upload("picture.png", b"This is not a picture.\n" * 20, "image/png")})


@exchange(OTHER, roles=IMAGE, cost=TOKENS)
def image_variation(target: Target) -> Request:
    """A variation of a square image."""
    return multipart("/images/variations", {"model": target.model("image")}, {"image": picture_file("solid.png")})


@exchange(OTHER, roles=IMAGE, cost=TOKENS)
def image_streamed(target: Target, image_generated: Exchange) -> Request:
    """An image as a stream of events, with one partial image."""
    del image_generated
    return paint(target, stream=True, partial_images=1)
