"""
The matrix as JSON, for other programs. Keys are sorted, rows are in the order of their ids, targets in the run's order.

    format        1; a change that breaks readers raises it
    run           id, suite, client, started, exit_code (null: cut), cut, requests, command, warnings
    targets       one object for each column: name (of the column), target, title, base_url, models, mode, grade, date,
                  outcome, requests, tokens, levels, causes, not_run
        levels    by level: total, and the number of results of each verdict
        causes    finding, weight, places, checks, level, message, check, evidence; the heaviest first
        not_run   id, why, tokens, checks
    capabilities  id, title, level, checks, and cells by column: verdict, and the number of results of each verdict
        checks    id, requirement, source, level, cases
        cases     check, case, and cells by column: verdict, reason, note, findings, gating, fails,
                  known, exchanges, evidence
    suspects      ids of the cases that at least two targets answered and none met
    parameters    endpoint, parameter, and cells by column: fate, reason, exchange; absent when nothing was measured
    errors        by column, what came of each wrong request: request, status, envelope, type, code, param, retryable,
                  leak, raises, evidence; absent when nothing wrong was asked

`evidence` is the path of a page below the run's folder. A target without a result has no key in `cells`.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from conformance.log.records import Result
from conformance.report.findings import Cause, Weight, weigh
from conformance.report.matrix.model import CapabilityRow, CaseRow, Cell, CheckRow, Matrix
from conformance.report.paths import evidence_page
from conformance.report.target_summary import Column


def matrix_json(matrix: Matrix, more: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return the document, with more members."""
    run = matrix.run
    names = [column.name for column in matrix.columns]
    document = {
        "format": 1,
        "run": {
            "id": run.header.run,
            "suite": run.header.suite,
            "client": run.header.client,
            "started": run.header.started.isoformat(),
            "exit_code": run.footer.exit_code if run.footer else None,
            "cut": run.cut,
            "requests": run.footer.requests if run.footer else None,
            "command": matrix.command,
            "warnings": list(matrix.warnings),
        },
        "targets": [_column(column) for column in matrix.columns],
        "capabilities": [_capability(row, names) for row in matrix.capabilities],
        "suspects": [case.check for check in matrix.suspects for case in check.cases],
    }
    return json.dumps({**document, **more}, indent=1, sort_keys=True) + "\n"


def _column(column: Column) -> dict[str, Any]:
    facts = column.facts
    return {
        "name": column.name,
        "target": facts.name,
        "title": facts.title,
        "base_url": facts.base_url,
        "models": facts.models,
        "mode": facts.mode,
        "grade": facts.grade,
        "date": column.date,
        "outcome": column.verdict,
        "requests": column.requests,
        "tokens": column.tokens,
        "levels": {tally.level.value: {"total": tally.total, **tally.verdicts} for tally in column.tallies},
        "causes": [_cause(cause) for cause in column.causes],
        "not_run": [line.model_dump(mode="json", exclude={"type", "target"}) for line in column.not_run],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "finding": cause.id,
        "weight": cause.weight.value,
        "places": cause.places,
        "checks": cause.checks,
        "level": cause.first.level.value,
        "message": cause.message,
        "check": cause.first.check,
        "evidence": _evidence(cause.first),
    }


def _evidence(result: Result) -> list[str]:
    return [evidence_page(result.target, label) for label in result.exchanges]


def _capability(row: CapabilityRow, names: list[str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "level": row.level.value,
        "cells": {name: _cell(cell) for name, cell in zip(names, row.cells, strict=True) if cell},
        "checks": [_check(check, names) for check in row.checks],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"verdict": cell.verdict.value, **{verdict.value: n for verdict, n in cell.verdicts.items() if n}}


def _check(check: CheckRow, names: list[str]) -> dict[str, Any]:
    return {
        "id": check.id,
        "requirement": check.requirement,
        "source": check.source,
        "level": check.level.value,
        "cases": [_case(case, names) for case in check.cases],
    }


def _case(case: CaseRow, names: list[str]) -> dict[str, Any]:
    results = zip(names, case.results, strict=True)
    return {
        "check": case.check,
        "case": case.case,
        "cells": {name: _result(result) for name, result in results if result},
    }


def _result(result: Result) -> dict[str, Any]:
    weight = weigh(result)
    return {
        "verdict": result.verdict.value,
        "reason": result.reason,
        "note": result.note,
        "findings": result.findings,
        "gating": result.gating,
        "fails": weight is not None and weight not in {Weight.OTHER, Weight.KNOWN},
        "known": result.known.model_dump(mode="json") if result.known else None,
        "exchanges": result.exchanges,
        "evidence": _evidence(result),
    }
