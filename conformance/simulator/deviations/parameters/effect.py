"""Parameters that are taken and ignored, or have another effect."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, Entry, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_LOGPROBS = "params.logprobs/count_with_logprobs"
ANTHROPIC = (
    "https://platform.claude.com/docs/en/api/openai-sdk",
    "https://docs.anthropic.com/ko/api/openai-sdk",
)


def _ignoring(field: str, breaks: str, *caught_by: str) -> Entry:
    def ignore(call: Call, handler: Handler) -> Answer:
        return handler(change.without(call, field) if change.is_chat(call) else call)

    return deviation(
        f"own-param-{field.replace('_', '-')}-ignored",
        severity="major",
        says=f"`{field}` is ignored silently.",
        breaks=breaks,
        source=INVENTED,
        caught_by=caught_by,
    )(ignore)


IGNORED = (
    _ignoring("seed", "Tests that need the same answer again.", "params.seed/*/seed_is_used"),
    _ignoring("top_p", "Users who want the likeliest text.", "params.top_p/*/top_p_is_used"),
    _ignoring(
        "top_logprobs", "Evaluations by likelihood.", "params.logprobs/chat_completion/alternatives_are_returned"
    ),
    _ignoring(
        "frequency_penalty",
        "Users who want less repetition.",
        "params.penalties/count_far_frequency_penalty/frequency_penalty_is_used",
    ),
    _ignoring("stream_options", "Anyone who counts tokens.", "params.accepted_only/*/obfuscation_is_as_requested"),
)


@deviation(
    "max-tokens-ignored",
    severity="major",
    says="`max_tokens`, `max_completion_tokens`, `temperature` and `stop` are ignored.",
    breaks="Anyone who limits what a response costs.",
    source=("https://docs.parallel.ai/chat-api/sdk-compatibility",),
    caught_by=("params.max_tokens/*", "params.max_completion_tokens/*", "params.stop/*", "params.temperature/*"),
)
def limits_ignored(call: Call, handler: Handler) -> Answer:
    names = ("max_tokens", "max_completion_tokens", "temperature", "stop")
    return handler(change.without(call, *names) if change.is_chat(call) else call)


@deviation(
    "chat-n-must-be-one",
    severity="minor",
    says="`n` is ignored: there is one choice.",
    breaks="Users who request several choices: too few are returned, and no error says so.",
    source=ANTHROPIC,
    caught_by=("params.n/chat_completion/there_are_n_choices",),
)
def one_choice(call: Call, handler: Handler) -> Answer:
    def single(value: change.Object) -> None:
        if isinstance(value.get("n"), int) and value["n"] > 1:
            value["n"] = 1

    return handler(change.rewrite(call, single) if change.is_chat(call) else call)


@deviation(
    "chat-temperature-clamped",
    severity="minor",
    says="A `temperature` above 1 is treated as 1, one beyond the documented range too.",
    breaks="Anyone who relies on an invalid value being rejected, or on values between 1 and 2.",
    source=ANTHROPIC,
    caught_by=("params.out_of_range/out_of_range[temperature-5]/status",),
)
def temperature_clamped(call: Call, handler: Handler) -> Answer:
    def clamp(value: change.Object) -> None:
        if isinstance(value.get("temperature"), int | float):
            value["temperature"] = min(value["temperature"], 1)

    return handler(change.rewrite(call, clamp) if change.is_chat(call) else call)


@deviation(
    "own-service-tier-untold",
    severity="minor",
    says="The response does not report which tier served it.",
    breaks="Anyone who pays for a tier.",
    source=INVENTED,
    caught_by=("params.service_tier/chat_completion/service_tier_is_returned",),
)
def service_tier_untold(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return (
        change.body(answer, lambda value: value.pop("service_tier", None) and None) if change.is_chat(call) else answer
    )


@deviation(
    "own-verbosity-upside-down",
    severity="minor",
    says="`verbosity` `high` is treated as `low`, and the other way round.",
    breaks="Users who want a long response.",
    source=INVENTED,
    caught_by=("params.verbosity/*/verbosity_is_used",),
)
def verbosity_upside_down(call: Call, handler: Handler) -> Answer:
    other = {"low": "high", "high": "low"}.get(str(change.asked(call).get("verbosity")))
    return handler(change.rewrite(call, lambda value: value.update(verbosity=other)) if other else call)


@deviation(
    "own-new-limit-is-halved",
    severity="major",
    says="`max_completion_tokens` allows half of what it says.",
    breaks="Clients that moved to the new name: responses are truncated earlier.",
    source=INVENTED,
    caught_by=("params.max_tokens/count_cut_by_old_name/both_names_allow_the_same",),
)
def new_limit_is_halved(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if isinstance(value.get("max_completion_tokens"), int):
            value["max_completion_tokens"] //= 2

    return handler(change.rewrite(call, apply) if change.is_chat(call) else call)


@deviation(
    "own-optional-field-silences",
    severity="critical",
    says="A field that is not one of the most common makes the text of the response empty.",
    breaks="Everyone who sends it: the response is paid for, and empty.",
    source=INVENTED,
    caught_by=(
        "params.accepted_only/accepted*/parameter_is_accepted_or_named",
        "params.penalties/hello_presence_penalty/presence_penalty_returns_text",
    ),
)
def optional_field_silences(call: Call, handler: Handler) -> Answer:
    common = {"model", "messages", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "stream", "stop", "n"}
    answer = handler(call)
    if not change.is_chat(call) or set(change.asked(call)) <= common:
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))
