"""The parameters and the errors of the sides, beside each other; only what differs between them is a row to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.compare.side import Side
from conformance.report.tables.atlas import Refusal
from conformance.report.tables.parameters import Fate, Told, parameters


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an endpoint; `told` in the order of the sides."""

    endpoint: str
    name: str
    told: tuple[Told, ...]

    @property
    def differs(self) -> bool:
        """Tell whether two sides that were measured do different things with it."""
        return len({told.fate for told in self.told} - {Fate.UNMEASURED, Fate.UNSEEN}) > 1


@dataclass(frozen=True, slots=True)
class Error:
    """One invalid request; `refusals` in the order of the sides, None where a side has no answer to it."""

    request: str
    about: str
    refusals: tuple[Refusal | None, ...]

    @property
    def differs(self) -> bool:
        """Tell whether two sides answered it with other statuses, forms or codes, or another exception is raised."""
        told = [one for one in self.refusals if one and one.status is not None]
        return len({(one.status, one.envelope, one.type, one.code, one.param, one.raises) for one in told}) > 1


def parameter_rows(sides: Sequence[Side]) -> tuple[Parameter, ...]:
    """Return the parameters that were measured at a side at least, by endpoint and name."""
    by_side = []
    for side in sides:
        number = [facts.name for facts in side.run.header.targets].index(side.facts.name)
        by_side.append({(row.endpoint, row.name): row.told[number] for row in parameters(side.run)})
    names = sorted({name for found in by_side for name in found})
    rows = (Parameter(*name, tuple(found.get(name, Told(Fate.UNMEASURED)) for found in by_side)) for name in names)
    return tuple(row for row in rows if any(told.fate is not Fate.UNMEASURED for told in row.told))


def error_rows(by_side: Sequence[Mapping[str, Refusal]]) -> tuple[Error, ...]:
    """Return what each side made of each invalid request, by the label of its exchange."""
    names = sorted({name for found in by_side for name in found})
    rows = []
    for name in names:
        refusals = tuple(found.get(name) for found in by_side)
        about = next((one.about for one in refusals if one and one.about), "")
        rows.append(Error(name, about, refusals))
    return tuple(rows)
