"""A Responses API that is translated from chat completions, and loses something on the way."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    calls_in,
    in_bodies,
    is_response,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "dialects-arguments-wrapped",
    severity="critical",
    says="In the Responses API, the arguments of a call stand under a key `input`, as in another vendor's API.",
    breaks="Agents: tools get one argument that they do not know.",
    source=INVENTED,
    caught_by=("dialects.calls/weather_called/call_is_the_same_in_both_apis",),
)
def arguments_wrapped(call: Call, handler: Handler) -> Answer:
    def wrap(value: change.Object) -> None:
        for one in calls_in(value):
            one["arguments"] = f'{{"input": {one["arguments"]}}}'

    return in_bodies(call, handler, wrap)


@deviation(
    "dialects-schema-lost",
    severity="major",
    says="In the Responses API, a JSON schema is treated as `json_object`: the text has keys of its own.",
    breaks="Applications that parse the text into an object.",
    source=INVENTED,
    caught_by=("dialects.structured/person_as_response/structured_text_is_the_same_in_both_apis",),
)
def schema_lost(call: Call, handler: Handler) -> Answer:
    def forget(value: change.Object) -> None:
        if isinstance(value.get("text"), dict) and (value["text"].get("format") or {}).get("type") == "json_schema":
            value["text"] = {"format": {**value["text"]["format"], "schema": _OTHER}}

    return handler(change.rewrite(call, forget) if is_response(call) else call)


_OTHER = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}


@deviation(
    "dialects-input-counted-twice",
    severity="major",
    says="In the Responses API, `input_tokens` are twice those that chat completions count.",
    breaks="Users pay twice for the same text.",
    source=INVENTED,
    caught_by=("dialects.tokens/greeted_many_times/tokens_are_counted_alike_in_both_apis",),
)
def counted_twice(call: Call, handler: Handler) -> Answer:
    def twice(value: change.Object) -> None:
        usage = value.get("usage")
        if isinstance(usage, dict):
            usage["total_tokens"] += usage["input_tokens"]
            usage["input_tokens"] *= 2

    return in_bodies(call, handler, twice)


@deviation(
    "dialects-errors-of-another-class",
    severity="minor",
    says="The Responses API rejects with the `code` `bad_request`, whatever is invalid.",
    breaks="Clients that decide by the code: they cannot tell a wrong key from a wrong value.",
    source=INVENTED,
    caught_by=(
        "dialects.errors/mistake_in_response[*]/rejection_is_the_same_in_both_apis",
        "dialects.errors/wrong_key_in_response/invalid_key_is_the_same_in_both_apis",
        "dialects.errors/unknown_model/unknown_model_is_the_same_in_both_apis",
    ),
)
def errors_of_another_class(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.envelope(answer, lambda error: error.update(code="bad_request")) if is_response(call) else answer
