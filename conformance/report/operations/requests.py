"""`requests.csv`: id, time, model and tokens of each request that names a model, to be held against a vendor's log."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from conformance.log.account import Spent
from conformance.operations.spent import spent
from conformance.report.evidence.source import Proof
from conformance.targets.operations import Operations

REQUESTS = "requests.csv"

_HEAD = ("target", "exchange", "request id", "ended (UTC)", "model", "status", "input tokens", "output tokens", "USD")


def all_requests(proved: Iterable[Proof], targets: Sequence[str]) -> dict[str, list[Spent]]:
    """Return what the responses of some targets say that they took, in the order of time."""
    found: dict[str, list[Spent]] = {name: [] for name in targets}
    for proof in proved if found else ():
        recording = proof.recording if proof.target in found and proof.line is not None else None
        if proof.line is not None and recording is not None and (one := spent(proof.line, recording, Operations())):
            found[proof.target].append(one)
    return {name: sorted(rows, key=lambda one: (one.ended, one.exchange)) for name, rows in found.items()}


def requests_csv(found: Mapping[str, Sequence[Spent]]) -> str:
    """Return the file. No cell is a formula to a spreadsheet, whatever was sent."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(_HEAD)
    for target, rows in found.items():
        write.writerows(_row(target, one) for one in rows)
    return text.getvalue()


def _row(target: str, one: Spent) -> list[str]:
    ended = datetime.fromtimestamp(one.ended, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    counts = ["" if value is None else str(value) for value in (one.input, one.output, one.dollars)]
    cells = [target, one.exchange, one.request_id, ended, one.models[0], str(one.status), *counts]
    return [f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells]
