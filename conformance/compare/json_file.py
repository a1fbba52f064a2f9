"""Writing `compare.json`; what it holds says `document`."""

from collections.abc import Sequence

from conformance.compare import document
from conformance.compare.capabilities import Row as CapabilityRow
from conformance.compare.causes import Row as CauseRow
from conformance.compare.causes import Without
from conformance.compare.comparison import Comparison
from conformance.compare.latency import Cell
from conformance.compare.migration import Migration
from conformance.compare.shapes import Operation
from conformance.compare.side import Side
from conformance.report.tables.atlas import Refusal


def compare_json(found: Comparison, plan: Migration | None = None) -> str:
    """Return the file."""
    return written(found, plan).model_dump_json(indent=1) + "\n"


def written(found: Comparison, plan: Migration | None = None) -> document.Comparison:
    """Return the comparison as it stands in the file."""
    return document.Comparison(
        sides=[_side(side) for side in found.sides],
        verdicts=[found.verdict(number) for number in range(1, len(found.sides))],
        warnings=list(found.warnings),
        causes=[_cause(row) for row in found.causes],
        capabilities=[_capability(row, found) for row in found.capabilities],
        shapes=[
            _shapes(found.sides[number].name, operation)
            for number, operations in enumerate(found.shapes, start=1)
            for operation in operations
        ],
        parameters=[
            document.Parameter(
                endpoint=row.endpoint, parameter=row.name, fates=[told.fate for told in row.told], differs=row.differs
            )
            for row in found.parameters
        ],
        errors=[_error(row.request, row.refusals, differs=row.differs) for row in found.errors],
        latency=[
            document.Latency(operation=row.title, requests=row.requests, cells=[_times(cell) for cell in row.cells])
            for row in found.latency
        ],
        migration=_migration(plan) if plan else None,
    )


def _migration(plan: Migration) -> document.Migration:
    return document.Migration(
        app=plan.app.title if plan.app else "",
        exit_code=plan.exit_code,
        outcome=plan.outcome,
        losses=[
            document.Loss(
                id=loss.id,
                sentence=loss.sentence,
                damage=loss.damage.words,
                counts=loss.counts,
                breaks=loss.breaks,
                capabilities=list(loss.capabilities),
                checks=list(loss.checks),
                repair=loss.repair.says if loss.repair else "",
            )
            for loss in plan.losses
        ],
        needs=[document.Need(what=need.what, outcome=need.outcome, why=need.why) for need in plan.needs],
        unmeasured=list(map(str, plan.unmeasured)),
        settings=[
            document.Setting(name=one.name, value=one.value, former=one.former, why=one.why) for one in plan.settings
        ],
        breaking_shapes=[operation.title for operation in plan.shapes],
    )


def _side(side: Side) -> document.Side:
    header = side.run.header
    return document.Side(
        name=side.name,
        target=side.facts.name,
        base_url=side.facts.base_url,
        run=header.run,
        started=header.started,
        mode=side.facts.mode,
        grade=side.facts.grade,
        cut=side.run.cut,
    )


def _cause(row: CauseRow) -> document.Cause:
    first = row.first
    cells = [
        document.CauseAt(
            shows=cause is not None,
            measured=cause is not None or row.without[number] is not Without.UNMEASURED,
            words=row.words(number),
            places=cause.places if cause else 0,
            sentence=cause.sentence if cause else "",
        )
        for number, cause in enumerate(row.causes)
    ]
    return document.Cause(
        id=row.id,
        sentence=first.sentence,
        level=first.level,
        damage=first.damage.words,
        breaks=first.breaks,
        cells=cells,
    )


def _capability(row: CapabilityRow, found: Comparison) -> document.Capability:
    return document.Capability(
        id=row.id,
        title=row.title,
        differs=row.differs,
        only=[found.sides[number].name for number in row.only],
        cells=[
            document.Cell(state=cell.state, verdicts=dict(cell.verdicts), another_edition=cell.another_edition)
            for cell in row.cells
        ],
        checks=[
            document.Check(
                check=one.check,
                requirement=one.requirement,
                level=one.level,
                verdicts=[result.verdict if result else None for result in one.results],
                reasons=[result.reason if result else "" for result in one.results],
                same_edition=one.same_edition,
            )
            for one in row.differences
        ],
    )


def _shapes(to: str, operation: Operation) -> document.Shapes:
    return document.Shapes(
        to=to,
        operation=operation.title,
        exchanges=operation.answers,
        left_out=operation.left_out,
        changes=[
            document.ShapeChange(
                path=row.changed.path,
                change=row.changed.change,
                impact=row.changed.impact,
                reason=row.changed.reason,
                before=row.changed.before,
                after=row.changed.after,
                count=row.count,
                of=row.of,
                exchanges=list(row.labels),
            )
            for row in operation.rows
        ],
    )


def _error(request: str, refusals: Sequence[Refusal | None], *, differs: bool) -> document.Error:
    cells = [
        document.Refusal(
            status=one.status,
            envelope=one.envelope,
            type=one.type,
            code=one.code,
            param=one.param,
            raises=one.raises,
        )
        if one
        else None
        for one in refusals
    ]
    return document.Error(request=request, differs=differs, cells=cells)


def _times(cell: Cell) -> document.Times:
    return document.Times(
        first_byte_ms=cell.first_ms,
        total_ms=cell.total_ms,
        tokens_per_second=cell.per_second,
        beside=cell.beside,
    )
