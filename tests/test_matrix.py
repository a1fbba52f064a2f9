import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.causes.cause import Weight
from conformance.log.records import Facts, Known, NotRun, Result
from conformance.report.__main__ import main
from conformance.report.html import LARGEST
from conformance.report.markdown import code
from conformance.report.matrix import document
from conformance.report.matrix.data import data
from conformance.report.matrix.json_file import matrix_json
from conformance.report.matrix.markdown import matrix_markdown
from conformance.report.matrix.model import Matrix, matrix
from conformance.report.matrix.page import matrix_html
from conformance.report.paths import safe
from conformance.report.write import write
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict
from tests import runs
from tests.pages import Elements

KNOWN = Known(reason="promised for December", since="2026-10-02")


def judged(*verdicts: Verdict, **changes: Any) -> list[Result]:
    return [runs.result(v, check=f"chat.basic/hello/s{n}", **changes) for n, v in enumerate(verdicts)]


def made(folder: Path, *lines: Any, **options: Any) -> Matrix:
    return matrix(runs.run(folder, options.pop("targets", [runs.target()]), lines, **options))


def forms(of: Matrix) -> dict[str, str]:
    return {"html": matrix_html(of), "markdown": matrix_markdown(of), "json": matrix_json(of)}


def outside_code(markdown: str) -> str:
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)


def test_the_denominator_names_all_that_was_selected(tmp_path: Path) -> None:
    """Parts add up, and what could not be judged is not hidden."""
    lines = judged(*[Verdict.CONFORMS] * 41, *[Verdict.INCONCLUSIVE] * 3)
    lines += [runs.result(Verdict.DEVIATES, check="chat.basic/hello/may", level=Level.MAY, gating=False)]
    column = made(tmp_path, *lines).columns[0]
    assert [tally.words for tally in column.tallies if tally.total] == [
        "41 of 44 MUST, 3 inconclusive",
        "0 of 1 MAY, 1 deviates",
    ]
    assert column.verdict == "nothing new is wrong"
    unanswered = runs.result(Verdict.INCONCLUSIVE, unmeasured=True)
    assert made(tmp_path, unanswered).columns[0].verdict == "1 owed or named and not measured"
    assert made(tmp_path, *lines, unanswered).columns[0].failing == ()  # such a run ends with 0


def test_results_of_one_cause_count_once(tmp_path: Path) -> None:
    lines = [runs.result(Verdict.DEVIATES, check=f"c/x{n}/s", findings=["missing:A/b"]) for n in range(9)]
    assert made(tmp_path, *lines).columns[0].failing == ("1 new gating cause",)
    errors = [runs.result(Verdict.ERROR, check=f"c/x{n}/s", reason="bad key") for n in range(9)]
    assert made(tmp_path, *errors).columns[0].failing == ("1 reason for errors",)


def test_every_form_shows_the_denominator(tmp_path: Path) -> None:
    found = forms(made(tmp_path, *judged(Verdict.CONFORMS, Verdict.CONFORMS, Verdict.DEVIATES)))
    assert "2 of 3 MUST, 1 deviates" in found["html"]
    assert "2 of 3 MUST, 1 deviates" in found["markdown"]
    assert json.loads(found["json"])["targets"][0]["levels"]["must"] == {
        "total": 3,
        "verdicts": {**dict.fromkeys([verdict.value for verdict in Verdict], 0), "conforms": 2, "deviates": 1},
    }


@pytest.mark.parametrize("highest", list(Verdict))
def test_a_capability_shows_the_highest_verdict(tmp_path: Path, highest: Verdict) -> None:
    lower = [verdict for verdict in Verdict if verdict.rank < highest.rank]
    cell = made(tmp_path, *judged(*lower, highest, *lower)).capabilities[0].cells[0]
    assert cell is not None
    assert cell.verdict is highest
    assert cell.total == 2 * len(lower) + 1


def test_cases_of_a_check_are_one_row(tmp_path: Path) -> None:
    cases = [
        runs.result(v, check=f"chat.basic/wrong[{case}]/is_refused", case=case, exchanges=[f"chat.basic/wrong[{case}]"])
        for case, v in {"empty-messages": Verdict.CONFORMS, "no-model": Verdict.DEVIATES}.items()
    ]
    (check,) = made(tmp_path, *cases).capabilities[0].checks
    assert check.id == "chat.basic/wrong/is_refused"
    assert [case.case for case in check.cases] == ["empty-messages", "no-model"]
    assert check.cells[0] is not None
    assert check.cells[0].verdict is Verdict.DEVIATES


