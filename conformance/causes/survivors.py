"""
Which client breaks by a cause, which loses data and which survives: what each did with the very bytes that show it.

What a client does in some places of a cause and not in others comes from something else, and is not said. Where the
line that raised names a key that is missing there, nothing else in the same response is to blame; what is lost is not
blamed on a key that has nothing to do with it, and not on what does not show wherever it is lost.
"""

import re
from collections.abc import Mapping, Sequence

from conformance.log.harm import PYTHON, Client
from conformance.wire.text import cut

_HELD_BY = {
    "text": {"text", "content", "delta", "message", "output", "output_text", "choices", "item_id", "content_index"},
    "tool": {"tool_calls", "function", "arguments", "name", "index", "id", "call_id", "delta", "choices", "output"},
    "finish": {"finish_reason", "choices"},
    "status": {"status"},
    "usage": {"usage", "prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens"},
    "vectors": {"data", "embedding", "index"},
    "chunks": {"choices", "delta"},
}
"""Which keys hold what a client may lose, by a word of what is said of the loss."""

_ELSEWHERE = "what it raises or loses comes from something else in these responses"
_PERHAPS = ", perhaps by another cause in the same responses"
_LONGEST = 160
_WORST_FIRST = ("loses", "raises", "survives")


def told_of(keys: frozenset[str], clients: Sequence[Client], wrong: Mapping[str, frozenset[str]]) -> Sequence[Client]:
    """
    Return what clients did, as far as it may be about a cause: what raises for another key survives this one.

    `keys` are those that the cause is about, none if it is about something else; `wrong` are all such keys by label.
    """
    survives = {"outcome": "survives", "raised": "", "reason": _ELSEWHERE}
    told = [client if _is_to_blame(keys, client, wrong) else client.model_copy(update=survives) for client in clients]
    return [_perhaps(keys, client, wrong) for client in told]


def _perhaps(keys: frozenset[str], client: Client, wrong: Mapping[str, frozenset[str]]) -> Client:
    """Return what a client did, marked where it names no key and other keys are wrong in the same response too."""
    around = wrong.get(client.exchange, frozenset())
    if client.client == PYTHON or client.outcome != "raises" or not around - keys or _named(client) & around:
        return client
    return client.model_copy(update={"reason": f"{client.reason}{_PERHAPS}"})


def is_proof(client: Client) -> bool:
    """Tell whether what a client did is about the cause for sure."""
    return not client.reason.endswith(_PERHAPS)


def _named(client: Client) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", client.reason))


def _is_to_blame(keys: frozenset[str], client: Client, wrong: Mapping[str, frozenset[str]]) -> bool:
    if client.outcome == "loses":
        held = set().union(*(names for word, names in _HELD_BY.items() if re.search(rf"\b{word}\b", client.reason)))
        return not keys or not held or bool(keys & held)
    if client.outcome != "raises":
        return True
    named = _named(client) & wrong.get(client.exchange, frozenset())
    return not named or bool(keys & named)


def same(labels: Sequence[str], clients: Sequence[Client]) -> list[Client]:
    """
    Return what each client did in all of some exchanges, the worst first; not those that did different things.

    One that raises or loses something everywhere for other reasons counts as one that survives, and is not `seen`.
    """
    by_name: dict[str, list[Client]] = {}
    asked = set(labels)
    for client in clients:
        if client.exchange in asked:
            by_name.setdefault(client.client, []).append(client)
    found = [one for one in map(_same, by_name.values()) if one is not None]
    return sorted(found, key=lambda one: _WORST_FIRST.index(one.outcome))


def seen(labels: Sequence[str], clients: Sequence[Client]) -> list[Client]:
    """
    Return those of `same` that may be said: a client that breaks for another reason was not seen to survive.

    What is lost is said only where the faithful response was given to the client too, and if it is lost nowhere else.
    """
    found = [one for one in same(labels, clients) if one.reason != _ELSEWHERE]
    return [one for one in found if one.outcome != "loses" or (one.calls and _only_here(one, labels, clients))]


def _only_here(lost: Client, labels: Sequence[str], clients: Sequence[Client]) -> bool:
    return all(
        one.exchange in labels
        for one in clients
        if (one.client, one.outcome, _kind(one)) == (lost.client, lost.outcome, _kind(lost))
    )


def _kind(lost: Client) -> str:
    """Return what is lost, however much of it."""
    return re.sub(r"\d+", "", lost.reason)


def who_breaks(labels: Sequence[str], clients: Sequence[Client]) -> str:
    """Return what each client did with all of these very bytes, the worst first; nothing if none breaks."""
    found = seen(labels, clients)
    if not found or found[0].outcome == "survives":
        return ""
    alike: dict[tuple[str, str], list[Client]] = {}
    for one in found:
        alike.setdefault(_did(one), []).append(one)
    told = {does: listed([one.title for one in group]) for does, group in alike.items()}
    return "; ".join(f"{titles} {verbs[len(alike[verbs]) > 1]}" for verbs, titles in told.items())


def listed(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _same(told: Sequence[Client]) -> Client | None:
    """Return the worst of what a client did, if it did the same wherever that call of it could be told."""
    worst = min(told, key=lambda one: (_WORST_FIRST.index(one.outcome), one.reason == _ELSEWHERE))
    call = "" if worst.outcome == "survives" else worst.reason.partition(": ")[0]
    alike = [one for one in told if not one.calls or not call or call in one.calls]
    return worst if len({(one.outcome, one.raised) for one in alike}) == 1 else None


def _did(one: Client) -> tuple[str, str]:
    """Return what one client, and what several, are said to do."""
    call, _, rest = one.reason.partition(": ")
    where = f" in `{call}`" if rest else ""
    said = (rest or call).removesuffix(_PERHAPS)
    why = f" ({cut(said, _LONGEST)}){'' if is_proof(one) else _PERHAPS}" if said else ""
    if one.outcome == "raises":
        return f"raises {one.raised}{where}{why}", f"raise {one.raised}{where}{why}"
    if one.outcome == "loses":
        return f"loses data silently{where}{why}", f"lose data silently{where}{why}"
    return "survives", "survive"
