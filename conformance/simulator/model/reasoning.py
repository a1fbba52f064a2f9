"""
What a model refuses that always reasons: the parameters of sampling, and a limit that leaves no room to think.

As OpenAI's models of that sort do. Recorded or reported texts, 2025 to 2026: `max_tokens` of gpt-5 to gpt-5.6,
`temperature` and `presence_penalty` of o1 to gpt-5, the small limit of gpt-5, `logprobs` of o4-mini (403). Their
default values are taken: the document says that they are fixed there.
"""

from typing import Any

from conformance.simulator.catalog.models import ServedModel
from conformance.simulator.http.errors import ApiError, invalid_request, unsupported

SMALLEST_LIMIT = 16
"""With less room than this the model does not answer at all."""

_DEFAULTS: dict[str, Any] = {"top_p": 1, "presence_penalty": 0, "frequency_penalty": 0}
_REFUSED = ("stop", "logprobs", "top_logprobs", "logit_bias")
_EFFORTS = ("low", "medium", "high", "xhigh")


def check_reasoning(body: dict[str, Any], model: ServedModel) -> None:
    """Raise for what a chat request asks of a model that cannot do it."""
    if body.get("max_tokens") is not None:
        text = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        raise invalid_request(text, param="max_tokens", code="unsupported_parameter")
    if model.secretive and (body.get("logprobs") or body.get("top_logprobs") is not None):
        raise ApiError(403, "You are not allowed to request logprobs from this model")
    check_sampling(body)
    check_effort(body.get("reasoning_effort"), "reasoning_effort")
    limit = body.get("max_completion_tokens")
    if limit is not None and limit < SMALLEST_LIMIT:
        raise invalid_request(
            "Could not finish the message because max_tokens or model output limit was reached."
            " Please try again with higher max_tokens."
        )


def check_sampling(body: dict[str, Any]) -> None:
    """Raise for a parameter of sampling; chat completions and the Responses API refuse them alike."""
    if body.get("temperature") not in {None, 1}:
        text = (
            f"Unsupported value: 'temperature' does not support {body['temperature']} with this model."
            " Only the default (1) value is supported."
        )
        raise invalid_request(text, param="temperature", code="unsupported_value")
    for name, default in _DEFAULTS.items():
        if body.get(name) not in {None, default}:
            raise unsupported(name)
    for name in _REFUSED:
        if body.get(name):
            raise unsupported(name)


def check_effort(effort: str | None, param: str) -> None:
    """Raise for an effort that the model does not know: it cannot be kept from reasoning."""
    if effort is not None and effort not in _EFFORTS:
        values = ", ".join(f"'{name}'" for name in _EFFORTS[:-1])
        text = (
            f"Unsupported value: '{effort}' is not supported with this model."
            f" Supported values are: {values}, and '{_EFFORTS[-1]}'."
        )
        raise invalid_request(text, param=param, code="unsupported_value")
