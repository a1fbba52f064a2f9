"""
`generationConfig` (https://ai.google.dev/api/generate-content#generationconfig) as a chat's parameters.

Ranges are those of the reference; a value outside of them is refused in the API's own words.
"""

from collections.abc import Iterator
from typing import Any

from conformance.simulator.gemini.errors import bad_field, invalid
from conformance.simulator.gemini.fields import Fields, snake
from conformance.simulator.gemini.models import GeminiModel
from conformance.simulator.gemini.schemas import as_json_schema

CONFIG = (
    *("stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "responseModalities"),
    *("candidateCount", "maxOutputTokens", "temperature", "topP", "topK", "seed", "presencePenalty"),
    *("frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers", "speechConfig"),
    *("thinkingConfig", "imageConfig", "mediaResolution", "_responseJsonSchema"),
)
THINKING = ("includeThoughts", "thinkingBudget", "thinkingLevel")
_NUMBERS = {
    "temperature": ("temperature", 0.0, 2.0),
    "topP": ("top_p", 0.0, 1.0),
    "presencePenalty": ("presence_penalty", -2.0, 2.0),
    "frequencyPenalty": ("frequency_penalty", -2.0, 2.0),
    "candidateCount": ("n", 1, 8),
    "seed": ("seed", -(2**31), 2**31 - 1),
}
_WHOLE = frozenset({"candidateCount", "seed", "maxOutputTokens", "logprobs"})
_MOST_STOPS = 5
_OURS = 16_384
"""The most tokens that a model of the simulator writes."""

_STOPS_BEHIND = 4


def config_of(request: Fields) -> Fields:
    """Return the `generationConfig` of a request."""
    return request.part("generationConfig", CONFIG)


def parameters_of(config: Fields, model: GeminiModel) -> dict[str, Any]:
    """Return the parameters of a chat. Raises `ApiError` for a value that the API refuses."""
    return dict(_parameters(config, model))


def _parameters(config: Fields, model: GeminiModel) -> Iterator[tuple[str, Any]]:
    for name, (ours, least, most) in _NUMBERS.items():
        if name in config:
            yield ours, _number(config, name, least, most)
    if "maxOutputTokens" in config:
        yield "max_completion_tokens", min(_number(config, "maxOutputTokens", 1, model.outputs), _OURS)
    stops = [stop for stop in config.listed("stopSequences") if stop]
    if len(stops) > _MOST_STOPS:
        raise invalid(f"* GenerateContentRequest.generation_config.stop_sequences: at most {_MOST_STOPS} are supported")
    if stops:
        yield "stop", stops[:_STOPS_BEHIND]
    if config.get("responseLogprobs"):
        yield "logprobs", True
        yield "top_logprobs", _number(config, "logprobs", 0, 20) if "logprobs" in config else 0
    yield from _thinking(config)
    yield from _format(config)


def _number(config: Fields, name: str, least: float, most: float) -> Any:
    value, place = config[name], config.below(name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or (name in _WHOLE and value != int(value)) or (name == "seed" and not least <= value <= most):
        kind = "TYPE_INT32" if name in _WHOLE else "TYPE_FLOAT"
        raise bad_field(place, f"Invalid value at '{place}' ({kind}), {str(value)[:80]!r}")
    if not least <= value <= most:
        raise invalid(f"* GenerateContentRequest.{place}: {snake(name)} must be in the range [{least}, {most}].")
    return int(value) if name in _WHOLE else value


def _thinking(config: Fields) -> Iterator[tuple[str, Any]]:
    thinking = config.part("thinkingConfig", THINKING)
    told = {snake(name): value.lower() if isinstance(value, str) else value for name, value in thinking.items()}
    if "thinking_budget" in told and "thinking_level" in told:
        raise invalid("You can only set only one of thinking budget and thinking level.")
    if told:
        yield "extra_body", {"google": {"thinking_config": told}}


def _format(config: Fields) -> Iterator[tuple[str, Any]]:
    media_type = config.get("responseMimeType", "text/plain")
    if media_type not in {"text/plain", "application/json", "text/x.enum"}:
        allowed = "allowed mimetypes are `text/plain`, `application/json` and `text/x.enum`."
        raise invalid(f"* GenerateContentRequest.generation_config.response_mime_type: {allowed}")
    written = config.get("responseJsonSchema") or config.get("_responseJsonSchema")
    if written is None and "responseSchema" not in config:
        if media_type == "application/json":
            yield "response_format", {"type": "json_object"}
        return
    if media_type == "text/plain":
        raise invalid("Function calling with a response mime type: 'text/plain' is unsupported with a response schema")
    schema = written or as_json_schema(config["responseSchema"], config.below("responseSchema"))
    yield "response_format", {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
