"""The tree: every capability that an endpoint-compatibility suite covers, and who decides it (`catalogue.toml`)."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conformance.wire.capability import Level

FILE = Path(__file__).parent / "catalogue.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(StrEnum):
    """Who decides a node: checks of the suite, a report, what a run does itself, or nobody."""

    CHECK = "check"
    REPORT = "report"
    RUNNER = "runner"
    OUTSIDE = "outside"


class Node(_Part):
    """One capability. `endpoint` is where it shows; `why` says what decides it when no check does."""

    id: str
    level: Level
    endpoint: str
    what: str
    kind: Kind
    why: str = ""

    @model_validator(mode="after")
    def _explained(self) -> "Node":
        if (self.kind is Kind.CHECK) == bool(self.why):
            raise ValueError("`why` goes with every kind but `check`")
        return self


class Addition(_Part):
    """A capability of the suite that is no node, and the reason for it."""

    id: str
    level: Level
    why: str = Field(min_length=1)


class Tree(_Part):
    """All nodes, in the order of the document, and the additions."""

    nodes: tuple[Node, ...]
    additions: tuple[Addition, ...] = ()

    def missing(self, capabilities: set[str]) -> list[str]:
        """Return the nodes that checks should decide, and for which there is none among these capabilities."""
        return [node.id for node in self.nodes if node.kind is Kind.CHECK and node.id not in capabilities]


@cache
def load() -> Tree:
    """Return the tree."""
    return Tree.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))
