"""
What is sent about stored responses: pages of their input, their events again, the background, counting, compacting.

Every response that is stored is deleted again.
"""

from typing import Any

from conformance import Exchange, Kind, Request, Target, Until, capability, exchange
from conformance.checks.common.pages import page
from conformance.checks.common.prompts import ASK_WORD, COUNT, HELLO
from conformance.checks.responses.exchanges import (
    NO_RESPONSE,
    PATH,
    REPORT,
    TOOL,
    ask,
    background,
    by_id,
    cancelled,
    stored,
)
from conformance.requests import assistant, delete, get, post, segment, user

STORED = capability("responses.stored")
BACKGROUND = capability("responses.background")
COUNTING = capability("responses.counting")

SAID = ("Say OK.", "OK.", HELLO)
"""The turns of an input of several items, from the oldest to the newest."""
AFTER = 3
"""The number of the event after which a stream is resumed: enough events come before it and after it."""
FINAL = frozenset({"completed", "failed", "cancelled", "incomplete"})
retrieved_stream = Kind("retrieved_stream", "retrieved stream of a response", "GET", "responses/{id}", streamed=True)

NO_CANCELLATION = frozenset({200, 400, 409})


def is_final(observed: Exchange) -> bool:
    """Tell whether a response has ended, or cannot be retrieved."""
    return observed.status != 200 or observed.get("status") in FINAL


@exchange(STORED)
def several_stored(target: Target) -> Request:
    """An input of three messages, without `store`, so the response is stored."""
    first, second, third = SAID
    return ask(target, [user(first), assistant(second), user(third)], store=None)


@exchange(STORED, cost=0)
def items_ascending(several_stored: Exchange) -> Request:
    """The input items with `order=asc`."""
    return page(by_id(several_stored, "/input_items"), order="asc")


@exchange(STORED, cost=0)
def items_descending(several_stored: Exchange) -> Request:
    """The input items with `order=desc`."""
    return page(by_id(several_stored, "/input_items"), order="desc")


@exchange(STORED, cost=0)
def items_first_page(several_stored: Exchange) -> Request:
    """The first two input items: `limit=2` and `order=asc`."""
    return page(by_id(several_stored, "/input_items"), limit=2, order="asc")


@exchange(STORED, cost=0)
def items_next_page(several_stored: Exchange, items_ascending: Exchange) -> Request:
    """The page after the second input item: `after` with its id, `limit=2` and `order=asc`."""
    second = items_ascending.at("data.1.id", str)
    return page(by_id(several_stored, "/input_items"), after=second, limit=2, order="asc")


@exchange(STORED, cost=0)
def retrieved_with_include(several_stored: Exchange) -> Request:
    """The stored response, retrieved with `include` of results that it does not have."""
    return page(by_id(several_stored), **{"include[]": "file_search_call.results"})


@exchange(STORED, cost=0)
def items_with_include(several_stored: Exchange) -> Request:
    """The input items with `include` of the addresses of images, of which there are none."""
    return page(by_id(several_stored, "/input_items"), **{"include[]": "message.input_image.image_url"})


@exchange(STORED, cost=0, last=True)
def several_deleted(several_stored: Exchange) -> Request:
    """The deletion of the response to several messages."""
    return delete(by_id(several_stored))


@exchange(STORED, expects=404, cost=0, last=True, invalid=True)
def deleted_items_listed(several_stored: Exchange, items_ascending: Exchange, several_deleted: Exchange) -> Request:
    """The input items of the deleted response, which could be listed before."""
    return get(by_id(several_stored, "/input_items"))


@exchange(STORED, expects={400, 404}, cost=0, roles=(), invalid=True)
def unknown_retrieved(several_stored: Exchange) -> Request:
    """A response that does not exist, where responses are stored."""
    return get(f"{PATH}/{NO_RESPONSE}")


@exchange(BACKGROUND, cost=120)
def background_streamed(target: Target) -> Request:
    """A longer text, generated in the background and streamed."""
    return ask(target, COUNT, background=True, store=True, stream=True)


def _of_stream(streamed: Exchange, below: str = "") -> str:
    return f"{PATH}/{segment(streamed.chunks[0].at('response.id', str))}{below}"


@exchange(BACKGROUND, cost=0)
def stream_retrieved(background_streamed: Exchange) -> Request:
    """The events of the background response, from the beginning: `stream=true`."""
    return get(_of_stream(background_streamed, "?stream=true"))


@exchange(BACKGROUND, cost=0)
def stream_resumed(background_streamed: Exchange) -> Request:
    """The events of the background response after number 3: `stream=true` and `starting_after=3`."""
    return get(_of_stream(background_streamed, f"?stream=true&starting_after={AFTER}"))


@exchange(BACKGROUND, cost=0)
def stream_unpadded(background_streamed: Exchange) -> Request:
    """The events of the background response without obfuscation: `stream=true` and `include_obfuscation=false`."""
    return get(_of_stream(background_streamed, "?stream=true&include_obfuscation=false"))


