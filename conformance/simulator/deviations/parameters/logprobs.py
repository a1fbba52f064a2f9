"""`logprobs` and `top_logprobs`: refused, dropped, or with wrong numbers."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler


@deviation(
    "logprobs-legacy-shape-in-chat",
    severity="major",
    says="`logprobs` has the shape of legacy completions: four arrays, and no `content`.",
    breaks="Anyone who reads `logprobs.content`: the official client has None there.",
    source=("abetlen/llama-cpp-python#1787", "vllm-project/vllm#3179"),
    caught_by=("params.logprobs/*/tokens_are_*",),
)
def legacy_logprobs(call: Call, handler: Handler) -> Answer:
    def legacy(choice: change.Object) -> None:
        if not (choice.get("logprobs") or {}).get("content"):
            return
        told = choice["logprobs"]["content"]
        choice["logprobs"] = {
            "tokens": [one["token"] for one in told],
            "token_logprobs": [one["logprob"] for one in told],
            "top_logprobs": [{top["token"]: top["logprob"] for top in one["top_logprobs"]} for one in told],
            "text_offset": list(range(len(told))),
        }

    return change.each_choice(handler(call), legacy) if change.is_chat(call) else handler(call)


@deviation(
    "logprobs-true-without-top-errors",
    severity="minor",
    says="`logprobs` without `top_logprobs` is rejected.",
    breaks="Anyone who wants the chosen tokens only: a valid request fails.",
    source=("vllm-project/vllm#4795", "vllm-project/vllm#5008"),
    caught_by=("params.logprobs/hello_with_logprobs/status",),
)
def logprobs_alone_refused(call: Call, handler: Handler) -> Answer:
    given = change.asked(call) if change.is_chat(call) else {}
    if given.get("logprobs") and given.get("top_logprobs") is None:
        raise invalid_request("Top logprobs must be set when logprobs is.", param="top_logprobs")
    return handler(call)


@deviation(
    "logprobs-silently-dropped",
    severity="major",
    says="`logprobs` and `top_logprobs` are ignored.",
    breaks="Anyone who scores answers: None, and no error.",
    source=(
        "ollama/ollama#16117",
        "EricLBuehler/mistral.rs#1876",
        "https://platform.claude.com/docs/en/api/openai-sdk",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=("params.logprobs/*/tokens_are_*",),
)
def logprobs_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "logprobs", "top_logprobs") if change.is_chat(call) else call)


def _logprobs(call: Call, handler: Handler, apply: object) -> Answer:
    def each(choice: change.Object) -> None:
        content = (choice.get("logprobs") or {}).get("content")
        if content:
            choice["logprobs"]["content"] = apply(content)  # type: ignore[operator]

    return change.each_choice(handler(call), each) if change.is_chat(call) else handler(call)


@deviation(
    "own-logprobs-are-positive",
    severity="major",
    says="A `logprob` has lost its sign, and every token has one candidate more than requested.",
    breaks="Clients that compute a probability: it is above 1.",
    source=INVENTED,
    caught_by=(
        "params.logprobs/chat_completion/logprobs_are_not_positive",
        "params.logprobs/chat_completion/alternatives_are_at_most_as_requested",
    ),
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
    breaks="Clients that show the probability of each word.",
    source=INVENTED,
    caught_by=(
        "params.logprobs/chat_completion/tokens_spell_the_text",
        "params.logprobs/count_with_logprobs_streamed/tokens_are_streamed",
    ),
)
def logprobs_of_other_tokens(call: Call, handler: Handler) -> Answer:
    def apply(content: list[change.Object]) -> list[change.Object]:
        return [{**one, "token": "?", "bytes": [63]} for one in content]

    return _logprobs(call, handler, apply)
