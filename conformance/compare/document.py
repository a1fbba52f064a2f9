"""
`compare.json`: a comparison for other programs. Lists of cells are in the order of `sides`.

The JSON Schema is published as `compare.schema.json`, which `python -m conformance.compare.document` prints.
"""

import json
import sys
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.compare.capabilities import State
from conformance.compare.needs import Outcome
from conformance.report.tables.parameters import Fate
from conformance.shapes.change import Change, Impact
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Side(_Model):
    """One side."""

    name: str
    target: str
    base_url: str
    run: str
    started: datetime
    mode: str
    grade: str = Field(description="how good the evidence is")
    cut: bool


class Cell(_Model):
    """A capability at one side."""

    state: State
    verdicts: dict[Verdict, int]
    another_edition: bool = Field(description="whether one of its checks has another edition than at the first side")


class Check(_Model):
    """One check with different verdicts."""

    check: str
    requirement: str
    level: Level
    verdicts: list[Verdict | None] = Field(description="null: not measured")
    reasons: list[str]
    same_edition: bool


class Capability(_Model):
    """One capability."""

    id: str
    title: str
    differs: bool
    only: list[str] = Field(description="sides that offer it, where another one does not")
    cells: list[Cell]
    checks: list[Check] = Field(description="those with different verdicts")


class CauseAt(_Model):
    """A cause at one side."""

    shows: bool
    measured: bool = Field(description="whether a check that shows it was measured; without one nothing is known")
    words: str = Field(description="in words: 3 places, no, in another cause, not offered, not measured")
    places: int
    sentence: str = Field(description="what is said of it there; empty where it does not show")


class Cause(_Model):
    """One cause, by its id."""

    id: str
    sentence: str
    level: Level
    damage: str
    breaks: str
    cells: list[CauseAt]


class ShapeChange(_Model):
    """One change of shape."""

    path: str
    change: Change
    impact: Impact
    reason: str
    before: str
    after: str
    count: int
    of: int
    exchanges: list[str] = Field(description="the first that show it")


class Shapes(_Model):
    """What changed in the answers of one operation, from the first side to another."""

    to: str
    operation: str
    exchanges: int = Field(description="how many were answered by both")
    left_out: int
    changes: list[ShapeChange]


class Parameter(_Model):
    """What became of a parameter."""

    endpoint: str
    parameter: str
    fates: list[Fate]
    differs: bool


class Refusal(_Model):
    """What a side made of an invalid request."""

    status: int | None
    envelope: str
    type: str
    code: str
    param: str
    raises: str


class Error(_Model):
    """One invalid request."""

    request: str
    differs: bool
    cells: list[Refusal | None]


class Times(_Model):
    """Medians of one side: milliseconds, and of streams tokens in a second where they report them."""

    first_byte_ms: float
    total_ms: float
    tokens_per_second: float | None
    beside: int = Field(description="other requests of the suite in flight, at most")


class Latency(_Model):
    """How long an operation took: times of a test run, not of a benchmark."""

    operation: str
    requests: int
    cells: list[Times]


class Loss(_Model):
    """One thing that a migration loses."""

    id: str
    sentence: str
    damage: str
    counts: bool = Field(description="false: cosmetic, which no application notices")
    breaks: str = Field(description="who breaks, where it is known")
    capabilities: list[str]
    checks: list[str]
    repair: str = Field(description="what a client can do; empty: nothing is known")


class Need(_Model):
    """Something that the application uses beside capabilities."""

    what: str
    outcome: Outcome
    why: str


class Setting(_Model):
    """A setting of the client to change, with its former value for a rollback."""

    name: str
    value: str
    former: str
    why: str


class Migration(_Model):
    """What a change from the first side to the second one costs."""

    app: str = Field(description="the title of the application; empty: all that works at the first side")
    exit_code: int = Field(description="0: nothing is lost, 1: something is, 6: something was not measured")
    outcome: str
    losses: list[Loss]
    needs: list[Need]
    unmeasured: list[str]
    settings: list[Setting]
    breaking_shapes: list[str] = Field(description="operations whose shape changes in a way that breaks")


class Comparison(_Model):
    """The whole file. A change that breaks readers raises its version."""

    model_config = ConfigDict(title="A comparison")

    model_version: Literal[1] = 1
    sides: list[Side] = Field(description="the others are compared with the first")
    verdicts: list[str] = Field(description="one sentence for each side but the first")
    warnings: list[str] = Field(description="what must be known before anything else is read")
    causes: list[Cause]
    capabilities: list[Capability]
    shapes: list[Shapes]
    parameters: list[Parameter]
    errors: list[Error]
    latency: list[Latency]
    migration: Migration | None = Field(default=None, description="with --from and --to")


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `compare.schema.json`."""
    return json.dumps(Comparison.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
