"""The checklist of each target that is not on this machine, and what its account says: a section of the matrix."""

from collections.abc import Iterator, Mapping, Sequence

import htpy as h
from htpy import Node
from markupsafe import Markup

from conformance.log.account import Account, HeldEntry
from conformance.log.records import Run, TargetFacts
from conformance.operations.checklist import StepOfRun, Ticked, checklist
from conformance.operations.models import named
from conformance.report.html import facts_table, link, markup
from conformance.report.markdown import code, table, words
from conformance.report.operations.requests import REQUESTS, Requests
from conformance.targets.url import is_local

_CLASSES = {Ticked.DONE: "conforms", Ticked.FAILED: "deviates", Ticked.PERSON: "inconclusive"}
_BOXES = {Ticked.DONE: "[x]", Ticked.FAILED: "[ ] **failed**", Ticked.PERSON: "[ ]"}
_STANDINGS = {
    "agrees": "agree with `usage`",
    "differs": "differ from it",
    "missing": "missing in the log",
    "untold": "could not be compared",
}
_SHOWN = 20
_HEADS = ("exchange", "usage", "the vendor's log", "what comes of it")
TITLE = "Before traffic goes over this route"


def of_run(run: Run) -> list[TargetFacts]:
    """Return the targets that have a checklist: those at a vendor, and those whose account was asked."""
    asked = {one.target for one in run.accounts}
    return [facts for facts in run.header.targets if facts.name in asked or not _local(facts)]


def _local(facts: TargetFacts) -> bool:
    return is_local(facts.rehearsed.base_url if facts.rehearsed else facts.base_url)


def operations_html(run: Run, asked: Mapping[str, Requests]) -> Markup:
    """Return the section, or nothing where no target has a checklist. `asked`: what was recorded, by target."""
    parts = [
        h.fragment[
            h.h3[facts.column],
            _steps_html(checklist(run, facts)),
            _account_html(run, facts, asked.get(facts.name, Requests())),
        ]
        for facts in of_run(run)
    ]
    return markup(h.fragment[h.h2[TITLE], parts]) if parts else Markup()


def _steps_html(rows: Sequence[StepOfRun]) -> Node:
    items = [
        h.li[
            h.span(class_=f"mark {_CLASSES[row.ticked]}")[row.ticked.value],
            f" {row.step.title}: ",
            row.says,
            h.br,
            h.code[row.command],
        ]
        for row in rows
    ]
    return h.ol[items]


def _account_html(run: Run, facts: TargetFacts, asked: Requests) -> Node:
    account = run.account(facts.name)
    said = [h.p[line] for line in _sentences(account, facts, asked)]
    shown = _rows(account) if account else []
    below = h.p[link(REQUESTS, REQUESTS)] if asked.spent else None
    return h.fragment[said, facts_table(_HEADS, shown) if shown else None, below]


def operations_markdown(run: Run, asked: Mapping[str, Requests]) -> str:
    """Return the same for `matrix.md`."""
    found = of_run(run)
    return "\n".join([f"## {TITLE}", "", *_lines(run, found, asked), ""]) if found else ""


def _lines(run: Run, found: Sequence[TargetFacts], asked: Mapping[str, Requests]) -> Iterator[str]:
    for facts in found:
        yield from (f"### {words(facts.column)}", "")
        for number, row in enumerate(checklist(run, facts), 1):
            yield f"{number}. {_BOXES[row.ticked]} {words(row.step.title)}: {code(row.says)} {code(row.command)}"
        yield ""
        account = run.account(facts.name)
        for line in _sentences(account, facts, asked.get(facts.name, Requests())):
            yield from (words(line), "")
        if shown := _rows(account) if account else []:
            rows = ([code(cell, in_table=True) for cell in row] for row in shown)
            yield from (table(list(map(words, _HEADS)), rows), "")


def _sentences(account: Account | None, facts: TargetFacts, asked: Requests) -> Iterator[str]:
    """Yield what the models of the run, the account, and the requests for a person come to."""
    if asked.models:
        models = ". ".join(one.words for one in named(facts, asked.models, asked.spent))
        yield f"The endpoint lists {len(asked.models)} models. {models}."
    if account is not None:
        yield _told(account)
    if asked.spent:
        yield f"{len(asked.spent)} requests that name a model stand in {REQUESTS}, with their ids, times and tokens."


def _told(account: Account) -> str:
    """Return in one line what the account says."""
    counted = {words: sum(one.standing == name for one in account.held) for name, words in _STANDINGS.items()}
    said = ", ".join(f"{words}: {count}" for words, count in counted.items() if count)
    log = (
        account.log
        or f"Of the vendor's log {account.entries} entries were read; of the responses: {said or 'none to compare'}"
    )
    quota = account.quota
    left = f" Of the key's quota {quota.used or 0:,.10g} is used, {quota.available or 0:,.10g} left." if quota else ""
    totals = "".join(f" {one}." for one in account.totals)
    trouble = f" The quota: {account.quota_trouble}." if account.quota_trouble else ""
    return f"{log[:1].upper()}{log[1:]}.{totals}{left}{trouble}"


def _rows(account: Account) -> list[tuple[str, str, str, str]]:
    """Return what does not agree, the differences first; what agrees is in the log of the run."""
    order = {"differs": 0, "missing": 1, "untold": 2}
    found = sorted((one for one in account.held if one.standing in order), key=lambda one: order[one.standing])
    return [_row(one) for one in found[:_SHOWN]]


def _row(one: HeldEntry) -> tuple[str, str, str, str]:
    entry = one.logged
    logged = f"{entry.model} {_tokens(entry.input, entry.output)} cost {_number(entry.cost)}" if entry else "-"
    ours = f"{' / '.join(one.spent.models)} {_tokens(one.spent.input, one.spent.output)}"
    return one.spent.exchange, ours, logged, f"{one.standing}: {one.says}"


def _tokens(sent: int | None, received: int | None) -> str:
    return f"{_number(sent)} + {_number(received)}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:,.10g}"