def test_one_cause_is_one_finding_with_its_places(tmp_path: Path) -> None:
    """Forty exchanges without the same key are one line; the gating one comes first."""
    finding = "missing:ChatCompletionMessage/refusal"
    lines = [
        runs.result(Verdict.DEVIATES, check=f"c/x{n}/s", findings=[finding], exchanges=[f"c/x{n}"], gating=False)
        for n in range(40)
    ]
    lines.append(runs.result(Verdict.DEVIATES, check="c/y/s", findings=["wrong-type:usage"]))
    causes = made(tmp_path, *lines).columns[0].causes
    assert [(cause.id, cause.weight, cause.places) for cause in causes] == [
        ("wrong-type:usage", Weight.GATING, 1),
        (finding, Weight.OTHER, 40),
    ]


def test_a_known_deviation_stays_red_with_its_reason(tmp_path: Path) -> None:
    of = made(
        tmp_path, *judged(Verdict.CONFORMS, Verdict.DEVIATES, known=None), runs.result(Verdict.DEVIATES, known=KNOWN)
    )
    only = made(tmp_path, runs.result(Verdict.DEVIATES, known=KNOWN))
    assert only.columns[0].failing == ()
    assert ("td", "deviates") in [
        (tag, attributes.get("class")) for tag, attributes in Elements(matrix_html(only)).tags
    ]
    assert "promised for December" in Elements(matrix_html(only)).text
    assert "deviates\\* 0 of 1" in matrix_markdown(only)
    assert of.columns[0].failing == ("1 new gating cause",)


def test_a_stale_entry_fails_and_stands_out(tmp_path: Path) -> None:
    stale = Known(reason="role was missing", since="2026-09-01", stale=True)
    of = made(tmp_path, runs.result(Verdict.CONFORMS, known=stale))
    assert of.columns[0].failing == ("1 stale known deviation",)
    assert "conforms by now; listed since 2026-09-01" in Elements(matrix_html(of)).text


def test_a_rehearsal_never_has_the_plain_name(tmp_path: Path) -> None:
    of = made(tmp_path, runs.result(), targets=[runs.target(mode="rehearse")])
    page = Elements(matrix_html(of))
    heads = [attributes for tag, attributes in page.tags if tag == "th" and attributes.get("class") == "rehearsal"]
    assert len(heads) == 1
    assert "REHEARSAL: nothing was measured at alpha" in page.text
    assert "alpha (rehearsal)" in page.text
    assert "REHEARSAL: nothing was measured at alpha" in matrix_markdown(of)
    assert "| `alpha` |" not in matrix_markdown(of)
    assert json.loads(matrix_json(of))["targets"][0]["name"] == "alpha (rehearsal)"


def test_a_cut_run_says_so_in_every_form(tmp_path: Path) -> None:
    of = made(tmp_path, runs.result(), footer=False)
    assert of.warnings[0].startswith("CUT RUN")
    assert all("CUT RUN" in text for text in forms(of).values())
    assert json.loads(matrix_json(of))["run"]["exit_code"] is None


def test_a_check_that_no_target_meets_is_suspect(tmp_path: Path) -> None:
    targets = [runs.target("alpha"), runs.target("beta")]
    bad = [runs.result(Verdict.DEVIATES, target=t.name, check="chat.basic/hello/never") for t in targets]
    mixed = [runs.result(v, target=t.name) for t, v in zip(targets, [Verdict.CONFORMS, Verdict.DEVIATES], strict=True)]
    alone = [runs.result(Verdict.DEVIATES, check="chat.basic/hello/one_target_only")]
    untold = [
        runs.result(verdict, target=t.name, check="chat.basic/hello/not_measured")
        for t, verdict in zip(targets, [Verdict.DEVIATES, Verdict.INCONCLUSIVE], strict=True)
    ]
    of = made(tmp_path, *bad, *mixed, *alone, *untold, targets=targets)
    assert [check.id for check in of.suspects] == ["chat.basic/hello/never"]
    assert "1 suspect check" in Elements(matrix_html(of)).text


def test_what_was_not_run_stands_there_with_its_price(tmp_path: Path) -> None:
    left = NotRun(target="alpha", id="images.generate/one", why="costs too much", tokens=1500, checks=4)
    found = forms(made(tmp_path, runs.result(), left))
    assert "1 exchange (4 checks), about 1,500 tokens" in Elements(found["html"]).text
    assert "about 1,500 tokens" in found["markdown"]


