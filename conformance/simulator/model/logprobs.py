"""Log probabilities: the scripted model is nearly sure of every token, and makes up the others."""

import math
import zlib
from typing import Any

from conformance.simulator.model.chat_request import ChatRequest

_WORDS = ("the", "a", "and", "of", "to", "in", "is", "it", "that", "as", "on", "at", "by", "or", "an", "be")
_OTHERS = tuple(f" {word}" for word in (*_WORDS, *map(str.title, _WORDS)))


def tells_logprobs(request: ChatRequest) -> bool:
    """
    Return whether a choice has the key `logprobs` at all.

    A model that thinks leaves it out unless it is asked: recordings of gpt-5.4, May to August 2026.
    """
    return not request.model.thinks or bool(request.option("logprobs", default=False))


def token_logprobs(token: str, alternatives: int) -> dict[str, Any]:
    """Return one entry of `logprobs.content` with that many `top_logprobs`, the most likely first."""
    seed = zlib.crc32(token.encode())
    chance = 0.9 + (seed % 97) / 1000
    others = (other for other in _OTHERS if other != token)
    rest = (1 - chance) / 2
    ranked = [(token, chance)]
    for other, _ in zip(others, range(alternatives - 1), strict=False):
        ranked.append((other, rest))
        rest /= 2
    return {
        **_entry(token, chance),
        "top_logprobs": [_entry(text, likely) for text, likely in ranked[:alternatives]],
    }


def _entry(token: str, chance: float) -> dict[str, Any]:
    return {"token": token, "logprob": round(math.log(chance), 6), "bytes": list(token.encode())}
