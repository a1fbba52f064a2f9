"""
`history.json`: the trends for other programs.

The JSON Schema is published as `history.schema.json`, which `python -m conformance.history.document` prints.
"""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.history.spells import State
from conformance.history.trend import Line, Point, Trend
from conformance.wire.verdict import Verdict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(_Part):
    """One target in one run."""

    run: str
    at: datetime = Field(description="when the target was asked; of a replay, the day of the oldest recording")
    grade: str = Field(description="how good the evidence is")
    suite: str = Field(description="the version of the suite")
    exit_code: int | None = Field(description="of the whole run; null: it was cut")
    cut: bool
    measured: bool = Field(description="false: nothing was, for example in an outage")
    verdicts: dict[Verdict, int]
    new: int = Field(description="how many causes the run before that could tell did not show")
    back: int = Field(description="how many came back")
    gone: int = Field(description="how many are gone")


class Cause(_Part):
    """One cause over all runs."""

    id: str
    sentence: str
    state: State = Field(description="seen from the newest run that can tell")
    since: str = Field(description="in words, when it was there")
    level: str
    damage: str
    weight: str = Field(description="what it means for the run")
    breaks: str = Field(description="who breaks")
    edited: bool = Field(description="its checks were changed between the run before and the one that shows it")
    places: list[int | None] = Field(
        description="for each run, in how many exchanges it shows; null: the run cannot tell"
    )


class Target(_Part):
    """The trend of one target."""

    name: str
    says: str
    runs: list[Run] = Field(description="the oldest first")
    causes: list[Cause] = Field(description="those that moved first, then the worst")


class HistoryDocument(_Part):
    """The whole file."""

    history_version: Literal[1] = 1
    targets: list[Target]


def history_json(found: Sequence[Trend]) -> str:
    """Return the trends as JSON."""
    return HistoryDocument(targets=[_target(trend) for trend in found]).model_dump_json(indent=1) + "\n"


def _target(trend: Trend) -> Target:
    runs = [_run(trend, number, point) for number, point in enumerate(trend.points)]
    return Target(name=trend.name, says=trend.words, runs=runs, causes=[_cause(line) for line in trend.lines])


def _run(trend: Trend, number: int, point: Point) -> Run:
    run, moves = point.side.run, trend.moves(number)
    return Run(
        run=run.header.run,
        at=point.at,
        grade=point.side.facts.grade,
        suite=run.header.suite,
        exit_code=point.exit_code,
        cut=run.cut,
        measured=point.side.measured,
        verdicts=point.verdicts,
        new=moves[State.NEW],
        back=moves[State.BACK],
        gone=moves[State.GONE],
    )


def _cause(line: Line) -> Cause:
    first = line.row.first
    return Cause(
        id=line.row.id,
        sentence=first.sentence,
        state=line.state,
        since=line.since,
        level=first.level,
        damage=first.damage.words,
        weight=first.weight,
        breaks=first.breaks,
        edited=line.edited,
        places=line.places,
    )


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `history.schema.json`."""
    made = HistoryDocument.model_json_schema(mode="serialization")
    return json.dumps({**made, "title": "The history of targets"}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
