"""What changed in the responses themselves: shapes, the order of events, statuses, names of headers."""

from collections import Counter
from collections.abc import Iterator

from conformance.compare.shapes import Row, shape_changes
from conformance.contract.document import Observed
from conformance.contract.observe import Sample
from conformance.drift.finding import Finding, Moved, Sort, Who, quoted
from conformance.drift.pair import Pair
from conformance.shapes.answer import Form
from conformance.shapes.change import Change, Impact

_LABELS = 3


def response_findings(pair: Pair) -> list[Finding]:
    """Return what changed in the responses to the requests that contract and run have in common."""
    return [*_shapes(pair), *_statuses(pair), *_headers(pair)]


def _shapes(pair: Pair) -> Iterator[Finding]:
    for operation in shape_changes(pair.before, pair.after):
        for row in operation.rows:
            if row.changed.change is not Change.OTHER_COUNT:
                yield _of_row(pair, operation.title, row)


def _of_row(pair: Pair, title: str, row: Row) -> Finding:
    one = row.changed
    return Finding(
        id=f"shape:{title}:{one.path}:{one.change.value.replace(' ', '-')}",
        sort=Sort.SHAPE,
        impact=one.impact,
        says=f"{title}: {quoted(one.path)}: {one.change.value}",
        before=one.before or "not there",
        after=one.after or "not there",
        why=one.reason,
        moved=_of_responses(pair, row.labels, "the response has another shape"),
        labels=row.labels,
        count=row.count,
        of=row.of,
        flaps=one.flaps,
    )


def _statuses(pair: Pair) -> Iterator[Finding]:
    groups: dict[tuple[str, str, int], list[str]] = {}
    asked: Counter[str] = Counter()
    for label in pair.common:
        was, now = pair.contract.exchanges[label], pair.now[label]
        asked[was.operation] += 1
        if now.status not in was.statuses:
            groups.setdefault((was.operation, ", ".join(map(str, was.statuses)), now.status), []).append(label)
    for (operation, before, after), labels in sorted(groups.items()):
        impact, why = min(
            (_of_status(pair.contract.exchanges[label], pair.now[label]) for label in labels),
            key=lambda found: found[0].rank,
        )
        yield Finding(
            id=f"status:{operation}:{before}:{after}",
            sort=Sort.STATUS,
            impact=impact,
            says=f"{operation}: status {after} where it was {before}",
            before=before,
            after=str(after),
            why=why,
            moved=_of_responses(pair, tuple(labels), "the response has another status"),
            labels=tuple(labels[:_LABELS]),
            count=len(labels),
            of=asked[operation],
        )


def _of_status(was: Observed, now: Sample) -> tuple[Impact, str]:
    """Return what another status means to a client."""
    if min(was.statuses) < 400 <= now.status:
        return Impact.BREAKING, "a request that was served is rejected"
    if min(was.statuses) >= 400 > now.status:
        return Impact.ADDITIVE, "a request that was rejected is served"
    if was.form is Form.REJECTION:
        return Impact.BREAKING, "the official client raises another exception"
    return Impact.COSMETIC, "clients tell statuses of one class apart only where they must"


def _headers(pair: Pair) -> Iterator[Finding]:
    """Yield the headers that every response had and none has, and those that are new on all of them."""
    labels, total = pair.common, len(pair.common)
    before = Counter(name for label in labels for name in pair.contract.exchanges[label].headers)
    after = Counter(name for label in labels for name in pair.now[label].headers)
    for name in sorted(before.keys() ^ after.keys()):
        if max(before[name], after[name]) < total:
            continue  # a header of some responses only comes and goes with what they are about
        gone = name in before
        flaps = any(pair.contract.exchanges[label].headers.get(name) == "sometimes" for label in labels)
        yield Finding(
            id=f"header:{name}:{'gone' if gone else 'new'}",
            sort=Sort.HEADER,
            impact=Impact.COSMETIC if gone else Impact.ADDITIVE,
            says=f"header {quoted(name)}: {'gone' if gone else 'new'}",
            before=f"on {before[name]} of {total} responses",
            after=f"on {after[name]} of {total} responses",
            why="the official client does without it; what needs it has a check of its own",
            moved=_of_responses(pair, labels, "the responses have other headers"),
            labels=labels[:_LABELS],
            count=total,
            of=total,
            flaps=flaps,
        )


def _of_responses(pair: Pair, labels: tuple[str, ...], why: str) -> Moved:
    said = next((words for label in labels if (words := pair.asked_otherwise(label))), "")
    return Moved(Who.UNKNOWN, said) if said else Moved(Who.VENDOR, why)
