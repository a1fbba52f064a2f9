"""`requests.csv`: id, time, model and tokens of each request that names a model, to be held against a vendor's log."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conformance.log.account import Spent
from conformance.operations.models import listed
from conformance.operations.spent import spent
from conformance.report.evidence.source import Proof
from conformance.targets.operations import Operations

REQUESTS = "requests.csv"

_HEAD = ("target", "exchange", "request id", "ended (UTC)", "model", "status", "input tokens", "output tokens", "USD")


@dataclass(slots=True)
class Requests:
    """What the responses of one target say that they took, in the order of time, and the ids of the models it lists."""

    spent: list[Spent] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


def all_requests(proved: Iterable[Proof], targets: Sequence[str]) -> dict[str, Requests]:
    """Return what was recorded of the requests of some targets, by target."""
    found = {name: Requests() for name in targets}
    for proof in proved:
        own, line = found.get(proof.target), proof.line
        if own is None or line is None or (recording := proof.recording) is None:
            continue
        if one := spent(line, recording, Operations()):
            own.spent.append(one)
        own.models = own.models or listed(recording) or []
    for asked in found.values():
        asked.spent.sort(key=lambda one: (one.ended, one.exchange))
    return found


def requests_csv(found: Mapping[str, Requests]) -> str:
    """Return the file. No cell is a formula to a spreadsheet, whatever was sent."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(_HEAD)
    for target, asked in found.items():
        write.writerows(_row(target, one) for one in asked.spent)
    return text.getvalue()


def _row(target: str, one: Spent) -> list[str]:
    ended = datetime.fromtimestamp(one.ended, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    counts = ["" if value is None else str(value) for value in (one.input, one.output, one.dollars)]
    cells = [target, one.exchange, one.request_id, ended, one.models[0], str(one.status), *counts]
    return [f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells]