def test_nothing_hostile_becomes_markup(tmp_path: Path) -> None:
    """The page has its own two scripts, no handlers, and no address but those of files beside it."""
    hostile = runs.HOSTILE
    of = made(
        tmp_path,
        runs.result(
            Verdict.DEVIATES, reason=hostile, findings=[hostile], exchanges=[hostile], title=hostile, note=hostile
        ),
        runs.result(Verdict.DEVIATES, check=hostile, requirement=hostile, source=hostile, case="c", known=KNOWN),
        runs.result(Verdict.ERROR, check="e", capability=hostile, reason=hostile),
        NotRun(target="alpha", id=hostile, why=hostile, tokens=1, checks=1),
        targets=[runs.target(title=hostile, base_url=hostile, models={hostile: hostile})],
    )
    page = Elements(matrix_html(of))
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "link", "form", "object", "base"})
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "./").startswith("./")
        assert "src" not in attributes
    assert "\u2028" not in matrix_html(of)
    assert "\u202e" not in matrix_html(of)
    data = json.loads(page.script.partition('"use strict"')[0])
    assert any("</script>" in text for text in data["texts"])


def test_the_policy_allows_only_the_page_itself(tmp_path: Path) -> None:
    policies = [
        a.get("content") for _, a in Elements(matrix_html(made(tmp_path, runs.result()))).tags if "http-equiv" in a
    ]
    assert len(policies) == 1
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; script-src 'sha256-[^']+'",
        policies[0] or "",
    )


def test_hostile_text_stays_code_in_markdown(tmp_path: Path) -> None:
    """Outside code spans there is no HTML, link or mention, and no row of the table gets another cell."""
    of = made(
        tmp_path,
        runs.result(Verdict.DEVIATES, reason=runs.HOSTILE, findings=[runs.HOSTILE], capability="a|b`c"),
        targets=[runs.target(base_url=runs.HOSTILE, models={"chat": runs.HOSTILE})],
    )
    text = matrix_markdown(of)
    plain = outside_code(text)
    assert not re.search(r"[<>@]|https?:|\]\(", plain.replace("> **", ""))
    rows = [line for line in text.splitlines() if line.startswith("| ") and "✗" in line]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3]


@pytest.mark.parametrize("text", ["", "`", "``` x", "a`b``c", "x\ny", "plain"])
def test_a_code_span_holds_any_text(text: str) -> None:
    span = code(text)
    fence = re.match("`+", span)
    assert fence is not None
    assert span.endswith(fence[0])
    assert fence[0] not in re.findall("`+", span[len(fence[0]) : -len(fence[0])])
    assert "\n" not in span


@pytest.mark.parametrize("checks", [1000, pytest.param(3000, marks=pytest.mark.long)])
def test_the_index_stays_small(tmp_path: Path, checks: int) -> None:
    """Thousands of checks by five targets, in the worst case: each with a reason of its own."""
    run = runs.realistic(tmp_path, targets=5, checks=checks, unique_reasons=True)
    assert len(run.results) >= 5 * checks
    of = matrix(run)
    assert len(matrix_html(of).encode()) <= LARGEST
    assert len(matrix_markdown(of).encode()) <= LARGEST


def test_the_path_of_a_recording_is_quoted_for_a_browser(tmp_path: Path) -> None:
    """A case of a user's own may hold any character; in the name of its recording it stands as `%3F`."""
    line = runs.recorded(tmp_path, runs.json_answer(b"{}")).model_copy(
        update={"evidence": "exchanges/alpha/a--x%3Fy.json"}
    )
    run = runs.run(tmp_path, [runs.target()], [line, runs.result(exchanges=[line.label])])
    assert data(matrix(run), 80)["pages"] == ["./exchanges/{}/a--x%253Fy.json"]


def test_file_names_are_safe_and_different() -> None:
    labels = [
        "chat.basic/hello",
        "chat.basic/hello[a]",
        "chat.basic/hello[A]",
        "a/b--c",
        "a--b/c",
        "../../etc/passwd",
        "/",
        ".",
    ]
    labels += ["a/b[c]", "a/b-c", "x" * 300, "a/" + "b" * 300, "CON", "\u202e", "a/b\n", "a__b/c", 'a"b/c', "a b/c"]
    names = [safe(label) for label in labels]
    assert names[:2] == ["chat.basic--hello", "chat.basic--hello--a"]
    assert len({name.lower() for name in names}) == len(labels)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._~-]{0,110}", name) for name in names)


def test_header_values_of_the_command_stay_out(tmp_path: Path) -> None:
    assert not [name for name, text in forms(made(tmp_path, runs.result())).items() if "s3cr3t" in text]


def test_reports_are_pure_functions_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = runs.run(tmp_path, [runs.target()], [runs.recorded(tmp_path, runs.json_answer(b"{}")), *judged(*Verdict)])
    runs.write_log(run)
    write(run)
    pages = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*.html")) + sorted(tmp_path.glob("matrix.*"))}
    (tmp_path / "evidence" / "left-over.html").write_text("of an earlier writing")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "matrix.html")
    assert {path: path.read_bytes() for path in pages} == pages
    assert not (tmp_path / "evidence" / "left-over.html").exists()


