"""What documents state, held against results: only what was measured confirms or contradicts anything."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.claims.observed import Held, Standing, claims, documented, unmeasured
from conformance.claims.stated import disagreements, row, stated
from conformance.explain.claims import main
from conformance.log.documents import Stated
from conformance.log.records import Result, assemble
from conformance.report.claims.document import claims_json
from conformance.report.claims.markdown import claims_markdown
from conformance.report.claims.page import claims_html
from conformance.report.write import write
from conformance.targets.load import load, names
from conformance.targets.target import ClaimKind
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict
from tests import runs

CONFORMS, DEVIATES, UNSUPPORTED = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED
INCONCLUSIVE = Verdict.INCONCLUSIVE


def line(kind: ClaimKind = ClaimKind.POSITIVE, **changes: object) -> Stated:
    known = {"target": "alpha", "id": "A1", "statement": "It works.", "capabilities": ["chat.one", "chat.two"]}
    return Stated.model_validate({**known, "kind": kind, **changes})


def results(verdicts: Mapping[str, Verdict], level: Level = Level.SHOULD) -> list[Result]:
    return [
        runs.result(capability=name, check=f"{name}/asked/holds", verdict=verdict, level=level)
        for name, verdict in verdicts.items()
    ]


def held(stated_line: Stated, verdicts: Mapping[str, Verdict], mode: str = "live") -> Held:
    header = runs.run(Path(), [runs.target("alpha", mode=mode)], []).header
    (found,) = claims(assemble(Path(), header, [stated_line, *results(verdicts)]))
    return found.held[0]


BOTH = {"chat.one": CONFORMS, "chat.two": CONFORMS}
ONE_DEVIATES = {"chat.one": CONFORMS, "chat.two": DEVIATES}


@pytest.mark.parametrize(
    ("kind", "changes", "verdicts", "standing"),
    [
        (ClaimKind.POSITIVE, {}, BOTH, Standing.CONFIRMED),
        (ClaimKind.SHAPE, {}, ONE_DEVIATES, Standing.CONTRADICTED),
        (ClaimKind.POSITIVE, {}, {"chat.one": CONFORMS, "chat.two": UNSUPPORTED}, Standing.CONTRADICTED),
        (ClaimKind.POSITIVE, {}, {"chat.one": CONFORMS, "chat.two": INCONCLUSIVE}, Standing.NOT_MEASURED),
        (ClaimKind.POSITIVE, {}, {"chat.one": CONFORMS}, Standing.NOT_MEASURED),
        (ClaimKind.POSITIVE, {}, {}, Standing.NOT_MEASURED),
        (ClaimKind.POSITIVE, {"applies": False}, ONE_DEVIATES, Standing.NOT_MEASURED),
        (ClaimKind.POSITIVE, {"capabilities": []}, BOTH, Standing.NOT_MEASURED),
        (ClaimKind.VAGUE, {}, BOTH, Standing.UNDOCUMENTED),
        (ClaimKind.VAGUE, {}, ONE_DEVIATES, Standing.NOTHING),
        (ClaimKind.NEGATIVE, {"absent": ["chat.two"]}, {"chat.two": UNSUPPORTED}, Standing.ABSENT),
        (ClaimKind.NEGATIVE, {"absent": ["chat.two"]}, BOTH, Standing.UNDOCUMENTED),
        (ClaimKind.NEGATIVE, {"absent": ["chat.two"]}, {"chat.one": CONFORMS}, Standing.NOT_MEASURED),
        (ClaimKind.NEGATIVE, {"absent": ["chat.two"]}, {"chat.two": DEVIATES}, Standing.NOTHING),
    ],
)
def test_what_a_statement_comes_to(
    kind: ClaimKind, changes: dict[str, object], verdicts: dict[str, Verdict], standing: Standing
) -> None:
    assert held(line(kind, **changes), verdicts).standing is standing


@pytest.mark.parametrize(("second", "standing"), [(UNSUPPORTED, Standing.CONFIRMED), (DEVIATES, Standing.CONTRADICTED)])
def test_a_promise_that_another_statement_limits_may_be_refused_there(second: Verdict, standing: Standing) -> None:
    header = runs.run(Path(), [runs.target("alpha")], []).header
    limit = line(ClaimKind.NEGATIVE, id="A2", capabilities=["chat.two"])
    told = results({"chat.one": CONFORMS, "chat.two": second})
    (found,) = claims(assemble(Path(), header, [line(), limit, *told]))
    assert found.held[0].standing is standing


def test_a_contradiction_names_the_check_and_its_evidence() -> None:
    found = held(line(), ONE_DEVIATES)
    assert found.checks == ("chat.two/asked/holds",)
    assert found.observed == "1 conform, 1 deviate"


def test_a_rehearsal_confirms_and_contradicts_nothing() -> None:
    assert held(line(), ONE_DEVIATES, mode="rehearse").standing is Standing.NOT_MEASURED
    assert held(line(), BOTH, mode="rehearse").observed == "a rehearsal: the simulator answered"


def test_what_works_and_no_document_mentions_is_listed_unless_all_owe_it() -> None:
    header = runs.run(Path(), [runs.target("alpha")], []).header
    more = results({"chat.three": CONFORMS, "chat.four": DEVIATES})
    (found,) = claims(assemble(Path(), header, [line(), *more, *results({"chat.five": CONFORMS}, Level.MUST)]))
    assert found.unmentioned == ("chat.three",)


def test_allure_and_others_are_told_by_capability() -> None:
    header = runs.run(Path(), [runs.target("alpha")], []).header
    told = documented(claims(assemble(Path(), header, [line(), *results(ONE_DEVIATES)])))
    assert told["alpha", "chat.two"] == ["contradicted: A1"]


def test_the_18_points_of_disagreement_name_claims_that_exist() -> None:
    known = {row(claim.id) for name in names() for claim in load(name, {}).claims}
    assert [point.id for point in disagreements()] == [f"X{number}" for number in range(1, 19)]
    assert [(point.id, one) for point in disagreements() for one in point.claims if one not in known] == []


def test_each_disagreement_is_shown_beside_its_statements() -> None:
    lines = {one.id: one for one in stated(load("fast-token", {}))}
    assert [point.id for point in lines["FT20"].disagreements] == ["X2", "X3"]


def test_absent_names_capabilities_of_the_same_claim() -> None:
    for name in names():
        for one in stated(load(name, {})):
            assert set(one.absent) <= set(one.capabilities), one.id
            assert len(one.absent) >= len(next(c for c in load(name, {}).claims if c.id == one.id).absent), one.id


def test_the_pages_say_what_was_not_measured() -> None:
    found = [unmeasured("flatkey", stated(load("flatkey", {})))]
    for text in (claims_html(found), claims_markdown(found), claims_json(found)):
        assert "flatkey (documents)" in text.replace("\\", "")
        assert "not measured" in text


def test_the_pages_of_a_run_lead_to_the_evidence(tmp_path: Path) -> None:
    made = runs.run(tmp_path, [runs.target("alpha")], [line(), *results(ONE_DEVIATES)])
    write(made, allure=True)
    assert "contradicted" in (tmp_path / "claims.html").read_text()
    assert "Documents against observation" in (tmp_path / "matrix.html").read_text()
    assert "1 documented statements: 1 contradicted" in (tmp_path / "matrix.md").read_text()
    allure = [path.read_text() for path in (tmp_path / "allure-results").glob("*-result.json")]
    assert sum("contradicted: A1" in text for text in allure) == 2


def test_the_schema_is_current() -> None:
    from conformance.report.claims import document  # noqa: PLC0415

    published = Path(document.__file__).with_name("claims.schema.json").read_text()
    assert json.loads(document.schema()) == json.loads(published)


def test_the_command_needs_no_run_and_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flatkey", "--output", str(tmp_path / "out")]) == 0
    assert "flatkey (documents): 28 documented statements: 28 not measured" in capsys.readouterr().out
    assert (tmp_path / "out" / "claims.json").is_file()
    assert main(["nobody", "--output", str(tmp_path)]) == 4


def test_no_claim_waits_for_checks_that_stand_in_other_capabilities() -> None:
    (everything,) = [line for line in stated(load("simulator", {})) if line.id == "all"]
    assert "chat.basic" in everything.capabilities
    assert "transport.every_exchange" not in everything.capabilities
