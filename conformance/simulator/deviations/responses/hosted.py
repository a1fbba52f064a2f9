"""Hosted tools in full: what is lost of their items, of what `include` adds, and of their events."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    each_event,
    ignored,
    in_bodies,
    items_of,
    renumber,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_FILES = "responses.file_search"
_INCLUDE = "responses.include"
_SHELL = "responses.shell_in_container"


@deviation(
    "responses-include-ignored",
    severity="major",
    says="`include` about hosted tools is accepted and ignored.",
    breaks="Applications that show their sources.",
    source=INVENTED,
    caught_by=(
        f"{_FILES}/file_searched/included_results_name_their_files",
        f"{_INCLUDE}/sources_included/included_sources_are_listed",
    ),
)
def include_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "include")


@deviation(
    "responses-outputs-as-texts",
    severity="minor",
    says="`outputs` of a code interpreter's call are texts, not objects.",
    breaks="Clients that read the logs.",
    source=INVENTED,
    caught_by=(f"{_INCLUDE}/outputs_included/included_outputs_are_logs_or_images",),
)
def outputs_as_texts(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "code_interpreter_call"):
            item["outputs"] = [output["logs"] for output in item["outputs"] or ()]

    return in_bodies(call, handler, apply)


@deviation(
    "responses-citations-of-other-files",
    severity="major",
    says="Citations of a searched file have an id of the search, not of the file.",
    breaks="Applications that open the cited file.",
    source=INVENTED,
    caught_by=(f"{_FILES}/file_searched/citations_name_searched_files",),
)
def citations_of_other_files(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "message"):
            for part in item["content"]:
                for note in part.get("annotations", ()):
                    note["file_id"] = "result-0"

    return in_bodies(call, handler, apply)


@deviation(
    "responses-citations-not-streamed",
    severity="minor",
    says="A stream has no event about citations: they stand in the final text alone.",
    breaks="Clients that show citations while the text comes.",
    source=INVENTED,
    caught_by=(f"{_FILES}/file_searched_streamed/citations_are_streamed",),
)
def citations_not_streamed(call: Call, handler: Handler) -> Answer:
    return renumber(call, handler, lambda told: [one for one in told if "annotation" not in one])


@deviation(
    "responses-unfinished-image-as-url",
    severity="major",
    says="An image that is not finished is sent as an address, not in base64.",
    breaks="Clients that show the image while it is made.",
    source=INVENTED,
    caught_by=(f"{_INCLUDE}/image_on_the_way/unfinished_images_can_be_read",),
)
def unfinished_image_as_url(call: Call, handler: Handler) -> Answer:
    kind = "response.image_generation_call.partial_image"
    url = "https://images.example/1.png"
    return each_event(call, handler, kind, lambda event: event.update(partial_image_b64=url))


@deviation(
    "responses-shell-output-lost",
    severity="major",
    says="What a shell in a container prints belongs to no call, and is in no event.",
    breaks="Agents that resend all items: the output of a call is missing.",
    source=INVENTED,
    caught_by=(
        f"{_SHELL}/shell_in_container/output_of_a_shell_belongs_to_its_call",
        f"{_SHELL}/shell_in_container_streamed/output_of_a_shell_is_streamed",
    ),
)
def shell_output_lost(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "shell_call_output"):
            item["call_id"] = "call_0"

    def lose(told: list[change.Object]) -> list[change.Object]:
        return [one for one in told if not one["type"].startswith("response.shell_call_output")]

    return renumber(call, lambda one: in_bodies(one, handler, apply), lose)


@deviation(
    "responses-searched-tools-not-told",
    severity="minor",
    says="A search for tools has no list of the tools that were loaded.",
    breaks="Clients that resend the items: the loaded tools are unknown.",
    source=INVENTED,
    caught_by=("responses.tool_search/tools_searched/searched_tools_are_listed",),
)
def searched_tools_not_told(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "tool_search_output"):
            item["tools"] = []

    return in_bodies(call, handler, apply)
