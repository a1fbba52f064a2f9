"""The text of a response and its log probabilities: formats that are ignored, and probabilities that are lost."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    each_event,
    ignored,
    in_bodies,
    is_response,
    items_of,
    renumber,
    silence,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_LOGPROBS = "responses.logprobs"
_TEXT = "responses.text"
_REFUSALS = "responses.refusals"
_DELTA = "response.output_text.delta"


@deviation(
    "responses-logprobs-ignored",
    severity="major",
    says="`include` is ignored: no text has `logprobs`.",
    breaks="Classifiers and evaluations that read probabilities.",
    source=INVENTED,
    caught_by=(
        f"{_LOGPROBS}/response/log_probabilities_are_returned",
        f"{_LOGPROBS}/response_stream/log_probabilities_are_streamed",
    ),
)
def logprobs_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "include")


@deviation(
    "responses-logprobs-not-streamed",
    severity="major",
    says="The deltas of a stream have no `logprobs`, though the done text has.",
    breaks="Clients that gather probabilities while they stream.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/response_stream/log_probabilities_are_streamed",),
)
def logprobs_not_streamed(call: Call, handler: Handler) -> Answer:
    return each_event(call, handler, _DELTA, lambda event: event.update(logprobs=[]))


def _each_token(call: Call, handler: Handler, apply: Callable[[change.Object], Any]) -> Answer:
    def walk(value: change.Object) -> None:
        for message in items_of(value, "message"):
            for token in message["content"][0].get("logprobs") or ():
                apply(token)

    return in_bodies(call, handler, walk)


@deviation(
    "responses-logprobs-are-probabilities",
    severity="major",
    says="`logprob` is a positive number.",
    breaks="Everything that computes with log probabilities.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/response/log_probabilities_are_not_positive",),
)
def logprobs_positive(call: Call, handler: Handler) -> Answer:
    return _each_token(call, handler, lambda token: token.update(logprob=0.5))


@deviation(
    "responses-logprobs-of-other-tokens",
    severity="major",
    says="The tokens in `logprobs` are not those of the text.",
    breaks="Evaluations that look for a word among the tokens.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/response/tokens_join_to_the_text",),
)
def logprobs_of_others(call: Call, handler: Handler) -> Answer:
    return _each_token(call, handler, lambda token: token.update({"token": "?", "bytes": [63]}))


@deviation(
    "responses-top-logprobs-ignored",
    severity="minor",
    says="`top_logprobs` is ignored: no token has alternatives.",
    breaks="Classifiers that compare alternatives.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/response/alternatives_are_returned",),
)
def alternatives_missing(call: Call, handler: Handler) -> Answer:
    return _each_token(call, handler, lambda token: token.update(top_logprobs=[]))


@deviation(
    "responses-top-logprobs-always-twenty",
    severity="minor",
    says="Every token has 20 alternatives, whatever `top_logprobs` is.",
    breaks="Traffic and storage of clients that requested two.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/response/alternatives_are_at_most_as_requested",),
)
def alternatives_always(call: Call, handler: Handler) -> Answer:
    other = {"token": "?", "bytes": [63], "logprob": -9.0}
    return _each_token(call, handler, lambda token: token.update(top_logprobs=[other] * 20))


def _is_empty_text(call: Call) -> bool:
    return is_response(call) and change.asked(call).get("text") == {}


@deviation(
    "responses-text-empty-rejected",
    severity="major",
    says="An empty object as `text` is rejected.",
    breaks="Clients such as n8n, which always send `text`.",
    source=("n8n-io/n8n#24492",),
    caught_by=(f"{_TEXT}/text_empty/status",),
)
def text_empty_rejected(call: Call, handler: Handler) -> Answer:
    text, code = "Missing required parameter: 'text.format'.", "missing_required_parameter"
    refused = change.refused(handler(call), 400, text, code=code)
    return refused if _is_empty_text(call) else handler(call)


def _is_plain(call: Call) -> bool:
    given = change.asked(call).get("text")
    return given == {} or (isinstance(given, dict) and given.get("format") == {"type": "text"})


@deviation(
    "responses-silent-with-a-plain-format",
    severity="critical",
    says="With `text` that is empty or of the default format, messages are empty.",
    breaks="Clients that always send `text`: nothing is shown.",
    source=INVENTED,
    caught_by=(
        f"{_TEXT}/text_empty/empty_text_settings_return_text",
        f"{_TEXT}/text_plain/format_text_returns_text",
    ),
)
def silent_with_plain(call: Call, handler: Handler) -> Answer:
    return in_bodies(call, handler, silence) if _is_plain(call) else handler(call)


@deviation(
    "responses-json-object-ignored",
    severity="major",
    says="`text.format` of type `json_object` is ignored: the text is prose.",
    breaks="Applications that parse the text.",
    source=INVENTED,
    caught_by=(f"{_TEXT}/response/text_is_a_json_object",),
)
def json_object_ignored(call: Call, handler: Handler) -> Answer:
    given = change.asked(call).get("text")
    wanted = isinstance(given, dict) and (given.get("format") or {}).get("type") == "json_object"
    return ignored(call, handler, "text") if wanted else handler(call)


@deviation(
    "responses-format-ignored-in-streams",
    severity="major",
    says="`text` is ignored when the response is streamed.",
    breaks="Structured output of clients that stream.",
    source=INVENTED,
    caught_by=(f"{_TEXT}/response_stream/streamed_text_matches_the_schema",),
)
def format_ignored_in_streams(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "text") if change.asked(call).get("stream") else handler(call)


@deviation(
    "responses-verbosity-upside-down",
    severity="minor",
    says="`text.verbosity` `high` is treated as `low`, and the other way round.",
    breaks="Users get, and pay for, longer texts than they requested.",
    source=INVENTED,
    caught_by=(f"{_TEXT}/explained_low*/verbosity_is_used",),
)
def verbosity_upside_down(call: Call, handler: Handler) -> Answer:
    given = change.asked(call).get("text")
    other = {"low": "high", "high": "low"}.get(str(given.get("verbosity")) if isinstance(given, dict) else "")
    return handler(change.rewrite(call, lambda value: value["text"].update(verbosity=other)) if other else call)


@deviation(
    "responses-refusal-empty",
    severity="major",
    says="A part of type `refusal` has an empty text.",
    breaks="Applications that show why the model refuses: they show nothing.",
    source=INVENTED,
    caught_by=(f"{_REFUSALS}/response/refusal_is_not_empty",),
)
def refusal_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for message in items_of(value, "message"):
            for part in message["content"]:
                part.update({"refusal": ""} if part["type"] == "refusal" else {})

    return in_bodies(call, handler, empty)


@deviation(
    "responses-refusal-not-streamed",
    severity="major",
    says="A refusal comes in the done part only: it has no events of its own.",
    breaks="Clients that show refusals as they come.",
    source=INVENTED,
    caught_by=(f"{_REFUSALS}/response_stream/refusal_deltas_join_to_the_done_refusal",),
)
def refusal_not_streamed(call: Call, handler: Handler) -> Answer:
    return renumber(
        call, handler, lambda told: [event for event in told if not event["type"].startswith("response.refusal.")]
    )


@deviation(
    "responses-refusal-done-differs",
    severity="minor",
    says="The `response.refusal.done` event has a fixed text.",
    breaks="Clients that show the done text: it is not what the model said.",
    source=INVENTED,
    caught_by=(f"{_REFUSALS}/response_stream/done_refusal_is_that_of_its_part",),
)
def refusal_done_differs(call: Call, handler: Handler) -> Answer:
    return each_event(call, handler, "response.refusal.done", lambda event: event.update(refusal="No."))
