"""Targets side by side: what differs, what is not known, and that nothing hostile gets into a form."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.causes.cause import Cause
from conformance.causes.gather import causes
from conformance.compare import document
from conformance.compare.capabilities import State
from conformance.compare.causes import groups
from conformance.compare.command import main
from conformance.compare.comparison import MODELS, Comparison, compare
from conformance.compare.glance import HEADS, families, glances
from conformance.compare.json_file import compare_json, written
from conformance.compare.markdown import compare_markdown
from conformance.compare.page import compare_html
from conformance.compare.shapes import MOST_PATHS, shown_path
from conformance.compare.side import sides
from conformance.log.records import Run
from conformance.report.html import LARGEST
from conformance.report.write import write
from conformance.shapes.change import Change
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import ANSWERS, CHECKS, DONE, FINDINGS, INDEX, VECTORS, faithful, gateway, judged, made, side
from tests.pages import Elements
from tests.runs import HOSTILE, json_answer, realistic, write_log


@pytest.fixture
def found(tmp_path: Path) -> Comparison:
    return compare([side(faithful(tmp_path / "a"), "a"), side(gateway(tmp_path / "b"), "b")])


def test_capability_by_capability_what_differs_is_told(found: Comparison) -> None:
    differing = {row.id: [cell.state for cell in row.cells] for row in found.capabilities if row.differs}
    assert differing == {
        name.partition("/")[0]: [State.WORKS, State.DEVIATES] for name in sorted([DONE, INDEX, VECTORS])
    }
    assert found.verdict(1) == "b: worse: 0 checks conform that did not, 3 no longer do (of 4 checks measured at both)"


def test_a_cause_is_at_one_side_at_both_or_not_known(tmp_path: Path) -> None:
    unknown = judged(INDEX, Verdict.INCONCLUSIVE)
    a, b = faithful(tmp_path / "a", unknown, judged(VECTORS, Verdict.DEVIATES)), gateway(tmp_path / "b")
    of = compare([side(a, "a"), side(b, "b")])
    told = {title: [row.id for row in rows] for title, rows in groups(of.causes, of.sides)}
    assert told["at all"] == [FINDINGS[VECTORS]]
    assert set(told["only at b"]) == {FINDINGS[DONE], FINDINGS[INDEX]}
    assert {row.id: row.words(0) for row in of.causes}[FINDINGS[INDEX]] == "not measured"
    assert {row.id: row.words(0) for row in of.causes}[FINDINGS[DONE]] == "no"


def test_a_cause_that_says_something_else_at_another_side_says_so_there(tmp_path: Path) -> None:
    """One cause fails other routes, or in more responses, at another side."""
    here, there = (
        made(tmp_path / name, {}, ANSWERS, [judged(DONE, Verdict.DEVIATES, requirement=f"The end comes {name}.")])
        for name in ("early", "late")
    )
    of = compare([side(here, "a"), side(there, "b")])
    (row,) = of.causes
    assert (row.sentence(0), row.sentence(1)) == ("", "Not met: The end comes late.")
    assert "The end comes late." in compare_html(of)
    (held,) = written(of).causes
    assert [cell.sentence for cell in held.cells] == ["Not met: The end comes early.", "Not met: The end comes late."]


def test_a_request_that_one_side_was_not_asked_makes_no_difference(tmp_path: Path) -> None:
    """A check of a kind conforms on fewer requests where a run has sent fewer."""
    more = judged(DONE, Verdict.DEVIATES, places=["chat.basic/hello[two]"])
    asked = {**ANSWERS, "two": ANSWERS["hello"]}
    wrong = dict.fromkeys(FINDINGS, Verdict.DEVIATES)
    of = compare([side(made(tmp_path / "a", wrong, asked, [more]), "a"), side(faithful(tmp_path / "b"), "b")])
    assert "2 checks conform that did not, 0 no longer do (of 3 checks measured at both)" in of.verdict(1)
    assert DONE not in [one.check for one in of.differences]
    assert DONE.partition("/")[0] not in [row.id for row in of.capabilities if row.differs]
    assert {row.id: row.words(1) for row in of.causes}[FINDINGS[DONE]] == "not measured"


def test_a_finding_that_is_a_part_of_another_cause_is_not_said_to_be_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers fail on the same request, each in its own way."""

    def told_apart(run: Run, target: str) -> list[Cause]:
        return [replace(cause, id=f"{cause.id} of {run.folder.name}") for cause in causes(run, target)]

    monkeypatch.setattr("conformance.compare.causes.causes", told_apart)
    of = compare([side(gateway(tmp_path / name), name) for name in "ab"])
    assert {(row.words(0), row.words(1)) for row in of.causes} == {
        ("1 place", "in another cause"),
        ("in another cause", "1 place"),
    }
    held = [cell for row in written(of).causes for cell in row.cells if cell.words == "in another cause"]
    assert [(cell.shows, cell.measured) for cell in held] == [(False, True)] * 6