@exchange(BACKGROUND, cost=0, until=Until(is_final, limit_s=20.0))
def stream_finished(background_streamed: Exchange) -> Request:
    """The background response that was streamed, retrieved as a whole until its `status` is final."""
    return get(_of_stream(background_streamed))


@exchange(BACKGROUND, cost=0, last=True)
def stream_deleted(background_streamed: Exchange, stream_finished: Exchange) -> Request:
    """The deletion of the background response that was streamed."""
    return delete(_of_stream(background_streamed))


@exchange(BACKGROUND, cost=120)
def begun(target: Target) -> Request:
    """A longer text, generated in the background and not canceled."""
    return ask(target, COUNT, background=True, store=True)


@exchange(BACKGROUND, cost=0, until=Until(is_final))
def polled(begun: Exchange) -> Request:
    """The background response, retrieved until its `status` is final."""
    return get(by_id(begun))


@exchange(BACKGROUND, expects=NO_CANCELLATION, cost=0)
def finished_cancelled(begun: Exchange, polled: Exchange) -> Request:
    """The cancellation of a background response that has ended."""
    return Request("POST", by_id(begun, "/cancel"))


@exchange(BACKGROUND, cost=0)
def finished_retrieved(begun: Exchange, finished_cancelled: Exchange) -> Request:
    """The background response that had ended, retrieved after its cancellation."""
    return get(by_id(begun))


@exchange(BACKGROUND, cost=0, last=True)
def begun_deleted(begun: Exchange, polled: Exchange) -> Request:
    """The deletion of the background response that has ended."""
    return delete(by_id(begun))


@exchange(BACKGROUND, expects=NO_CANCELLATION, cost=0)
def cancelled_again(background: Exchange, cancelled: Exchange) -> Request:
    """The second cancellation of a background response."""
    return Request("POST", by_id(background, "/cancel"))


@exchange(BACKGROUND, cost=0)
def cancelled_retrieved(background: Exchange, cancelled: Exchange) -> Request:
    """The cancelled background response, retrieved by its id."""
    return get(by_id(background))


@exchange(BACKGROUND, expects={400, 404, 409, 422}, cost=0, invalid=True)
def foreground_cancelled(several_stored: Exchange, cancelled: Exchange) -> Request:
    """The cancellation of a response that was not created in the background."""
    return Request("POST", by_id(several_stored, "/cancel"))


def count(target: Target, said: Any, **optional: Any) -> Request:
    """Return a request to count the tokens of an input."""
    return post(f"{PATH}/input_tokens", {"model": target.model("chat"), "input": said, **optional})


@exchange(COUNTING, cost=150)
def longer_counted(target: Target) -> Request:
    """The control: a count of an input that has a long text besides the greeting."""
    return count(target, f"{HELLO} {REPORT}")


@exchange(COUNTING, cost=150)
def instructions_counted(target: Target) -> Request:
    """A count of the tokens of a greeting with long `instructions`."""
    return count(target, HELLO, instructions=REPORT)


@exchange(COUNTING, cost=60)
def tools_counted(target: Target) -> Request:
    """A count of the tokens of a greeting with a function, and settings that cost nothing."""
    settings = {"tool_choice": "auto", "parallel_tool_calls": True, "truncation": "disabled"}
    return count(target, HELLO, tools=[TOOL], text={"format": {"type": "text"}}, **settings)


@exchange(COUNTING, cost=30)
def previous_counted(target: Target, stored: Exchange) -> Request:
    """A count of the tokens of a greeting with the `previous_response_id` of a stored response."""
    return count(target, HELLO, previous_response_id=stored.at("id", str))


@exchange(COUNTING, cost=200)
def compacted_with_instructions(target: Target) -> Request:
    """A short conversation to compact, with `instructions` and `prompt_cache_key`."""
    said = [user(HELLO), assistant("Hello!"), user(COUNT)]
    optional = {"instructions": "Answer in short sentences.", "prompt_cache_key": "conformance"}
    return post(f"{PATH}/compact", {"model": target.model("chat"), "input": said, **optional})


@exchange(COUNTING, cost=200)
def previous_compacted(target: Target, stored: Exchange) -> Request:
    """The conversation of a stored response to compact: `previous_response_id` and an empty `input`."""
    body = {"model": target.model("chat"), "input": [], "previous_response_id": stored.at("id", str)}
    return post(f"{PATH}/compact", body)


@exchange(COUNTING, cost=200)
def previous_compacted_resent(target: Target, previous_compacted: Exchange) -> Request:
    """The question for the code word after a compacted conversation that contained it, all items resent."""
    return ask(target, [*previous_compacted.at("output", list), user(ASK_WORD)])


@exchange(COUNTING, expects={400, 404, 422}, cost=5, invalid=True)
def unknown_counted(target: Target, previous_counted: Exchange) -> Request:
    """A count with a `previous_response_id` that does not exist."""
    return count(target, HELLO, previous_response_id=NO_RESPONSE)
