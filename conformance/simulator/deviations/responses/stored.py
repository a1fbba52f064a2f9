"""Responses that are kept, counted, cancelled, compacted, or made in the background."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import ignored, is_cancelled, is_retrieved, silence
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_MORE = "responses.advanced"


@deviation(
    "responses-input-items-of-the-answer",
    severity="minor",
    says="`input_items` lists the output of the response, not its input.",
    breaks="Clients that show a conversation again: the user's turns are missing.",
    source=INVENTED,
    caught_by=("responses.advanced/items_listed/input_items_have_the_user_message",),
)
def input_items_of_the_answer(call: Call, handler: Handler) -> Answer:
    def turned(value: change.Object) -> None:
        for item in value["data"]:
            item["role"] = "assistant"

    return change.body(handler(call), turned) if call.path.endswith("/input_items") else handler(call)


@deviation(
    "own-response-kept-without-its-text",
    severity="critical",
    says="A retrieved response has another status, and items without text.",
    breaks="Anyone who shows an earlier conversation.",
    source=INVENTED,
    caught_by=(
        "responses.advanced/retrieved/stored_response_has_its_status_and_model",
        "responses.advanced/retrieved/stored_response_has_its_output",
    ),
)
def kept_without_its_text(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["status"] = "in_progress"
        silence(value)

    return change.body(handler(call), apply) if call.method == "GET" else handler(call)


@deviation(
    "responses-retrieved-under-another-id",
    severity="major",
    says="A retrieved response has another `id` than the requested one.",
    breaks="Anyone who goes on from it by `previous_response_id`: that response is not found.",
    source=INVENTED,
    caught_by=("responses.advanced/stored_response/stored_response_has_the_requested_id",),
)
def retrieved_under_another_id(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: value.update(id=f"{value['id']}-1")) if is_retrieved(call) else answer


@deviation(
    "own-response-count-of-nothing",
    severity="minor",
    says="`input_tokens` of a count alone is 0.",
    breaks="Anyone who counts before sending.",
    source=INVENTED,
    caught_by=("responses.advanced/input_token_count/count_has_the_documented_shape",),
)
def count_of_nothing(call: Call, handler: Handler) -> Answer:
    counts = call.path == "/responses/input_tokens"
    return change.body(handler(call), lambda value: value.update(input_tokens=0)) if counts else handler(call)


@deviation(
    "own-response-count-of-characters",
    severity="minor",
    says="`input_tokens` of a count alone is ten times as much as a response counts.",
    breaks="Anyone who counts before sending.",
    source=INVENTED,
    caught_by=(f"{_MORE}/tokens_counted/count_equals_the_reported_usage",),
)
def count_of_characters(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["input_tokens"] = 10 * value["input_tokens"] + 50

    return change.body(handler(call), apply) if call.path == "/responses/input_tokens" else handler(call)


@deviation(
    "own-response-background-ignored",
    severity="major",
    says="`background` is ignored: the response is returned only when it is complete.",
    breaks="Clients with a short timeout.",
    source=INVENTED,
    caught_by=("responses.advanced/response/background_response_is_returned_at_once",),
)
def background_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "background")


@deviation(
    "own-response-cancel-says-in-progress",
    severity="major",
    says="A response that is cancelled stays `in_progress`.",
    breaks="Clients that retry until it has ended.",
    source=INVENTED,
    caught_by=(f"{_MORE}/cancelled/background_response_is_cancelled",),
)
def cancel_says_in_progress(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: value.update(status="in_progress")) if is_cancelled(call) else answer


@deviation(
    "own-response-compaction-twice",
    severity="major",
    says="A compacted conversation holds the compacted item twice.",
    breaks="Clients that continue with it.",
    source=INVENTED,
    caught_by=("responses.advanced/compaction/compaction_has_one_compaction_item",),
)
def compaction_twice(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["output"].append(value["output"][-1])

    return change.body(handler(call), apply) if call.path == "/responses/compact" else handler(call)


def _lists_input(call: Call) -> bool:
    return call.method == "GET" and call.path.endswith("/input_items")


@deviation(
    "responses-input-items-newest-only",
    severity="major",
    says="`input_items` lists the last message of the input alone.",
    breaks="Clients that show a conversation again: all earlier turns are missing.",
    source=INVENTED,
    caught_by=("responses.stored/items_ascending/input_items_have_every_message",),
)
def input_items_newest_only(call: Call, handler: Handler) -> Answer:
    def last(value: change.Object) -> None:
        if "after" not in call.query:
            value["data"] = value["data"][-1:] if call.query.get("order") == "asc" else value["data"][:1]

    return change.body(handler(call), last) if _lists_input(call) else handler(call)


@deviation(
    "responses-input-items-order-ignored",
    severity="minor",
    says="`order` of `input_items` is ignored: the oldest item always comes first.",
    breaks="Clients that read the newest turn first: they show the oldest one.",
    source=INVENTED,
    caught_by=("responses.stored/items_descending/descending_items_are_reversed",),
)
def input_items_order_ignored(call: Call, handler: Handler) -> Answer:
    return handler(replace(call, query={**call.query, "order": "asc"}) if _lists_input(call) else call)


@deviation(
    "responses-input-items-limit-without-more",
    severity="major",
    says="`input_items` obeys `limit`, and `has_more` is always false.",
    breaks="Clients that read page by page: they stop after the first.",
    source=INVENTED,
    caught_by=("responses.stored/items_first_page/first_items_have_more_after_them",),
)
def input_items_limit_without_more(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda v: v.update(has_more=False)) if _lists_input(call) else handler(call)


@deviation(
    "responses-input-items-after-ignored",
    severity="major",
    says="`after` of `input_items` is ignored: each page is the first.",
    breaks="Clients that read page by page: they never come to an end.",
    source=INVENTED,
    caught_by=("responses.stored/items_next_page/next_items_follow",),
)
def input_items_after_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "after") if _lists_input(call) else call)


def _counts(call: Call) -> bool:
    return change.posted(call, "/responses/input_tokens")


@deviation(
    "responses-count-of-input-alone",
    severity="major",
    says="The count of input tokens leaves out `instructions`, `tools` and the previous response.",
    breaks="Anyone who counts before sending: the real request does not fit.",
    source=INVENTED,
    caught_by=(
        "responses.counting/instructions_counted/instructions_are_counted",
        "responses.counting/tools_counted/tools_are_counted",
        "responses.counting/previous_counted/previous_turn_is_counted",
    ),
)
def count_of_input_alone(call: Call, handler: Handler) -> Answer:
    dropped = ("instructions", "tools", "tool_choice", "previous_response_id")
    return handler(change.without(call, *dropped) if _counts(call) else call)


@deviation(
    "responses-compact-without-previous",
    severity="critical",
    says="`previous_response_id` of a request to compact is ignored: only its own input is used.",
    breaks="Agents that compact a stored conversation: all of it is lost, and nothing says so.",
    source=INVENTED,
    caught_by=("responses.counting/previous_compacted_resent/compacted_turn_is_remembered",),
)
def compact_without_previous(call: Call, handler: Handler) -> Answer:
    compacts = change.posted(call, "/responses/compact") and "previous_response_id" in change.asked(call)
    if not compacts:
        return handler(call)

    def short(value: change.Object) -> change.Object:
        kept = {name: one for name, one in value.items() if name != "previous_response_id"}
        return {**kept, "input": value.get("input") or [{"role": "user", "content": "Say OK."}]}

    return handler(change.rewrite(call, short))
