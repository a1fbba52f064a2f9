"""What the newest run says of a check. A log may be a stranger's: whatever it holds is escaped."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from conformance.causes.survivors import who_breaks
from conformance.files import RefusedFile, read_regular
from conformance.log.harm import Client
from conformance.log.records import LARGEST, LOG, Header, Result
from conformance.rehearsal.guard import rehearsed
from conformance.report.paths import evidence_page
from conformance.wire.verdict import Verdict

RUNS_LOOKED_AT = 20
_Line = TypeVar("_Line", Client, Result)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What one run says of a check at one target; `path` is the evidence page, the recording or the log.

    `breaks` says what clients did with the responses in which it deviates, if one breaks.
    """

    day: str
    target: str
    verdict: str
    reason: str
    path: str
    breaks: str = ""


def newest(check: str, runs: Path) -> list[Evidence]:
    """Return what the newest run that measured a check says of it, for each target; nothing where no run did."""
    folders = sorted((path.parent for path in runs.glob(f"*/{LOG}")), key=lambda path: path.name, reverse=True)
    for folder in folders[:RUNS_LOOKED_AT]:
        found = list(_told(check, folder))
        if found:
            return found
    return []


def _told(check: str, folder: Path) -> Iterator[Evidence]:
    try:
        first, *lines = read_regular(folder / LOG, LARGEST).split(b"\n")
        header = Header.model_validate_json(first)
    except (OSError, RefusedFile, ValidationError):
        return
    day = f"{header.started:%Y-%m-%d %H:%M}"
    acted = {facts.name for facts in header.targets if rehearsed([facts])}
    mark = json.dumps(check, ensure_ascii=False).encode()
    clients = list(_read(Client, lines, b'"type":"client"'))
    for result in _read(Result, lines, mark):
        if result.check == check and result.target not in acted:
            told = [one for one in clients if one.target == result.target]
            breaks = who_breaks(result.places, told) if result.verdict is Verdict.DEVIATES else ""
            yield Evidence(day, result.target, result.verdict, result.reason, str(_page(folder, result)), breaks)


def _read(kind: type[_Line], lines: Iterable[bytes], mark: bytes) -> Iterator[_Line]:
    """Yield the lines of one kind among those that hold some bytes; what cannot be read is left out."""
    for line in lines:
        if mark in line:
            with contextlib.suppress(ValidationError):
                yield kind.model_validate_json(line)


def _page(folder: Path, result: Result) -> Path:
    """Return the page of the first place where a check deviates, else of an exchange it looked at, or a recording."""
    labels = (*result.places, *result.exchanges)
    pages = (evidence_page(result.target, label) for label in labels)
    return next((folder / path for path in (*pages, *result.evidence) if (folder / path).is_file()), folder / LOG)
