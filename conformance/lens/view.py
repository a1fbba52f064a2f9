"""What one call of a client gave, and what a user of it gets, from good to bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What becomes of a user, from good to bad."""

    UNSEEN = "not looked at"
    SURVIVES = "survives"
    RAISES = "raises"
    LOSES = "loses data silently"


SEVERITY = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class View:
    """
    What one call of a client gave: values by name, or the class of what it raised and what that says.

    `again` tells that the client sends such a request again, by default, before it raises.
    """

    got: Mapping[str, Any] = field(default_factory=dict)
    raised: str = ""
    words: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Lens:
    """What a user gets of one exchange, or the worst of several; `views` by call."""

    outcome: Outcome
    reason: str = ""
    raised: str = ""
    views: Mapping[str, View] = field(default_factory=dict)

    def __str__(self) -> str:
        said = f"raises {self.raised}" if self.outcome is Outcome.RAISES else self.outcome.value
        return f"{said}: {self.reason}" if self.reason else said

    @property
    def rank(self) -> int:
        """Return how bad it is."""
        return SEVERITY.index(self.outcome)


def alone(name: str, view: View) -> Lens:
    """Return what a user gets by one call, taken by itself: lost is what a good response cannot be without."""
    if view.raised:
        more = "; it is sent again twice before that" if view.again else ""
        return Lens(Outcome.RAISES, f"{name}: {view.words}{more}", view.raised)
    lost = _empty(view.got)
    return Lens(Outcome.LOSES, f"{name}: {', '.join(lost)}") if lost else Lens(Outcome.SURVIVES)


def _empty(got: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with values by themselves."""
    lost = [f"no {name}" for name in ("chunks", "finish reason", "status") if name in got and not filled(got[name])]
    if "text" in got and not any(filled(got.get(name)) for name in _SAID):
        lost.append("no text")
    return lost


_SAID = ("text", "tool calls", "refusal", "audio", "items", "parsed", "final tool calls", "final items")
"""What a response may say: one of them must be there."""


def filled(value: Any) -> bool:
    """Tell whether there is something in a value, however deep."""
    return any(map(filled, value)) if isinstance(value, list | tuple) else bool(value)
