"""
`contracts/<target>.json`: what was observed of a target, without anything that changes from run to run.

No ids, times, counts or texts of responses are in it, and its order is fixed, so that it is reviewed as a diff. The
JSON Schema is published as `contract.schema.json`, which `python -m conformance.contract.document` prints.
"""

import json
import sys
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.shapes.answer import Form
from conformance.targets.name import Name
from conformance.wire.verdict import Verdict

Presence = Literal["always", "once", "sometimes"]
Status = Annotated[int, Field(ge=100, le=999)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """One run that the contract was derived from, and with what it was judged."""

    run: str
    day: date = Field(description="of a replay the day of its oldest recording")
    mode: Literal["live", "record", "replay"]
    suite: str
    client: str = Field(description="version of the official client")
    schemas: str = Field(description="digest of the schemas; empty: not known")


class Observed(_Model):
    """
    One exchange, in all samples of it.

    `shape` has a line for each path: `always string: stop` means that the key was in every object that could hold it,
    and which words of the protocol were seen; `once` that there is only one sample to tell it from. It is None
    where the response says nothing about the shape of a good one: it is not JSON, or a rejection that the request
    does not ask for.
    """

    operation: str
    form: Form | None = None
    samples: int = Field(ge=1, description="how many recordings it was learned from")
    fields: list[str] = Field(default=[], description="the keys of the JSON object that was sent")
    statuses: list[Status]
    headers: dict[str, Presence] = Field(description="the names of the headers")
    events: list[list[str]] = Field(default=[], description="of a stream: its sorts of events, in each order seen")
    extensions: list[str] = Field(default=[], description="keys that the official client does not declare")
    shape: dict[str, str] | None = None


class Judged(_Model):
    """What one check said in the runs: its verdicts, without those that tell nothing of the target, and its edition."""

    verdicts: list[Verdict]
    edition: str


class CauseSeen(_Model):
    """One cause that was seen, and the checks that show it."""

    says: str
    checks: list[str]


class Listed(_Model):
    """What the target's own list says of one model, without what only the moment of the request decides."""

    owner: str = ""
    created: int | None = Field(default=None, description="Unix time in seconds; null: none, or that of the request")
    shutdown: date | None = Field(default=None, description="`shutdown_date`")


class Contract(_Model):
    """What was observed of a target."""

    contract_version: Literal[1, 2] = 2
    target: Name
    base_url: str = Field(description="empty for a server on this machine: the port is another one each time")
    models: dict[str, str] = Field(description="the models that were asked, by role")
    sources: list[Source]
    catalogue: list[str] | None = Field(
        description="the ids of all models that it lists; null: they were not asked for"
    )
    listed: dict[str, Listed] = Field(default={}, description="what that list says of each")
    exchanges: dict[str, Observed]
    checks: dict[str, Judged]
    causes: dict[str, CauseSeen]

    @property
    def newest(self) -> Source:
        """Return the newest run that it was derived from."""
        return max(self.sources, key=lambda source: (source.day, source.run))


def contract_json(contract: Contract) -> str:
    """Return a contract as text: a line for each path and each check, everything in a fixed order."""
    return _pretty(contract.model_dump(mode="json"), "") + "\n"


def _pretty(value: Any, indent: str) -> str:
    """Return JSON with the innermost lists and objects on one line: a check is one line of a diff."""
    inner = f"{indent} "
    match value:
        case dict() if value and not _is_short(value):
            lines = [f"{inner}{json.dumps(key)}: {_pretty(below, inner)}" for key, below in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case list() if value and not _is_short(value):
            return "[\n" + ",\n".join(f"{inner}{_pretty(below, inner)}" for below in value) + f"\n{indent}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


_SHORT = 110


def _is_short(value: Any) -> bool:
    below = value.values() if isinstance(value, dict) else value
    flat = all(not isinstance(one, dict) for one in below) and "shape" not in value
    return flat and len(json.dumps(value)) <= _SHORT


def schema() -> str:
    """Return the JSON Schema of a contract, as it is published in `contract.schema.json`."""
    made = Contract.model_json_schema(mode="serialization")
    return json.dumps({**made, "title": "The contract of a target"}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
