"""Parameters of a chat that the native API can express, and that do not arrive there."""

from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.upstream.common import config
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CHECKS = "upstream.parameters/translated_chat"
_OPENCODE = ("anomalyco/opencode#33325",)


@deviation(
    "upstream-token-limit-lost",
    severity="major",
    says="`max_tokens` and `max_completion_tokens` are not sent upstream.",
    breaks="Everyone who bounds what a response costs.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/token_limit_is_sent",),
)
def limit_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "maxOutputTokens")


@deviation(
    "upstream-stop-lost",
    severity="major",
    says="`stop` is not sent upstream.",
    breaks="Prompts in a made-up format, which go on where they should end.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/stop_sequences_are_sent",),
)
def stop_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "stopSequences")


@deviation(
    "upstream-n-lost",
    severity="minor",
    says="`n` is not sent upstream.",
    breaks="Who votes among several answers gets one.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/number_of_choices_is_sent",),
)
def n_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "candidateCount")


@deviation(
    "upstream-sampling-lost",
    severity="major",
    says="`temperature` and `top_p` are not sent upstream.",
    breaks="Everyone who needs the same answer twice.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/temperature_is_sent", f"{_CHECKS}/top_p_is_sent"),
)
def sampling_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "temperature", "topP")


@deviation(
    "upstream-penalties-and-seed-lost",
    severity="minor",
    says="`frequency_penalty`, `presence_penalty` and `seed` are not sent upstream.",
    breaks="Who tests with a seed, and who must keep a model from repeating itself.",
    source=_OPENCODE,
    caught_by=(
        f"{_CHECKS}/frequency_penalty_is_sent",
        f"{_CHECKS}/presence_penalty_is_sent",
        f"{_CHECKS}/seed_is_sent",
    ),
)
def penalties_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "frequencyPenalty", "presencePenalty", "seed")


@deviation(
    "upstream-logprobs-lost",
    severity="minor",
    says="`logprobs` is not sent upstream.",
    breaks="Classifiers that read probabilities.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/logprobs_are_requested",),
)
def logprobs_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "responseLogprobs", "logprobs")


@deviation(
    "upstream-response-format-lost",
    severity="major",
    says="`response_format` is not sent upstream: the model answers in prose if it likes.",
    breaks="Everyone who parses the response.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/json_is_requested", "upstream.tools/translated_chat/schema_of_the_response_is_sent_whole"),
)
def format_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "responseMimeType", "responseJsonSchema")


@deviation(
    "upstream-reasoning-effort-lost",
    severity="minor",
    says="`reasoning_effort` is not sent upstream.",
    breaks="Who pays for thoughts that were to be few, or waits for them.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/reasoning_effort_is_sent",),
)
def effort_lost(call: Call, handler: Handler) -> Answer:
    return config(handler(call), "thinkingConfig")
