"""
One entry of the deviation zoo: what a real server or gateway was seen to do, as a change of a faithful answer.

An entry that cannot be shown to a black box, or that is legal, is listed all the same, with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from conformance.simulator.http.registry import Deviation


class Severity(StrEnum):
    """How much a client suffers."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A deviation.

    `says` is one sentence: what is sent. `breaks`: who notices. `source`: where it was seen, or `own` for a plausible
    one of ours. `caught_by`: patterns of the ids of the checks that are meant to find it. `excluded`: why it is only
    listed.
    """

    id: str
    area: str
    severity: Severity
    says: str
    breaks: str
    source: tuple[str, ...]
    caught_by: tuple[str, ...] = ()
    function: Deviation | None = None
    excluded: str = ""


def deviation(  # noqa: PLR0913  an entry has six parts
    name: str,
    *,
    severity: str,
    says: str,
    breaks: str,
    source: tuple[str, ...],
    caught_by: tuple[str, ...],
) -> Callable[[Deviation], Entry]:
    """Turn a function of a call and the faithful handler into an entry; its area is the name of its module."""

    def define(function: Deviation) -> Entry:
        area = function.__module__.rpartition(".")[2]
        return Entry(name, area, Severity(severity), says, breaks, source, caught_by, function)

    return define


def excluded(  # noqa: PLR0913
    name: str, area: str, *, severity: str, says: str, source: tuple[str, ...], why: str
) -> Entry:
    """Return an entry that is only listed."""
    return Entry(name, area, Severity(severity), says, "", source, excluded=why)
