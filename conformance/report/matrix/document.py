"""
`matrix.json`: the matrix for other programs. Rows are in the order of their ids, targets in the run's order.

The JSON Schema is published as `matrix.schema.json`, which `python -m conformance.report.matrix.document` prints.
`evidence` is the path of a page below the run's folder. A target without a result has no key in `cells`.
"""

import json
import sys
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.causes.cause import Weight
from conformance.log.records import Known
from conformance.report.tables.document import Tables
from conformance.samples.counted import Samples
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(_Model):
    """How the run was made and how it ended."""

    id: str
    suite: str
    client: str = Field(description="version of the official client whose machinery sent the requests")
    started: datetime
    exit_code: int | None = Field(description="null: the run was cut")
    cut: bool
    requests: int | None = Field(description="requests sent, retries included; null: the run was cut")
    command: str
    warnings: list[str] = Field(description="what must be known before anything else is read")


class Tally(_Model):
    """How many results of one level have each verdict."""

    total: int
    verdicts: dict[Verdict, int]


class Client(_Model):
    """What one client did with the recorded bytes in all places of a cause."""

    client: str
    title: str
    version: str = Field(description="its packages and their versions; empty: the client of the run")
    outcome: Literal["survives", "raises", "loses"] = Field(description="loses: data is lost without an exception")
    raised: str = Field(description="the class of the exception")
    reason: str = Field(description="which call of the client, and what it raises or loses")


class Cause(_Model):
    """What stands behind one or more results of a target."""

    finding: str
    weight: Weight
    places: int = Field(description="different exchanges that show it")
    checks: int
    level: Level
    sort: str = Field(description="what sort of fault it is: accepted, crashed, route, missing, ...")
    sentence: str
    damage: str = Field(description="what it does to whoever uses the endpoint")
    breaks: str = Field(description="what clients did with these very bytes, if one breaks; empty: nothing is known")
    clients: list[Client] = Field(description="the same by client, the worst first; only what held in all places")
    proof: str = Field(description="what shows that all its results have one cause")
    exchanges: list[str] = Field(description="labels of the exchanges that show it")
    message: str
    check: str = Field(description="the first check that shows it")
    evidence: list[str]


class NotRun(_Model):
    """An exchange that was left out because of what it costs."""

    id: str
    why: str
    tokens: int
    checks: int


class NotOffered(_Model):
    """One rejection of what the target neither owes nor claims."""

    what: str = Field(description="what is rejected, and how")
    checks: int = Field(description="results that are `unsupported` because of it")
    needed_for: list[str] = Field(description="titles of the capabilities that need it")
    exchange: str = Field(description="label of the first exchange that shows it; empty: none is recorded")
    evidence: list[str]


class Target(_Model):
    """One column."""

    name: str = Field(description="of the column: `cells` have it as key")
    target: str
    title: str
    base_url: str
    models: dict[str, list[str]] = Field(description="by role, all that were asked; the first one for most checks")
    mode: Literal["live", "record", "replay", "rehearse", "foreign"]
    grade: str = Field(description="how good the evidence is")
    date: str
    outcome: str
    requests: int
    tokens: int
    dollars: float | None = Field(description="what they cost; null: no price is known")
    levels: dict[Level, Tally]
    causes: list[Cause] = Field(description="the heaviest first")
    not_offered: list[NotOffered] = Field(description="what most checks are about first")
    not_run: list[NotRun]


class Cell(_Model):
    """What the checks of a capability come to at one target: the highest verdict, and how many there are of each."""

    verdict: Verdict
    verdicts: dict[Verdict, int]


class Result(_Model):
    """What came of one case at one target."""

    verdict: Verdict
    reason: str
    note: str
    findings: list[str]
    gating: bool
    fails: bool = Field(description="whether it makes the run fail")
    known: Known | None
    samples: Samples | None = Field(default=None, description="what came of each sample, where several were taken")
    confirmed: Samples | None = Field(default=None, description="what came of asking again what deviates (--confirm)")
    flaky: bool = Field(default=False, description="it deviates in some samples and conforms in others: never gating")
    exchanges: list[str]
    evidence: list[str]
    tokens: int = Field(description="reported by these exchanges, which other checks look at too")
    dollars: float | None = Field(description="what they cost; null: no price is known")


class Case(_Model):
    """One case of a check."""

    check: str
    case: str
    cells: dict[str, Result]


class Check(_Model):
    """One requirement."""

    id: str
    requirement: str
    source: str
    level: Level
    cases: list[Case]


class Capability(_Model):
    """One row."""

    id: str
    title: str
    level: Level
    cells: dict[str, Cell]
    checks: list[Check]


class MatrixDocument(Tables):
    """The whole file. A change that breaks readers raises its version."""

    model_config = ConfigDict(title="A conformance matrix")

    version: Literal[2] = 2
    run: Run
    targets: list[Target]
    capabilities: list[Capability]
    suspects: list[str] = Field(description="cases that at least two targets answered and none met")


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `matrix.schema.json`."""
    return json.dumps(MatrixDocument.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
