"""What the target files state, as lines of the log; and the points on which the documents disagree."""

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from conformance.definition import catalogue
from conformance.definition.catalogue import Decider
from conformance.log.documents import Disagreement, Stated
from conformance.targets.target import Claim, Target

FILE = Path(__file__).parent / "disagreements.toml"


@cache
def disagreements() -> tuple[Disagreement, ...]:
    """Return the points on which the documents disagree, as `disagreements.toml` lists them."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["disagreements"]
    return tuple(Disagreement.model_validate(row) for row in rows)


def stated(target: Target) -> list[Stated]:
    """Return the log's lines for what documents state about a target, in the order of its file."""
    return [_line(target, claim) for claim in target.claims]


def _line(target: Target, claim: Claim) -> Stated:
    decided = _named(claim.capabilities, decided=True)
    return Stated(
        target=target.name,
        id=claim.id,
        statement=claim.statement,
        kind=claim.kind,
        capabilities=decided,
        beyond=_named(claim.capabilities, decided=False),
        absent=[name for name in decided if _any(name, claim.absent)],
        applies=claim.of_models(target.models),
        legacy=claim.legacy,
        place=claim.place,
        disagreements=[one for one in disagreements() if row(claim.id) in one.claims],
    )


def row(claim: str) -> str:
    """Return the row of a document that a claim comes from: one row may make two claims of different weight."""
    return claim.partition("-")[0]


def _named(patterns: Sequence[str], *, decided: bool) -> list[str]:
    nodes = [node for node in catalogue.load().nodes if (node.kind is Decider.CHECK) == decided and not node.spread]
    return [node.id for node in nodes if _any(node.id, patterns)]


def _any(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
