"""A rehearsal asks the simulator in a target's place, and no result of it ever looks as if it had been measured."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance.__main__ import main as suite
from conformance.contract.document import Contract, Source
from conformance.contract.file import write
from conformance.explain.evidence import newest
from conformance.rehearsal.banner import banner
from conformance.rehearsal.dressing import deviations, rehearsal, rehearsed, under
from conformance.rehearsal.guard import refuse_to_publish
from conformance.report.matrix.model import matrix
from conformance.targets.documented import Documented
from conformance.targets.load import load, names
from conformance.targets.target import Target
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.verdict import UsageError, Verdict
from tests import runs
from tests.compared import faithful
from tests.fakes import chosen, target
from tests.whole_run import BASIC, Ran, Runner, run

__all__ = ["run"]

Told = Callable[..., tuple[int, str]]
SOURCE = Source(run="r", day=date(2026, 11, 1), mode="live", suite="1", client="1", schemas="")
NOTHING: dict[str, Any] = {"exchanges": {}, "checks": {}, "causes": {}}
SIMULATOR = load("simulator", {})
USAGE = "usage-streamed-without-opt-in"
STATED = Documented(deviations=("own-tool-id-empty",), says="Calls have no id.", document="a page", line="7")
ASSUMED = Documented(deviations=(USAGE,), says="Usage comes unasked.", document="a repository", assumption=True)


def documented(*lines: Documented) -> Target:
    return target(name="gate", key_env="GATE_KEY", documented=lines)


@pytest.fixture
def keyless(run: Runner, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs without any key."""
    for name in ("CI", "FLATKEY_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return run


def test_the_plan_is_the_target_s_and_the_models_are_the_simulator_s() -> None:
    acting = rehearsal(load("flatkey", {}), SIMULATOR)
    assert {role: model.id for role, model in acting.models.items()} == {
        "chat": "sim-chat",
        "embedding": "sim-embedding",
        "thinking": "sim-thinking",
        "image": "sim-image",
    }
    assert acting.claims == load("flatkey", {}).claims
    assert (acting.base_url, acting.hosts, acting.known_deviations) == ("", (), ())


def test_a_rehearsal_is_not_called_like_its_target() -> None:
    acting = rehearsal(documented(), SIMULATOR)
    assert (acting.name, acting.rehearsed, documented().rehearsed) == ("gate.rehearsal", True, False)


def test_the_simulator_serves_what_the_file_names_each_once() -> None:
    assert deviations(documented(STATED, ASSUMED, STATED)) == ("own-tool-id-empty", USAGE)
    assert under("http://127.0.0.1:1/v1", ("a", "b")) == "http://127.0.0.1:1/~a,b/v1"
    assert under("http://127.0.0.1:1/v1", ()) == "http://127.0.0.1:1/v1"


def test_a_deviation_that_the_simulator_lacks_is_wrong_use() -> None:
    slip = STATED.model_copy(update={"deviations": ("own-tool-id-emty",)})
    with pytest.raises(UsageError, match="did you mean `own-tool-id-empty`"):
        deviations(documented(slip))


@pytest.mark.parametrize("name", names())
def test_the_files_name_deviations_that_can_be_served(name: str) -> None:
    assert set(deviations(load(name, {}))) >= {one for line in load(name, {}).documented for one in line.deviations}


def test_the_banner_tells_what_is_stated_from_what_is_assumed_and_all_variables_at_once() -> None:
    facts = [
        runs.target(f"{one.name}.rehearsal", mode="rehearse", rehearsed=rehearsed(one))
        for one in (documented(STATED, ASSUMED), load("google", {}).model_copy(update={"documented": ()}))
    ]
    said = "\n".join(banner(facts))
    assert "REHEARSAL: nothing is measured at gate or google." in said
    assert "gate: 1 deviations that its documents state, 1 that are assumed of its software or were reported" in said
    assert "To measure, set GATE_KEY, GEMINI_API_KEY" in said
    assert list(banner([runs.target("alpha")])) == []


def test_without_any_key_all_targets_are_rehearsed(tmp_path: Path) -> None:
    options = chosen(tmp_path, "--target", "flatkey", "--target", "google")
    assert [choice.mode for choice in options.targets] == ["rehearse", "rehearse"]
    assert (options.rehearses, options.keyless) == (False, ())


def test_a_rehearsal_has_the_limits_of_its_target(tmp_path: Path) -> None:
    (choice,) = chosen(tmp_path, "--target", "flatkey").targets
    assert chosen(tmp_path, "--target", "flatkey").limit_of(choice.target).requests == 300


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--mode", "rehearse"), "goes with --target"),
    ],
)
def test_what_cannot_be_rehearsed_is_wrong_use(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        chosen(tmp_path, *arguments)


def test_with_ci_set_a_rehearsal_must_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="or --mode rehearse"):
        chosen(tmp_path, "--target", "flatkey", CI="1")
    assert chosen(tmp_path, "--target", "flatkey", "--mode", "rehearse", CI="1").targets[0].mode == "rehearse"


