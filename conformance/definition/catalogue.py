"""The catalogue: every capability that a suite for such endpoints covers, and who decides it (`catalogue.toml`)."""

import tomllib
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from conformance.wire.capability import Capability, Level

FILE = Path(__file__).parent / "catalogue.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Decider(StrEnum):
    """Who decides a node: checks of the suite, a report, what a run does itself, or nobody."""

    CHECK = "check"
    REPORT = "report"
    RUNNER = "runner"
    OUTSIDE = "outside"


class Node(_Part):
    """
    One capability, with its level and its title.

    `endpoint` is where it shows. `why` says what decides it when no check does; beside a check it is a note. `core`
    names the API that cannot be offered without it: a MAY is a SHOULD for who offers that API. `spread`: its checks are
    judged under the capabilities of their exchanges.
    """

    id: str
    level: Level
    endpoint: str
    title: str
    kind: Decider
    why: str = ""
    core: str = ""
    spread: bool = False

    @model_validator(mode="after")
    def _explained(self) -> "Node":
        if self.kind is not Decider.CHECK and not self.why:
            raise ValueError("a node that no check decides says `why`")
        return self


class Catalogue(_Part):
    """All nodes, in the order of the document."""

    nodes: tuple[Node, ...]

    def missing(self, capabilities: set[str]) -> list[str]:
        """Return the nodes that checks should decide, and for which there is none among these capabilities."""
        return [node.id for node in self.nodes if node.kind is Decider.CHECK and node.id not in capabilities]


@cache
def load() -> Catalogue:
    """Return the catalogue."""
    return Catalogue.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


@cache
def _decided_by_checks() -> dict[str, Capability]:
    nodes = [node for node in load().nodes if node.kind is Decider.CHECK]
    return {node.id: Capability(node.id, node.level, node.title, node.core) for node in nodes}


def capability(id: str) -> Capability:  # noqa: A002  the word of the catalogue
    """
    Return the capability that a node of the catalogue describes, for checks and exchanges.

    Raises `LookupError`, with the ids that are nearly the same, when checks decide no node of that id.
    """
    known = _decided_by_checks()
    if id in known:
        return known[id]
    near = get_close_matches(id, known) or get_close_matches(id, known, n=5, cutoff=0.3)
    raise LookupError(
        f"no node `{id}` of kind `check` in {FILE.name}; did you mean {' or '.join(f'`{name}`' for name in near)}? "
        "A new capability is added there; a suite of its own says `Capability(...)`"
    )
