"""
The truth table of parameters: which checks decide about which parameter of which endpoint.

A report reads it beside the results. Of a parameter that is `seen` the deciding check tells what became of it:

- conforms: honoured; unsupported, or a deviating status check with a status of 4xx: rejected;
- deviates: what its finding begins with: `ignored:`, `partly:`, `broken:`; any other finding: broken;
- inconclusive: accepted, effect not observable (the reason says why), or not measured.

Of a parameter that is not `seen`, a check that conforms says that it was accepted, effect not observable; or, where the
status of the exchange is 4xx, that it was rejected by name.

To add a parameter: one line here, and one row or exchange where it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decider:
    """
    The ids of the checks that decide about a parameter, the worst of which counts.

    `seen`: its effect can be seen from outside. An id without a case stands for all cases of its exchange.
    """

    checks: tuple[str, ...]
    seen: bool = True


def _by(*checks: str) -> Decider:
    return Decider(checks)


def _taken(case: str, exchange: str = "accepted", statement: str = "parameter_does_no_harm") -> Decider:
    return Decider((f"params.accepted_only/{exchange}[{case}]/{statement}",), seen=False)


CHAT: Mapping[str, Decider] = {
    "model": _by("chat.model_echo/hello/model_names_the_model_asked_for"),
    "messages": _by("chat.multi_turn/word_of_earlier_turn/earlier_turn_is_heard"),
    "function_call": _by("tools.other_variants/legacy_forced/old_function_is_called_or_refused"),
    "functions": _by("tools.other_variants/legacy_forced/old_function_is_called_or_refused"),
    "frequency_penalty": _by("params.penalties/count_far_penalised/frequency_penalty_ends_a_repetition"),
    "logit_bias": _taken("logit_bias"),
    "logprobs": _by("params.logprobs/count_with_logprobs/tokens_are_told"),
    "max_completion_tokens": _by(
        "params.max_completion_tokens/count_cut_by_new_name/max_completion_tokens_shortens_the_text"
    ),
    "max_tokens": _by("params.max_tokens/count_cut/max_tokens_shortens_the_text"),
    "metadata": _by("chat.stored/kept_retrieved/kept_completion_has_its_metadata"),
    "modalities": _taken("modalities"),
    "moderation": _taken("moderation"),
    "n": _by("params.n/two_choices/there_are_n_choices"),
    "parallel_tool_calls": _by("tools.parallel_false/two_weathers_one_by_one/parallel_tool_calls_false_gives_one_call"),
    "prediction": _taken("prediction"),
    "presence_penalty": Decider(("params.penalties/hello_penalised/presence_penalty_does_no_harm",), seen=False),
    "prompt_cache_key": _taken("prompt_cache_key"),
    "prompt_cache_options": _taken("prompt_cache_options"),
    "prompt_cache_retention": _taken("prompt_cache_retention"),
    "reasoning_effort": _by(
        "reasoning.effort.monotone/thought_little/high_effort_thinks_more_than_low",
        "reasoning.effort.none/thought_not/none_spends_nothing_on_thinking",
    ),
    "response_format": _by(
        "structured.json_object/person_as_object/text_is_json",
        "structured.json_schema.strict/person_unasked/answer_fits_the_schema_whatever_is_asked",
    ),
    "safety_identifier": _taken("safety_identifier"),
    "seed": _by("params.seed/drawn_with_seed/same_seed_repeats_itself"),
    "service_tier": _by("params.service_tier/hello_of_tier/tier_is_told"),
    "stop": _by(
        "params.stop/count_until_string/string_marker_is_not_in_the_text",
        "params.stop/count_until_array/array_marker_is_not_in_the_text",
    ),
    "store": _by("chat.stored/kept_listed/kept_completion_is_listed"),
    "stream": _by("chat.stream.basic/hello_streamed/text_comes"),
    "stream_options.include_obfuscation": _by("params.accepted_only/hello_obfuscated/chunks_are_padded_as_asked"),
    "stream_options.include_usage": _by("chat.stream.usage.include/hello_with_usage/usage_comes_when_asked_for"),
    "temperature": _by("params.temperature/drawn_at_zero/temperature_zero_repeats_itself"),
    "tool_choice": _by(
        "tools.choice.named/time_forced/unsuggested_function_is_called",
        "tools.choice.none/weather_forbidden/forbidden_function_is_not_called",
        "tools.choice.required/hello_required/required_function_is_called_whatever_is_asked",
    ),
    "tools": _by("tools.choice.auto/weather_auto/model_is_told_of_the_tools"),
    "top_logprobs": _by("params.logprobs/count_with_logprobs/candidates_are_told"),
    "top_p": _by("params.top_p/drawn_from_the_top/tiny_top_p_repeats_itself"),
    "user": _taken("user"),
    "verbosity": _by("params.verbosity/explained_low/high_verbosity_says_more_than_low"),
    "web_search_options": Decider(
        ("params.accepted_only/hello_with_search/search_is_done_or_refused_by_name",), seen=False
    ),
}

EMBEDDINGS: Mapping[str, Decider] = {
    "input": _by("embeddings.string/embedded/there_is_one_vector"),
    "model": _by("embeddings.string/embedded/model_names_the_model_asked_for"),
    "dimensions": _by("embeddings.dimensions/embedded_short/vector_has_the_size_asked_for"),
    "encoding_format": _by("embeddings.encoding_base64/embedded_base64/vector_is_text"),
    "user": _taken("user", "embedded_with", "embedding_parameter_does_no_harm"),
}

EXTENSIONS: Mapping[str, Decider] = {
    "enable_thinking": _by("reasoning.enable_thinking/switched_on/parameter_has_its_effect"),
    "extra_body.google.thinking_config": _by(
        "reasoning.google_extra_body/with_thoughts/thoughts_are_told_when_asked_for",
        "reasoning.google_extra_body/without_budget/no_budget_is_no_thinking",
    ),
}

TABLE: Mapping[str, Mapping[str, Decider]] = {
    "chat/completions": CHAT,
    "chat/completions, extensions": EXTENSIONS,
    "embeddings": EMBEDDINGS,
}
