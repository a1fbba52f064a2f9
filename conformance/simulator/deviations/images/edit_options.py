"""Options of edits and variations that are dropped, and streams of edits."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, Entry, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

EDITS, VARIATIONS = "/images/edits", "/images/variations"
OPTIONS = "images.edit_options"


def _dropped(name: str, *caught_by: str) -> Entry:
    """Return the deviation that a field of a form is ignored, in edits and in variations."""

    @deviation(
        f"image-edit-{name.replace('_', '-')}-ignored",
        severity="major",
        says=f"`{name}` of an image edit or variation is ignored.",
        breaks="Layouts, and everyone who pays for images of another kind than requested.",
        source=INVENTED,
        caught_by=tuple(f"{OPTIONS}/{check}" for check in caught_by),
    )
    def dropped(call: Call, handler: Handler) -> Answer:
        concerned = change.posted(call, EDITS) or change.posted(call, VARIATIONS)
        return handler(change.without_files(call, name) if concerned else call)

    return dropped


SIZE = _dropped("size", "edit_of_size/edit_has_the_requested_size", "two_variations/variation_has_the_requested_size")
NUMBER = _dropped("n", "two_edits/n_edits_are_returned", "two_variations/n_variations_are_returned")
FORMAT = _dropped("output_format", "edit_as_jpeg/edit_has_the_requested_format")


@deviation(
    "image-edit-with-an-option-is-empty",
    severity="major",
    says="An image edit with an option that the upstream does not know has an empty `data`.",
    breaks="Clients that read the first image.",
    source=INVENTED,
    caught_by=(f"{OPTIONS}/edit_with*/option_of_an_edit_is_accepted", f"{OPTIONS}/edit_in_json/*"),
)
def option_empties(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["data"] = []

    unknown = (b"quality", b"input_fidelity", b"background", b'"user"', b"images", b"output_compression")
    known = all(name not in call.content for name in unknown)
    return handler(call) if known or not change.posted(call, EDITS) else change.body(handler(call), apply)


@deviation(
    "image-edit-stream-of-generations",
    severity="major",
    says="The events of an image edit stream are named `image_generation.*`.",
    breaks="Clients that go by the type of an event: they never see the image.",
    source=INVENTED,
    caught_by=(f"{OPTIONS}/edit_stream/events_have_the_documented_shape", f"{OPTIONS}/edit_stream/edit_stream_ends_*"),
)
def stream_of_generations(call: Call, handler: Handler) -> Answer:
    def rename(chunk: change.Object) -> None:
        chunk["type"] = str(chunk.get("type")).replace("image_edit", "image_generation")

    answer = handler(call)
    return change.each_chunk(answer, rename) if change.posted(call, EDITS) else answer
