"""
What `include` adds to items of hosted tools, and images that are sent before they are finished.

Not checked: what `web_search_call.results` adds, of which nothing is documented but the name, and that it is accepted:
OpenAI rejects it where it is not enabled for an organization (2026-03-28, openai/openai-node#1801); how good the
sources are; how many unfinished images come, which is at most the requested number.
"""

from collections import Counter

from conformance import SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.responses.events import events_of, replaced
from conformance.checks.responses.hosted.exchanges import (
    INCLUDE,
    PARTIAL_IMAGES,
    image_on_the_way,
    outputs_included,
    results_included,
    sources_included,
)
from conformance.checks.responses.hosted.reading import calls_of
from conformance.counterexamples import DELETE, broken
from conformance.media.base64 import decode_base64
from conformance.media.image import read_picture

PARTIAL = "response.image_generation_call.partial_image"


@may(
    INCLUDE,
    says=SDK("response_function_web_search.ActionSearch.sources"),
    counterexample=broken(sources_included, "output.0.action.sources", DELETE),
    decides="responses: include web_search_call.action.sources",
)
def test_included_sources_are_listed(sources_included: Exchange) -> None:
    """With `include` of `web_search_call.action.sources`, a `web_search_call` item of a search has `action.sources`."""
    searches = [call for call in calls_of(sources_included) if call.get("action.type") == "search"]
    if not searches:
        raise Inconclusive("no item is a search: pages were opened, or looked through")
    if not any(isinstance(search.get("action.sources"), list) for search in searches):
        raise Deviation(f"none of {len(searches)} searches has `sources`", finding="ignored:include")


@may(INCLUDE, says=SDK("ResponseIncludable"), counterexample=broken(results_included, "output", []))
def test_search_with_results_is_done(results_included: Exchange) -> None:
    """With `include` of `web_search_call.results`, a required web search gives a `web_search_call` item."""
    if results_included.status != 200:
        raise Inconclusive("the value is rejected, as OpenAI does where it is not enabled for an organization")
    calls_of(results_included)


@may(
    INCLUDE,
    says=SDK("ResponseCodeInterpreterToolCall.outputs"),
    counterexample=broken(outputs_included, "output.0.outputs", ["42"]),
)
def test_included_outputs_are_logs_or_images(outputs_included: Exchange) -> None:
    """With `include` of `code_interpreter_call.outputs`, each of `outputs` has `logs`, or the `url` of an image."""
    told = [call for call in calls_of(outputs_included) if call.at("outputs", list | None, None)]
    if not told:
        raise Inconclusive("the code has written nothing, or its outputs are not included")
    for call in told:
        for number in range(len(call.at("outputs", list))):
            kind = call.at(f"outputs.{number}.type", str)
            assert kind in {"logs", "image"}, f"{call.place}: an output is of type {kind!r}"
            call.at(f"outputs.{number}.{'logs' if kind == 'logs' else 'url'}", str)


@may(
    INCLUDE,
    says=SDK("ResponseImageGenCallPartialImageEvent"),
    counterexample=replaced(PARTIAL, "partial_image_b64", "another", image_on_the_way),
)
def test_unfinished_images_can_be_read(image_on_the_way: Exchange) -> None:
    """In a Responses API stream, `partial_image` events hold images, at most `partial_images` for each image."""
    events = events_of(image_on_the_way, PARTIAL)
    if not events:
        raise Inconclusive("the image was finished before a part of it was sent")
    # The model may draw several images, each with events of its own.
    most = max(Counter(event.get("item_id") for event in events).values())
    assert most <= PARTIAL_IMAGES, f"{most} events of one image, where `partial_images` is {PARTIAL_IMAGES}"
    for event in events:
        content = decode_base64(event.at("partial_image_b64", str))
        assert content is not None, f"{event.place}: `partial_image_b64` is not base64"
        assert read_picture(content) is not None, f"{event.place}: `partial_image_b64` is not an image"
