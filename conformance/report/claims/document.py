"""
`claims.json`: what the documents state about each target, and what it comes to, for other programs.

The JSON Schema is published as `claims.schema.json`, which `python -m conformance.report.claims.document` prints.
"""

import json
import sys
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.claims.observed import Claims, Held, Standing
from conformance.log.documents import Disagreement


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Statement(_Part):
    """One documented statement, and what it comes to."""

    id: str
    statement: str
    kind: str
    legacy: bool
    place: str = Field(description="document, edition, date and line")
    standing: Standing
    observed: str = Field(description="what was observed, in words")
    checks: list[str] = Field(description="checks that decide it, the weightiest first")
    capabilities: list[str]
    undecided: list[str] = Field(description="capabilities that no check can decide")
    disagreements: list[str] = Field(description="ids of the points on which documents disagree")


class Target(_Part):
    """The statements about one target."""

    name: str = Field(description="the name of the column; a rehearsal says so")
    grade: str
    standings: dict[Standing, int]
    statements: list[Statement]
    unmentioned: list[str] = Field(description="capabilities that work, that none owes and that no document mentions")


class ClaimsDocument(_Part):
    """The whole file."""

    claims_version: Literal[1] = 1
    targets: list[Target]
    disagreements: list[Disagreement]


def claims_json(found: Sequence[Claims]) -> str:
    """Return the file."""
    targets = [_target(one) for one in found]
    document = ClaimsDocument(targets=targets, disagreements=points(found))
    return document.model_dump_json(indent=1) + "\n"


def points(found: Sequence[Claims]) -> list[Disagreement]:
    """Return the points on which documents disagree about any of the targets, each once."""
    every = {point.id: point for one in found for held in one.held for point in held.stated.disagreements}
    return sorted(every.values(), key=lambda point: (len(point.id), point.id))


def _target(one: Claims) -> Target:
    return Target(
        name=one.column,
        grade=one.grade,
        standings={standing: one.count(standing) for standing in Standing},
        statements=[_statement(held) for held in one.held],
        unmentioned=list(one.unmentioned),
    )


def _statement(held: Held) -> Statement:
    line = held.stated
    return Statement(
        id=line.id,
        statement=line.statement,
        kind=line.kind.value,
        legacy=line.legacy,
        place=line.place,
        standing=held.standing,
        observed=held.observed,
        checks=list(held.checks),
        capabilities=line.capabilities,
        undecided=line.beyond,
        disagreements=[point.id for point in line.disagreements],
    )


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `claims.schema.json`."""
    return json.dumps(ClaimsDocument.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
