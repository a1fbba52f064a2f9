"""Parameters of the Responses API: ignored, misreported, or rejected without a name."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    ignored,
    in_bodies,
    is_response,
    renumber,
    without_items,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_PARAMS = "responses.params"
_PARALLEL = "responses.parallel"
_STRICT = "responses.strict"
_SILENCING = (
    "service_tier",
    "temperature",
    "top_p",
    "truncation",
    "prompt_cache_key",
    "safety_identifier",
    "user",
    "max_tool_calls",
)


@deviation(
    "responses-sampling-ignored",
    severity="major",
    says="`temperature` and `top_p` are accepted and ignored.",
    breaks="Applications that need the same text again, such as tests and caches.",
    source=INVENTED,
    caught_by=(
        f"{_PARAMS}/drawn_at_zero*/temperature_is_used",
        f"{_PARAMS}/drawn_top_p*/top_p_is_used",
        f"{_PARAMS}/response/settings_are_repeated",
    ),
)
def sampling_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "temperature", "top_p")


@deviation(
    "responses-settings-reported-as-defaults",
    severity="minor",
    says="The response reports `truncation`, `user`, `prompt_cache_key` and the like as if they were not sent.",
    breaks="Logs and caches that go by what the response reports.",
    source=INVENTED,
    caught_by=(f"{_PARAMS}/response/settings_are_repeated",),
)
def settings_as_defaults(call: Call, handler: Handler) -> Answer:
    names = ("user", "safety_identifier", "prompt_cache_key", "max_tool_calls")
    return in_bodies(call, handler, lambda value: value.update(dict.fromkeys(names), truncation="disabled"))


@deviation(
    "responses-silent-with-a-parameter",
    severity="critical",
    says="With an optional parameter such as `user`, the response is completed and has no output.",
    breaks="Applications that send it: nothing is shown.",
    source=INVENTED,
    caught_by=(
        f"{_PARAMS}/setting*/setting_returns_text",
        f"{_PARAMS}/other_setting*/setting_is_served_or_named",
    ),
)
def silent_with_parameter(call: Call, handler: Handler) -> Answer:
    named = set(_SILENCING) & change.asked(call).keys()
    return in_bodies(call, handler, lambda value: value.update(output=[]) if named else None)


@deviation(
    "responses-service-tier-not-reported",
    severity="minor",
    says="`service_tier` is accepted, and no response reports the tier.",
    breaks="Users cannot tell what they pay for.",
    source=INVENTED,
    caught_by=(f"{_PARAMS}/response/service_tier_is_reported",),
)
def tier_not_reported(call: Call, handler: Handler) -> Answer:
    return in_bodies(call, handler, lambda value: value.pop("service_tier", None))


@deviation(
    "responses-tier-and-retention-rejected-without-name",
    severity="minor",
    says="`service_tier` and `prompt_cache_retention` are rejected with an error that does not name them.",
    breaks="Users cannot tell which of twenty parameters to leave out.",
    source=INVENTED,
    caught_by=(f"{_PARAMS}/other_setting*/setting_is_served_or_named",),
)
def tier_unnamed(call: Call, handler: Handler) -> Answer:
    sent = is_response(call) and {"service_tier", "prompt_cache_retention"} & change.asked(call).keys()
    return change.refused(handler(call), 400, "Bad request.") if sent else handler(call)


@deviation(
    "responses-obfuscation-ignored",
    severity="minor",
    says="`stream_options.include_obfuscation` is ignored: events are always padded.",
    breaks="Clients that save traffic by `false`.",
    source=INVENTED,
    caught_by=(f"{_PARAMS}/greeted_obfuscated*/obfuscation_is_as_requested",),
)
def obfuscation_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "stream_options")


@deviation(
    "responses-obfuscation-never-sent",
    severity="minor",
    says="No event is padded, even with `include_obfuscation: true`.",
    breaks="Users who hide the lengths of tokens from whoever reads the traffic.",
    source=INVENTED,
    caught_by=(f"{_PARAMS}/greeted_obfuscated*/obfuscation_is_as_requested",),
)
def never_obfuscated(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.each_chunk(answer, lambda event: event.pop("obfuscation", None)) if is_response(call) else answer


@deviation(
    "responses-invalid-parameters-without-name",
    severity="minor",
    says="Every invalid parameter is rejected with an error that does not name it.",
    breaks="Users cannot tell which parameter to mend.",
    source=INVENTED,
    caught_by=(
        f"{_PARAMS}/setting_out_of_range*/error_names_the_parameter",
        f"{_PARAMS}/setting_out_of_range*/param_is_the_parameter",
    ),
)
def invalid_unnamed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or not change.told(answer):
        return answer
    return change.envelope(answer, lambda error: error.update(message="Bad request.", param=None, code=None))


@deviation(
    "responses-tool-choice-ignored-in-streams",
    severity="major",
    says="`tool_choice` is ignored when the response is streamed.",
    breaks="Agents, which stream: they call tools that are forbidden, or none where one is required.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/choice_streamed*/choice_is_used_in_a_stream",),
)
def choice_ignored_in_streams(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "tool_choice") if change.asked(call).get("stream") else handler(call)


@deviation(
    "responses-stream-with-auto-is-empty",
    severity="critical",
    says="With tools and `tool_choice: auto`, a stream ends completed and has no items.",
    breaks="Agents end without a response.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/choice_auto_streamed/choice_auto_gives_text_or_a_call",),
)
def stream_with_auto_is_empty(call: Call, handler: Handler) -> Answer:
    is_auto = change.asked(call).get("tool_choice") == "auto"
    return renumber(call, handler, without_items) if is_auto else handler(call)


@deviation(
    "responses-strict-ignored",
    severity="major",
    says="`strict` is ignored: the arguments of a call have what the prompt says, and nothing else that is required.",
    breaks="Agents whose tools rely on required arguments.",
    source=INVENTED,
    caught_by=(
        f"{_STRICT}/strict_called*/strict_arguments_match_the_schema",
        f"{_STRICT}/strict_streamed/strict_arguments_match_in_a_stream",
    ),
)
def strict_ignored(call: Call, handler: Handler) -> Answer:
    def forget(value: change.Object) -> None:
        for tool in value.get("tools") or ():
            if isinstance(tool, dict) and tool.get("strict") is True:
                tool.update(strict=False, parameters={"type": "object", "properties": {"place": {"type": "string"}}})

    return handler(change.rewrite(call, forget) if is_response(call) else call)


@deviation(
    "responses-unknown-field-rejected-without-name",
    severity="minor",
    says="A request with an unknown field is rejected with an error that does not name it.",
    breaks="Users of newer clients cannot tell what to leave out.",
    source=INVENTED,
    caught_by=(f"{_STRICT}/greeted_with_unknown_field/unknown_field_is_ignored_or_named",),
)
def unknown_unnamed(call: Call, handler: Handler) -> Answer:
    unknown = is_response(call) and "conformance_unknown_field" in change.asked(call)
    return change.refused(handler(call), 400, "Bad request.") if unknown else handler(call)
