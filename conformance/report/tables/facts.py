"""What both tables of a run hold, and the words that all their forms share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.log.records import Run, TargetFacts
from conformance.report.evidence.source import Proof
from conformance.report.tables.atlas import Atlas, Refusal, atlases
from conformance.report.tables.parameters import Fate, Parameter, parameters

HEADS = ("wrong request", "status", "envelope", "type", "code", "param", "asked again", "leak", "the client raises")
AGAIN = {True: "yes", False: "no", None: "-"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Both tables of a run. Empty ones are left out of every form."""

    run: Run
    targets: tuple[TargetFacts, ...]
    atlases: tuple[Atlas, ...]
    parameters: tuple[Parameter, ...]


def tables(run: Run, proved: Sequence[Proof]) -> Facts:
    """Return the tables of a run; `proved` are its exchanges with their recordings."""
    return Facts(run, tuple(run.header.targets), atlases(run, proved), parameters(run))


def sums(found: Facts) -> list[str]:
    """Return for each target how many parameters had which fate; the parts add up."""
    columns = zip(*(row.told for row in found.parameters), strict=True)
    counted = [Counter(told.fate for told in column) for column in columns]
    order = (Fate.HONOURED, *(fate for fate in Fate if fate is not Fate.HONOURED))
    return [", ".join(f"{count[fate]} {fate.value}" for fate in order if count[fate]) for count in counted]


def status(refusal: Refusal) -> str:
    """Return the status in words; `-` where nothing came."""
    return "-" if refusal.status is None else str(refusal.status)


def summary(atlas: Atlas) -> str:
    """Return in one line how many invalid requests are refused, and how."""
    answered = [refusal for refusal in atlas.refusals if refusal.status is not None]
    refused = [refusal for refusal in answered if (refusal.status or 0) >= 400]
    good = sum(refusal.envelope == "ok" for refusal in refused)
    again = sum(refusal.again is True for refusal in refused)
    leaks = sum(refusal.leak not in {"none", "-"} for refusal in atlas.refusals)
    return (
        f"{len(refused)} of {len(answered)} wrong requests are refused, {good} of them in the documented shape, "
        f"{again} in a way that makes the client ask again; {leaks} answers leak"
    )
