"""
Fields of a response that few clients send: moderation, a compaction on the way, prompts that are kept, cache options.

No prompt is ever kept here. What is moderated is read like `POST /moderations`, as OpenAI did in July 2026.
"""

import base64
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.endpoints.moderations import judged
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import Rule, anything, array, fields, integer, one_of, string
from conformance.simulator.responses.items import new_id

_POLICY = fields({"mode": one_of("score", "block")})
RULES: dict[str, Rule] = {
    "context_management": array(
        fields({"type": one_of("compaction")}, {"compact_threshold": integer(1000, 2**63 - 1)})
    ),
    "moderation": fields({"model": string()}, {"policy": fields({}, {"input": _POLICY, "output": _POLICY})}),
    "prompt": fields({"id": string()}, {"version": string(), "variables": anything}),
}


def check(body: dict[str, Any]) -> None:
    """Raise for a prompt, which cannot be there, and for a model that does not moderate."""
    prompt, moderation = body.get("prompt"), body.get("moderation")
    if prompt is not None:
        raise ApiError(404, f"Prompt with id '{prompt['id'][:80]}' not found.", param="prompt.id")
    if moderation is not None and models.find(moderation["model"]).kind != "moderation":
        raise invalid_request("This model cannot be used for moderation.", param="moderation.model")


def moderation_of(body: dict[str, Any], asked: str, said: str) -> dict[str, Any] | None:
    """Return what the moderation says of a question and of its answer; None where it was not requested."""
    wanted = body.get("moderation")
    if wanted is None:
        return None
    head = {"type": "moderation_result", "model": wanted["model"]}
    return {name: {**head, **judged(text)} for name, text in (("input", asked), ("output", said))}


def compaction_of(body: dict[str, Any], tokens: int) -> list[dict[str, Any]]:
    """Return a compaction where so many tokens are above the threshold of the request."""
    thresholds = [entry.get("compact_threshold") for entry in body.get("context_management") or ()]
    if not any(threshold is not None and tokens > threshold for threshold in thresholds):
        return []
    packed = base64.b64encode(b"the conversation until here").decode()
    return [{"id": new_id("cmp"), "type": "compaction", "encrypted_content": packed}]
