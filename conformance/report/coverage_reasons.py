"""Why something of OpenAI's API is not sent: the reasons that `coverage_reasons.toml` holds, for what a run has not."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from conformance.report.markdown import table


@dataclass(frozen=True, slots=True)
class Reason:
    """Patterns of names, and why what they fit is not sent."""

    names: tuple[str, ...]
    why: str

    def fits(self, name: str) -> bool:
        """Tell whether it is the reason for a name."""
        return any(fnmatchcase(name, pattern) for pattern in self.names)


@cache
def reasons() -> tuple[Reason, ...]:
    """Return all reasons, in their order."""
    text = files(__package__).joinpath("coverage_reasons.toml").read_text(encoding="utf-8")
    return tuple(Reason(tuple(one["names"]), one["why"]) for one in tomllib.loads(text)["reason"])


def sorted_out(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Return names of what was not sent by their reason; those without one are left out."""
    found: dict[str, list[str]] = {}
    for name in names:
        reason = next((reason for reason in reasons() if reason.fits(name)), None)
        if reason is not None:
            found.setdefault(reason.why, []).append(name)
    return found


def reasons_as_markdown(names: Iterable[str]) -> str:
    """Return the table: one row for each reason, with how much it is the reason for, and examples."""
    rows = [
        [", ".join(f"`{name}`" for name in some[:3]), str(len(some)), why] for why, some in sorted_out(names).items()
    ]
    return table(["not sent, for example", "how much", "why"], rows)
