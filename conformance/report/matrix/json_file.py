"""Writing `matrix.json`; what it holds says `document`."""

from collections.abc import Mapping, Sequence

from conformance.causes.cause import Cause, Weight, weigh
from conformance.causes.refused import Refused
from conformance.log.records import ExchangeLine, Result, Run
from conformance.log.sums import dollars_of
from conformance.report.matrix import document
from conformance.report.matrix.model import CapabilityRow, CaseRow, CheckRow, Matrix
from conformance.report.paths import proof_page
from conformance.report.tables.document import Tables
from conformance.report.target_summary import Column

NO_TABLES = Tables()
Lines = Mapping[tuple[str, str], ExchangeLine]


def matrix_json(matrix: Matrix, tables: Tables = NO_TABLES) -> str:
    """Return the file in one line, a third shorter than indented, with the tables beside the matrix."""
    names = [column.name for column in matrix.columns]
    lines = {(line.target, line.label): line for line in matrix.run.exchanges}
    written = document.MatrixDocument(
        run=_run(matrix),
        targets=[_column(column, matrix.run) for column in matrix.columns],
        capabilities=[_capability(row, names, matrix.run, lines) for row in matrix.capabilities],
        suspects=[case.check for check in matrix.suspects for case in check.cases],
        parameters=tables.parameters,
        errors=tables.errors,
    )
    return written.model_dump_json() + "\n"


def _run(matrix: Matrix) -> document.Run:
    header, footer = matrix.run.header, matrix.run.footer
    return document.Run(
        id=header.run,
        suite=header.suite,
        client=header.client,
        started=header.started,
        exit_code=footer.exit_code if footer else None,
        cut=matrix.run.cut,
        requests=footer.requests if footer else None,
        command=matrix.command,
        warnings=list(matrix.warnings),
    )


def _column(column: Column, run: Run) -> document.Target:
    facts = column.facts
    return document.Target(
        name=column.name,
        target=facts.name,
        title=facts.title,
        base_url=facts.base_url,
        models={role: list(model.ids) for role, model in facts.models.items()},
        mode=facts.mode,
        grade=facts.grade,
        date=column.date,
        outcome=column.verdict,
        requests=column.requests,
        tokens=column.tokens,
        dollars=column.dollars,
        levels={tally.level: document.Tally(total=tally.total, verdicts=tally.verdicts) for tally in column.tallies},
        causes=[_cause(cause, run) for cause in column.causes],
        not_offered=[_not_offered(one, run) for one in column.refused],
        not_run=[
            document.NotRun(id=line.id, why=line.why, tokens=line.tokens, checks=line.checks) for line in column.not_run
        ],
    )


def _not_offered(one: Refused, run: Run) -> document.NotOffered:
    return document.NotOffered(
        what=one.what,
        checks=one.checks,
        needed_for=list(one.needed_for),
        exchange=one.label,
        evidence=[proof_page(run, one.target, one.label)] if one.label else [],
    )


def _cause(cause: Cause, run: Run) -> document.Cause:
    return document.Cause(
        finding=cause.id,
        weight=cause.weight,
        places=cause.places,
        checks=cause.checks,
        level=cause.level,
        sort=cause.sort.value,
        sentence=cause.sentence,
        damage=cause.damage.words,
        breaks=cause.breaks,
        clients=[document.Client(**one.model_dump(include=set(document.Client.model_fields))) for one in cause.clients],
        proof=cause.proof,
        exchanges=list(cause.labels),
        message=cause.message,
        check=cause.first.check,
        evidence=[proof_page(run, cause.first.target, label) for label in cause.first.exchanges],
    )


def _capability(row: CapabilityRow, names: Sequence[str], run: Run, lines: Lines) -> document.Capability:
    cells = {
        name: document.Cell(verdict=cell.verdict, verdicts={verdict: n for verdict, n in cell.verdicts.items() if n})
        for name, cell in zip(names, row.cells, strict=True)
        if cell
    }
    checks = [_check(check, names, run, lines) for check in row.checks]
    return document.Capability(id=row.id, title=row.title, level=row.level, cells=cells, checks=checks)


def _check(check: CheckRow, names: Sequence[str], run: Run, lines: Lines) -> document.Check:
    return document.Check(
        id=check.id,
        requirement=check.requirement,
        source=check.source,
        level=check.level,
        cases=[_case(case, names, run, lines) for case in check.cases],
    )


def _case(case: CaseRow, names: Sequence[str], run: Run, lines: Lines) -> document.Case:
    results = zip(names, case.results, strict=True)
    return document.Case(
        check=case.check,
        case=case.case,
        cells={name: _result(result, run, lines) for name, result in results if result},
    )


def _result(result: Result, run: Run, lines: Lines) -> document.Result:
    weight = weigh(result)
    own = [line for label in dict.fromkeys(result.exchanges) if (line := lines.get((result.target, label)))]
    return document.Result(
        verdict=result.verdict,
        reason=result.reason,
        note=result.note,
        findings=result.findings,
        gating=result.gating,
        fails=weight in {Weight.GATING, Weight.STALE},
        known=result.known,
        samples=result.samples,
        confirmed=result.confirmed,
        flaky=result.flaky,
        exchanges=result.exchanges,
        evidence=[proof_page(run, result.target, label) for label in result.exchanges],
        tokens=sum(line.tokens or 0 for line in own),
        dollars=dollars_of(own),
    )
