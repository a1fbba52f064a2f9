"""The tokens that a response says it took, whatever its form: looked for in its bytes, and never a check."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 10**12
"""More tokens than any response takes: a larger number is no count."""

_LONGEST = 4 * 1024 * 1024
_INPUT = re.compile(rb'"(?:prompt|input)_tokens"\s*:\s*(\d{1,13})\b')
_OUTPUT = re.compile(rb'"(?:completion|output)_tokens"\s*:\s*(\d{1,13})\b')
_TOTAL = re.compile(rb'"total_tokens"\s*:\s*(\d{1,13})\b')


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens in and out."""

    input: int
    output: int


def usage_in(body: bytes) -> Usage | None:
    """
    Return the tokens that a decoded body reports, or None when it reports none.

    Of several reports, as in a stream with one on each chunk, the largest counts. What the total has beside input and
    output, such as reasoning that no other count has, is output.
    """
    end = body[-_LONGEST:]
    sent, received, total = (_largest(pattern.findall(end)) for pattern in (_INPUT, _OUTPUT, _TOTAL))
    if sent is None and received is None and total is None:
        return None
    input_tokens = sent or 0
    return Usage(input_tokens, max(received or 0, (total or 0) - input_tokens))


def _largest(found: Iterable[bytes]) -> int | None:
    return max((number for text in found if (number := int(text)) <= MOST), default=None)
