"""What is kept of a Response, and the endpoints for it: retrieve, delete, cancel, and the items it was made from."""

from dataclasses import replace

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.paging import page
from conformance.simulator.http.validation import invalid_type
from conformance.simulator.responses.kept import Kept, unfinished
from conformance.simulator.responses.stream import stream


def retrieve(call: Call) -> Answer:
    """Answer `GET /responses/{id}`; `stream=true` tells a streamed background Response again."""
    name = call.arguments["id"]
    kept = call.state.shelf(Kept).change(name, lambda old: replace(old, looked=min(old.looked + 1, 2)))
    if kept is None:
        raise not_found(name)
    if call.query.get("stream") != "true":
        return Answer(kept.seen())
    if not (kept.background and kept.streamed):
        text = "This response cannot be streamed: it was not created with 'background' and 'stream'."
        raise invalid_request(text, param="stream")
    after = call.query.get("starting_after", "-1")
    if not after.removeprefix("-").isdecimal() or len(after) > 18:
        raise invalid_type(after, "starting_after", "an integer")
    obfuscate = call.query.get("include_obfuscation") != "false"
    told = stream(kept.response, obfuscate=obfuscate, after=max(-1, int(after)))
    return Answer(told, headers=(("cache-control", "no-cache"),))


def delete(call: Call) -> Answer:
    """Answer `DELETE /responses/{id}`."""
    name = call.arguments["id"]
    if call.state.shelf(Kept).take(name) is None:
        raise not_found(name)
    return Answer({"id": name, "object": "response", "deleted": True})


def cancel(call: Call) -> Answer:
    """Answer `POST /responses/{id}/cancel`; what is finished or cancelled already stays as it is."""
    kept = call.state.shelf(Kept).change(call.arguments["id"], _cancelled)
    if kept is None:
        raise not_found(call.arguments["id"])
    return Answer(kept.response)


def _cancelled(kept: Kept) -> Kept:
    if not kept.background:
        raise invalid_request("Cannot cancel a synchronous response.")
    if kept.streamed or kept.looked > 1:
        return kept
    return replace(kept, response=unfinished(kept.response, "cancelled"), looked=2)


def input_items(call: Call) -> Answer:
    """Answer `GET /responses/{id}/input_items`: the conversation that was answered, the newest item first."""
    kept = call.state.shelf(Kept).get(call.arguments["id"])
    if kept is None:
        raise not_found(call.arguments["id"])
    return Answer(page(call, kept.items))


def not_found(name: str) -> ApiError:
    """Return the 404 for a Response that is not kept."""
    return ApiError(404, f"Response with id '{name[:200]}' not found.")
