"""
The detection score as JSON, `detection.json`, for whoever wants to compare it.

Its JSON Schema is published as `detection.schema.json`, which `python -m conformance.zoo.detection` prints.
"""

import json
import sys
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.lens.view import Outcome
from conformance.simulator.deviations.entry import Entry, Severity
from conformance.zoo.score import Score, Sighting


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Client(_Part):
    """What a user of the official client gets."""

    outcome: Outcome
    raises: str = Field(description="the class of the exception, or an empty text")
    why: str


class Detected(_Part):
    """One deviation that is served, and the checks that deviate."""

    id: str
    area: str
    severity: Severity
    seen: bool = Field(description="seen in a real server or gateway; else it is invented")
    found: bool = Field(description="whether a check deviates that is meant to find it")
    intended: list[str]
    others: list[str]
    sdk: Client


class Detection(_Part):
    """The whole score, in a stable order; times are left out, so that it can be compared."""

    detection_version: Literal[1] = 1
    deviations: int
    seen: int
    invented: int
    found: int
    checks_that_nothing_kills: list[str]
    checks_of_kinds: int = Field(description="checks that hold of any response of a kind")
    checks_killed_only_where_sent: list[str] = Field(
        description="of these, those that no deviation kills at a response other than those sent for them"
    )
    excluded: dict[str, str] = Field(description="deviations that are only listed, and why")
    each: list[Detected]


def detection(score: Score) -> Detection:
    """Return a score as it is published."""
    return Detection(
        deviations=len(score.sightings),
        seen=score.seen,
        invented=len(score.sightings) - score.seen,
        found=score.found,
        checks_that_nothing_kills=list(score.unkilled),
        checks_of_kinds=score.kinds,
        checks_killed_only_where_sent=list(score.confined),
        excluded={entry.id: entry.excluded for entry in score.listed},
        each=[_detected(entry, sighting) for entry, sighting in score.in_order],
    )


def _detected(entry: Entry, sighting: Sighting) -> Detected:
    return Detected(
        id=entry.id,
        area=entry.area,
        severity=entry.severity,
        seen=entry.seen,
        found=bool(sighting.meant),
        intended=list(sighting.meant),
        others=list(sighting.others),
        sdk=Client(outcome=sighting.client, raises=sighting.raised, why=sighting.why),
    )


def as_json(score: Score) -> str:
    """Return the text of `detection.json`."""
    return json.dumps(detection(score).model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def schema() -> str:
    """Return the JSON Schema of the score, as it is published in `detection.schema.json`."""
    return json.dumps(Detection.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
