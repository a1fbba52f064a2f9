"""`--list`: what the suite holds, as text or JSON. Nothing is sent, no key is needed."""

import json
from typing import Any

from conformance.book import names_check
from conformance.choices import Choices
from conformance.plan import Selected, bill, chosen, closure, expand, known_capability
from conformance.suite import Suite
from conformance.target import Target
from conformance.verdict import UsageError


def check_capabilities(patterns: tuple[str, ...], suite: Suite) -> None:
    """Raise `UsageError` for a pattern that names no capability; the message lists the nearest ones."""
    ids = [capability.id for capability in suite.capabilities]
    for pattern in patterns:
        if not known_capability(pattern, ids):
            raise UsageError(f"unknown capability `{pattern}`; known: {', '.join(ids)}")


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
    return [i for i in everything if chosen(i, capabilities=choices.capabilities, level=choices.level)]


def listing(suite: Suite, choices: Choices) -> dict[str, Any]:
    """Return what is selected, as JSON values."""
    check_capabilities(choices.capabilities, suite)
    target = choices.targets[0].target
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
        keys = dict.fromkeys(row.pop("keys"))
        row["exchanges"] = len(keys)
        row["tokens"] = sum(key.spec.cost for key in keys)
    return {
        "target": target.name,
        "capabilities": [rows[name] for name in sorted(rows)],
        "checks": len(selected),
        "requests": total.requests,
        "tokens": total.tokens,
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
    return "\n".join([*lines, "", total, "With --format json every check is listed with its requirement and source."])


def as_json(listed: dict[str, Any]) -> str:
    """Return a listing as JSON."""
    return json.dumps(listed, indent=1, ensure_ascii=False)