def test_what_is_not_offered_is_not_without_fault(tmp_path: Path) -> None:
    absent = faithful(tmp_path / "b", judged(VECTORS, Verdict.UNSUPPORTED))
    of = compare([side(gateway(tmp_path / "a"), "a"), side(absent, "b")])
    assert {row.id: row.words(1) for row in of.causes}[FINDINGS[VECTORS]] == "not offered"


def test_each_side_is_told_at_a_glance_and_each_family(found: Comparison) -> None:
    assert {line.name: dict(zip(HEADS, line.counts, strict=True)) for line in glances(found)} == {
        "a": dict.fromkeys(HEADS, 0) | {"conform": 4},
        "b": dict.fromkeys(HEADS, 0) | {"conform": 1, "deviate": 3, "wrong data, silently": 3},
    }
    assert {one.name: one.working for one in families(found.capabilities)} == {
        "chat": ((2, 2), (1, 2)),
        "embeddings": ((1, 1), (0, 1)),
        "tools": ((1, 1), (0, 1)),
    }


def test_on_a_narrow_screen_each_cell_says_in_which_column_it_is(found: Comparison) -> None:
    cells = [attributes for tag, attributes in Elements(compare_html(found)).tags if tag == "td"]
    assert {"a", "b", "damage"} <= {str(attributes["data-head"]) for attributes in cells}


def test_only_what_was_measured_differs(tmp_path: Path) -> None:
    unknown = [judged(check, Verdict.INCONCLUSIVE) for check in (DONE, INDEX, VECTORS)]
    of = compare([side(faithful(tmp_path / "a", *unknown), "a"), side(gateway(tmp_path / "b"), "b")])
    assert [row.id for row in of.capabilities if row.differs] == []
    assert of.verdict(1) == "b: the same in every check measured at both (1)"


def test_where_nothing_was_measured_at_both_nothing_is_said(tmp_path: Path) -> None:
    unknown = [judged(check, Verdict.INCONCLUSIVE) for check in CHECKS]
    of = compare([side(faithful(tmp_path / "a", *unknown), "a"), side(gateway(tmp_path / "b"), "b")])
    assert of.verdict(1) == "b: nothing can be said: no check was measured at both"


def test_a_run_of_this_week_is_better_than_that_of_last_week(tmp_path: Path) -> None:
    """A server that the suite starts listens at another port each time."""
    before = gateway(tmp_path / "a", judged(INDEX, Verdict.UNSUPPORTED), base_url="http://127.0.0.1:4001/v1")
    after = faithful(tmp_path / "b", judged(INDEX, Verdict.DEVIATES), base_url="http://127.0.0.1:4002/v1")
    of = compare([side(before, "last week"), side(after, "today")])
    assert of.verdict(1) == (
        "today: better: 2 checks conform that did not, 0 no longer do (of 4 checks measured at both); "
        "1 conform at neither, and differ (deviates, not offered)"
    )
    assert of.warnings == ()


def test_one_target_with_another_model_is_told(tmp_path: Path) -> None:
    other = gateway(tmp_path / "b", models={"chat": "other-1"})
    of = compare([side(faithful(tmp_path / "a"), "a"), side(other, "b")])
    assert of.warnings == (MODELS,)


def test_a_third_side_with_other_editions_takes_nothing_from_two(tmp_path: Path) -> None:
    third = faithful(tmp_path / "c", *(judged(check, Verdict.DEVIATES, edition="e2") for check in CHECKS))
    of = compare([side(faithful(tmp_path / "a"), "a"), side(gateway(tmp_path / "b"), "b"), side(third, "c")])
    assert "3 no longer do" in of.verdict(1)
    assert "0 no longer do (of 4 checks measured at both); 4 were judged by another edition" in of.verdict(2)


def test_what_only_one_side_offers_is_named(tmp_path: Path) -> None:
    absent = gateway(tmp_path / "b", judged(VECTORS, Verdict.UNSUPPORTED))
    of = compare([side(faithful(tmp_path / "a"), "a"), side(absent, "b")])
    assert {row.id: row.only for row in of.capabilities if row.only} == {"embeddings.array": (0,)}


def test_another_edition_of_a_check_is_said_in_the_cell_and_counts_for_neither(tmp_path: Path) -> None:
    other = gateway(tmp_path / "b", judged(DONE, Verdict.DEVIATES, edition="e2"))
    of = compare([side(faithful(tmp_path / "a"), "a"), side(other, "b")])
    (row,) = [row for row in of.capabilities if row.id == "chat.stream.done"]
    assert "another edition of a check" in row.cells[1].words
    assert "another edition of a check" in compare_html(of)
    assert "2 no longer do (of 4 checks measured at both); 1 were judged by another edition" in of.verdict(1)
    assert "another edition" in of.warnings[0]


def test_the_shapes_are_compared_by_the_table(found: Comparison) -> None:
    (plain, streamed) = found.shapes[0]
    assert {(row.changed.path, row.changed.change) for row in plain.rows} == {
        ("$.id", Change.GONE),
        ("$.provider", Change.NEW),
    }
    assert [row.changed.change for row in streamed.rows] == [Change.END_GONE, Change.OTHER_COUNT]


def test_a_path_with_a_dot_in_a_key_is_shown_as_one_reads_it() -> None:
    assert shown_path("$.response%2Ecreated[].response.id") == '$["response.created"][].response.id'
    assert shown_path("$.choices[].message") == "$.choices[].message"


