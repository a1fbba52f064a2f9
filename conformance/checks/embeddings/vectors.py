"""How vectors are read and compared."""

import math
import struct
from base64 import b64encode

from conformance import Exchange, Inconclusive
from conformance.media.base64 import decode_base64

VECTOR = "data.0.embedding"

TOLERANCE = 0.1
"""A share of the length: vectors of one text may differ by less, as numbers of low precision depend on the batch."""


def vector(observed: Exchange, place: int = 0) -> list[float]:
    """Return a vector. Raises `Inconclusive` for one that is not a list of numbers: the schema's check finds that."""
    numbers = observed.get(f"data.{place}.embedding")
    if not isinstance(numbers, list) or not numbers:
        raise Inconclusive(f"`data.{place}.embedding` of {observed.label} is not a list of numbers")
    if not all(is_finite(number) for number in numbers):
        raise Inconclusive(f"`data.{place}.embedding` of {observed.label} contains what is not a finite number")
    return [float(number) for number in numbers]


def is_finite(value: object) -> bool:
    """Tell whether a JSON value is a number that is finite in double precision."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def length(numbers: list[float]) -> float:
    """Return the length of a vector."""
    return math.hypot(*numbers)


def distance(one: list[float], other: list[float]) -> float:
    """Return how far two vectors are apart, as a share of the longer one's length."""
    if len(one) != len(other):
        raise Inconclusive(f"embeddings of {len(one)} and of {len(other)} numbers cannot be compared")
    longest = max(length(one), length(other))
    if not 0 < longest < math.inf:
        raise Inconclusive("embeddings of length zero cannot be compared")
    return length([a - b for a, b in zip(one, other, strict=True)]) / longest


def decoded(text: str) -> list[float] | None:
    """Return the little-endian numbers of single precision that base64 text holds, or None."""
    content = decode_base64(text)
    if content is None or len(content) % 4:
        return None
    return list(struct.unpack(f"<{len(content) // 4}f", content))


def encoded(numbers: list[float]) -> str:
    """Return numbers as base64 text, as it should come; for counterexamples."""
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
