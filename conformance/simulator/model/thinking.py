"""
How much a thinking model thinks before it answers, and whether it tells its thoughts.

OpenAI knows `reasoning_effort` only. The other ways to ask are extensions that other endpoints document; this endpoint
takes them for the models that think, and refuses them for all others, as OpenAI does for every model:

- `enable_thinking`, at the top or in `extra_body`: on, and the thoughts are told; or off;
- `extra_body.google.thinking_config`: `thinking_budget` or `thinking_level`, and `include_thoughts`. Beside
  `reasoning_effort` it is refused;
- a model's id with a suffix: `-low`, `-high`, `-nothinking`. A parameter counts for more than the suffix.

Thoughts that are told come back as `reasoning_content`, in a stream before the content.
"""

from dataclasses import dataclass
from typing import Any

from conformance.simulator.catalog.models import ServedModel
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import Rule, boolean, fields, integer, one_of, string
from conformance.simulator.media.tokens import pieces

EFFORT = {"none": 0, "minimal": 8, "low": 16, "medium": 32, "high": 64, "xhigh": 128, "max": 256}
_SHARE = 64  # of a budget of so many tokens one is spent
_CONFIG = fields(
    {},
    {
        "include_thoughts": boolean,
        "thinking_budget": integer(-1, 32_768),
        "thinking_level": one_of("minimal", "low", "medium", "high"),
    },
)
_GOOGLE = fields({}, {"thinking_config": _CONFIG, "cached_content": string()})
DIALECTS: dict[str, Rule] = {
    "enable_thinking": boolean,
    "extra_body": fields({}, {"enable_thinking": boolean, "google": _GOOGLE}),
}
_STEPS = (
    "I read the question once more: what is really asked for?",
    " Then I look for what was told before that bears on it.",
    " I weigh two answers against each other, and take the simpler one.",
    " At last I check that it says no more than I know.",
)


@dataclass(frozen=True, slots=True)
class Thinking:
    """How many tokens of thoughts, and whether they are told."""

    tokens: int
    told: bool

    def text(self, limit: int) -> str:
        """Return the thoughts, cut where the room for them ends; empty when they are not told."""
        wanted = min(self.tokens, limit) if self.told else 0
        steps = "".join(_STEPS)
        many = steps + f" {steps}" * (wanted // len(pieces(steps)) + 1)
        return "".join(pieces(many)[:wanted])


def check_thinking(body: dict[str, Any]) -> None:
    """Raise when thinking is asked for in two ways that exclude each other."""
    config = _config(body)
    if config and body.get("reasoning_effort") is not None:
        text = "'reasoning_effort' and 'thinking_config' cannot be used at the same time."
        raise _excluded(text, "reasoning_effort")
    if config.get("thinking_budget") is not None and config.get("thinking_level") is not None:
        text = "'thinking_budget' and 'thinking_level' cannot be used at the same time."
        raise _excluded(text, "extra_body.google.thinking_config")


def thinking_of(model: ServedModel, body: dict[str, Any]) -> Thinking:
    """Return what a valid request asks of a model."""
    if not model.thinks:
        return Thinking(0, told=False)
    config, switch = _config(body), _switch(body)
    if switch is False:
        return Thinking(0, told=False)
    effort = body.get("reasoning_effort") or config.get("thinking_level") or model.effort
    if switch and effort == "none" and not body.get("reasoning_effort"):
        effort = "medium"  # the suffix says no, the parameter yes
    budget = config.get("thinking_budget")
    tokens = EFFORT[effort] if budget is None or budget < 0 else -(-budget // _SHARE)
    return Thinking(tokens, told=bool(switch or config.get("include_thoughts")))


def _config(body: dict[str, Any]) -> dict[str, Any]:
    google = (body.get("extra_body") or {}).get("google") or {}
    return google.get("thinking_config") or {}


def _switch(body: dict[str, Any]) -> bool | None:
    nested = (body.get("extra_body") or {}).get("enable_thinking")
    return nested if nested is not None else body.get("enable_thinking")


def _excluded(text: str, param: str) -> ApiError:
    return invalid_request(text, param=param, code="invalid_parameter_combination")
