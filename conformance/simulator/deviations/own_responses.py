"""Deviations of the Responses API that we made up; those of its events stand in `own_response_events`."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_BASIC = "responses.basic"
_MORE = "responses.advanced"


def _is(call: Call) -> bool:
    return change.posted(call, "/responses")


def _items(value: change.Object, kind: str) -> list[change.Object]:
    return [item for item in value.get("output") or () if item["type"] == kind]


def _silent(value: change.Object) -> None:
    for item in _items(value, "message"):
        for part in item["content"]:
            part["text"] = ""


@deviation(
    "own-response-cut-is-completed",
    severity="critical",
    says="A response that the limit cut is `completed`.",
    breaks="Clients that go on where an answer was cut: they keep half of it.",
    source=_OWN,
    caught_by=(f"{_BASIC}/count_cut/cut_answer_is_incomplete",),
)
def cut_is_completed(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.update(status="completed", incomplete_details=None)

    return change.body(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-response-limit-in-characters",
    severity="minor",
    says="A cut response gives the reason `length`, repeats no limit, and counts one token too many.",
    breaks="Clients that look for `max_output_tokens`.",
    source=_OWN,
    caught_by=(
        f"{_BASIC}/count_cut/incomplete_response_says_why",
        f"{_BASIC}/count_cut/limit_is_repeated",
        f"{_BASIC}/count_cut/output_is_within_the_limit",
    ),
)
def limit_in_characters(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if value["status"] == "incomplete":
            value["incomplete_details"] = {"reason": "length"}
            value["usage"]["output_tokens"] = (value["max_output_tokens"] or 0) + 1
            value["max_output_tokens"] = None

    return change.body(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-response-keys-missing",
    severity="minor",
    says="Keys whose value is null or a default are left out of a response.",
    breaks="Typed clients that require `tools`, `tool_choice` and the like.",
    source=_OWN,
    caught_by=(
        f"{_BASIC}/greeted/body_has_every_documented_key",
        "responses.stream/greeted_streamed/last_response_has_every_documented_key",
    ),
)
def keys_missing(call: Call, handler: Handler) -> Answer:
    dull = {"tools", "tool_choice", "parallel_tool_calls", "instructions", "metadata", "temperature", "top_p"}

    def apply(value: change.Object) -> None:
        for holder in (value, value.get("response") or {}):
            for name in dull & set(holder):
                del holder[name]

    return change.each_whole(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-response-completed-with-an-error",
    severity="major",
    says="A completed response has an empty object `error`.",
    breaks="Clients that raise when there is one.",
    source=_OWN,
    caught_by=(f"{_BASIC}/greeted/completed_response_has_no_error",),
)
def completed_with_an_error(call: Call, handler: Handler) -> Answer:
    error = {"code": "server_error", "message": ""}
    return change.body(handler(call), lambda value: value.update(error=error)) if _is(call) else handler(call)


@deviation(
    "own-response-stays-in-progress",
    severity="major",
    says="`status` of a whole response stays `in_progress`.",
    breaks="Clients that ask again until it is completed.",
    source=_OWN,
    caught_by=(
        f"{_BASIC}/greeted/short_answer_is_completed",
        f"{_MORE}/weather_called/response_with_a_call_is_completed",
    ),
)
def status_stays(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: value.update(status="in_progress")) if _is(call) else handler(call)


@deviation(
    "own-response-reads-the-last-text-only",
    severity="critical",
    says="Only the last text of `input` is read: `instructions`, earlier messages and earlier parts are dropped.",
    breaks="Every conversation.",
    source=_OWN,
    caught_by=(
        f"{_BASIC}/word_of_instructions/instructions_are_*",
        f"{_BASIC}/word_of_earlier_item/earlier_item*",
        f"{_BASIC}/word_of_parts/all_text_parts_are_*",
        f"{_MORE}/weather_resent/resent_items_are_counted",
    ),
)
def reads_the_last_text_only(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.pop("instructions", None)
        if isinstance(value.get("input"), list) and value["input"]:
            last = value["input"][-1]
            said = last.get("content") or "Go on."
            value["input"] = said if isinstance(said, str) else said[-1]["text"]

    return handler(change.rewrite(call, apply) if _is(call) else call)


@deviation(
    "own-response-repeats-defaults",
    severity="minor",
    says="A response repeats defaults instead of what was sent.",
    breaks="Whoever keeps the settings of a response.",
    source=_OWN,
    caught_by=(
        f"{_BASIC}/word_of_instructions/instructions_are_repeated",
        f"{_MORE}/formatted/format_is_repeated",
        f"{_MORE}/labelled/metadata_are_repeated",
        f"{_MORE}/recalled/previous_response_is_named",
    ),
)
def repeats_defaults(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.update(instructions=None, text={"format": {"type": "text"}}, metadata={}, previous_response_id=None)

    return change.body(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-response-format-wrapped",
    severity="major",
    says="Text that a schema shapes is wrapped in an object of one key.",
    breaks="Everybody who reads it by the schema.",
    source=_OWN,
    caught_by=(f"{_MORE}/formatted/formatted_text_fits_the_schema",),
)
def format_wrapped(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in _items(value, "message"):
            for part in item["content"]:
                part["text"] = change.text({"response": change.parsed(part["text"])})

    return change.body(handler(call), apply) if _is(call) and "text" in change.asked(call) else handler(call)


@deviation(
    "own-response-kept-without-its-text",
    severity="critical",
    says="A response that is retrieved has another status, and items without text.",
    breaks="Whoever shows an earlier conversation.",
    source=_OWN,
    caught_by=(
        f"{_MORE}/retrieved/kept_response_is_the_one_asked_for",
        f"{_MORE}/retrieved/kept_response_says_the_same",
    ),
)
def kept_without_its_text(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["status"] = "in_progress"
        _silent(value)

    return change.body(handler(call), apply) if call.method == "GET" else handler(call)


@deviation(
    "own-response-count-of-nothing",
    severity="minor",
    says="`input_tokens` of a count alone is 0.",
    breaks="Whoever counts before sending.",
    source=_OWN,
    caught_by=(f"{_MORE}/tokens_counted/count_has_the_documented_shape",),
)
def count_of_nothing(call: Call, handler: Handler) -> Answer:
    counts = call.path == "/responses/input_tokens"
    return change.body(handler(call), lambda value: value.update(input_tokens=0)) if counts else handler(call)


@deviation(
    "own-response-count-of-characters",
    severity="minor",
    says="`input_tokens` of a count alone is ten times as much as a response counts.",
    breaks="Whoever counts before sending.",
    source=_OWN,
    caught_by=(f"{_MORE}/tokens_counted/count_is_what_a_response_counts",),
)
def count_of_characters(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["input_tokens"] = 10 * value["input_tokens"] + 50

    return change.body(handler(call), apply) if call.path == "/responses/input_tokens" else handler(call)


@deviation(
    "own-response-background-ignored",
    severity="major",
    says="`background` is ignored: the answer is waited for.",
    breaks="Clients with a short timeout.",
    source=_OWN,
    caught_by=(f"{_MORE}/backgrounded/response_in_the_background_is_not_waited_for",),
)
def background_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "background") if _is(call) else call)


@deviation(
    "own-response-cancel-says-in-progress",
    severity="major",
    says="A response that is cancelled stays `in_progress`.",
    breaks="Clients that ask again until it has ended.",
    source=_OWN,
    caught_by=(f"{_MORE}/cancelled/response_in_the_background_is_cancelled",),
)
def cancel_says_in_progress(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith("/responses/") or not call.path.endswith("/cancel"):
        return answer
    return change.body(answer, lambda value: value.update(status="in_progress"))


@deviation(
    "own-response-compaction-twice",
    severity="major",
    says="A compacted conversation holds the compacted item twice.",
    breaks="Whoever goes on with it.",
    source=_OWN,
    caught_by=(f"{_MORE}/compacted/compaction_holds_one_compacted_item",),
)
def compaction_twice(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["output"].append(value["output"][-1])

    return change.body(handler(call), apply) if call.path == "/responses/compact" else handler(call)


@deviation(
    "own-response-silent-after-items",
    severity="critical",
    says="After items that were sent back, or with `previous_response_id`, the answer is an empty text.",
    breaks="Every agent: it stops after the first call.",
    source=_OWN,
    caught_by=(
        f"{_MORE}/compacted_resent/compacted_conversation_goes_on",
        f"{_MORE}/weather_resent/result_after_resent_items_is_answered",
        f"{_MORE}/weather_told/result_by_previous_response_is_answered",
    ),
)
def silent_after_items(call: Call, handler: Handler) -> Answer:
    sent = change.asked(call)
    later = isinstance(sent.get("input"), list) or "previous_response_id" in sent
    return change.body(handler(call), _silent) if _is(call) and later else handler(call)


@deviation(
    "own-response-previous-uncounted",
    severity="major",
    says="With `previous_response_id` only the new input is counted.",
    breaks="Whoever keeps within a context by `usage`.",
    source=_OWN,
    caught_by=(f"{_MORE}/weather_told/previous_call_is_counted",),
)
def previous_uncounted(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["usage"].update(input_tokens=1, total_tokens=1 + value["usage"]["output_tokens"])

    previous = _is(call) and change.asked(call).get("previous_response_id")
    return change.body(handler(call), apply) if previous else handler(call)


@deviation(
    "own-response-call-is-broken",
    severity="critical",
    says="A call has an empty `call_id`, a name with a namespace, and arguments that lack their last brace.",
    breaks="Every agent.",
    source=_OWN,
    caught_by=(
        f"{_MORE}/weather_called/call_has_a_call_id",
        f"{_MORE}/weather_called/call_names_the_function",
        f"{_MORE}/weather_called/arguments_are_a_json_object",
    ),
)
def call_is_broken(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in _items(value, "function_call"):
            item.update(call_id="", name=f"functions.{item['name']}", arguments=item["arguments"][:-1])

    return change.body(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-response-choice-ignored",
    severity="major",
    says="`tool_choice` is ignored, and tools are too.",
    breaks="Every agent: it gets text.",
    source=_OWN,
    caught_by=(
        f"{_MORE}/weather_called/named_function_is_called",
        "responses.stream/weather_streamed/named_function_is_called",
    ),
)
def choice_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tools", "tool_choice") if _is(call) else call)
