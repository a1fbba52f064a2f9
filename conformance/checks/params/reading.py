"""How the effect of a parameter is measured: against what varies by chance without it."""

import re
from collections.abc import Callable

from conformance import OBSERVED, Deviation, Exchange, Exchanges, Inconclusive
from conformance.checks.common import evidence
from conformance.checks.common.chat import REASON, text_of
from conformance.checks.common.errors import error_of, names_of, quoted, words
from conformance.checks.reasoning.reading import has_reasoned

NAMED = OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER)
UNSEEN = "accepted, effect not observable"
_LETTERS = re.compile(r"[^0-9a-z_]+")


def repeats_itself(
    sent: Exchanges,
    control: Exchanges,
    parameter: str,
    read: Callable[[Exchange], str] = text_of,
    reasons: Callable[[Exchange], bool | None] = has_reasoned,
) -> None:
    """
    Assert that texts with a parameter repeat, where without it they vary; `read` and `reasons` look at one response.

    Nobody promises that all are equal: hardware and batches change a little. So some difference proves nothing, and
    only texts that are nearly all different, as without the parameter, show that it is ignored.
    """
    texts, others = (
        [read(observed).strip() for observed in sent],
        [read(observed).strip() for observed in control],
    )
    if len(texts) < len(others) or len(others) < 5:
        raise Inconclusive(f"only {len(texts)} and {len(others)} responses can be compared")
    kinds, by_chance = len(set(texts)), len(set(others))
    if by_chance < 3:
        raise Inconclusive(f"{UNSEEN}: without it {len(others)} responses have {by_chance} different texts")
    if kinds == 1:
        return
    seen = f"{len(texts)} responses have {kinds} different texts with `{parameter}`, {by_chance} without"
    if kinds < len(texts) - 1:
        raise Inconclusive(f"{UNSEEN}: {seen}")
    if any(reasons(observed) for observed in sent):
        raise Inconclusive(f"{UNSEEN}: {seen}, and the model reasons, which varies too")
    if len({observed.get("system_fingerprint") for observed in sent if observed.get("system_fingerprint")}) > 1:
        raise Inconclusive(f"{UNSEEN}: {seen}, from several systems (`system_fingerprint`)")
    raise Deviation(seen, finding=f"ignored:{parameter}")


def has_text(observed: Exchange) -> None:
    """Assert that a response has text, unless it was cut off."""
    if not text_of(observed).strip():
        reason = observed.at(REASON, str)
        assert reason in {"length", "content_filter"}, f"there is no text, and `finish_reason` is {reason!r}"


def names(observed: Exchange, *fields: str) -> None:
    """Assert that an error names one of the fields, in `param`, `code` or `message`."""
    error = error_of(observed)
    said = words(error)
    # One letter, such as `n`, is in nearly every word.
    alone = _LETTERS.split(said)
    found = [name for name in names_of(*fields) if (name in alone if len(name) == 1 else name.lower() in said)]
    assert found, f"`{fields[0]}` is not named in {quoted(error)}"
