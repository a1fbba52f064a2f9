"""The tables beside the matrix: the atlas of errors and the truth table of parameters."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.log.records import ExchangeLine, Run
from conformance.plan import loader
from conformance.report.evidence.source import proofs
from conformance.report.matrix.model import matrix
from conformance.report.matrix.page import matrix_html
from conformance.report.tables.atlas import Refusal, atlases
from conformance.report.tables.document import Tables, tables_json
from conformance.report.tables.facts import tables
from conformance.report.tables.html import tables_html
from conformance.report.tables.markdown import tables_markdown
from conformance.report.tables.parameters import Fate, parameters
from conformance.report.write import write
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs
from tests.pages import Elements

GOOD = {"message": "No such model.", "type": "invalid_request_error", "param": None, "code": "model_not_found"}


def asked(
    folder: Path, body: bytes, status: int = 400, headers: tuple[tuple[str, str], ...] = (), **changes: Any
) -> Run:
    """Return a run with the answer to one wrong request."""
    facts = {"id": "errors.unknown_model/unknown_model", "invalid": True, **changes}
    answer = runs.json_answer(body, status=status, headers=(("content-type", "application/json"), *headers))
    return runs.run(folder, [runs.target()], [runs.recorded(folder, answer, **facts)])


def refused(folder: Path, body: bytes, status: int = 400, headers: tuple[tuple[str, str], ...] = ()) -> Refusal:
    run = asked(folder, body, status, headers)
    ((found,),) = [atlas.refusals for atlas in atlases(run, proofs(run))]
    return found


def of(error: Any) -> bytes:
    return json.dumps({"error": error}).encode()


@pytest.mark.parametrize(
    ("body", "envelope"),
    [
        (of(GOOD), "ok"),
        (b"[" + of(GOOD) + b"]", "an array"),
        (of("Not Found"), "error is 'Not Found'"),
        (b'{"detail": "Not Found"}', "no error"),
        (b"<html>", "no JSON: application/json"),
        (of({"message": "m", "type": "t", "code": 400}), "no param; no string: code"),
        (of({**GOOD, "type": None}), "no string: type"),
    ],
)
def test_the_envelope_is_told_in_a_few_words(tmp_path: Path, body: bytes, envelope: str) -> None:
    assert refused(tmp_path, body).envelope == envelope


def test_what_an_error_says_stands_in_its_row(tmp_path: Path) -> None:
    found = refused(tmp_path, of({**GOOD, "param": ""}), 404)
    assert (found.request, found.status) == ("errors.unknown_model/unknown_model", 404)
    assert (found.type, found.code, found.param) == ("invalid_request_error", "model_not_found", '""')
    assert (found.again, found.leak, found.raises) == (False, "none", "NotFoundError")


def test_an_error_with_200_raises_nothing_and_is_told(tmp_path: Path) -> None:
    found = refused(tmp_path, of(GOOD), 200)
    assert (found.envelope, found.raises) == ("an error, with status 200", "no exception")
    assert refused(tmp_path, b'{"choices": []}', 200).envelope == "answered"


def test_what_was_asked_again_says_so(tmp_path: Path) -> None:
    found = refused(tmp_path, of(GOOD), 503)
    assert (found.again, found.raises) == (True, "InternalServerError")
    assert refused(tmp_path, of(GOOD), 503, (("x-should-retry", "false"),)).again is False


@pytest.mark.parametrize(
    ("message", "leak"),
    [
        ('File "/srv/app.py", line 7, in handle', "stack trace"),
        (f"Upstream refused AIza{'a1B2c3D' * 5}", "a key"),
        ("no route to gateway.models.svc.cluster.local", "host"),
        ("Use sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "none"),
    ],
)
def test_leaks_are_named_and_not_repeated(tmp_path: Path, message: str, leak: str) -> None:
    run = asked(tmp_path, of({**GOOD, "message": message}))
    found = tables(run, proofs(run))
    assert found.atlases[0].refusals[0].leak == leak
    assert message not in tables_html(found) + tables_markdown(found) + tables_json(found).model_dump_json()


def test_a_request_that_was_not_sent_says_so(tmp_path: Path) -> None:
    line = ExchangeLine(target="alpha", id="errors.unknown_path/unsupported_method", ending=Ending.UNSENT, invalid=True)
    run = runs.run(tmp_path, [runs.target()], [line])
    (found,) = atlases(run, proofs(run))[0].refusals
    assert (found.status, found.envelope, found.again, found.raises) == (None, "not sent", None, "-")


def test_only_what_is_invalid_on_purpose_is_in_the_atlas(tmp_path: Path) -> None:
    run = asked(tmp_path, of(GOOD), invalid=False)
    assert atlases(run, proofs(run)) == ()


def test_an_exchange_that_must_be_refused_says_that_it_is_invalid() -> None:
    refused_only = [
        spec for spec in loader.load_specs() if all(min(spec.expected(case)) >= 400 for case in spec.cases or ("",))
    ]
    assert [spec.id for spec in refused_only if not spec.invalid] == []
    assert len(refused_only) >= 30


TEMPERATURE = "chat/completions: temperature"


def told(folder: Path, verdict: Verdict, status: int = 200, **changes: Any) -> Fate:
    """Return what became of `temperature` when its check ended so."""
    check = "params.temperature/random_number_at_zero/temperature_is_used"
    exchange = "params.temperature/random_number_at_zero"
    line = ExchangeLine(target="alpha", id=exchange, ending=Ending.COMPLETE, status=status)
    facts = {"check": check, "exchanges": ["params.temperature/random_number", exchange], "parameter": TEMPERATURE}
    found = parameters(runs.run(folder, [runs.target()], [line, runs.result(verdict, **{**facts, **changes})]))
    return next((row.told[0].fate for row in found if row.name == "temperature"), Fate.UNMEASURED)


@pytest.mark.parametrize(
    ("verdict", "status", "findings", "fate"),
    [
        (Verdict.CONFORMS, 200, [], Fate.HONOURED),
        (Verdict.DEVIATES, 200, ["ignored:temperature"], Fate.IGNORED),
        (Verdict.DEVIATES, 200, ["partly:temperature"], Fate.PARTLY),
        (Verdict.DEVIATES, 200, ["broken:temperature"], Fate.BROKEN),
        (Verdict.DEVIATES, 200, ["missing:ChatCompletion/choices"], Fate.BROKEN),
        (Verdict.DEVIATES, 200, ["params.temperature/temperature_is_used"], Fate.IGNORED),
        (Verdict.UNSUPPORTED, 400, [], Fate.REJECTED),
        (Verdict.INCONCLUSIVE, 400, [], Fate.REJECTED),
        (Verdict.INCONCLUSIVE, 500, [], Fate.BROKEN),
        (Verdict.INCONCLUSIVE, 200, [], Fate.UNSEEN),
        (Verdict.ERROR, 200, [], Fate.UNMEASURED),
        (Verdict.UNRECORDED, 200, [], Fate.UNMEASURED),
    ],
)
def test_a_parameter_has_the_fate_that_its_check_tells(
    tmp_path: Path, verdict: Verdict, status: int, findings: list[str], fate: Fate
) -> None:
    assert told(tmp_path, verdict, status, findings=findings) is fate


@pytest.mark.parametrize(
    ("string", "array", "fate"),
    [
        (Verdict.CONFORMS, Verdict.CONFORMS, Fate.HONOURED),
        (Verdict.CONFORMS, Verdict.DEVIATES, Fate.PARTLY),
        (Verdict.DEVIATES, Verdict.DEVIATES, Fate.IGNORED),
        (Verdict.CONFORMS, Verdict.INCONCLUSIVE, Fate.HONOURED),
    ],
)
def test_what_is_honoured_in_one_form_only_is_honoured_partly(
    tmp_path: Path, string: Verdict, array: Verdict, fate: Fate
) -> None:
    asked_with = {"params.stop/count_stop_string": string, "params.stop/count_stop_array": array}
    lines: list[Any] = []
    for name, verdict in asked_with.items():
        lines.append(ExchangeLine(target="alpha", id=name, ending=Ending.COMPLETE, status=200))
        facts: dict[str, Any] = {"check": f"{name}/marker_is_gone", "exchanges": [name], "parameter": "chat: stop"}
        findings = ["ignored:stop"] if verdict is Verdict.DEVIATES else []
        lines.append(runs.result(verdict, findings=findings, **facts))
    found = parameters(runs.run(tmp_path, [runs.target()], lines))
    assert [row.told[0].fate for row in found if row.name == "stop"] == [fate]


@pytest.mark.parametrize(("status", "fate"), [(200, Fate.UNSEEN), (400, Fate.REJECTED)])
def test_acceptance_alone_is_not_an_effect(tmp_path: Path, status: int, fate: Fate) -> None:
    exchange = "params.accepted_only/accepted"
    line = ExchangeLine(target="alpha", id=exchange, case="user", ending=Ending.COMPLETE, status=status)
    facts: dict[str, Any] = {
        "check": f"{exchange}[user]/parameter_is_accepted_or_named",
        "case": "user",
        "exchanges": [f"{exchange}[user]"],
        "parameter": "chat/completions: user",
        "effect_seen": False,
    }
    found = parameters(runs.run(tmp_path, [runs.target()], [line, runs.result(**facts)]))
    assert [(row.name, row.told[0].fate) for row in found] == [("user", fate)]


def test_one_check_may_decide_several_parameters(tmp_path: Path) -> None:
    exchange = "tools.other_variants/legacy_function_forced"
    line = ExchangeLine(target="alpha", id=exchange, ending=Ending.COMPLETE, status=200)
    result = runs.result(exchanges=[exchange], parameter="chat/completions: functions, function_call")
    found = parameters(runs.run(tmp_path, [runs.target()], [line, result]))
    assert [(row.endpoint, row.name) for row in found] == [
        ("chat/completions", "function_call"),
        ("chat/completions", "functions"),
    ]


def test_the_checks_decide_the_parameters_of_every_endpoint() -> None:
    decided = [check.decides for check in loader.load().checks if check.decides]
    endpoints = {text.partition(": ")[0] for text in decided}
    assert [text for text in decided if not text.partition(": ")[2]] == []
    assert endpoints >= {"chat/completions", "embeddings", "responses", "images/generations", "audio/speech"}
    assert len(decided) >= 60


def test_empty_tables_are_left_out(tmp_path: Path) -> None:
    found = replace(tables(runs.run(tmp_path, [runs.target()], [runs.result()]), []), atlases=(), parameters=())
    assert (tables_html(found), tables_markdown(found), tables_json(found)) == ("", "", Tables())


def test_nothing_hostile_becomes_markup(tmp_path: Path) -> None:
    """Types, codes and media types are the endpoint's words."""
    error = dict.fromkeys(("type", "code", "param", "message"), runs.HOSTILE)
    run = asked(tmp_path, of(error), headers=(("x-a", runs.HOSTILE),))
    found = tables(run, proofs(run))
    page = Elements(matrix_html(matrix(run), tables_html(found)))
    assert [attributes for tag, attributes in page.tags if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
    ]
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "link", "form", "object", "base"})
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "./").startswith("./")
    rows = [line for line in tables_markdown(found).splitlines() if "unknown_model" in line]
    assert len(rows) == 1
    assert len(rows[0].replace("\\|", "").split("|")) == 11


def test_every_form_of_the_matrix_has_both_tables(tmp_path: Path) -> None:
    stop = "params.stop/count_stop_string"
    run = asked(tmp_path, of(GOOD), 404)
    check = f"{stop}/string_stop_is_not_in_the_text"
    result = runs.result(check=check, exchanges=[stop], parameter="chat/completions: stop")
    whole = runs.run(tmp_path, [runs.target()], [*run.exchanges, result])
    runs.write_log(whole)
    write(whole)
    page = Elements((tmp_path / "matrix.html").read_text(encoding="utf-8"))
    assert {attributes.get("id") for tag, attributes in page.tags if tag == "h2"} >= {"parameters", "errors"}
    assert "1 of 1 wrong requests are refused, 1 of them in the documented shape" in page.text
    document = json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))
    assert document["errors"]["alpha"][0]["raises"] == "NotFoundError"
    assert document["parameters"][0]["cells"]["alpha"]["fate"] == "honoured"
    markdown = (tmp_path / "matrix.md").read_text(encoding="utf-8")
    assert "## Parameters" in markdown
    assert "## Errors" in markdown
