"""
The vendor's log held against what responses said in `usage`. Pure.

A request id makes a pair beyond doubt. Without one, an entry with the same model and tokens at the right time is a
pair; of what is left, an entry and an exchange are one only where no other is near. Where that cannot be told, the sums
of a model are compared, if there are as many entries as exchanges.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.log.account import By, HeldEntry, Logged, Spent, Standing

SLACK_S = 5.0
"""So far the vendor's clock may be off, which tells whole seconds."""

DEARER = 1.05
"""So many times the price by `usage` may be logged before it is called dearer: prices are rounded for each request."""


Pairs = dict[int, tuple[int, By]]
"""For the number of an exchange that of its entry, and what made them a pair."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Every exchange with what comes of it, and the models whose sums differ."""

    held: tuple[HeldEntry, ...]
    totals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """How the log is read: which statuses say that it was served, and how much of its unit is a US dollar."""

    billed: tuple[str, ...] = ()
    units_per_dollar: float | None = None


def compare(spent: Sequence[Spent], logged: Sequence[Logged], terms: Terms = Terms()) -> Compared:
    """Return what comes of the vendor's log for each exchange."""
    pairs: Pairs = {}
    _by_id(spent, logged, pairs)
    _alike(spent, logged, pairs)
    _alone(spent, logged, pairs)
    ids = any(entry.request_id for entry in logged)
    held = [
        _pair(one, logged[pairs[at][0]], pairs[at][1], terms) if at in pairs else _left(one, ids=ids)
        for at, one in enumerate(spent)
    ]
    used = {entry for entry, _ in pairs.values()}
    rest = [entry for at, entry in enumerate(logged) if at not in used and _billed(entry, terms)]
    untold = [one.spent for one in held if one.logged is None and one.spent.status < 400]
    return Compared(tuple(held), tuple(_totals(untold, rest)) if not ids else ())


def _by_id(spent: Sequence[Spent], logged: Sequence[Logged], pairs: Pairs) -> None:
    at = {entry.request_id: number for number, entry in enumerate(logged) if entry.request_id}
    for number, one in enumerate(spent):
        if one.request_id in at:
            pairs[number] = (at[one.request_id], "request id")


def _alike(spent: Sequence[Spent], logged: Sequence[Logged], pairs: Pairs) -> None:
    """Pair an exchange with the first entry near it that tells the same tokens."""
    alike: dict[tuple[int | None, int | None], list[int]] = {}
    for at in _free(logged, pairs):
        alike.setdefault((logged[at].input, logged[at].output), []).append(at)
    for number, one in enumerate(spent):
        rows = alike.get((one.input, one.output), []) if one.input is not None and number not in pairs else []
        found = next((at for at in rows if _near(one, logged[at])), None)
        if found is not None:
            pairs[number] = (found, "tokens and time")
            rows.remove(found)


def _alone(spent: Sequence[Spent], logged: Sequence[Logged], pairs: Pairs) -> None:
    """Pair an exchange with the only entry near it, if no other exchange is near that entry."""
    free = sorted(_free(logged, pairs), key=lambda at: logged[at].at or 0.0)
    times = [logged[at].at or 0.0 for at in free]
    near: dict[int, list[int]] = {}
    for number, one in enumerate(spent):
        if number not in pairs and one.input is not None:
            window = free[bisect_left(times, one.began - SLACK_S) : bisect_right(times, one.ended + SLACK_S)]
            near[number] = [at for at in window if _near(one, logged[at])]
    shared = Counter(at for found in near.values() for at in found)
    for number, found in near.items():
        if len(found) == 1 and shared[found[0]] == 1:
            pairs[number] = (found[0], "time")


def _free(logged: Sequence[Logged], pairs: Pairs) -> list[int]:
    """Return the entries that are in no pair and that no request id keeps from being in one."""
    used = {at for at, _ in pairs.values()}
    return [number for number, entry in enumerate(logged) if number not in used and not entry.request_id]


def _near(one: Spent, entry: Logged) -> bool:
    in_time = entry.at is not None and one.began - SLACK_S <= entry.at <= one.ended + SLACK_S
    return in_time and _is_model(one, entry)


def _is_model(one: Spent, entry: Logged) -> bool:
    """Tell whether an entry names a model of an exchange: the one requested, the one returned, or one by its day."""
    return not entry.model or any(
        entry.model == name or entry.model.startswith(f"{name}-") or name.startswith(f"{entry.model}-")
        for name in one.models
    )


def _billed(entry: Logged, terms: Terms) -> bool:
    return not terms.billed or not entry.status or entry.status in terms.billed


def _pair(one: Spent, entry: Logged, by: By, terms: Terms) -> HeldEntry:
    says = "; ".join(_differences(one, entry, terms))
    standing: Standing = "differs" if says else "agrees"
    if not says and one.status < 400 and (one.input is None or entry.input is None):
        standing, says = "untold", "the response or the entry tells no tokens"
    return HeldEntry(spent=one, logged=entry, standing=standing, by=by, says=says)


def _differences(one: Spent, entry: Logged, terms: Terms) -> Iterable[str]:
    served = _billed(entry, terms)
    if not _is_model(one, entry):
        yield f"the log names the model {entry.model}, the exchange {' and '.join(one.models)}"
    if one.status >= 400:
        if entry.cost or (served and entry.status and (entry.input or entry.output)):
            yield f"it was rejected with {one.status}, and the log bills it ({_shown(entry)})"
        return
    if not served:
        yield f"it was served, and the log has the status {entry.status}"
    for name in ("input", "output"):
        ours, theirs = getattr(one, name), getattr(entry, name)
        if ours is not None and theirs is not None and ours != theirs:
            yield f"{theirs:,} {name} tokens in the log, {ours:,} in `usage`"
    if terms.units_per_dollar and entry.cost is not None and one.dollars is not None:
        dollars = entry.cost / terms.units_per_dollar
        if dollars > DEARER * one.dollars + 1 / terms.units_per_dollar:
            yield f"${dollars:.6f} in the log, ${one.dollars:.6f} by `usage` and the prices of the target's file"


def _shown(entry: Logged) -> str:
    return f"{entry.input or 0:,} + {entry.output or 0:,} tokens, cost {entry.cost or 0:,.10g}"


def _left(one: Spent, *, ids: bool) -> HeldEntry:
    if ids and one.request_id:
        if one.status >= 400:
            return HeldEntry(spent=one, standing="agrees", says="rejected, and the log does not bill it")
        return HeldEntry(spent=one, standing="missing", says="the log has no entry with its request id")
    return HeldEntry(spent=one, standing="untold", says="which entry of the log is its own cannot be told")


def _totals(spent: Sequence[Spent], logged: Sequence[Logged]) -> Iterable[str]:
    """Yield the models of which as many entries as exchanges are left, and whose sums differ."""
    for model in dict.fromkeys(one.models[0] for one in spent):
        ours = [one for one in spent if one.models[0] == model and one.input is not None]
        if not ours:
            continue
        whole = ours[0].model_copy(
            update={"began": min(one.began for one in ours), "ended": max(one.ended for one in ours)}
        )
        theirs = [entry for entry in logged if _near(whole, entry)]
        sums = sum(one.input or 0 for one in ours), sum(one.output or 0 for one in ours)
        counted = sum(entry.input or 0 for entry in theirs), sum(entry.output or 0 for entry in theirs)
        if len(ours) == len(theirs) and sums != counted:
            yield (
                f"{model}, {len(ours)} requests: {counted[0]:,} + {counted[1]:,} tokens in the log, "
                f"{sums[0]:,} + {sums[1]:,} in `usage`"
            )
