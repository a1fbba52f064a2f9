"""`--list`: what the suite holds, as text or JSON. Nothing is sent, no key is needed."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from conformance.definition import catalogue
from conformance.plan.loader import Suite
from conformance.plan.plan import Selected, bill, chosen, closure, expand, known_capability, names_check
from conformance.run.choices import Choices
from conformance.targets.target import Claim, Target
from conformance.wire.capability import matches
from conformance.wire.verdict import UsageError


def check_capabilities(patterns: tuple[str, ...], suite: Suite) -> None:
    """Raise `UsageError` for a pattern that names no capability; the message lists the nearest ones."""
    ids = [capability.id for capability in suite.capabilities]
    for pattern in patterns:
        if not known_capability(pattern, ids):
            raise UsageError(f"unknown capability `{pattern}`; known: {', '.join(ids)}")


def check_checks(patterns: tuple[str, ...], target: Target, suite: Suite) -> None:
    """Raise `UsageError` for a pattern of a profile that names no check."""
    ids = [item.id for check in suite.checks for item in expand(check, target, suite.specs)] if patterns else []
    for pattern in patterns:
        if not any(names_check(pattern, found) for found in ids):
            raise UsageError(f"unknown check `{pattern}`: --list --format json names them all")


def check_known_deviations(target: Target, suite: Suite) -> None:
    """Raise `UsageError` for a known deviation of a check that there is not: it would never be noticed as stale."""
    items = [item for check in suite.checks for item in expand(check, target, suite.specs)]
    ids = {item.id for item in items}
    ids |= {f"{item.check.capability.id}/{name}" for item in items for name in item.check.former}
    for entry in target.known_deviations:
        if entry.check is not None and not any(names_check(entry.check, found) for found in ids):
            raise UsageError(f"targets/{target.name}.toml: known deviation of an unknown check `{entry.check}`")


def selection(suite: Suite, target: Target, choices: Choices) -> list[Selected]:
    """Return the checks of one target that the options choose, before what they cost is looked at."""
    everything = [item for check in suite.checks for item in expand(check, target, suite.specs)]
    return [item for item in everything if is_chosen(item, choices)]


def is_chosen(item: Selected, choices: Choices) -> bool:
    """Tell whether the options choose a check of one target."""
    return chosen(item, capabilities=choices.capabilities, checks=choices.checks, level=choices.level)


def listing(suite: Suite, choices: Choices) -> dict[str, Any]:
    """Return what is selected, as JSON values."""
    check_capabilities(choices.capabilities, suite)
    target = choices.targets[0].target
    check_checks(choices.checks, target, suite)
    selected = selection(suite, target, choices)
    total = bill(target, closure(key for item in selected for key in item.keys))
    rows: dict[str, dict[str, Any]] = {}
    for item in selected:
        capability = item.check.capability
        row = rows.setdefault(
            capability.id,
            {"id": capability.id, "title": capability.title, "level": capability.level, "checks": [], "keys": []},
        )
        row["keys"].extend(item.keys)
        row["checks"].append(
            {
                "id": item.id,
                "requirement": item.check.requirement,
                "level": item.check.owed,
                "source": str(item.check.says),
                "exchanges": [key.label for key in item.keys],
            }
        )
    for row in rows.values():
        row["claims"] = [_claim(claim) for claim in target.claims if matches(row["id"], claim.capabilities)]
        keys = dict.fromkeys(row.pop("keys"))
        row["exchanges"] = len(keys)
        row["tokens"] = sum(key.spec.cost for key in keys)
    return {
        "target": target.name,
        "capabilities": [rows[name] for name in sorted(rows)],
        "checks": len(selected),
        "requests": total.requests,
        "tokens": total.tokens,
        "coverage": coverage(suite, target.claims),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    facts = claim.model_dump(mode="json", exclude={"capabilities"}, exclude_defaults=True)
    return {**facts, "kind": claim.kind, "promises": claim.promises}


def coverage(suite: Suite, claims: Sequence[Claim]) -> dict[str, Any]:
    """Return how many nodes of the catalogue and how many of these claims the whole suite decides, selected or not."""
    decided = {check.capability.id for check in suite.checks}
    nodes = catalogue.load().nodes
    kinds = Counter(node.kind for node in nodes)
    concrete = [claim for claim in claims if claim.capabilities]
    open_ = [claim.id for claim in concrete if not any(matches(name, claim.capabilities) for name in decided)]
    return {
        "nodes": {"all": len(nodes), **{kind.value: kinds[kind] for kind in catalogue.Kind}},
        "nodes_without_checks": catalogue.load().missing(decided),
        "claims": {"all": len(claims), "decided": len(concrete) - len(open_)},
        "claims_undecided": open_,
        "claims_about_nothing": [claim.id for claim in claims if not claim.capabilities],
    }


def as_text(listed: dict[str, Any]) -> str:
    """Return a listing for people."""
    lines = [f"{'capability':<38} {'level':<7} {'checks':>6} {'requests':>9} {'tokens':>7}"]
    for row in listed["capabilities"]:
        counted = f"{len(row['checks']):>6} {row['exchanges']:>9} {row['tokens']:>7}"
        lines.append(f"{row['id']:<38} {row['level']:<7} {counted}")
    total = (
        f"{listed['checks']} checks of {len(listed['capabilities'])} capabilities on target {listed['target']}: "
        f"{listed['requests']} requests, about {listed['tokens']:,} tokens (an exchange that several "
        "capabilities look at is sent once)"
    )
    more = "With --format json every check is listed with its requirement and source."
    return "\n".join([*lines, "", total, covered(listed["coverage"]), more])


def covered(found: dict[str, Any]) -> str:
    """Return in one line what the whole suite decides."""
    nodes, claims, open_ = found["nodes"], found["claims"], len(found["nodes_without_checks"])
    undecided = f" ({open_} of them without one)" if open_ else ""
    return (
        f"The whole suite: {nodes['all']} capabilities, {nodes['check']} by checks{undecided}, {nodes['report']} by "
        f"reports, {nodes['runner']} by the run itself, {nodes['outside']} not measured; "
        f"{claims['decided']} of the target's {claims['all']} documented claims decided"
    )


def as_json(listed: dict[str, Any]) -> str:
    """Return a listing as JSON."""
    return json.dumps(listed, indent=1, ensure_ascii=False)
