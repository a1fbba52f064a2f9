"""How a streamed response ends: the event that ends it, and the response in it."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    calls_in,
    change_events,
    each_event,
    is_response,
    numbered,
    renumber,
)
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

COMPLETED = "response.completed"
LONG = 30
_GREETED = "responses.stream/greeted_streamed"


@deviation(
    "responses-completed-missing-identity",
    severity="critical",
    says="The response of `response.completed` has no `id`, `object` and `model`.",
    breaks="Agents with strict types fail at the end of every turn.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=(
        "responses.stream/response_stream/events_have_the_documented_shape",
        "responses.stream/response_stream/response_id_is_the_same",
    ),
)
def completed_missing_identity(call: Call, handler: Handler) -> Answer:
    def nameless(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            for name in ("id", "object", "model"):
                del event["response"][name]

    return change.each_chunk(handler(call), nameless) if is_response(call) else handler(call)


@deviation(
    "responses-completed-output-empty",
    severity="critical",
    says="The response of `response.completed` has no items, though items were streamed.",
    breaks="Clients that read the final response: it is empty.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=("responses.stream/response_stream/last_response_has_the_text",),
)
def completed_output_empty(call: Call, handler: Handler) -> Answer:
    def empty(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            event["response"]["output"] = []

    return change.each_chunk(handler(call), empty) if is_response(call) else handler(call)


@deviation(
    "responses-stream-closes-before-completed",
    severity="critical",
    says="The body ends after the last item, without an event that ends the response.",
    breaks="Agents take the stream for broken: the turn fails, or is paid for again.",
    source=("openai/codex#41340", "caidaoli/ccLoad#59", "icebear0828/codex-proxy#466"),
    caught_by=("responses.stream/response_stream/last_event_is_final",),
)
def stream_closes_before_completed(call: Call, handler: Handler) -> Answer:
    return change_events(call, handler, lambda events: events[:-1])


@deviation(
    "responses-call-id-differs-in-completed",
    severity="critical",
    says="A call has one `call_id` when it is done, and another in the last response.",
    breaks="Agents: the result is sent for a call that the kept conversation does not know.",
    source=("vllm-project/vllm#47916",),
    caught_by=("responses.stream/response_stream/call_id_is_the_same",),
)
def call_id_differs_in_completed(call: Call, handler: Handler) -> Answer:
    def renamed(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            for item in calls_in(event["response"]):
                item["call_id"] = f"call_{item['call_id'][::-1]}"

    return change.each_chunk(handler(call), renamed) if is_response(call) else handler(call)


@deviation(
    "responses-failed-error-outside-response",
    severity="minor",
    says="A long response fails: `error` stands beside the response of `response.failed`, in which it is null.",
    breaks="Clients show a failure without an explanation.",
    source=("openai/codex#24973",),
    caught_by=("responses.stream/response_stream/failed_response_has_an_error",),
)
def failed_error_outside_response(call: Call, handler: Handler) -> Answer:
    def failed(events: list[change.Object]) -> list[change.Object]:
        if len(events) < LONG:
            return events
        response = {**events[0]["response"], "status": "failed", "error": None}
        error = {"code": "server_error", "message": "The upstream closed the connection."}
        return numbered([*events[:2], {"type": "response.failed", "response": response, "error": error}])

    return change_events(call, handler, failed)


@deviation(
    "responses-completed-twice",
    severity="minor",
    says="`response.completed` is sent twice.",
    breaks="Clients that do something at the end do it twice: a turn is stored, or counted, two times.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/last_event_is_final",),
)
def completed_twice(call: Call, handler: Handler) -> Answer:
    return change_events(call, handler, lambda events: numbered([*events, events[-1]]))


@deviation(
    "own-event-end-disagrees",
    severity="major",
    says="The response of the last event is `in_progress`.",
    breaks="Clients that keep the last response.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/status_matches_the_last_event",),
)
def end_disagrees(call: Call, handler: Handler) -> Answer:
    return renumber(call, handler, lambda told: told[-1]["response"].update(status="in_progress"))


@deviation(
    "own-event-cut-gives-another-reason",
    severity="minor",
    says="A stream that the token limit truncates has the reason `length`.",
    breaks="Clients that look for `max_output_tokens`.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/incomplete_stream_has_a_reason",),
)
def cut_gives_another_reason(call: Call, handler: Handler) -> Answer:
    def apply(event: change.Object) -> None:
        event["response"]["incomplete_details"] = {"reason": "length"}

    return each_event(call, handler, "response.incomplete", apply)


@deviation(
    "own-event-fails-without-a-word",
    severity="critical",
    says="A stream ends with `response.failed`, whose `error` has an empty message.",
    breaks="Users: they do not learn why.",
    source=INVENTED,
    caught_by=(
        "responses.stream/response_stream/failed_response_has_an_error",
        "responses.stream/greeted_streamed/valid_request_is_completed",
    ),
)
def fails_without_a_word(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        told[-1]["type"] = "response.failed"
        told[-1]["response"].update(status="failed", error={"code": "server_error", "message": ""})

    return renumber(call, handler, apply)


@deviation(
    "own-event-counts-otherwise",
    severity="minor",
    says="The last event counts a hundred input tokens more than a non-streaming response, and holds one item more.",
    breaks="Anyone who computes a bill.",
    source=INVENTED,
    caught_by=(
        f"{_GREETED}/streamed_usage_is_the_same",
        f"{_GREETED}/streamed_items_have_the_same_types",
    ),
)
def counts_otherwise(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        response = told[-1]["response"]
        for name in ("input_tokens", "total_tokens"):
            response["usage"][name] += 100
        response["output"] = [*response["output"], *response["output"]]

    return renumber(call, handler, apply)


@deviation(
    "own-event-refusal-inside-the-stream",
    severity="major",
    says="An unknown model is rejected by `response.failed`, in a stream that starts with 200.",
    breaks="Clients that look at the status.",
    source=INVENTED,
    caught_by=("responses.stream/unknown_model_streamed/unknown_model_has_an_error_status",),
)
def refusal_inside_the_stream(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    error = change.told(answer)
    if not error or not change.posted(call, "/responses") or not change.asked(call).get("stream"):
        return answer
    failed = {"type": "error", "code": error["code"], "message": error["message"], "param": None, "sequence_number": 0}
    return Answer(Events((Event(failed, "error"),)), 200, change.without_header(answer, "content-type").headers)