@pytest.fixture
def deviating(keyless: Runner) -> Ran:
    """A rehearsal whose file names a deviation that a MUST finds."""
    line = '[[documented]]\ndeviations = ["stream-choice-index-missing"]\nsays = "No index."\ndocument = "a page"\n'
    options = keyless.target("gate", "http://127.0.0.1:9/v1", line)
    part = ("--capability", "chat.stream.chunk_schema")
    return keyless(*options, "--mode", "rehearse", *part, "--junitxml", "junit.xml", "--allure")


def test_a_rehearsal_never_fails_whatever_it_finds(deviating: Ran) -> None:
    assert deviating.code == 0, deviating.said
    assert Verdict.DEVIATES in deviating.verdicts.values()
    assert not any(result.gating for result in deviating.run.results)
    assert "Exit code 0: rehearsed as asked for: nothing was measured" in deviating.said


def test_nobody_takes_a_rehearsal_for_its_target(deviating: Ran) -> None:
    plain = re.compile(r"\bgate\b(?! ?\(rehearsal\)|\.rehearsal|\.toml)")
    (column,) = json.loads((deviating.folder / "matrix.json").read_text())["targets"]
    assert (column["name"], column["mode"]) == ("gate (rehearsal)", "rehearse")
    assert {result.target for result in deviating.run.results} == {"gate.rehearsal"}
    assert all(path.parts[len(deviating.folder.parts) + 1] == "gate.rehearsal" for path in pages(deviating))
    allure = [path.read_text() for path in (deviating.folder / "allure-results").glob("*-result.json")]
    assert allure
    assert [text for text in allure if '"gate"' in text] == []
    assert [text for text in allure if "REHEARSAL: nothing was measured" not in text] == []
    assert not (deviating.root / "reports" / "runs" / "latest").exists()
    assert not plain.search((deviating.root / "junit.xml").read_text())


def pages(ran: Ran) -> list[Path]:
    """Return the evidence pages of a run."""
    found = list((ran.folder / "evidence").rglob("*.html"))
    assert found
    return found


def test_the_matrix_says_of_a_rehearsal_that_nothing_was_measured(deviating: Ran) -> None:
    (column,) = json.loads((deviating.folder / "matrix.json").read_text())["targets"]
    assert (column["outcome"], column["grade"]) == ("rehearsal: nothing was measured",) * 2
    page = (deviating.folder / "matrix.html").read_text()
    assert "nothing new is wrong" not in page
    assert "What the rehearsals were dressed with" in page
    assert "stream-choice-index-missing" in (deviating.folder / "matrix.md").read_text()


DERIVED = {
    "contract": ("--target", "gate", "--from"),
    "accept": ("chat.stream.*", "--target", "gate.toml", "--reason", "later", "--run"),
}
REFUSED = "rehearsed gate: the simulator answered, nothing was measured, nothing is published"


