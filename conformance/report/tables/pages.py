"""The tables beside the matrix, in its three forms: the atlas of errors and the truth table of parameters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import htpy as h
from htpy import Node
from markupsafe import Markup

from conformance.log.records import Run, TargetFacts
from conformance.report.evidence.source import Proof
from conformance.report.html import link, markup
from conformance.report.matrix.markdown import code
from conformance.report.paths import evidence_page
from conformance.report.tables.atlas import Atlas, Refusal, atlases
from conformance.report.tables.parameters import Fate, Parameter, Told, parameters

_HEADS = ("wrong request", "status", "envelope", "type", "code", "param", "asked again", "leak", "the client raises")
_CLASSES = {
    Fate.BROKEN: "deviates",
    Fate.IGNORED: "deviates",
    Fate.PARTLY: "deviates",
    Fate.REJECTED: "unsupported",
    Fate.HONOURED: "conforms",
    Fate.UNSEEN: "inconclusive",
    Fate.UNMEASURED: "none",
}
_SAID = {0, 2, 3, 4, 5}
"""The columns that hold what an endpoint sent."""

_WORDS = {True: "yes", False: "no", None: "-"}
_LONGEST = 240
_ATLAS = (
    "What came of requests that are wrong. The client is OpenAI's official one: whether it asks again by itself, and "
    "which exception it raises."
)
_PARAMETERS = (
    "Measured against the same request without the parameter, never by acceptance alone. Partly: honoured in one form "
    "and not in another, or in part."
)


@dataclass(frozen=True, slots=True)
class Tables:
    """Both tables of a run. Empty ones are left out of every form."""

    targets: tuple[TargetFacts, ...]
    atlases: tuple[Atlas, ...]
    parameters: tuple[Parameter, ...]


def tables(run: Run, proved: Sequence[Proof]) -> Tables:
    """Return the tables of a run; `proved` are its exchanges with their recordings."""
    return Tables(tuple(run.header.targets), atlases(run, proved), parameters(run))


def tables_html(found: Tables) -> Markup:
    """Return the sections of the page."""
    return markup(h.fragment[_parameters_html(found), _atlases_html(found)])


def _parameters_html(found: Tables) -> Node:
    if not found.parameters:
        return None
    names = [
        h.th(scope="col")[facts.column, h.small[sums]] for facts, sums in zip(found.targets, _sums(found), strict=True)
    ]
    rows: list[Node] = []
    for number, row in enumerate(found.parameters):
        if number == 0 or row.endpoint != found.parameters[number - 1].endpoint:
            rows.append(h.tr[h.th(colspan=len(names) + 1, class_="endpoint")[row.endpoint]])
        cells = [_told_html(facts.name, told) for facts, told in zip(found.targets, row.told, strict=True)]
        rows.append(h.tr[h.th(scope="row")[h.code[row.name]], *cells])
    head = h.thead[h.tr[h.th(scope="col")["parameter"], *names]]
    return h.fragment[
        h.h2(id="parameters")["Parameters"],
        h.p(class_="soft")[_PARAMETERS],
        h.div(class_="wide", tabindex=0)[h.table(class_="facts")[head, h.tbody[rows]]],
    ]


def _sums(found: Tables) -> list[str]:
    """Return for each target how many parameters had which fate; the parts add up."""
    columns = zip(*(row.told for row in found.parameters), strict=True)
    counted = [Counter(told.fate for told in column) for column in columns]
    order = (Fate.HONOURED, *(fate for fate in Fate if fate is not Fate.HONOURED))
    return [", ".join(f"{count[fate]} {fate.value}" for fate in order if count[fate]) for count in counted]


def _told_html(target: str, told: Told) -> Node:
    words = link(evidence_page(target, told.exchange), told.fate.value) if told.exchange else told.fate.value
    return h.td(class_=_CLASSES[told.fate], title=told.reason[:_LONGEST] or None)[words]


def _atlases_html(found: Tables) -> Node:
    if not found.atlases:
        return None
    parts = [_atlas_html(atlas, alone=len(found.atlases) == 1) for atlas in found.atlases]
    return h.fragment[h.h2(id="errors")["Errors"], h.p(class_="soft")[_ATLAS], *parts]


def _atlas_html(atlas: Atlas, *, alone: bool) -> Node:
    head = h.thead[h.tr[(h.th(scope="col")[word] for word in _HEADS)]]
    rows = [_refusal_html(atlas.target, refusal) for refusal in atlas.refusals]
    table = h.div(class_="wide", tabindex=0)[h.table(class_="facts")[head, h.tbody[rows]]]
    words = h.fragment[h.strong[atlas.column], f": {_summary(atlas)}"]
    return h.details(open=alone)[h.summary[words], table]


def _refusal_html(target: str, refusal: Refusal) -> Node:
    name = h.code[link(evidence_page(target, refusal.request), refusal.request)]
    good = refusal.status is None or refusal.envelope in {"ok", "answered"}
    return h.tr[
        h.th(scope="row", title=refusal.about or None)[name],
        h.td[_status(refusal)],
        h.td(class_=None if good else "inconclusive")[refusal.envelope],
        *(h.td[h.code[value]] for value in (refusal.type, refusal.code, refusal.param)),
        h.td(class_="inconclusive" if refusal.again else None)[_WORDS[refusal.again]],
        h.td(class_=None if refusal.leak in {"none", "-"} else "deviates")[refusal.leak],
        h.td[refusal.raises],
    ]


def _status(refusal: Refusal) -> str:
    return "-" if refusal.status is None else str(refusal.status)


def _summary(atlas: Atlas) -> str:
    answered = [refusal for refusal in atlas.refusals if refusal.status is not None]
    refused = [refusal for refusal in answered if (refusal.status or 0) >= 400]
    good = sum(refusal.envelope == "ok" for refusal in refused)
    again = sum(refusal.again is True for refusal in refused)
    leaks = sum(refusal.leak not in {"none", "-"} for refusal in atlas.refusals)
    return (
        f"{len(refused)} of {len(answered)} wrong requests are refused, {good} of them in the documented shape, "
        f"{again} in a way that makes the client ask again; {leaks} answers leak"
    )


def tables_json(found: Tables) -> dict[str, Any]:
    """Return the tables as JSON values, by the name of the column."""
    names = [facts.column for facts in found.targets]
    made: dict[str, Any] = {
        "parameters": [_parameter_json(row, names) for row in found.parameters],
        "errors": {atlas.column: [_refusal_json(atlas, one) for one in atlas.refusals] for atlas in found.atlases},
    }
    return {name: table for name, table in made.items() if table}


def _parameter_json(row: Parameter, names: Sequence[str]) -> dict[str, Any]:
    cells = {
        name: {"fate": told.fate.value, "reason": told.reason, "exchange": told.exchange}
        for name, told in zip(names, row.told, strict=True)
    }
    return {"endpoint": row.endpoint, "parameter": row.name, "cells": cells}


def _refusal_json(atlas: Atlas, refusal: Refusal) -> dict[str, Any]:
    return {
        "request": refusal.request,
        "status": refusal.status,
        "envelope": refusal.envelope,
        "type": refusal.type,
        "code": refusal.code,
        "param": refusal.param,
        "retryable": refusal.again,
        "leak": refusal.leak,
        "raises": refusal.raises,
        "evidence": evidence_page(atlas.target, refusal.request),
    }


def tables_markdown(found: Tables) -> str:
    """Return the sections of the document, or nothing."""
    parts: list[str] = []
    if found.parameters:
        names = [_code(facts.column) for facts in found.targets]
        rows = [
            [_code(f"{row.endpoint}: {row.name}"), *(told.fate.value for told in row.told)] for row in found.parameters
        ]
        parts += ["## Parameters", _table(["parameter", *names], [["all", *_sums(found)], *rows])]
    if found.atlases:
        parts.append("## Errors")
        for atlas in found.atlases:
            rows = [[_code(t) if n in _SAID else t for n, t in enumerate(_texts(r))] for r in atlas.refusals]
            parts += [f"{_code(atlas.column)}: {_summary(atlas)}.", _table(_HEADS, rows)]
    return "\n\n".join(parts)


def _texts(refusal: Refusal) -> tuple[str, ...]:
    told = (refusal.envelope, refusal.type, refusal.code, refusal.param)
    return (refusal.request, _status(refusal), *told, _WORDS[refusal.again], refusal.leak, refusal.raises)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _code(text: str) -> str:
    return code(text, in_table=True)
