"""
What is expected of each case of each peer, as `expected.csv` lists it, and what a run shows that is not expected.

A row is `peer,case,outcome,reason,note`. A case that fails has a reason: whose doing it is.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("expected.csv")
OUTCOMES = ("passes", "fails", "skipped")
UNEXPLAINED = "unexplained"
REASONS = {
    "simulator too simple": "the scripted model says something well-formed that does not help the client",
    "simulator wrong": "OpenAI would respond otherwise",
    "out of scope": "the simulator says that it does not offer this",
    "peer's own mistake": "the peer expects what OpenAI does not do",
}
_COLUMNS = ("peer", "case", "outcome", "reason", "note")


@dataclass(frozen=True)
class Row:
    """What came of a case, or what is expected of it; `note` says why it fails, or what the client said."""

    peer: str
    case: str
    outcome: str
    reason: str = ""
    note: str = ""


def told(peer: str, out: str) -> Iterator[Row]:
    """Read what a driver printed: a line of JSON for each case; other lines are the client's own."""
    for line in out.splitlines():
        if line.startswith('{"case"'):
            one: Any = json.loads(line)
            yield Row(peer, one["case"], one["outcome"], note=one.get("said", ""))


def read(file: Path = FILE) -> list[Row]:
    """Return the expected rows; none if there is no file."""
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return [Row(**row) for row in csv.DictReader(lines)]


def write(rows: Iterable[Row], file: Path = FILE) -> None:
    """Write the expected rows, by peer, in the order of the cases."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([[getattr(row, name) for name in _COLUMNS] for row in rows])


def differences(expected: Sequence[Row], seen: Sequence[Row]) -> list[str]:
    """Return a line for each case whose outcome is not the expected one, or whose failure nobody has explained."""
    before, now = _by_case(expected), _by_case(seen)
    lines = []
    for key in before | now:
        was, is_ = before.get(key), now.get(key)
        name = f"{key[0]} {key[1]}"
        if was is None and is_ is not None:
            lines.append(f"{name} {is_.outcome}, and is not in the list{_said(is_)}")
        elif is_ is None:
            lines.append(f"{name} was not run")
        elif was is not None and was.outcome != is_.outcome:
            lines.append(f"{name} {is_.outcome}, expected was: {was.outcome}{_said(is_)}")
        elif was is not None and was.outcome == "fails" and was.reason not in REASONS:
            lines.append(f"{name} fails, and its reason in {FILE.name} is none of: {', '.join(REASONS)}{_said(is_)}")
    return lines


def updated(expected: Sequence[Row], seen: Sequence[Row]) -> list[Row]:
    """Return the rows to expect from now on: peers that were not run stay, and so do reasons of what still fails."""
    before = _by_case(expected)
    run = {row.peer for row in seen}
    rows = [_kept(before.get((row.peer, row.case)), row) for row in seen]
    return sorted([*(row for row in expected if row.peer not in run), *rows], key=lambda row: row.peer)


def _kept(was: Row | None, now: Row) -> Row:
    if now.outcome != "fails":
        return replace(now, reason="", note="")
    if was is not None and was.outcome == "fails":
        return was
    return replace(now, reason=UNEXPLAINED, note=_short(now.note))


def _by_case(rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    return {(row.peer, row.case): row for row in rows}


def _said(row: Row) -> str:
    return f"; the client says: {_short(row.note)}" if row.note else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:197]}..."
