"""Deviations of parameters, and of what is counted, that we made up."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import Entry, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_LOGPROBS = "params.logprobs/count_with_logprobs"
_STREAM = "chat.stream"


def _ignoring(field: str, breaks: str, *caught_by: str) -> Entry:
    def ignore(call: Call, handler: Handler) -> Answer:
        return handler(change.without(call, field) if change.is_chat(call) else call)

    ignore.__module__ = __name__
    return deviation(
        f"own-param-{field.replace('_', '-')}-ignored",
        severity="major",
        says=f"`{field}` is ignored without a word.",
        breaks=breaks,
        source=_OWN,
        caught_by=caught_by,
    )(ignore)


IGNORED = (
    _ignoring("seed", "Tests that need the same answer again.", "params.seed/*/same_seed_repeats_itself"),
    _ignoring("top_p", "Whoever wants the likeliest answer.", "params.top_p/*/tiny_top_p_repeats_itself"),
    _ignoring("top_logprobs", "Evaluations by likelihood.", f"{_LOGPROBS}/candidates_are_told"),
    _ignoring(
        "frequency_penalty",
        "Whoever fights repetition.",
        "params.penalties/count_far_penalised/frequency_penalty_ends_a_repetition",
    ),
    _ignoring("stream_options", "Whoever counts tokens.", "params.accepted_only/*/chunks_are_padded_as_asked"),
)


@deviation(
    "own-service-tier-untold",
    severity="minor",
    says="The answer does not tell which tier served it.",
    breaks="Whoever pays for a tier.",
    source=_OWN,
    caught_by=("params.service_tier/hello_of_tier*/tier_is_told",),
)
def service_tier_untold(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return (
        change.body(answer, lambda value: value.pop("service_tier", None) and None) if change.is_chat(call) else answer
    )


@deviation(
    "own-verbosity-upside-down",
    severity="minor",
    says="`verbosity` `high` is taken for `low`, and the other way round.",
    breaks="Whoever wants a long answer.",
    source=_OWN,
    caught_by=("params.verbosity/*/high_verbosity_says_more_than_low",),
)
def verbosity_upside_down(call: Call, handler: Handler) -> Answer:
    other = {"low": "high", "high": "low"}.get(str(change.asked(call).get("verbosity")))
    return handler(change.rewrite(call, lambda value: value.update(verbosity=other)) if other else call)


def _logprobs(call: Call, handler: Handler, apply: object) -> Answer:
    def each(choice: change.Object) -> None:
        content = (choice.get("logprobs") or {}).get("content")
        if content:
            choice["logprobs"]["content"] = apply(content)  # type: ignore[operator]

    return change.each_choice(handler(call), each) if change.is_chat(call) else handler(call)


@deviation(
    "own-logprobs-are-positive",
    severity="major",
    says="A `logprob` has lost its sign, and every token has one candidate more than asked for.",
    breaks="Whoever computes a chance: it is above 1.",
    source=_OWN,
    caught_by=(f"{_LOGPROBS}/logarithms_are_not_positive", f"{_LOGPROBS}/candidates_are_no_more_than_asked_for"),
)
def logprobs_are_positive(call: Call, handler: Handler) -> Answer:
    def apply(content: list[change.Object]) -> list[change.Object]:
        more = {"token": "?", "logprob": -9.0, "bytes": [63]}
        return [
            {**one, "logprob": 0.5 - one["logprob"], "top_logprobs": [*one["top_logprobs"], more]} for one in content
        ]

    return _logprobs(call, handler, apply)


@deviation(
    "own-logprobs-of-other-tokens",
    severity="major",
    says="All tokens of `logprobs` are `?`.",
    breaks="Whoever marks the words of an answer by their chance.",
    source=_OWN,
    caught_by=(
        f"{_LOGPROBS}/tokens_spell_the_text",
        f"{_LOGPROBS}_streamed/tokens_are_told_in_a_stream",
    ),
)
def logprobs_of_other_tokens(call: Call, handler: Handler) -> Answer:
    def apply(content: list[change.Object]) -> list[change.Object]:
        return [{**one, "token": "?", "bytes": [63]} for one in content]

    return _logprobs(call, handler, apply)


@deviation(
    "own-new-limit-is-halved",
    severity="major",
    says="`max_completion_tokens` allows half of what it says.",
    breaks="Whoever moved to the new name: answers are cut earlier.",
    source=_OWN,
    caught_by=("params.max_completion_tokens/count_cut_by_new_name/both_names_allow_the_same",),
)
def new_limit_is_halved(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if isinstance(value.get("max_completion_tokens"), int):
            value["max_completion_tokens"] //= 2

    return handler(change.rewrite(call, apply) if change.is_chat(call) else call)


@deviation(
    "own-stop-ends-with-a-reason-of-its-own",
    severity="major",
    says="An answer that a marker ended has `finish_reason` `stop_sequence`.",
    breaks="Clients that know the documented reasons.",
    source=_OWN,
    caught_by=(
        "params.stop/count_until_string/string_marker_ends_with_stop",
        "params.stop/count_until_array/array_marker_ends_with_stop",
    ),
)
def stop_has_a_reason_of_its_own(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or "stop" not in change.asked(call):
        return handler(call)
    return change.each_choice(handler(call), lambda choice: choice.update(finish_reason="stop_sequence"))


@deviation(
    "own-stop-takes-the-whole-text",
    severity="critical",
    says="A marker takes all text before it away too.",
    breaks="Everybody who sends `stop`.",
    source=_OWN,
    caught_by=("params.stop/count_until_string/text_before_the_marker_is_told",),
)
def stop_takes_the_whole_text(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or "stop" not in change.asked(call):
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))


@deviation(
    "own-unknown-field-refused-in-general",
    severity="minor",
    says="A field that nobody knows is refused with no word of which.",
    breaks="Developers, who have to guess.",
    source=_OWN,
    caught_by=("params.unknown_field/*/unknown_field_is_ignored_or_refused_by_name",),
)
def unknown_field_refused_in_general(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return (
        change.refused(answer, 400, "Bad request.")
        if change.told(answer).get("code") == "unknown_parameter"
        else answer
    )


@deviation(
    "own-usage-details-beyond-the-counts",
    severity="minor",
    says="`cached_tokens` is -1 for a short prompt and the double of a long one; more tokens are thought than written.",
    breaks="Whoever computes a bill.",
    source=_OWN,
    caught_by=(
        "usage.details/hello/cached_prompt_is_a_count",
        "usage.details/hello/reasoning_is_part_of_the_completion",
        "params.prompt_cache/long_prompt_again/repeated_prompt_is_counted_as_cached",
    ),
)
def details_beyond_the_counts(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        usage = value.get("usage") or {}
        if "prompt_tokens_details" in usage:
            prompt = usage["prompt_tokens"]
            usage["prompt_tokens_details"]["cached_tokens"] = 2 * prompt if prompt > 1000 else -1
            usage["completion_tokens_details"]["reasoning_tokens"] = usage["completion_tokens"] + 1

    return change.body(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-usage-completion-uncounted",
    severity="major",
    says="`completion_tokens` is 0, and `total_tokens` is the prompt.",
    breaks="Whoever computes a bill.",
    source=_OWN,
    caught_by=("usage.present/hello/completion_is_counted",),
)
def completion_uncounted(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["usage"].update(completion_tokens=0, total_tokens=value["usage"]["prompt_tokens"])

    return change.body(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-native-tool-handed-over",
    severity="major",
    says="A tool of another API is taken for a function, and the client is asked to run it.",
    breaks="Agents: they have no such function.",
    source=_OWN,
    caught_by=("native.search_and_code/hello_with_native_tool*/native_tool_is_refused_or_run_by_the_endpoint",),
)
def native_tool_handed_over(call: Call, handler: Handler) -> Answer:
    tools = change.asked(call).get("tools")
    if not change.is_chat(call) or not isinstance(tools, list) or not tools or "function" in tools[0]:
        return handler(call)
    name = next(iter(tools[0].values())) if "type" in tools[0] else next(iter(tools[0]))
    function = {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    choice = {"type": "function", "function": {"name": name}}
    return handler(change.rewrite(call, lambda value: value.update(tools=[function], tool_choice=choice)))


@deviation(
    "own-native-name-taken-away",
    severity="major",
    says="A function of the client that is called like a native tool is dropped.",
    breaks="Agents whose functions happen to be called so.",
    source=_OWN,
    caught_by=("native.search_and_code/namesake_forced*/function_called_like_a_native_tool_is_called",),
)
def native_name_taken_away(call: Call, handler: Handler) -> Answer:
    said = change.text(change.asked(call).get("tool_choice"))
    taken = "googleSearch" in said or "codeExecution" in said
    return handler(change.without(call, "tools", "tool_choice") if taken and change.is_chat(call) else call)
