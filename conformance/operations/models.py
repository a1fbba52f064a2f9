"""
The models of a run against the endpoint's list of models. Pure.

The list itself is kept with the run: the recording of `GET /models`, and the contract that is made of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from conformance.log.account import Spent
from conformance.log.records import TargetFacts
from conformance.operations.spent import LONGEST
from conformance.record.recording import Recording
from conformance.wire.response import NotJson, read_json
from conformance.wire.text import printable

MOST = 5_000
"""So many models of a list are looked at."""

_NEAR = 3
_DAY = re.compile(r"-20\d\d-?\d\d-?\d\d$")


@dataclass(frozen=True, slots=True)
class Named:
    """One model that a run asked: its role, whether it is listed, names like it, and what responses called it."""

    role: str
    model: str
    listed: bool
    near: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return it in one line; another name in the responses is an alias, or another model."""
        other = [name for name in self.returned if _DAY.sub("", name) != _DAY.sub("", self.model)]
        near = f", near: {', '.join(self.near)}" if self.near and not self.returned else ""
        unlisted = f"not listed{near}, {'and served' if self.returned else 'and it gave no response'}"
        alias = f"; responses call it {', '.join(other)}" if other else ""
        return f"{self.role} {self.model}: {'listed' if self.listed else unlisted}{alias}"


def listed(recording: Recording) -> list[str] | None:
    """Return the ids of the models that a recording of `GET /models` lists, or None where it lists none."""
    if recording.sent.method != "GET" or recording.response.status != 200:
        return None
    if not recording.sent.url.partition("?")[0].rstrip("/").endswith("/models"):
        return None
    try:
        value: Any = read_json(recording.response.decoded)
    except NotJson:
        return None
    rows = value.get("data") if isinstance(value, dict) else None
    found = (row.get("id") for row in rows[:MOST] if isinstance(row, dict)) if isinstance(rows, list) else ()
    ids = [printable(name)[:LONGEST] for name in found if isinstance(name, str)]
    return ids or None


def named(facts: TargetFacts, ids: Sequence[str], spent: Iterable[Spent]) -> list[Named]:
    """Return each model that a run asked a target for, against the list of that target."""
    returned: dict[str, set[str]] = {}
    for one in spent:
        if one.status < 400 and one.models:
            returned.setdefault(one.models[0], set()).add(one.models[-1])
    known = set(ids)
    return [
        Named(
            role=role,
            model=name,
            listed=name in known or f"models/{name}" in known,
            near=() if name in known else tuple(get_close_matches(name, ids[:MOST], n=_NEAR, cutoff=0.6)),
            returned=tuple(sorted(returned.get(name, ()))),
        )
        for role, model in facts.models.items()
        for name in model.ids
    ]
