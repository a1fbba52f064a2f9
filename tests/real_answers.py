"""
Recorded answers of real vendors as exchanges, judged by every check that holds of any response of its kind.

The recordings are collected from the cassettes of public repositories: one JSON object a line, with `vendor`, `host`,
`date`, `method`, `operation`, `query`, `request`, `status`, `headers`, `body` (or `body_base64`) and `fidelity`. What a
recorder dropped or wrote anew is no finding: rules on the recording leave it out, never a list of ids.
"""

import base64
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.definition.check import Check
from conformance.foreign.exchange import REQUEST_ID, found_of
from conformance.foreign.judged import kind_checks
from conformance.foreign.lines import recorded_of
from conformance.foreign.recorded import Unreadable
from conformance.judge.judge import Judgement
from conformance.judge.sweep import sweep
from conformance.wire.exchange import Exchange, Facet
from conformance.wire.verdict import Verdict

OTHER_APIS = ("anthropic", "voyage")
"""Vendors whose answers are in the collection and are of another API."""

NO_HOST = "unknown.invalid"
"""For a recording that does not tell whose endpoint it was."""

INCLUDE_USAGE = re.compile(r'"stream_options":\s*\{"include_usage":\s*true\},\s*')
_CREATED = re.compile(rb'"created(?:_at)?": ?([0-9]{10})')
USAGE_OF_STREAMS = datetime(2024, 5, 1, tzinfo=UTC)
"""Before this month no stream told its usage."""

MADE_UP = re.compile(
    r'"id":\s*"(chatcmpl|cmpl|resp)[-_](?![A-Za-z0-9]{16,}")[^"]*"|"[^"]*_test_[^"]*"|"chatcmpl-[^"]*test'
)
"""Ids of a body that somebody wrote by hand: those of the API are long and random."""


_ID = re.compile(rb'"id":\s*"((?:chatcmpl|cmpl|resp)[^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer: whose it is, and the exchange."""

    vendor: str
    source: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Accusation:
    """A check that deviates at a recorded answer."""

    check: Check
    judgement: Judgement
    answer: Answer


@dataclass
class Judged:
    """What came of judging the answers of one vendor."""

    answers: int = 0
    judgements: Counter[Verdict] = field(default_factory=Counter)
    conforming: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    accusations: list[Accusation] = field(default_factory=list)


def read(path: Path) -> Iterator[Answer]:
    """Yield the answers of a collection that say something about an endpoint of this API."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = _as_sent(rows)
    keeping = {_recorder(row) for row in rows if any(name.lower() == REQUEST_ID for name, _ in row["headers"])}
    for row in rows:
        if row["vendor"] in OTHER_APIS or _is_made_up(row) or _is_of_another_day(row):
            continue
        try:
            exchange = exchange_of(row)
        except Unreadable:
            continue
        if _recorder(row) not in keeping:
            exchange = replace(exchange, lacks=exchange.lacks | {Facet.HEADERS})
        yield Answer(row["vendor"] or row["host"] or "?", row["source"], exchange)


def _as_sent(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the rows without an `include_usage` that was not sent.

    Where it is sent, each chunk has the key `usage`, mostly null. A recorder none of whose streams has the key, though
    the requests of all ask for it, had its requests edited later.
    """
    asking = [row for row in rows if row["vendor"] == "openai" and INCLUDE_USAGE.search(row["request"] or "")]
    heard = {_recorder(row) for row in asking if b'"usage"' in _body(row)}
    edited = {id(row) for row in asking if _recorder(row) not in heard}
    return [{**row, "request": INCLUDE_USAGE.sub("", row["request"])} if id(row) in edited else row for row in rows]


def _body(row: dict[str, Any]) -> bytes:
    return base64.b64decode(row["body_base64"]) if row["body_base64"] else (row["body"] or "").encode()


def exchange_of(row: dict[str, Any]) -> Exchange:
    """Return a recorded answer as an exchange. Raises `Unreadable` for one that says nothing of this API."""
    found, whose = found_of(recorded_of({**row, "host": row["host"] or NO_HOST})).exchange, row["vendor"] or row["host"]
    return replace(found, id=f"recorded/{row['id']}", case="", target=whose, evidence=row["source"])


def _recorder(row: dict[str, Any]) -> tuple[str, str]:
    return row["source"].partition(":")[0], row["host"]


def _is_made_up(row: dict[str, Any]) -> bool:
    """Tell whether somebody wrote the body, and not the vendor: a recording of OpenAI with ids that it never gives."""
    if row["vendor"] != "openai":
        return False
    return (
        MADE_UP.search((row["body"] or "")[:400]) is not None
        or re.search(r'"resp_\d{1,6}"', row["request"] or "") is not None
    )


def _is_of_another_day(row: dict[str, Any]) -> bool:
    """Tell whether a body cannot be the answer to its request: it tells the usage of a stream before that came."""
    body = _body(row)
    found = _CREATED.search(body)
    told = found is not None and datetime.fromtimestamp(int(found[1]), UTC) < USAGE_OF_STREAMS
    return bool(row["date"]) and told and b'"choices":[], "usage"' in body


def judge_all(answers: Iterable[Answer]) -> dict[str, Judged]:
    """Return per vendor what came of judging each answer alone, and all of a vendor's together."""
    checks = kind_checks()
    alone = [(check, False) for check in checks if not _takes_all(check)]
    together = [(check, False) for check in checks if _takes_all(check)]
    found: dict[str, Judged] = defaultdict(Judged)
    gathered: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        judged = found[answer.vendor]
        judged.answers += 1
        gathered[answer.vendor].append(answer)
        for (check, _), swept in zip(alone, sweep(alone, (answer.exchange,)), strict=True):
            _note(judged, check, swept.judgement, answer)
    for vendor, group in gathered.items():
        exchanges = [answer.exchange for answer in _without_copies(group)]
        for (check, _), swept in zip(together, sweep(together, exchanges), strict=True):
            _note(found[vendor], check, swept.judgement, group[-1])
    return dict(found)


def _without_copies(group: Iterable[Answer]) -> Iterator[Answer]:
    """Yield the answers without those that a repository holds twice: cassettes are copied and their requests edited."""
    seen: set[tuple[str, str]] = set()
    for answer in group:
        repository, found = answer.exchange.evidence.partition(":")[0], _ID.search(answer.exchange.received.body)
        own = {answer.exchange.header("x-request-id"), found[1].decode() if found else None} - {None}
        marks = {(repository, str(one)) for one in own}
        if not marks & seen:
            yield answer
        seen |= marks


def _takes_all(check: Check) -> bool:
    return any(check.takes_all(name) for name in check.function.__annotations__ if name != "return")


def _note(judged: Judged, check: Check, judgement: Judgement, answer: Answer) -> None:
    if judgement.verdict is Verdict.INCONCLUSIVE and judgement.reason.startswith("this run has no "):
        return  # another kind of response, or another request
    judged.asked.add(check.id())
    judged.judgements[judgement.verdict] += 1
    if judgement.verdict is Verdict.CONFORMS:
        judged.conforming.add(check.id())
    elif judgement.verdict in {Verdict.DEVIATES, Verdict.ERROR}:
        judged.accusations.append(Accusation(check, judgement, answer))
