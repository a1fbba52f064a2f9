"""The head of the matrix page: what came out for each target, why, and what was left out. Read at three at night."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.causes.cause import Cause, Weight
from conformance.log.records import Run
from conformance.report.again import commands
from conformance.report.html import link
from conformance.report.matrix.cause_table import cause_table, refused_table
from conformance.report.matrix.model import CheckRow, Matrix
from conformance.report.target_summary import Column
from conformance.targets.model import shown

_FIRST_CAUSES, _MOST_LISTED, _MOST_DETAILED = 40, 40, 80


def summary(matrix: Matrix) -> Node:
    """Return the facts of the run, a card for each target, the findings and the suspect checks."""
    cards = [_card(column) for column in matrix.columns]
    return h.fragment[_facts(matrix), h.div(class_="cards")[cards], _findings(matrix), _suspects(matrix.suspects)]


def _facts(matrix: Matrix) -> Node:
    header, footer = matrix.run.header, matrix.run.footer
    requests = f"{footer.requests} requests" if footer else "requests not counted"
    facts = [header.run, f"{header.started:%Y-%m-%d %H:%M} UTC", matrix.outcome, requests]
    tools = f"suite {header.suite}, official client {header.client}"
    return h.fragment[
        h.p[" · ".join(facts), " · ", link("shapes.html", "shapes of the responses")],
        h.details[h.summary[h.small[tools, ", its command"]], h.p[h.code[matrix.command]]],
    ]


def _card(column: Column) -> Node:
    facts = column.facts
    models = ", ".join(f"{role} {name}" for role, name in shown(facts.models).items())
    tone = "fails" if column.failing else "passes" if column.judged else "nothing"
    new = sum(cause.weight is Weight.GATING for cause in column.causes)
    known = sum(cause.weight is Weight.KNOWN for cause in column.causes)
    return h.section(class_=f"card {tone}")[
        h.h3[column.name],
        h.p(class_="came")[column.verdict],
        h.ul[[h.li[tally.words] for tally in column.tallies if tally.total]],
        h.p[f"{_number(len(column.causes), 'cause')}: {new} new and gating, {known} known"],
        h.p(class_="soft")[f"{_number(column.requests, 'request')}, {column.took}"],
        h.p[column.clients] if column.clients else None,
        _not_run(column),
        h.p(class_="soft")[h.code[facts.base_url], f" · {models or 'no models'}"],
        h.p(class_="soft")[f"{facts.title} · {column.dated}"],
    ]


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _not_run(column: Column) -> Node:
    left = column.not_run
    if not left:
        return None
    price = sum(line.tokens for line in left)
    checks = sum(line.checks for line in left)
    words = f"not run: {_number(len(left), 'exchange')} ({_number(checks, 'check')}), about {price:,} tokens"
    lines = [
        h.li[h.code[line.id], f" {line.why}, about {line.tokens:,} tokens, {_number(line.checks, 'check')}"]
        for line in left[:_MOST_LISTED]
    ]
    return h.details[h.summary[words], h.ul[lines], _more(len(left), _MOST_LISTED)]


def _more(number: int, listed: int) -> Node:
    return h.p(class_="soft")[f"and {number - listed} more: see matrix.json"] if number > listed else None


def _findings(matrix: Matrix) -> Node:
    most = max(6, _FIRST_CAUSES // (len(matrix.columns) or 1))
    parts = [_of_target(matrix, column, most) for column in matrix.columns if column.causes or column.refused]
    return h.fragment[h.h2["Findings"], *(parts or [h.p["None."]])]


def _of_target(matrix: Matrix, column: Column, most: int) -> Node:
    """Return the causes of one target: so many with all that is known of them, then the others, folded."""
    unclear = {Weight.ERROR, Weight.UNMEASURED}
    causes = [cause for cause in column.causes if cause.weight not in unclear]
    first, rest = causes[:most], causes[most:]
    short = len(causes) > _MOST_DETAILED or most < _FIRST_CAUSES // 2  # so that the index stays small
    again = commands(matrix.run, causes)
    folded = cause_table(matrix.run, rest, {} if short else again, detailed=not short)
    more = h.details[h.summary[f"{len(rest)} more of {column.name}"], folded] if rest else None
    words = h.fragment[h.strong[column.name], f": {_number(len(causes), 'cause')}, {column.verdict}"]
    left = [cause for cause in column.causes if cause.weight in unclear]
    table = cause_table(matrix.run, first, again, detailed=True) if first else None
    refused, unmeasured = refused_table(matrix.run, column, most), _not_measured(matrix.run, column, left, most)
    return h.details(open=True)[h.summary[words], table, more, refused, unmeasured, _unclear(column)]


def _not_measured(run: Run, column: Column, left: Sequence[Cause], most: int) -> Node:
    """Return what could not be measured, apart from what is wrong."""
    if not left:
        return None
    words = f"not measured at {column.name}: {_number(len(left), 'reason')}"
    shown = cause_table(run, left[:most], {}, detailed=False)
    return h.details[h.summary[words], shown, _more(len(left), most)]


def _unclear(column: Column) -> Node:
    return [h.p(class_="soft")[f"{words}."] for words in column.unclear.words]


def _suspects(suspects: Sequence[CheckRow]) -> Node:
    if not suspects:
        return None
    words = f"{_number(len(suspects), 'suspect check')}: no target that answered conforms to it"
    lines = [
        h.li[h.code[check.id], f" ({_number(len(check.cases), 'case')}) {check.requirement}"]
        for check in suspects[:_MOST_LISTED]
    ]
    hint = h.p(class_="soft")["A check that no target meets is the suite's mistake until shown otherwise."]
    return h.details[h.summary[words], hint, h.ul[lines], _more(len(suspects), _MOST_LISTED)]