def test_a_response_with_keys_without_end_is_not_compared(tmp_path: Path) -> None:
    many = json_answer(json.dumps({f"k{number}": number for number in range(MOST_PATHS)}).encode())
    a, b = (made(tmp_path / name, {}, {"hello": many}, []) for name in "ab")
    assert compare([side(a, "a"), side(b, "b")]).shapes == ((),)


def test_the_times_are_those_of_requests_that_both_answered(found: Comparison) -> None:
    plain, streamed = found.latency
    assert (plain.title, plain.requests) == ("POST chat/completions", 1)
    assert streamed.cells[0].words == "first byte 100 ms, whole 150 ms, 800 tokens/s"
    assert "not of a benchmark" in compare_html(found)


def test_two_runs_of_one_target_are_told_apart(tmp_path: Path) -> None:
    faithful(tmp_path / "a")
    gateway(tmp_path / "b")
    names = [one.name for one in sides(["a", "b"], tmp_path)]
    assert names == ["alpha 2026-11-21 03:12", "alpha 2026-11-21 03:12 (2)"]


def test_a_rehearsal_keeps_its_mark(tmp_path: Path) -> None:
    faithful(tmp_path / "a")
    gateway(tmp_path / "b", mode="rehearse")
    of = compare(sides(["a", "b"], tmp_path))
    assert of.sides[1].name == "alpha (rehearsal)"
    assert "nothing can be said" in of.verdict(1)
    for form in (compare_html(of), compare_markdown(of), compare_json(of)):
        assert "REHEARSAL: nothing was measured at alpha (rehearsal)" in form.replace("\\", "")


def test_a_side_is_a_folder_a_log_a_name_or_the_newest_run_of_a_target(tmp_path: Path) -> None:
    for name in ("20261101T000000Z-alpha", "20261102T000000Z-alpha"):
        faithful(tmp_path / "runs" / name)
    runs = Path("runs")
    given = ["runs/20261101T000000Z-alpha", "runs/20261101T000000Z-alpha/log.ndjson", "20261101T000000Z-alpha", "alpha"]
    found = [one.run.folder.name[:8] for name in given for one in sides([name], tmp_path, runs)]
    assert found == ["20261101"] * 3 + ["20261102"]
    (tmp_path / "runs" / "latest").write_text("20261102T000000Z-alpha\n", encoding="utf-8")
    assert sides(["runs"], tmp_path)[0].run.folder.name[:8] == "20261102"
    with pytest.raises(UsageError, match="none of them tested a target `beta`"):
        sides(["beta"], tmp_path, runs)
    with pytest.raises(UsageError, match="unknown target `alpa`: did you mean `alpha`"):
        sides(["20261101T000000Z-alpha#alpa"], tmp_path, runs)


def test_a_large_comparison_of_three_is_small_and_harmless(tmp_path: Path) -> None:
    of = realistic(tmp_path, targets=5)
    write_log(of)
    found = compare(sides([str(tmp_path)], Path("/")))
    page = compare_html(found)
    assert len(found.sides) == 5
    assert len(page.encode()) <= LARGEST
    assert {tag for tag, _ in Elements(page).tags}.isdisjoint({"script", "img"})
    assert "\u202e" not in page + compare_markdown(found)


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    wrong = judged(DONE, Verdict.DEVIATES, reason=HOSTILE, findings=[HOSTILE], requirement=HOSTILE)
    found = compare([side(faithful(tmp_path / "a"), "a"), side(gateway(tmp_path / "b", wrong), HOSTILE)])
    assert {tag for tag, _ in Elements(compare_html(found)).tags}.isdisjoint({"script", "img"})
    assert "\u202e" not in compare_markdown(found)


def test_the_command_writes_three_forms_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faithful(tmp_path / "a")
    gateway(tmp_path / "b")
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), "--output", str(tmp_path / "out")]) == 0
    assert "3 no longer do" in capsys.readouterr().out
    held = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    assert document.Comparison.model_validate(held).model_version == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"compare.html", "compare.md", "compare.json"}


def test_a_place_leads_to_its_evidence_where_that_lies_on_this_machine(tmp_path: Path) -> None:
    for found in (faithful(tmp_path / "a"), gateway(tmp_path / "b")):
        write(found)
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), "--output", str(tmp_path / "out")]) == 0
    elements = Elements((tmp_path / "out" / "compare.html").read_text(encoding="utf-8"))
    every = [str(attributes["href"]) for tag, attributes in elements.tags if tag == "a"]
    here = {f"#{attributes['id']}" for _, attributes in elements.tags if "id" in attributes}
    links = [link for link in every if link not in here]
    assert links
    assert all(link.startswith("./../b/e") and (tmp_path / "out" / link).is_file() for link in links)


def test_a_comparison_with_one_side_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faithful(tmp_path / "a")
    assert main([str(tmp_path / "a")]) == 4
    assert "two sides" in capsys.readouterr().err


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/compare/compare.schema.json"
    command = "python -m conformance.compare.document > conformance/compare/compare.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), command
