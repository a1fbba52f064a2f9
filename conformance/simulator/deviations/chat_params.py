"""Deviations of chat parameters: refused, ignored, or heard in part."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

ANTHROPIC = (
    "https://platform.claude.com/docs/en/api/openai-sdk",
    "https://docs.anthropic.com/ko/api/openai-sdk",
)


def _unknown_name(call: Call, handler: Handler, names: tuple[str, ...]) -> Answer:
    """Refuse some fields as a server of protocol buffers does: with an error that has no `param`."""
    given = change.asked(call) if change.is_chat(call) else {}
    refused = next((name for name in names if given.get(name) is not None), None)
    if refused is None:
        return handler(call)
    text = f'Invalid JSON payload received. Unknown name "{refused}": Cannot find field.'
    return change.instead(handler(call), {"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}}, 400)


@deviation(
    "chat-known-param-rejected-frequency-penalty",
    severity="major",
    says="`frequency_penalty`, `presence_penalty` and `seed` are refused as unknown, with their default values too.",
    breaks="Clients that always send their sampling parameters: no request is served.",
    source=("n4ze3m/page-assist#418", "Vali-98/ChatterUI#227", "versun/RSSBox#132"),
    caught_by=(
        "params.accepted_only/accepted*/status",
        "params.penalties/*/status",
        "params.seed/*/status",
    ),
)
def known_parameters_rejected(call: Call, handler: Handler) -> Answer:
    return _unknown_name(call, handler, ("frequency_penalty", "presence_penalty", "seed"))


@deviation(
    "chat-unknown-top-level-params-hard-400",
    severity="minor",
    says="Fields that the upstream does not know are refused with an error that has no `param`.",
    breaks="Clients that drop a refused field and ask again: no field says which.",
    source=("FuzzAnything/PromptFuzz#42", "MinLL/SkyrimNet-GamePlugin#77"),
    caught_by=("params.accepted_only/hello_with_search/refused_search_has_its_param",),
)
def unknown_parameters_rejected(call: Call, handler: Handler) -> Answer:
    return _unknown_name(call, handler, ("web_search_options", "reasoning", "top_k", "extra_body"))


@deviation(
    "logprobs-legacy-shape-in-chat",
    severity="major",
    says="`logprobs` has the shape of legacy completions: four arrays, and no `content`.",
    breaks="Who reads `logprobs.content`: the official client has None there.",
    source=("abetlen/llama-cpp-python#1787", "vllm-project/vllm#3179"),
    caught_by=("params.logprobs/*/tokens_are_told*",),
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
    says="`logprobs` without `top_logprobs` is refused.",
    breaks="Who wants the chosen tokens only: a valid request fails.",
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
    breaks="Who scores answers: None, and no error.",
    source=(
        "ollama/ollama#16117",
        "EricLBuehler/mistral.rs#1876",
        "https://platform.claude.com/docs/en/api/openai-sdk",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=("params.logprobs/*/tokens_are_told*",),
)
def logprobs_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "logprobs", "top_logprobs") if change.is_chat(call) else call)


@deviation(
    "stop-silently-ignored",
    severity="major",
    says="`stop` is taken and ignored.",
    breaks="Who parses up to a marker: the text goes on.",
    source=("Blaizzy/mlx-vlm#1044",),
    caught_by=("params.stop/*",),
)
def stop_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stop") if change.is_chat(call) else call)


@deviation(
    "stop-partial-sequence-leaks",
    severity="major",
    says="The text ends with the first characters of the marker that ended it.",
    breaks="Editors: pieces of the marker stand in the text.",
    source=("jundot/omlx#2386",),
    caught_by=("params.stop/count_until_array/no_part_of_the_marker_is_told",),
)
def stop_leaks(call: Call, handler: Handler) -> Answer:
    stop: Any = change.asked(call).get("stop")
    markers = [stop] if isinstance(stop, str) else stop
    if not markers or not (change.is_chat(call) or change.posted(call, "/completions")):
        return handler(call)
    whole = handler(change.without(call, "stop")).body

    def leak(value: change.Object) -> None:
        for choice, other in zip(value["choices"], whole["choices"], strict=True):  # type: ignore[call-overload,index]
            holder, name = (choice["message"], "content") if "message" in choice else (choice, "text")
            goes_on = (other["message"]["content"] if "message" in other else other["text"])[len(holder[name]) :]
            holder[name] += next((marker[:-1][:3] for marker in markers if goes_on.startswith(marker)), "")

    return change.body(handler(call), leak)


@deviation(
    "chat-n-must-be-one",
    severity="minor",
    says="`n` is ignored: there is one choice.",
    breaks="Who draws several answers: too few come, and nothing says so.",
    source=ANTHROPIC,
    caught_by=("params.n/two_choices/there_are_n_choices",),
)
def one_choice(call: Call, handler: Handler) -> Answer:
    def single(value: change.Object) -> None:
        if isinstance(value.get("n"), int) and value["n"] > 1:
            value["n"] = 1

    return handler(change.rewrite(call, single) if change.is_chat(call) else call)


@deviation(
    "chat-temperature-clamped",
    severity="minor",
    says="A `temperature` above 1 is taken for 1, one beyond the documented range too.",
    breaks="Who relies on a wrong value being refused, or on values between 1 and 2.",
    source=ANTHROPIC,
    caught_by=("params.out_of_range/out_of_range[temperature-5]/status",),
)
def temperature_clamped(call: Call, handler: Handler) -> Answer:
    def clamp(value: change.Object) -> None:
        if isinstance(value.get("temperature"), int | float):
            value["temperature"] = min(value["temperature"], 1)

    return handler(change.rewrite(call, clamp) if change.is_chat(call) else call)


@deviation(
    "stop-whitespace-sequences-ignored",
    severity="minor",
    says="Markers in `stop` that are white space are ignored.",
    breaks="Who asks for one line: more come.",
    source=ANTHROPIC,
    caught_by=("params.stop/count_until_space/space_is_a_marker_too",),
)
def whitespace_markers_ignored(call: Call, handler: Handler) -> Answer:
    def drop(value: change.Object) -> None:
        stop = value.get("stop")
        if isinstance(stop, str | list):
            value["stop"] = [marker for marker in ([stop] if isinstance(stop, str) else stop) if marker.strip()]

    return handler(change.rewrite(call, drop) if change.is_chat(call) else call)


@deviation(
    "max-tokens-ignored",
    severity="major",
    says="`max_tokens`, `max_completion_tokens`, `temperature` and `stop` are ignored.",
    breaks="Who limits what an answer costs.",
    source=("https://docs.parallel.ai/chat-api/sdk-compatibility",),
    caught_by=("params.max_tokens/*", "params.max_completion_tokens/*", "params.stop/*", "params.temperature/*"),
)
def limits_ignored(call: Call, handler: Handler) -> Answer:
    names = ("max_tokens", "max_completion_tokens", "temperature", "stop")
    return handler(change.without(call, *names) if change.is_chat(call) else call)
