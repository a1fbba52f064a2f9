"""A run against the contract of its target: what broke, who moved, and that what flaps breaks nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import Side, sides
from conformance.contract.derive import derive
from conformance.contract.file import write
from conformance.drift import document
from conformance.drift.command import main
from conformance.drift.drift import Drift, drift
from conformance.drift.finding import Finding, Moved, Sort, Who
from conformance.log.records import Facts, Result, Run, Shown
from conformance.shapes.change import Impact
from conformance.wire.response import Response
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import COMPLETION, DONE, FINDINGS, INDEX, VECTORS, faithful, gateway, judged, made, streamed
from tests.runs import HOSTILE, json_answer, recorded, result, run, target, write_log

HELLO, STREAMED = "chat.basic/hello[hello]", "chat.basic/hello[streamed]"
SCHEMA = "chat.schema.core/chat_completion/body_has_the_documented_shape"
MISSING = "missing:ChatCompletion/id"
WITHOUT_ID = {name: value for name, value in COMPLETION.items() if name != "id"}


def of(run: Run) -> Side:
    return sides([str(run.folder)], Path.cwd())[0]


def drifted(now: Run, *before: Run) -> Drift:
    return drift(derive([of(one) for one in before]), of(now))


def completing(folder: Path, body: Mapping[str, Any], *more: Result, schemas: str = "s1", **facts: Any) -> Run:
    """A run whose one good body is given, judged with the schemas of a digest."""
    answers = {"hello": json_answer(json.dumps(body).encode()), "streamed": streamed(done=True)}
    found = made(folder, {}, answers, more, **facts)
    header = found.header.model_copy(update={"schemas": schemas})
    found = Run(folder, header, found.results, found.exchanges, found.not_run, found.footer)
    write_log(found)
    return found


def shape(verdict: Verdict = Verdict.CONFORMS, edition: str = "e1", place: str = HELLO) -> Result:
    wrong = verdict is Verdict.DEVIATES
    shown = [Shown(finding=MISSING, reason="`id` is missing", places=[place])] if wrong else []
    return judged(
        SCHEMA,
        verdict,
        edition=edition,
        findings=[MISSING] if wrong else [],
        places=[place] if wrong else [],
        shown=shown,
        exchanges=[place],
    )


def only(found: Drift, impact: Impact = Impact.BREAKING) -> Finding:
    (finding,) = found.of(impact)
    return finding


def test_the_same_again_is_no_drift(tmp_path: Path) -> None:
    found = drifted(faithful(tmp_path / "b"), faithful(tmp_path / "a"))
    assert found.findings == ()
    assert found.exit_code == 0


def test_each_cause_is_one_line_with_the_evidence_of_both_sides(tmp_path: Path) -> None:
    found = drifted(gateway(tmp_path / "b"), faithful(tmp_path / "a"))
    causes = {finding.id: finding for finding in found.breaking if finding.sort is Sort.CAUSE}
    assert set(causes) == {f"cause:{name}" for name in FINDINGS.values()}
    done = causes[f"cause:{FINDINGS[DONE]}"]
    assert done.before == "conforms"
    assert done.after.startswith("deviates")
    assert done.parts[0] == f"{DONE}: conforms, now deviates"
    assert found.exit_code == 1


def test_a_key_that_is_gone_breaks_and_a_new_one_adds(tmp_path: Path) -> None:
    found = drifted(gateway(tmp_path / "b"), faithful(tmp_path / "a"))
    impacts = {finding.id: finding.impact for finding in found.findings}
    assert impacts["shape:POST chat/completions:$.id:gone"] is Impact.BREAKING
    assert impacts["shape:POST chat/completions:$.provider:new"] is Impact.ADDITIVE


def test_a_key_that_was_only_sometimes_there_flaps_and_breaks_nothing(tmp_path: Path) -> None:
    before = completing(tmp_path / "a", COMPLETION), completing(tmp_path / "b", WITHOUT_ID)
    found = drifted(completing(tmp_path / "c", WITHOUT_ID), *before)
    assert found.breaking == ()
    assert only(found, Impact.COSMETIC).flaps


def test_a_verdict_that_the_contract_has_seen_both_ways_is_no_finding(tmp_path: Path) -> None:
    before = faithful(tmp_path / "a"), faithful(tmp_path / "b", judged(DONE, Verdict.DEVIATES))
    found = drifted(faithful(tmp_path / "c", judged(DONE, Verdict.DEVIATES)), *before)
    assert found.breaking == ()


def test_a_check_that_is_inconclusive_now_says_nothing(tmp_path: Path) -> None:
    found = drifted(faithful(tmp_path / "b", judged(INDEX, Verdict.INCONCLUSIVE)), faithful(tmp_path / "a"))
    assert found.findings == ()


def test_what_is_refused_that_was_served_breaks(tmp_path: Path) -> None:
    refused = judged(INDEX, Verdict.UNSUPPORTED, reason="rejected with 404")
    finding = only(drifted(faithful(tmp_path / "b", refused), faithful(tmp_path / "a")))
    assert finding.sort is Sort.VERDICT
    assert finding.says == "tools.parallel: 1 check unsupported, before: conforms"


def test_a_cause_that_is_gone_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    found = drifted(faithful(tmp_path / "b"), gateway(tmp_path / "a"))
    assert f"mended:{FINDINGS[DONE]}" in {finding.id for finding in found.of(Impact.ADDITIVE)}
    assert not any(finding.sort is Sort.CAUSE for finding in found.breaking)


def test_an_accepted_deviation_breaks_nothing(tmp_path: Path) -> None:
    known = {"reason": "reported", "since": "2026-11-01"}
    accepted = judged(INDEX, Verdict.DEVIATES, known=known)
    found = drifted(faithful(tmp_path / "b", accepted), faithful(tmp_path / "a"))
    assert only(found, Impact.COSMETIC).why == "accepted since 2026-11-01: reported"
    assert found.exit_code == 0


@pytest.mark.parametrize("sample", ["", "@2"])
def test_a_missing_key_and_the_check_that_says_so_are_one_line(tmp_path: Path, sample: str) -> None:
    now = completing(tmp_path / "b", WITHOUT_ID, shape(Verdict.DEVIATES, place=f"{HELLO}{sample}"))
    finding = only(drifted(now, completing(tmp_path / "a", COMPLETION, shape())))
    assert finding.sort is Sort.CAUSE
    assert any("`$.id`: gone" in part for part in finding.parts)
    assert finding.moved.who is Who.VENDOR


def test_a_check_with_another_edition_is_named_where_the_shape_is_the_same(tmp_path: Path) -> None:
    now = completing(tmp_path / "b", COMPLETION, shape(Verdict.DEVIATES, edition="e2"))
    moved = only(drifted(now, completing(tmp_path / "a", COMPLETION, shape()))).moved
    assert moved.who is Who.CHECK
    assert "another edition" in moved.why


def test_another_reference_is_named_where_shape_and_check_are_the_same(tmp_path: Path) -> None:
    now = completing(tmp_path / "b", COMPLETION, shape(Verdict.DEVIATES), schemas="s2")
    moved = only(drifted(now, completing(tmp_path / "a", COMPLETION, shape()))).moved
    assert moved.who is Who.REFERENCE


def test_another_reference_explains_no_check_that_does_not_read_it(tmp_path: Path) -> None:
    now = completing(tmp_path / "b", COMPLETION, judged(INDEX, Verdict.DEVIATES), schemas="s2")
    assert only(drifted(now, completing(tmp_path / "a", COMPLETION))).moved.who is Who.UNKNOWN


def test_where_two_moved_at_once_it_cannot_be_told_and_both_are_named(tmp_path: Path) -> None:
    now = completing(tmp_path / "b", WITHOUT_ID, shape(Verdict.DEVIATES, edition="e2"), schemas="s2")
    moved = only(drifted(now, completing(tmp_path / "a", COMPLETION, shape()))).moved
    assert moved.who is Who.UNKNOWN
    assert "`$.id`: gone" in moved.why
    assert "another edition" in moved.why
    assert "the schemas changed" in moved.why


def test_a_change_of_another_key_does_not_make_it_the_vendors(tmp_path: Path) -> None:
    other = {name: value for name, value in COMPLETION.items() if name != "object"}
    now = completing(tmp_path / "b", other, shape(Verdict.DEVIATES, edition="e2"))
    found = drifted(now, completing(tmp_path / "a", COMPLETION, shape()))
    cause = next(finding for finding in found.breaking if finding.sort is Sort.CAUSE)
    assert cause.moved.who is Who.CHECK
    gone = next(finding for finding in found.breaking if finding.sort is Sort.SHAPE)
    assert gone.moved.who is Who.VENDOR


def test_where_nothing_else_changed_it_cannot_be_told(tmp_path: Path) -> None:
    now = completing(tmp_path / "b", COMPLETION, judged(INDEX, Verdict.DEVIATES))
    moved = only(drifted(now, completing(tmp_path / "a", COMPLETION))).moved
    assert moved.who is Who.UNKNOWN
    assert moved.why.startswith("same shape, same check, same reference")


def asking(folder: Path, fields: list[str], roles: list[str], model: str, body: Mapping[str, Any]) -> Run:
    folder.mkdir()
    facts = Facts(method="POST", operation="chat/completions", expects=[200], fields=fields, roles=roles)
    line = recorded(folder, json_answer(json.dumps(body).encode()), case="hello")
    found = run(folder, [target(models={"chat": model})], [line.model_copy(update={"facts": facts})])
    write_log(found)
    return found


@pytest.mark.parametrize(
    ("fields", "model", "why"),
    [
        (["messages", "model", "seed"], "small-2", "the request has other fields"),
        (["messages", "model"], "large-1", "another model was asked (chat)"),
    ],
)
def test_what_we_asked_otherwise_accuses_nobody(tmp_path: Path, fields: list[str], model: str, why: str) -> None:
    before = asking(tmp_path / "a", ["messages", "model"], ["chat"], "small-2", COMPLETION)
    moved = only(drifted(asking(tmp_path / "b", fields, ["chat"], model, WITHOUT_ID), before)).moved
    assert moved.who is Who.UNKNOWN
    assert moved.why == why


def rejecting(folder: Path, answer: Response) -> Run:
    return made(folder, {}, {"hello": answer}, [])


def test_a_request_that_was_served_and_is_rejected_breaks(tmp_path: Path) -> None:
    error = json_answer(b'{"error": {"message": "no", "type": "x", "param": null, "code": null}}', status=400)
    found = drifted(rejecting(tmp_path / "b", error), faithful(tmp_path / "a"))
    assert only(found).says == "POST chat/completions: status 400 where it was 200"


def test_an_outage_is_not_measured_and_breaks_nothing(tmp_path: Path) -> None:
    found = drifted(rejecting(tmp_path / "b", json_answer(b"{}", status=503)), faithful(tmp_path / "a"))
    assert found.pair.unmeasured == (HELLO,)
    assert found.breaking == ()
    assert found.exit_code == 6


def test_a_rehearsal_is_not_measured(tmp_path: Path) -> None:
    found = drifted(gateway(tmp_path / "b", mode="rehearse"), faithful(tmp_path / "a"))
    assert found.findings == ()
    assert found.exit_code == 6


def test_a_cut_run_is_not_measured_but_what_breaks_counts_more(tmp_path: Path) -> None:
    for name, make, code in (("b", faithful, 6), ("c", gateway, 1)):
        whole = make(tmp_path / name)
        write_log(run(whole.folder, whole.header.targets, [*whole.exchanges, *whole.results], footer=False))
        assert drifted(whole, faithful(tmp_path / f"{name}-before")).exit_code == code


def test_the_run_of_another_target_is_wrong_use(tmp_path: Path) -> None:
    contract = derive([of(faithful(tmp_path / "a"))]).model_copy(update={"target": "beta"})
    with pytest.raises(UsageError, match="beta's, and the run tested alpha"):
        drift(contract, of(faithful(tmp_path / "b")))


def test_the_command_writes_reports_and_a_text_for_each_new_finding_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(derive([of(faithful(tmp_path / "a"))]), tmp_path / "contracts")
    gateway(tmp_path / "b")
    places = ["--contracts", str(tmp_path / "contracts"), "--output", str(tmp_path / "out")]
    command = ["--target", "alpha", "--run", str(tmp_path / "b"), "--issues", str(tmp_path / "issues"), *places]
    assert main(command) == 1
    assert "BREAKING" in capsys.readouterr().out
    held = document.Document.model_validate_json((tmp_path / "out/alpha/drift.json").read_bytes())
    texts = sorted((tmp_path / "issues").iterdir())
    assert len(texts) == sum(one.impact is Impact.BREAKING for one in held.findings) > 2
    gone = next(path.read_text() for path in texts if "id-gone" in path.name)
    assert "| `r-1` |" in gone
    assert "2026-11-21 03:12:00" in gone
    assert main(command) == 1
    assert f"{len(texts)} breaking findings had an issue's text before" in capsys.readouterr().out
    assert main([*command[:2], "--run", "nowhere", *places]) == 4


def test_nothing_that_an_endpoint_said_makes_markup(tmp_path: Path) -> None:
    now = faithful(tmp_path / "b", judged(DONE, Verdict.DEVIATES, reason=HOSTILE))
    write(derive([of(faithful(tmp_path / "a"))]), tmp_path / "contracts")
    places = ["--contracts", str(tmp_path / "contracts"), "--output", str(tmp_path)]
    assert main(["--target", "alpha", "--run", str(now.folder), "--issues", str(tmp_path / "i"), *places]) == 1
    for path in (tmp_path / "alpha/drift.md", *(tmp_path / "i").iterdir()):
        spans = path.read_text(encoding="utf-8").split("````")
        assert all("<script" not in span for span in spans[::2])


def test_a_result_without_a_recording_is_read(tmp_path: Path) -> None:
    now = run(tmp_path, [target()], [result(Verdict.DEVIATES)])
    write_log(now)
    found = drifted(now, faithful(tmp_path / "a"))
    assert found.exit_code == 1


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/drift/drift.schema.json"
    command = "python -m conformance.drift.document > conformance/drift/drift.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), command


UNSERVED = (Verdict.UNSUPPORTED, "rejected with 501: 'start it with 4 embeddings'")


def unserved(folder: Path) -> Run:
    """A run in which one request is answered 501, and two capabilities are refused for that."""
    refused = [judged(check, UNSERVED[0], reason=UNSERVED[1], exchanges=[HELLO]) for check in (DONE, VECTORS)]
    answers = {"hello": json_answer(b"{}", status=501), "streamed": streamed(done=True)}
    return made(folder, {}, answers, refused)


def test_what_is_refused_in_one_way_is_one_line_and_the_status_tells_who_moved(tmp_path: Path) -> None:
    found = drifted(unserved(tmp_path / "b"), faithful(tmp_path / "a"))
    finding = only(found)
    assert finding.says == "chat.stream.done, embeddings.array: 2 checks unsupported, before: conforms"
    assert finding.moved == Moved(Who.VENDOR, f"{HELLO}: status 501, before 200")
    assert found.pair.unmeasured == ()


def test_what_is_refused_now_is_not_mended(tmp_path: Path) -> None:
    before = faithful(tmp_path / "a", judged(DONE, Verdict.DEVIATES))
    found = drifted(unserved(tmp_path / "b"), before)
    assert not any(finding.id.startswith("mended:") for finding in found.findings)


def test_a_request_that_was_not_sent_this_time_is_not_another_request(tmp_path: Path) -> None:
    now = asking(tmp_path / "b", ["messages"], ["chat"], "small-2", COMPLETION)
    unsent = now.exchanges[0].model_copy(update={"status": None, "facts": Facts(method="", operation="", roles=["x"])})
    write_log(Run(now.folder, now.header, now.results, (unsent,), now.not_run, now.footer))
    found = drifted(now, asking(tmp_path / "a", ["messages"], ["chat"], "small-2", COMPLETION))
    assert found.pair.asked_otherwise(HELLO) == ""
