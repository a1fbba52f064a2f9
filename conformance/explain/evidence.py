"""What the newest run says of a check. A log may be a stranger's: whatever it holds is escaped."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from conformance.files import RefusedFile, read_regular
from conformance.log.records import LARGEST, LOG, Header, Result
from conformance.rehearsal.guard import rehearsed
from conformance.report.paths import evidence_page

RUNS_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one run says of a check at one target; `path` is the evidence page, the recording or the log."""

    day: str
    target: str
    verdict: str
    reason: str
    path: str


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
    for line in lines:
        if mark not in line:
            continue
        try:
            result = Result.model_validate_json(line)
        except ValidationError:
            continue
        if result.check == check and result.target not in acted:
            yield Evidence(day, result.target, result.verdict, result.reason, str(_page(folder, result)))


def _page(folder: Path, result: Result) -> Path:
    """Return the page of the first place where a check deviates, else of an exchange it looked at, or a recording."""
    labels = (*result.places, *result.exchanges)
    pages = (evidence_page(result.target, label) for label in labels)
    return next((folder / path for path in (*pages, *result.evidence) if (folder / path).is_file()), folder / LOG)