@pytest.fixture
def told(deviating: Ran, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Commands in the folder where the rehearsal was."""
    monkeypatch.chdir(deviating.root)

    def command(*words: str) -> tuple[int, str]:
        code = suite([*words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return command


@pytest.mark.parametrize("command", DERIVED)
def test_nothing_is_derived_from_a_rehearsal(deviating: Ran, told: Told, command: str) -> None:
    (file,) = deviating.root.rglob("gate.toml")
    before = file.read_bytes()
    words = [str(file) if word == "gate.toml" else word for word in DERIVED[command]]
    code, said = told(command, *words, deviating.folder.name)
    assert (code, REFUSED in said) == (4, True), said
    assert not (deviating.root / "reports" / "published").exists()
    assert file.read_bytes() == before


def test_a_rehearsal_has_no_drift_and_is_not_judged_again(deviating: Ran, told: Told) -> None:
    write(Contract(target="gate", base_url="", models={}, sources=[SOURCE], catalogue=None, **NOTHING))
    code, said = told("drift", "--target", "gate", "--run", deviating.folder.name)
    assert (code, "it was only rehearsed" in said) == (6, True), said
    code, said = told("rejudge", deviating.folder.name)
    assert (code, "that run rehearsed gate" in said) == (6, True), said
    code, said = told("history", deviating.folder.name)
    assert (code, "rehearsals" in said) == (4, True), said


def test_a_rehearsal_is_a_column_with_its_mark_and_never_among_what_is_published(deviating: Ran, told: Told) -> None:
    """It is not found by the plain name, and where it is named, no form of the comparison has that name alone."""
    name = deviating.folder.name
    faithful(deviating.root / "reports" / "runs" / "20261101T000000Z-alpha")
    assert told("compare", "alpha", "gate")[0] == 4
    code, said = told("compare", "alpha", name, "--output", "reports/published/compare")
    assert (code, "gate was only rehearsed" in said) == (4, True), said
    assert not (deviating.root / "reports" / "published").exists()
    code, said = told("compare", "--from", "alpha", "--to", f"{name}#gate", "--output", "out")
    assert (code, "a rehearsal measures nothing" in said) == (6, True), said
    plain = re.compile(r"\bgate\b(?!\\? ?\\?\(rehearsal|\.rehearsal|/)")
    for form in ("compare.html", "compare.md"):
        text = (deviating.root / "out" / form).read_text(encoding="utf-8")
        assert "REHEARSAL: nothing was measured at gate" in text
        assert not plain.search(text), form
    held = json.loads((deviating.root / "out" / "compare.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["mode"]) for one in held["sides"]] == [
        ("alpha", "live"),
        ("gate (rehearsal)", "rehearse"),
    ]
    assert held["migration"]["losses"] == []


def test_a_rehearsal_is_no_evidence_of_a_check(deviating: Ran) -> None:
    check = next(iter(deviating.verdicts)).partition(" ")[2]
    assert newest(check, deviating.root / "reports" / "runs") == []


def test_no_run_rehearses_into_what_is_published(keyless: Runner) -> None:
    options = keyless.target("gate", "http://127.0.0.1:9/v1")
    ran = keyless(*options, "--mode", "rehearse", "--output", "reports/published/runs", *BASIC)
    assert (ran.code, "gate was only rehearsed" in ran.said) == (4, True), ran.said


def test_no_rehearsal_is_published(deviating: Ran) -> None:
    with pytest.raises(UsageError, match=REFUSED):
        refuse_to_publish(deviating.folder.name, deviating.run.header.targets)
    published = Path(__file__).parents[1] / "reports" / "published"
    texts = [path for path in published.rglob("*") if path.suffix in {".html", ".json", ".md", ".ndjson"}]
    marks = ('"mode":"rehearse"', '"mode": "rehearse"', "(rehearsal)", f'{SUFFIX}"')
    assert [path for path in texts if any(mark in path.read_text(encoding="utf-8") for mark in marks)] == []


def test_a_rehearsal_makes_no_check_suspicious() -> None:
    both = [runs.target("alpha"), runs.target("beta.rehearsal", mode="rehearse")]
    lines = [runs.result(target=facts.name, verdict=Verdict.DEVIATES) for facts in both]
    assert matrix(runs.run(Path(), both, lines)).suspects == ()


def test_a_rehearsal_is_neither_replayed_nor_gone_on_with(deviating: Ran, keyless: Runner) -> None:
    for option in ("--from", "--resume"):
        again = keyless(option, deviating.folder.name)
        assert again.code == 4
        assert "that run rehearsed gate: the simulator answered" in again.said


def test_recordings_of_a_rehearsal_are_no_cassettes_of_its_target(deviating: Ran, keyless: Runner) -> None:
    recorded = deviating.folder / "exchanges" / "gate.rehearsal"
    (keyless.root / "cassettes").mkdir()
    recorded.rename(keyless.root / "cassettes" / "gate")
    options = keyless.target("gate", "http://127.0.0.1:9/v1")
    again = keyless(*options, "--mode", "replay", *BASIC)
    assert again.code == 4
    assert "these recordings are of a rehearsal" in again.said


def test_what_was_not_asked_for_as_a_rehearsal_is_not_measured(keyless: Runner) -> None:
    ran = keyless("--target", "flatkey", *BASIC)
    assert ran.code == 6, ran.said
    assert "flatkey was only rehearsed: the simulator answered in its place" in ran.said
    assert "a run would send at most 2 requests" in ran.said
    assert "to https://router.flatkey.ai/v1; now the simulator gets it" in ran.said
