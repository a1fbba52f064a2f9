"""
What is published of one server: `reports/published/servers/NAME.json`, from which every page is made again.

It holds what a reader of the pages sees and nothing more: no keys, no whole recordings. Its JSON Schema is
`published.schema.json`, which `python -m conformance.publish.document` prints.
"""

import json
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.files import read_regular
from conformance.targets.name import Name
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError, Verdict

SERVERS, VERIFIED = "servers", "verified"
LARGEST = 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counted(_Part):
    """What some checks came to: the highest verdict, how many conform, how many deviate, and of how many."""

    verdict: Verdict
    conforming: int
    deviating: int
    total: int

    @property
    def words(self) -> str:
        """Return `41 of 44 conform, 2 deviate, 1 not told`; the parts add up."""
        rest = self.total - self.conforming - self.deviating
        parts = [f"{self.conforming} of {self.total} conform"]
        parts += [f"{self.deviating} deviate{'s' if self.deviating == 1 else ''}"] if self.deviating else []
        return ", ".join([*parts, *([f"{rest} not told or not offered"] if rest else [])])


class Finding(_Part):
    """One cause at one server, with what proves it."""

    id: str
    title: str
    level: Level
    damage: int = Field(description="0 breaks clients, 1 wrong data, silently, 2 refused though owed, 3 cosmetic")
    agents: bool = Field(description="it shows in tools, streams or structured output")
    places: int = Field(description="in how many exchanges it shows")
    observed: str
    requirement: str
    source: str
    source_url: str = ""
    breaks: str = ""
    checks: list[str] = Field(description="the checks that saw it, without their cases")
    commands: list[str] = Field(description="what is run in a shell to see it again, in order")
    seen: str = Field(description="the decisive part of the response")


class Published(_Part):
    """One server as one run measured it."""

    published_version: int = 1
    name: Name
    title: str
    version: str = Field(default="", description="empty: not recorded")
    upstream: str = Field(default="", description="what answers behind a gateway, where that is a server of ours")
    cannot: list[str] = Field(default_factory=list, description="what a reader must know of it, in sentences")
    local: bool = Field(description="it was started for the run, or served on the same machine")
    day: str = Field(description="the day of the recordings, `2026-11-27`")
    grade: str
    run: str
    suite: str
    client: str
    models: dict[str, str]
    levels: dict[Level, Counted]
    capabilities: dict[str, Counted]
    findings: list[Finding] = Field(description="the worst first")
    untold: int = Field(default=0, description="causes that are flaky, not measured or our own errors")

    @property
    def column(self) -> str:
        """Return the name of the column: a gateway before a server of ours never has its plain name alone."""
        return f"{self.name} {self.upstream}" if self.upstream else self.name

    @property
    def owed(self) -> list[Finding]:
        """Return the findings about what MUST or SHOULD hold; the others are about what nobody owes."""
        return [finding for finding in self.findings if finding.level is not Level.MAY]

    @property
    def number(self) -> str:
        """Return how many causes there are: `25`, or `27 and 42 at MAY`."""
        may = len(self.findings) - len(self.owed)
        return f"{len(self.owed)} and {may} at MAY" if may else str(len(self.owed))

    @cached_property
    def families(self) -> dict[str, Counted]:
        """Return what the capabilities of each family come to."""
        found: dict[str, list[Counted]] = {}
        for name, counted in self.capabilities.items():
            found.setdefault(name.partition(".")[0], []).append(counted)
        return {family: summed(parts) for family, parts in sorted(found.items())}


def summed(parts: Iterable[Counted]) -> Counted:
    """Return several counts as one."""
    every = list(parts)
    worst = max((one.verdict for one in every), key=lambda verdict: verdict.rank)
    return Counted(
        verdict=worst,
        conforming=sum(one.conforming for one in every),
        deviating=sum(one.deviating for one in every),
        total=sum(one.total for one in every),
    )


def read_all(folder: Path) -> list[Published]:
    """Return what is published, by name. Raises `UsageError` for a file that is not what it should be."""
    return [_read(path) for path in sorted((folder / SERVERS).glob("*.json"))]


def verified_in(folder: Path) -> frozenset[str]:
    """Return the names of the servers whose causes were verified by hand: there is a record of each."""
    return frozenset(path.stem for path in (folder / VERIFIED).glob("*.md"))


def _read(path: Path) -> Published:
    try:
        return Published.model_validate_json(read_regular(path, LARGEST))
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path}: {str(error).splitlines()[0]}") from None


def dump(server: Published) -> str:
    """Return the file of a server: a value a line, so that a change can be reviewed."""
    return json.dumps(server.model_dump(mode="json"), ensure_ascii=False, indent=0) + "\n"


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `published.schema.json`."""
    made = Published.model_json_schema(mode="serialization")
    return json.dumps({**made, "title": "What is published of a server"}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
