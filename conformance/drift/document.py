"""
`drift.json`: a drift for other programs.

The JSON Schema is published as `drift.schema.json`, which `python -m conformance.drift.document` prints.
"""

import json
import sys
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.contract.document import Source
from conformance.drift.drift import Drift
from conformance.drift.finding import Finding, Sort, Who
from conformance.shapes.change import Impact


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Moved(_Model):
    """Who moved, and what shows it."""

    who: Who
    why: str


class Change(_Model):
    """One finding."""

    id: str = Field(description="the same in every run that shows it")
    sort: Sort
    impact: Impact
    says: str
    required: str = Field(description="what the check requires, and the place that says so; empty: no check says it")
    before: str = Field(description="what the contract holds")
    after: str = Field(description="what the run shows")
    why: str = Field(description="why it has this impact")
    moved: Moved
    exchanges: list[str] = Field(description="the first exchanges that show it")
    count: int = Field(description="how many exchanges show it")
    of: int = Field(description="of how many; 0: it is not about exchanges")
    flaps: bool = Field(description="the contract has seen it now one way, now the other")
    parts: list[str] = Field(description="what else it explains")


class Document(_Model):
    """A run beside the contract of its target."""

    drift_version: Literal[1] = 1
    target: str
    run: str
    started: datetime
    sources: list[Source] = Field(description="the runs that the contract was derived from")
    exit_code: int
    trouble: list[str] = Field(description="why it is not the whole truth; empty if all was measured")
    compared: int = Field(description="how many exchanges of the contract the run has measured")
    unmeasured: list[str] = Field(
        description="exchanges of the contract that were not sent, got no response, or that of an outage"
    )
    notices: list[str] = Field(description="which of the models that are asked are shut down soon, or should be by now")
    findings: list[Change]


def drift_json(found: Drift) -> str:
    """Return a drift as JSON."""
    header = found.side.run.header
    made = Document(
        target=found.contract.target,
        run=header.run,
        started=header.started,
        sources=found.contract.sources,
        exit_code=found.exit_code,
        trouble=list(found.trouble),
        compared=len(found.pair.common),
        unmeasured=list(found.pair.unmeasured),
        notices=found.notices,
        findings=[_change(finding) for finding in found.findings],
    )
    return made.model_dump_json(indent=1) + "\n"


def _change(one: Finding) -> Change:
    return Change(
        id=one.id,
        sort=one.sort,
        impact=one.impact,
        says=one.says,
        required=one.required,
        before=one.before,
        after=one.after,
        why=one.why,
        moved=Moved(who=one.moved.who, why=one.moved.why),
        exchanges=list(one.labels),
        count=one.count,
        of=one.of,
        flaps=one.flaps,
        parts=list(one.parts),
    )


def schema() -> str:
    """Return the JSON Schema of a drift, as it is published in `drift.schema.json`."""
    made = Document.model_json_schema(mode="serialization")
    return json.dumps({**made, "title": "The drift of a target"}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
