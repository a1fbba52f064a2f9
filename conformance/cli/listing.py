"""
`--list`: what the suite holds, as text or JSON. Nothing is sent, no key is needed.

The JSON has a published schema, `list.schema.json`, which `python -m conformance.cli.listing` prints.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.cli.names import check_capabilities, check_checks
from conformance.definition import catalogue
from conformance.plan.afford import cost_of
from conformance.plan.expand import Selected, expand
from conformance.plan.loader import Suite
from conformance.plan.order import closure
from conformance.run.options import RunOptions, is_chosen
from conformance.targets.target import Claim, ClaimKind, Target
from conformance.wire.capability import Level, matches


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListedCheck(_Part):
    """One check of the target."""

    id: str
    requirement: str
    level: Level = Field(description="who owes it: the weaker of the check's and the capability's level")
    source: str
    exchanges: list[str] = Field(description="labels of the exchanges that it looks at")


class ListedClaim(_Part):
    """A statement of the vendor's documents about a capability."""

    id: str
    absent: list[str] = Field(description="capabilities that it says are not offered")
    statement: str
    kind: ClaimKind
    document: str
    promises: bool = Field(description="whether the target can be held to it")
    edition: str = ""
    dated: date | None = None
    line: str = ""
    legacy: bool = False
    models: dict[str, str] = Field(default_factory=dict, description="it is about these models alone, by role")


class ListedCapability(_Part):
    """One capability, and what of it is selected. What several capabilities look at is counted for each."""

    id: str
    title: str
    level: Level
    checks: list[ListedCheck]
    claims: list[ListedClaim]
    exchanges: int
    tokens: int


class Coverage(_Part):
    """What the whole suite decides, whatever is selected."""

    nodes: dict[str, int] = Field(description="nodes of the catalogue: all, and by what decides them")
    nodes_without_checks: list[str]
    claims: dict[str, int] = Field(description="claims of the target: all, and those that a check decides")
    claims_undecided: list[str]
    claims_about_nothing: list[str]


class Listing(_Part):
    """What is selected of the suite for one target, and what it costs before retries."""

    list_version: Literal[1] = 1
    target: str
    capabilities: list[ListedCapability]
    checks: int
    requests: int
    tokens: int
    coverage: Coverage


def everything(suite: Suite, target: Target) -> list[Selected]:
    """Return the whole suite for one target."""
    return [item for check in suite.checks for item in expand(check, target, suite.specs)]


def listing(suite: Suite, options: RunOptions) -> Listing:
    """Return what is selected for the first target. Raises `UsageError` for a name that the suite does not have."""
    target = options.targets[0].target
    check_capabilities(options.capabilities, suite)
    items = everything(suite, target)
    check_checks(options.checks, items)
    selected = [item for item in items if is_chosen(item, options)]
    total = cost_of(target, closure(key for item in selected for key in item.keys))
    by_capability: dict[str, list[Selected]] = {}
    for item in selected:
        by_capability.setdefault(item.check.capability.id, []).append(item)
    return Listing(
        target=target.name,
        capabilities=[_capability(by_capability[name], target.claims) for name in sorted(by_capability)],
        checks=len(selected),
        requests=total.requests,
        tokens=total.tokens,
        coverage=coverage(suite, target.claims),
    )


def _capability(items: Sequence[Selected], claims: Sequence[Claim]) -> ListedCapability:
    capability = items[0].check.capability
    keys = dict.fromkeys(key for item in items for key in item.keys)
    return ListedCapability(
        id=capability.id,
        title=capability.title,
        level=capability.level,
        checks=[_check(item) for item in items],
        claims=[_claim(claim) for claim in claims if matches(capability.id, claim.capabilities)],
        exchanges=len(keys),
        tokens=sum(key.spec.cost for key in keys),
    )


def _check(item: Selected) -> ListedCheck:
    return ListedCheck(
        id=item.id,
        requirement=item.check.requirement,
        level=item.check.owed,
        source=str(item.check.says),
        exchanges=[key.label for key in item.keys],
    )


def _claim(claim: Claim) -> ListedClaim:
    return ListedClaim(
        promises=claim.promises, absent=list(claim.absent), **claim.model_dump(exclude={"capabilities", "absent"})
    )


def coverage(suite: Suite, claims: Sequence[Claim]) -> Coverage:
    """Return how many nodes of the catalogue and how many of these claims the whole suite decides, selected or not."""
    decided = {capability.id for capability in suite.capabilities}
    nodes = catalogue.load().nodes
    kinds = Counter(node.kind for node in nodes)
    concrete = [claim for claim in claims if claim.capabilities]
    open_ = [claim.id for claim in concrete if not any(matches(name, claim.capabilities) for name in decided)]
    return Coverage(
        nodes={"all": len(nodes), **{kind.value: kinds[kind] for kind in catalogue.Decider}},
        nodes_without_checks=catalogue.load().missing(decided),
        claims={"all": len(claims), "decided": len(concrete) - len(open_)},
        claims_undecided=open_,
        claims_about_nothing=[claim.id for claim in claims if not claim.capabilities],
    )


def as_text(listed: Listing) -> str:
    """Return a listing for people."""
    lines = [f"{'capability':<38} {'level':<7} {'checks':>6} {'requests':>9} {'tokens':>7}"]
    for row in listed.capabilities:
        counted = f"{len(row.checks):>6} {row.exchanges:>9} {row.tokens:>7}"
        lines.append(f"{row.id:<38} {row.level:<7} {counted}")
    total = (
        f"{listed.checks} checks of {len(listed.capabilities)} capabilities on target {listed.target}: "
        f"{listed.requests} requests, about {listed.tokens:,} tokens (an exchange that several "
        "capabilities look at is sent once)"
    )
    more = "With --format json every check is listed with its requirement and source."
    return "\n".join([*lines, "", total, covered(listed.coverage), more])


def covered(found: Coverage) -> str:
    """Return in one line what the whole suite decides."""
    nodes, claims, open_ = found.nodes, found.claims, len(found.nodes_without_checks)
    undecided = f" ({open_} of them without one)" if open_ else ""
    return (
        f"The whole suite: {nodes['all']} capabilities, {nodes['check']} by checks{undecided}, {nodes['report']} by "
        f"reports, {nodes['runner']} by the run itself, {nodes['outside']} not measured; "
        f"{claims['decided']} of the target's {claims['all']} documented claims decided"
    )


def as_json(listed: Listing) -> str:
    """Return a listing as JSON."""
    return json.dumps(listed.model_dump(mode="json"), indent=1, ensure_ascii=False)


def schema() -> str:
    """Return the JSON Schema of a listing, as it is published in `list.schema.json`."""
    described = {"title": "What a conformance run would do", **Listing.model_json_schema(mode="serialization")}
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
