"""
What the token counts of a chat completion say.

A count that is missing, or is not an integer, is a deviation in one place: the checks of `usage.present` find it, and
in a stream those of `chat.stream.usage.include`. Everywhere else counts are only a means of judging something, so
without them nothing is proven: `Inconclusive`.
"""

from conformance import Document, Exchange, Inconclusive
from conformance.checks.common.stream import counted

PROMPT = "usage.prompt_tokens"
COMPLETION = "usage.completion_tokens"
CACHED = "usage.prompt_tokens_details.cached_tokens"
SENTENCES = 20
"""So many sentences has the long prompt of the control."""

REASONING = "usage.completion_tokens_details.reasoning_tokens"


def count(observed: Exchange, path: str) -> int | None:
    """Return a count of a non-streaming response, or of the last usage of a stream; None when there is none."""
    holders = counted(observed) if observed.sent.streamed else [observed.document]
    value = holders[-1].get(path) if holders else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def prompt_tokens(observed: Exchange) -> int:
    """Return `usage.prompt_tokens`. Raises `Inconclusive` when it is missing."""
    return _reported(observed, PROMPT)


def completion_tokens(observed: Exchange) -> int:
    """Return `usage.completion_tokens`. Raises `Inconclusive` when it is missing."""
    return _reported(observed, COMPLETION)


def _reported(observed: Exchange, path: str) -> int:
    value = count(observed, path)
    if value is None:
        raise Inconclusive(f"{observed.label} has no `{path}`, by which this is judged")
    return value


def added(observed: Exchange, bare: Exchange) -> int:
    """Return by how many prompt tokens a request grows. Raises `Inconclusive` when they are not counted."""
    return prompt_tokens(observed) - prompt_tokens(bare)


def require_counting(once: Exchange, many: Exchange) -> None:
    """
    Raise `Inconclusive` unless prompts are counted at all: `many` holds the sentence of `once` so many times.

    A constant is not a count, and neither is 0: what does not grow with a long prompt proves nothing of a short one.
    """
    least, most = prompt_tokens(once), prompt_tokens(many)
    if most < least + SENTENCES - 1:
        counts = f"{least} for one sentence, {most} for {SENTENCES}"
        raise Inconclusive(f"`usage.prompt_tokens` does not count: {counts}, which another check finds")


def require_a_count(one: int, other: int) -> None:
    """Raise `Inconclusive` where two counts are equal because nothing is counted: 0, or -1 for unknown."""
    if one == other and one <= 0:
        raise Inconclusive(f"nothing is counted: the number of tokens is {one}")


def unexplained(usage: Document) -> str:
    """Return in words what a total counts beyond its parts: mostly reasoning that `completion_tokens` leaves out."""
    prompt, completion = usage.at("prompt_tokens", int), usage.at("completion_tokens", int)
    total = usage.at("total_tokens", int)
    reasoning = usage.at("completion_tokens_details.reasoning_tokens", int | None, None) or 0
    said = f"`total_tokens` is {total}, and its parts are {prompt} + {completion}"
    if reasoning and total == prompt + completion + reasoning:
        return f"{said}: the {reasoning} `reasoning_tokens` are missing from `completion_tokens`"
    if total > prompt + completion:
        return f"{said}: {total - prompt - completion} tokens, perhaps of hidden reasoning, are in neither part"
    return said
