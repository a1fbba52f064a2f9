"""The exit code of a run: what each means, and what makes a run fail."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

from conformance.log.records import ExchangeLine, NotRun, Result
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

MEANINGS = {
    0: "nothing new is wrong",
    1: "a new gating deviation, or a stale entry",
    2: "interrupted: go on with --resume",
    3: "internal error of the suite",
    4: "wrong use, for example an unknown option or a missing key",
    5: "nothing was selected",
    6: "not measured: key, address, model, outage, an error of ours, or something owed that could not be asked",
}
"""What each exit code means, in the words of every report, of the help and of the README."""

_TOLD = {Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED}

Roles = Mapping[str, AbstractSet[str]]
"""The roles of the models that were named, by target."""


def exit_code(  # noqa: PLR0913  all that a run was asked and came to
    results: Sequence[Result],
    not_run: Sequence[NotRun],
    *,
    must_left_out: bool,
    stale: bool,
    exchanges: Sequence[ExchangeLine] = (),
    roles: Roles | None = None,
    named: Sequence[str] = (),
) -> int:
    """
    Return 0, 1, 5 or 6: the code of a run that came to its end. 1 wins over 6.

    `named` are the capabilities that the user named, as patterns.
    """
    if not results:
        return 5 if not not_run else 6
    if stale or any(fails(result) for result in results):
        return 1
    errors = any(result.verdict is Verdict.ERROR for result in results)
    return 6 if must_left_out or errors or unmeasured(results, exchanges, roles or {}, named) else 0


def fails(result: Result) -> bool:
    """Tell whether a result makes the run fail: a new gating deviation, or a known one that is gone."""
    if result.known is not None:
        return result.known.stale
    return result.verdict is Verdict.DEVIATES and result.gating


def unmeasured(
    results: Sequence[Result], exchanges: Sequence[ExchangeLine], roles: Roles, named: Sequence[str] = ()
) -> list[str]:
    """
    Return the capabilities that are owed, or that the user named, and of which not one check could be told.

    One whose exchanges were answered as they should be is measured: the model lacks skill, or a condition does not
    occur here.
    One that needs a role that was not named is not owed.
    """
    lines = {(line.target, line.label): line for line in exchanges}
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.target, result.capability), []).append(result)
    found = []
    for (target, capability), group in groups.items():
        asked = any(fnmatchcase(capability, pattern) or fnmatchcase(capability, f"{pattern}.*") for pattern in named)
        if any(result.verdict in _TOLD for result in group):
            continue
        if not asked and not any(result.level is Level.MUST for result in group):
            continue
        seen = [line for r in group for label in r.exchanges if (line := lines.get((target, label)))]
        if not seen or any(_answered(line) for line in seen):
            continue
        needs = {role for line in seen for role in (line.facts.roles if line.facts else [])}
        if asked or needs <= set(roles.get(target, ())):
            found.append(capability)
    return found


def _answered(line: ExchangeLine) -> bool:
    return line.status is not None and (line.facts is None or line.status in line.facts.expects)