def test_the_results_for_allure_are_written_for_who_wants_them(tmp_path: Path) -> None:
    runs.write_log(runs.run(tmp_path, [runs.target()], judged(*Verdict)))
    assert main([str(tmp_path)]) == 0
    assert not (tmp_path / "allure-results").exists()
    assert main(["--allure", str(tmp_path)]) == 0
    assert len(list((tmp_path / "allure-results").glob("*-result.json"))) == len(Verdict)


def test_a_folder_that_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 4
    assert "is no run" in capsys.readouterr().err
    assert main([]) == 4


def test_the_published_schema_of_the_json_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/report/matrix/matrix.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), (
        "python -m conformance.report.matrix.document > conformance/report/matrix/matrix.schema.json"
    )


def test_the_json_is_valid_by_its_schema_and_says_its_version(tmp_path: Path) -> None:
    made = runs.realistic(tmp_path, capabilities=10, checks=40)
    text = matrix_json(matrix(made))
    jsonschema_rs.validator_for(json.loads(document.schema())).validate(json.loads(text))
    assert document.MatrixDocument.model_validate_json(text).version == 2


ADDRESS = "https://platform.openai.com/docs/api-reference/chat/create"


def with_recording(folder: Path, **changes: Any) -> Matrix:
    line = runs.recorded(folder, runs.json_answer(b"{}"), withheld={"authorization": "ALPHA_KEY"})
    return made(folder, line, runs.result(Verdict.DEVIATES, source_url=ADDRESS, **changes))


def test_a_cause_has_a_command_that_shows_it_again_and_a_link_to_its_source(tmp_path: Path) -> None:
    of = with_recording(tmp_path)
    page = Elements(matrix_html(of))
    assert "curl -sS -i -N https://alpha.example/v1/chat/completions" in page.text
    assert "$ALPHA_KEY" in page.text
    outward = [a for tag, a in page.tags if tag == "a" and (a.get("href") or "").startswith("https:")]
    assert outward == [{"rel": "noreferrer noopener", "href": ADDRESS}]
    assert f"]({ADDRESS})" in matrix_markdown(of)
    assert "\n  curl -sS -i -N" in matrix_markdown(of)


@pytest.mark.parametrize(
    "url",
    [
        "http://plain.example/x",
        "javascript:alert(1)",
        'https://evil.example/"onclick=alert(1)',
        "https://user:key@evil.example/",
        f"https://evil.example/{'x' * 400}",
        runs.HOSTILE,
    ],
)
def test_what_is_no_plain_address_is_no_link(tmp_path: Path, url: str) -> None:
    of = made(tmp_path, runs.result(Verdict.DEVIATES, source_url=url))
    page = Elements(matrix_html(of))
    assert not [a for tag, a in page.tags if tag == "a" and not (a.get("href") or "").startswith("./")]
    assert "](" not in outside_code(matrix_markdown(of))


def test_what_is_not_offered_is_one_line_with_who_needs_it(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b'{"detail": "Not Found"}', status=404))
    line = line.model_copy(update={"facts": Facts(method="POST", operation="moderations", said="Not Found")})
    lines = [runs.result(Verdict.UNSUPPORTED, check=f"a/b/s{n}", reason=f"refused {n}") for n in range(3)]
    found = forms(made(tmp_path, line, *lines))
    assert "POST moderations is refused with 404: 'Not Found' (3 checks). Breaks whoever needs: one user message" in (
        Elements(found["html"]).text
    )
    assert (
        "`POST moderations is refused with 404: 'Not Found'` (3 checks), needed for: one user message"
        in (found["markdown"])
    )
    (told,) = json.loads(found["json"])["targets"][0]["not_offered"]
    assert told == {
        "what": "POST moderations is refused with 404: 'Not Found'",
        "checks": 3,
        "needed_for": ["one user message"],
        "exchange": line.label,
        "evidence": ["evidence/alpha/chat.basic--hello.html"],
    }


def test_what_is_taken_together_stays_listed(tmp_path: Path) -> None:
    lines = [
        runs.result(Verdict.DEVIATES, check=f"c/x{n}/s", findings=["missing:A/b"], requirement=f"Statement {n} holds.")
        for n in range(3)
    ]
    text = Elements(matrix_html(made(tmp_path, *lines))).text
    assert "3 statements in one cause" in text
    assert all(f"Statement {n} holds." in text for n in range(3))
