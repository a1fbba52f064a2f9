"""
One entry of the deviation zoo: what a server or gateway was seen to do, or might do, as a change of a faithful answer.

An entry that cannot be shown to a black box, or that is legal, is listed all the same, with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from conformance.simulator.http.registry import Deviation

INVENTED = ("invented",)
"""The source of a deviation that nobody has reported yet, and that is plausible all the same."""


class Severity(StrEnum):
    """How much a client suffers."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A deviation.

    `says` is one sentence: what is sent. `breaks`: who notices. `source`: where it was seen, or `INVENTED`.
    `caught_by`: patterns of the ids of the checks that are meant to find it. `excluded`: why it is only listed.
    `area`: the package that it stands in, as `entries()` tells it.
    """

    id: str
    severity: Severity
    says: str
    breaks: str
    source: tuple[str, ...]
    caught_by: tuple[str, ...] = ()
    function: Deviation | None = None
    excluded: str = ""
    area: str = ""

    @property
    def seen(self) -> bool:
        """Tell whether a real server or gateway was seen to do it; the others are invented."""
        return self.source != INVENTED

    @property
    def links(self) -> tuple[str, ...]:
        """Return the addresses of its sources; an issue is written as `owner/repository#number`. None if invented."""
        return tuple(_address(source) for source in self.source) if self.seen else ()


def _address(source: str) -> str:
    repository, sign, number = source.partition("#")
    return f"https://github.com/{repository}/issues/{number}" if sign and "://" not in source else source


def deviation(  # noqa: PLR0913  an entry has six parts
    name: str,
    *,
    severity: str,
    says: str,
    breaks: str,
    source: tuple[str, ...],
    caught_by: tuple[str, ...],
) -> Callable[[Deviation], Entry]:
    """Turn a function of a call and the faithful handler into an entry."""

    def define(function: Deviation) -> Entry:
        return Entry(name, Severity(severity), says, breaks, source, caught_by, function)

    return define


def excluded(name: str, *, severity: str, says: str, source: tuple[str, ...], why: str) -> Entry:
    """Return an entry that is only listed."""
    return Entry(name, Severity(severity), says, "", source, excluded=why)
