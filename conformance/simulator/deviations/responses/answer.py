"""A plain response: its status, its fields, its text."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import in_bodies, is_response, items_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_BASIC = "responses.basic"


@deviation(
    "responses-truncation-disabled-ignored",
    severity="minor",
    says="An input beyond the context gets 200 and status `incomplete`, though `truncation` is disabled.",
    breaks="Clients cannot tell a prompt that is too long from a truncated response.",
    source=("tenstorrent/tt-inference-server#3420",),
    caught_by=("responses.advanced/long_input/long_input_is_used_or_rejected",),
)
def truncation_disabled_ignored(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or "context_length_exceeded" not in str(answer.body):
        return answer

    def incomplete(response: change.Object) -> None:
        response.update(status="incomplete", output=[], incomplete_details={"reason": "max_output_tokens"})

    return change.body(handler(change.rewrite(call, lambda value: {**value, "input": "Hello."})), incomplete)


@deviation(
    "responses-usage-null-tokens",
    severity="major",
    says="`usage` is there, and every count and both details in it are null.",
    breaks="Agents that add up tokens crash at the first response.",
    source=("BerriAI/litellm#15251",),
    caught_by=("responses.basic/response/body_has_the_documented_shape", "responses.basic/response/tokens_are_counted"),
)
def usage_null_tokens(call: Call, handler: Handler) -> Answer:
    def empty(response: change.Object) -> None:
        response["usage"] = dict.fromkeys(response["usage"] or ())

    return in_bodies(call, handler, empty)


@deviation(
    "responses-output-null-200",
    severity="critical",
    says="A completed response has null for `output`.",
    breaks="The official client's `output_text` raises, because null cannot be walked through.",
    source=("ding113/claude-code-hub#1219",),
    caught_by=("responses.basic/response/body_has_the_documented_shape",),
)
def output_null(call: Call, handler: Handler) -> Answer:
    def empty(response: change.Object) -> None:
        response["output"] = None

    return in_bodies(call, handler, empty)


@deviation(
    "responses-id-reused",
    severity="major",
    says="Every response has the same `id`.",
    breaks="Clients that continue by `previous_response_id`, or store responses by id: conversations are mixed up.",
    source=INVENTED,
    caught_by=("responses.basic/response/ids_are_distinct",),
)
def id_reused(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or change.asked(call).get("store") is not False:
        return answer

    def same(response: change.Object) -> None:
        response["id"] = "resp_0"

    return change.body(answer, same)


@deviation(
    "own-response-cut-is-completed",
    severity="critical",
    says="A response that the token limit truncates is `completed`.",
    breaks="Clients that continue a truncated response: they store half of it.",
    source=INVENTED,
    caught_by=(f"{_BASIC}/count_cut/limited_response_is_incomplete",),
)
def cut_is_completed(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.update(status="completed", incomplete_details=None)

    return in_bodies(call, handler, apply)


@deviation(
    "own-response-limit-in-characters",
    severity="minor",
    says="A truncated response has the reason `length`, does not repeat the limit, and counts one token too many.",
    breaks="Clients that look for `max_output_tokens`.",
    source=INVENTED,
    caught_by=(
        "responses.basic/response/incomplete_response_has_a_reason",
        "responses.basic/response/limit_is_repeated",
        "responses.basic/response/output_is_within_the_limit",
    ),
)
def limit_in_characters(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if value["status"] == "incomplete":
            value["incomplete_details"] = {"reason": "length"}
            value["usage"]["output_tokens"] = (value["max_output_tokens"] or 0) + 1
            value["max_output_tokens"] = None

    return in_bodies(call, handler, apply)


@deviation(
    "own-response-keys-missing",
    severity="minor",
    says="Keys whose value is null or a default are left out of a response.",
    breaks="Typed clients that require `tools`, `tool_choice` and the like.",
    source=INVENTED,
    caught_by=(
        "responses.basic/response/body_has_every_documented_key",
        "responses.stream/response_stream/last_response_has_every_documented_key",
    ),
)
def keys_missing(call: Call, handler: Handler) -> Answer:
    dull = {"tools", "tool_choice", "parallel_tool_calls", "instructions", "metadata", "temperature", "top_p"}

    def apply(value: change.Object) -> None:
        for holder in (value, value.get("response") or {}):
            for name in dull & set(holder):
                del holder[name]

    return change.each_whole(handler(call), apply) if is_response(call) else handler(call)


@deviation(
    "own-response-completed-with-an-error",
    severity="major",
    says="A completed response has an empty object `error`.",
    breaks="Clients that raise when there is one.",
    source=INVENTED,
    caught_by=("responses.basic/response/completed_response_has_no_error",),
)
def completed_with_an_error(call: Call, handler: Handler) -> Answer:
    error = {"code": "server_error", "message": ""}
    return in_bodies(call, handler, lambda value: value.update(error=error))


@deviation(
    "own-response-stays-in-progress",
    severity="major",
    says="`status` of a complete response stays `in_progress`.",
    breaks="Clients that retry until it is completed.",
    source=INVENTED,
    caught_by=(
        "responses.basic/greeted/short_response_is_completed",
        "responses.tools/response/response_with_a_call_is_completed",
    ),
)
def status_stays(call: Call, handler: Handler) -> Answer:
    return (
        change.body(handler(call), lambda value: value.update(status="in_progress"))
        if is_response(call)
        else handler(call)
    )


@deviation(
    "own-response-repeats-defaults",
    severity="minor",
    says="A response repeats defaults instead of what was sent.",
    breaks="Anyone who keeps the settings of a response.",
    source=INVENTED,
    caught_by=(
        "responses.basic/response/instructions_are_repeated",
        "responses.advanced/response/format_is_repeated",
        "responses.advanced/response/metadata_are_repeated",
        "responses.advanced/response/previous_response_is_named",
    ),
)
def repeats_defaults(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.update(instructions=None, text={"format": {"type": "text"}}, metadata={}, previous_response_id=None)

    return in_bodies(call, handler, apply)


@deviation(
    "own-response-format-wrapped",
    severity="major",
    says="Text that a schema binds is wrapped in an object of one key.",
    breaks="Everyone who reads it by the schema.",
    source=INVENTED,
    caught_by=("responses.advanced/response/formatted_text_matches_the_schema",),
)
def format_wrapped(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "message"):
            for part in item["content"]:
                part["text"] = change.text({"response": change.parsed(part["text"])})

    return change.body(handler(call), apply) if is_response(call) and "text" in change.asked(call) else handler(call)
