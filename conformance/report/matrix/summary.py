"""The head of the matrix page: what came out for each target, why, and what was left out. Read at three at night."""

from collections.abc import Sequence

from conformance.report.findings import Cause, Weight
from conformance.report.html import Markup, element, join, link
from conformance.report.matrix.model import CheckRow, Matrix
from conformance.report.paths import evidence_page
from conformance.report.target_summary import Column

_FIRST_CAUSES, _MOST_CAUSES, _MOST_LISTED = 6, 30, 40


def summary(matrix: Matrix) -> Markup:
    """Return the facts of the run, a card for each target, the findings and the suspect checks."""
    return join(
        _facts(matrix),
        element("div", *map(_card, matrix.columns), class_="cards"),
        _findings(matrix),
        _suspects(matrix.suspects),
    )


def _facts(matrix: Matrix) -> Markup:
    header, footer = matrix.run.header, matrix.run.footer
    requests = f"{footer.requests} requests" if footer else "requests not counted"
    facts = [header.run, f"{header.started:%Y-%m-%d %H:%M} UTC", matrix.outcome, requests]
    tools = f"suite {header.suite}, official client {header.client}"
    return join(
        element("p", " · ".join(facts), element("br"), element("small", tools, ": ", element("code", matrix.command))),
    )


def _card(column: Column) -> Markup:
    facts = column.facts
    models = ", ".join(f"{role} {name}" for role, name in facts.models.items())
    tone = "fails" if column.failing else "passes" if column.judged else "nothing"
    new = sum(cause.weight is Weight.GATING for cause in column.causes)
    known = sum(cause.weight is Weight.KNOWN for cause in column.causes)
    return element(
        "section",
        element("h3", column.name),
        element("p", column.verdict, class_="came"),
        element("ul", *(element("li", tally.words) for tally in column.tallies if tally.total)),
        element("p", f"{_number(len(column.causes), 'cause')}: {new} new and gating, {known} known"),
        element("p", f"{_number(column.requests, 'request')}, {column.tokens:,} tokens reported", class_="soft"),
        _not_run(column),
        element("p", element("code", facts.base_url), f" · {models or 'no models'}", class_="soft"),
        element("p", f"{facts.title} · {column.dated}", class_="soft"),
        class_=f"card {tone}",
    )


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _not_run(column: Column) -> Markup:
    left = column.not_run
    if not left:
        return Markup()
    price = sum(line.tokens for line in left)
    checks = sum(line.checks for line in left)
    words = f"not run: {_number(len(left), 'exchange')} ({_number(checks, 'check')}), about {price:,} tokens"
    lines = [
        element(
            "li",
            element("code", line.id),
            f" {line.why}, about {line.tokens:,} tokens, {_number(line.checks, 'check')}",
        )
        for line in left[:_MOST_LISTED]
    ]
    return element("details", element("summary", words), element("ul", *lines), _more(len(left), _MOST_LISTED))


def _more(number: int, listed: int) -> Markup:
    return element("p", f"and {number - listed} more: see matrix.json", class_="soft") if number > listed else Markup()


def _findings(matrix: Matrix) -> Markup:
    parts = [_of_target(column) for column in matrix.columns if column.causes]
    return join(element("h2", "Findings"), *(parts or [element("p", "None.")]))


def _of_target(column: Column) -> Markup:
    causes = column.causes[:_MOST_CAUSES]
    first, rest = causes[:_FIRST_CAUSES], causes[_FIRST_CAUSES:]
    more = (
        element("details", element("summary", f"{len(rest)} more of {column.name}"), _causes(rest))
        if rest
        else Markup()
    )
    words = join(element("strong", column.name), f": {_number(len(column.causes), 'cause')}, {column.verdict}")
    left = _more(len(column.causes), _MOST_CAUSES)
    return element("details", element("summary", words), _causes(first), more, left, open=True)


def _causes(causes: Sequence[Cause]) -> Markup:
    head = [element("th", word) for word in ("weight", "finding", "places", "what was seen first")]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *map(_cause, causes)),
        class_="causes",
    )


def _cause(cause: Cause) -> Markup:
    first = cause.first
    words = _cut(cause.id, 120)
    id_ = link(evidence_page(first.target, first.exchanges[0]), words) if first.exchanges else words
    # An error has no finding: its id is its message, which then need not be said twice.
    message = first.check if cause.message == cause.id else cause.message
    accepted = element("small", f" Known {_cut(cause.accepted, 240)}") if cause.accepted else Markup()
    return element(
        "tr",
        element(
            "td", element("span", cause.weight.value, class_=f"mark {cause.weight.value}", title=cause.weight.meaning)
        ),
        element("td", element("code", id_)),
        element("td", _number(cause.places, "place"), title=f"seen by {_number(cause.checks, 'check')}"),
        element("td", element("span", first.level.value.upper(), class_="level"), f" {_cut(message, 240)}", accepted),
    )


def _cut(text: str, longest: int) -> str:
    return f"{text[:longest]}…" if len(text) > longest else text


def _suspects(suspects: Sequence[CheckRow]) -> Markup:
    if not suspects:
        return Markup()
    words = f"{_number(len(suspects), 'suspect check')}: no target that answered conforms to it"
    lines = [
        element("li", element("code", check.id), f" ({_number(len(check.cases), 'case')}) {check.requirement}")
        for check in suspects[:_MOST_LISTED]
    ]
    hint = element("p", "A check that no target meets is the suite's mistake until shown otherwise.", class_="soft")
    return element(
        "details", element("summary", words), hint, element("ul", *lines), _more(len(suspects), _MOST_LISTED)
    )
