"""What is sent about the options of image edits and variations. All build on the edit, or variation, without any."""

from collections.abc import Mapping
from typing import Any

from conformance import Exchange, Kind, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url
from conformance.checks.common.prompts import REPAINT
from conformance.checks.images.exchanges import IMAGE, TOKENS, edit, image_edited, image_variation, picture_file
from conformance.requests import multipart, post

OPTIONS = capability("images.edit_options")

WIDE = "1536x1024"
SQUARE = "256x256"


def edit_one(target: Target, **fields: str) -> Request:
    """Return a request to edit an image, with options."""
    return edit(target, {"image": picture_file("solid.png")}, **fields)


@exchange(OPTIONS, roles=IMAGE, cost=TOKENS)
def edit_of_size(target: Target, image_edited: Exchange) -> Request:
    """An image edit with a wide `size`."""
    del image_edited
    return edit_one(target, size=WIDE)


@exchange(OPTIONS, roles=IMAGE, cost=3 * TOKENS)
def two_edits(target: Target, image_edited: Exchange) -> Request:
    """An image edit with `n: 2`."""
    del image_edited
    return edit_one(target, n="2")


TAKEN: Mapping[str, dict[str, str]] = {
    "quality": {"quality": "low"},
    "input_fidelity": {"input_fidelity": "high"},
    "background": {"background": "opaque"},
    "user": {"user": "conformance"},
    "output_compression": {"output_format": "jpeg", "output_compression": "50"},
}


@exchange(OPTIONS, roles=IMAGE, each=TAKEN, cost=2 * TOKENS)
def edit_with(target: Target, image_edited: Exchange, row: dict[str, str]) -> Request:
    """An image edit with a parameter whose effect an image of one color does not show."""
    del image_edited
    return edit_one(target, **row)


@exchange(OPTIONS, roles=IMAGE, cost=2 * TOKENS)
def edit_as_jpeg(target: Target, image_edited: Exchange) -> Request:
    """An image edit with `output_format` `jpeg`."""
    del image_edited
    return edit_one(target, output_format="jpeg")


@exchange(OPTIONS, roles=IMAGE, cost=2 * TOKENS)
def edit_in_json(target: Target, image_edited: Exchange) -> Request:
    """An image edit as JSON, with the image as a data URL in `images`."""
    del image_edited
    body: dict[str, Any] = {"model": target.model("image"), "prompt": REPAINT}
    return post("/images/edits", {**body, "images": [{"image_url": data_url("solid.png")}]})


@exchange(OPTIONS, roles=IMAGE, cost=2 * TOKENS)
def edit_streamed(target: Target, image_edited: Exchange) -> Request:
    """An image edit as a stream of events, with one partial image."""
    del image_edited
    return edit_one(target, stream="true", partial_images="1", size="1024x1024")


edit_stream = Kind("edit_stream", "streamed image edit", "POST", "images/edits", streamed=True)


@exchange(OPTIONS, roles=IMAGE, cost=2 * TOKENS)
def two_variations(target: Target, image_variation: Exchange) -> Request:
    """Two variations of an image, with a small `size`."""
    del image_variation
    given = {"model": target.model("image"), "n": "2", "size": SQUARE}
    return multipart("/images/variations", given, {"image": picture_file("solid.png")})
