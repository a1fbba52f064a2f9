"""
What a change from one endpoint to another costs: what is lost, what repairs it, what changes shape, and the way back.

Lost is what conforms at the old endpoint and deviates, or is not offered, at the new one. What harms nobody (the
damage of its cause is cosmetic) is listed apart and does not count. What deviates at the old one already is not lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.causes.cause import Cause, Damage
from conformance.causes.gather import causes
from conformance.compare.app import App
from conformance.compare.capabilities import Row as Capability
from conformance.compare.capabilities import State
from conformance.compare.comparison import Comparison
from conformance.compare.needs import Need, Outcome, needs
from conformance.compare.repairs import Repair, Setting, repair_of, setting_of
from conformance.compare.shapes import Operation, shape_changes
from conformance.compare.side import Side, was_asked
from conformance.compare.unmeasured import Unmeasured, gone, unmeasured
from conformance.log.exit_code import NOT_MEASURED
from conformance.log.records import Result
from conformance.report.breaks import shown_breaks
from conformance.shapes.change import Impact
from conformance.wire.verdict import Verdict

KEPT, LOST = 0, 1


@dataclass(frozen=True, slots=True)
class Loss:
    """
    One thing that is lost: a cause at the new endpoint, or a capability that it does not offer.

    `breaks` says who breaks, where it is known, and `repair` what a client can do, where something helps.
    """

    id: str
    sentence: str
    damage: Damage
    breaks: str
    capabilities: tuple[str, ...]
    checks: tuple[str, ...]
    reason: str
    repair: Repair | None

    @property
    def counts(self) -> bool:
        """Tell whether an application loses something by it."""
        return self.damage is not Damage.COSMETIC


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration from the first side of a comparison to its second one, for one application or for everything."""

    old: Side
    new: Side
    app: App | None
    losses: tuple[Loss, ...]
    needs: tuple[Need, ...]
    unmeasured: tuple[Unmeasured, ...]
    shapes: tuple[Operation, ...]

    @property
    def lost(self) -> tuple[Loss, ...]:
        """Return what counts, the worst first."""
        return tuple(loss for loss in self.losses if loss.counts)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Return what a client changes, with the former values for a rollback."""
        found = [Setting("base_url", self.new.facts.base_url, self.old.facts.base_url, "the new endpoint")]
        for role, value in self._models().items():
            former = self.old.facts.models[role].id if role in self.old.facts.models else "none"
            if value != former:
                found.append(Setting(f"model for {role}", value, former, "the model of the new endpoint"))
        mended = {setting_of(loss.repair, loss.id): None for loss in self.lost if loss.repair}
        found += list(mended)
        return tuple(found)

    def _models(self) -> Mapping[str, str]:
        """Return the models by role: those that the application names, else those that were measured."""
        if self.app and self.app.models:
            return self.app.models
        return {role: model.id for role, model in sorted(self.new.facts.models.items())}

    @property
    def exit_code(self) -> int:
        """Return 1 if something that is used is lost, else 6 if something of it was not measured, else 0."""
        if self.lost or any(need.outcome is Outcome.LOST for need in self.needs):
            return LOST
        unknown = self.unmeasured or any(need.outcome is Outcome.UNMEASURED for need in self.needs)
        return NOT_MEASURED if unknown else KEPT

    @property
    def outcome(self) -> str:
        """Return in one sentence what it comes to."""
        what = f"what {self.app.title or 'the application'} uses" if self.app else f"what works at {self.old.name}"
        lost = len(self.lost) + sum(need.outcome is Outcome.LOST for need in self.needs)
        unknown = len(self.unmeasured) + sum(need.outcome is Outcome.UNMEASURED for need in self.needs)
        mended = sum(loss.repair is not None for loss in self.lost)
        if lost:
            repaired = f", {mended} with a repair at the client" if mended else ""
            return f"of {what}, {_things(lost)} lost{repaired}; {_things(unknown)} not measured"
        return (
            f"of {what}, nothing is lost; {_things(unknown)} not measured" if unknown else f"nothing of {what} is lost"
        )


def migration(found: Comparison, app: App | None = None) -> Migration:
    """Return what a migration from the first side to the second one costs, for an application or for all of it."""
    old, new = found.sides[:2]
    used = [row for row in found.capabilities if _is_used(row, app)]
    return Migration(
        old,
        new,
        app,
        losses=tuple(sorted(_losses(used, old, new), key=lambda loss: loss.damage)),
        needs=needs(app, new, found.parameters, found.answers[1].largest) if app else (),
        unmeasured=tuple(unmeasured(used, old, new, app, found.capabilities)),
        shapes=tuple(one for one in _shapes(found, used if app else None) if one.count(Impact.BREAKING)),
    )


def _shapes(found: Comparison, used: Sequence[Capability] | None) -> tuple[Operation, ...]:
    """Return what changed shape in the answers of some capabilities, or in all of them."""
    if used is None:
        return found.shapes[0]
    names = {row.id for row in used}
    older, newer = (
        {label: one for label, one in side.seen.items() if label.partition("/")[0] in names}
        for side in found.answers[:2]
    )
    return shape_changes(older, newer)


def _things(number: int) -> str:
    return f"{number} thing is" if number == 1 else f"{number} things are"


def _is_used(row: Capability, app: App | None) -> bool:
    if app is None:
        return row.cells[0].state is not State.UNMEASURED
    return any(fnmatchcase(row.id, glob) for glob in app.capabilities)


def _losses(used: Sequence[Capability], old: Side, new: Side) -> Iterator[Loss]:
    if old.rehearsed or new.rehearsed:
        return
    names = {row.id for row in used}
    lost = {
        check: result
        for check, result in new.results.items()
        if result.capability in names
        and gone(result, old)
        and result.edition == old.results[check].edition
        and was_asked(result, new, old)
    }
    wrong = {check for check, result in lost.items() if result.verdict is Verdict.DEVIATES}
    for cause in causes(new.run, new.facts.name):
        own = [result for result in cause.results if result.check in wrong]
        if own:
            wrong -= {result.check for result in own}
            yield _of_cause(cause, own)
    absent: dict[str, list[Result]] = {}
    for result in lost.values():
        if result.verdict is Verdict.UNSUPPORTED:
            absent.setdefault(result.capability, []).append(result)
    cells = {row.id: row.cells for row in used}
    for capability, results in absent.items():
        yield _not_offered(capability, results, whole=cells[capability][1].state is State.ABSENT)


def _of_cause(cause: Cause, own: Sequence[Result]) -> Loss:
    checks = tuple(result.check for result in own)
    return Loss(
        cause.id,
        cause.sentence,
        cause.damage,
        shown_breaks(cause),
        tuple(dict.fromkeys(result.capability for result in own)),
        checks,
        own[0].reason,
        repair_of(cause.id, checks),
    )


def _not_offered(capability: str, results: Sequence[Result], *, whole: bool) -> Loss:
    """Return what is not offered: a whole capability, or a part of one."""
    checks = tuple(result.check for result in results)
    title = results[0].title
    what = f"Not offered: {title}." if whole else f"Not offered, a part of: {title} ({len(checks)} checks)."
    return Loss(
        f"not-offered:{capability}",
        what,
        Damage.REFUSES,
        "",
        (capability,),
        checks,
        results[0].reason,
        repair_of(f"not-offered:{capability}", checks),
    )
