"""
How a check can end, and the exceptions that say so.

The verdict comes from the exception's class, never from pytest's word for it:

    Verdict of a check
    ├── conforms      nothing was raised
    ├── unsupported   Unsupported      a clear rejection of something that the target does not promise
    ├── unrecorded    Unrecorded       replay, and there is no cassette
    ├── inconclusive  Inconclusive     the exchange proves nothing either way
    │                 └── Unmeasured   the same, for want of a response
    ├── deviates      AssertionError
    │                 └── Deviation    the same, with the id of its finding
    └── error         anything else: our fault or the network's
                      └── HarnessError the same, with a message for the user
"""

from collections.abc import Mapping
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of one check for one target, in rising order: a group takes the highest of its members."""

    CONFORMS = "conforms"
    UNSUPPORTED = "unsupported"
    UNRECORDED = "unrecorded"
    INCONCLUSIVE = "inconclusive"
    DEVIATES = "deviates"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Return the place in the rising order, from 0."""
        return list(Verdict).index(self)

    @property
    def meaning(self) -> str:
        """Return the words for people, the same in every report and in the README."""
        return _MEANINGS[self]


MEASURED = frozenset({Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED})
"""The verdicts that tell something of a target; the others say that nothing was proven."""

_MEANINGS = {
    Verdict.CONFORMS: "the requirement is met",
    Verdict.UNSUPPORTED: "a clear rejection of what is not promised",
    Verdict.UNRECORDED: "replay, and there is no recording",
    Verdict.INCONCLUSIVE: "nothing is proven either way; the reason says why",
    Verdict.DEVIATES: "the requirement is not met",
    Verdict.ERROR: "our fault or the network's; never counts against a target",
}


def highest(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of a group: the highest of its members. The list must not be empty."""
    return max(verdicts, key=lambda verdict: verdict.rank)


class Deviation(AssertionError):
    """
    A requirement that the target does not meet. `findings` name the causes, the same in all their places.

    A check that looks at several exchanges says in `places` which of them deviate, by label: no place, all of them.
    `said` holds what is to be said of one finding alone, where the message tells several.
    """

    def __init__(
        self,
        message: str,
        *,
        finding: str | None = None,
        findings: tuple[str, ...] = (),
        places: tuple[str, ...] = (),
        said: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.findings = (finding,) if finding else findings
        self.places = places
        self.said = said or {}


class Unsupported(Exception):
    """The target refused clearly what it never promised."""


class Unrecorded(Exception):
    """There is no cassette of this exchange."""


class Inconclusive(Exception):
    """The exchange does not let us judge; the message says why."""


class HarnessError(Exception):
    """Our fault or the network's. The message says what was expected, what was seen and what to do."""


class UsageError(HarnessError):
    """The user asked for something that cannot be; the message lists what is known. Exit code 4."""


class Unmeasured(Inconclusive):
    """
    There is no response to judge, or not the one that was asked for: not sent, broken off, another status.

    It says nothing of the model's skill, nor of a condition that did not occur.
    """
