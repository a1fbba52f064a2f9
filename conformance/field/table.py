"""What came of the servers, as a table in the terminal: one line a server, the reasons of those that failed below."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.field.measure import Measured
from conformance.wire.text import printable
from conformance.wire.verdict import Verdict

_HEAD = ("server", "version", "requests", "conforms", "deviates", "inconcl.", "unsupp.", "causes")
_TOOK = ("install", "run", "memory")
_SHOWN = (Verdict.CONFORMS, Verdict.DEVIATES, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED)


def table(measured: Sequence[Measured]) -> str:
    """Return the table, with where each matrix is, and why a server could not be measured."""
    rows = [(*_HEAD, *_TOOK), *(_row(one) for one in measured)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(_cells(row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, *_places(measured), *_reasons(measured)])


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if at < 2 else cell.rjust(width)


def _row(one: Measured) -> tuple[str, ...]:
    verdicts = tuple(str(one.verdicts.get(verdict, 0)) if one.verdicts else "-" for verdict in _SHOWN)
    counted = (str(one.requests), *verdicts, str(one.causes)) if one.verdicts else ("-",) * 6
    memory = "-" if one.peak_bytes is None else f"{one.peak_bytes / 2**20:.0f} MB"
    return (
        one.name,
        one.server.rpartition(" ")[2] or "-",
        *counted,
        _seconds(one.install_s),
        _seconds(one.run_s),
        memory,
    )


def _seconds(value: float) -> str:
    return f"{value:.0f} s"


def _places(measured: Sequence[Measured]) -> Iterator[str]:
    for one in measured:
        if one.matrix is not None:
            yield f"Matrix  {one.name}: {_near(one.matrix)}"


def _reasons(measured: Sequence[Measured]) -> Iterator[str]:
    for one in measured:
        if one.reason:
            log = f" (what the run said: {_near(one.log)})" if one.log else ""
            yield f"{one.name} could not be measured: {printable(one.reason)}{log}"


def _near(path: Path) -> str:
    """Return a path as one would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
