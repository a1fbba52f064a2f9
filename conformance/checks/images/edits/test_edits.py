"""
Image edits and variations with options: as many as requested, of the requested size and format, and in a stream.

Not checked: what `quality`, `input_fidelity` and `background` change, which only pixels show.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, must
from conformance.assertions import conforms
from conformance.checks.common.requests import NO_PICTURE
from conformance.checks.images.edits.exchanges import (
    OPTIONS,
    SQUARE,
    WIDE,
    edit_as_jpeg,
    edit_in_json,
    edit_of_size,
    edit_stream,
    edit_streamed,
    edit_with,
    two_edits,
    two_variations,
)
from conformance.checks.images.reading import assert_ends_with_picture, pictures_in, require_two
from conformance.counterexamples import broken, broken_chunk, rewritten

PARTIAL, COMPLETED = "image_edit.partial_image", "image_edit.completed"
PICTURE = "data.0.b64_json"


def assert_size(observed: Exchange, size: str) -> None:
    """Assert that each image has a size in pixels."""
    for picture in pictures_in(observed):
        if picture.size != size:
            raise Deviation(f"the image has {picture.size} pixels, and {size} is requested", finding="ignored:size")


@must(
    OPTIONS,
    says=DOC("CreateImageEditRequest.size"),
    counterexample=broken(edit_of_size, PICTURE, NO_PICTURE),
    decides="images/edits: size",
)
def test_edit_has_the_requested_size(edit_of_size: Exchange) -> None:
    """An edited image has the requested `size` in pixels."""
    assert_size(edit_of_size, WIDE)


@must(
    OPTIONS,
    says=DOC("CreateImageEditRequest.n"),
    counterexample=broken(two_edits, "data", []),
    decides="images/edits: n",
)
def test_n_edits_are_returned(two_edits: Exchange) -> None:
    """An image edit with `n: 2` returns two images."""
    require_two(two_edits)


@must(
    OPTIONS,
    says=DOC("CreateImageEditRequest.output_format"),
    counterexample=broken(edit_as_jpeg, PICTURE, NO_PICTURE),
    decides="images/edits: output_format",
)
def test_edit_has_the_requested_format(edit_as_jpeg: Exchange) -> None:
    """An edited image with `output_format` `jpeg` is a JPEG."""
    kinds = {picture.kind for picture in pictures_in(edit_as_jpeg)}
    if kinds != {"jpeg"}:
        raise Deviation(f"the image is a {', '.join(sorted(kinds))}", finding="ignored:output_format")


@must(
    OPTIONS,
    says=DOC("createImageEdit"),
    counterexample=broken(edit_with, "data", []),
    decides="images/edits: {case}",
    effect_seen=False,
)
def test_option_of_an_edit_is_accepted(edit_with: Exchange) -> None:
    """An image edit with `quality`, `input_fidelity`, `background`, `output_compression` or `user` has one image."""
    assert len(edit_with.at("data", list)) == 1


@must(OPTIONS, says=DOC("createImageEdit"), counterexample=broken(edit_in_json, PICTURE, NO_PICTURE))
def test_edit_in_json_returns_an_image(edit_in_json: Exchange) -> None:
    """An image edit that is sent as JSON, with the image in `images`, returns an image."""
    assert edit_in_json.at("data", list), "`data` is empty"
    pictures_in(edit_in_json)


@must(
    OPTIONS,
    says=SDK("ImageEditStreamEvent"),
    counterexample=broken_chunk(edit_streamed, 0, "type", "image_generation.partial_image"),
)
def test_events_have_the_documented_shape(edit_stream: Exchange) -> None:
    """Each event of an image edit stream is an `ImageEditStreamEvent` of the documented shape."""
    for event in edit_stream.chunks:
        conforms(event, "ImageEditStreamEvent", MUST)


@must(
    OPTIONS,
    says=SDK("ImageEditCompletedEvent"),
    counterexample=rewritten(edit_streamed, lambda chunks: chunks[:-1]),
    decides="images/edits: stream",
)
def test_edit_stream_ends_with_the_image(edit_stream: Exchange) -> None:
    """An image edit stream ends with `image_edit.completed`, whose `b64_json` is a complete image."""
    assert_ends_with_picture(edit_stream, COMPLETED)


@must(
    OPTIONS,
    says=DOC("createImageVariation"),
    counterexample=broken(two_variations, "data", []),
    decides="images/variations: n",
)
def test_n_variations_are_returned(two_variations: Exchange) -> None:
    """A request for two image variations returns two images."""
    require_two(two_variations)


@must(
    OPTIONS,
    says=DOC("CreateImageVariationRequest.size"),
    counterexample=broken(two_variations, PICTURE, NO_PICTURE),
    decides="images/variations: size",
)
def test_variation_has_the_requested_size(two_variations: Exchange) -> None:
    """An image variation has the requested `size` in pixels."""
    assert_size(two_variations, SQUARE)
