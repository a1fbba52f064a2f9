"""The suite as a user runs it: options, exit codes, what is said, what is left behind."""

import json
import signal
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.run.sources import LOOK_AHEAD
from conformance.targets.load import names
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import CHAT, serving
from tests.whole_run import BASIC, CORE, KEY, KEY_ENV, Ran, Runner, endpoint, log_lines, run

__all__ = ["run"]

WRONG_ROLE = hostile.on_path(CHAT, hostile.json_answer(hostile.chat(role="model")))
ROLE = "chat.schema.core/chat_completion/role_is_assistant"
SHAPE = "chat.schema.core/chat_completion/body_has_the_documented_shape"


def until(true: Callable[[], object]) -> None:
    """Wait until something is true, at most for a minute."""
    for _ in range(3000):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not come true within a minute")


# Exit codes.


def test_a_faithful_endpoint_ends_with_0_and_leaves_a_run(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server:
        ran = run.whole.at(server.base_url, *CORE, "--run-pointer", "pointer")
    assert ran.code == 0, ran.said
    assert set(ran.verdicts.values()) == {Verdict.CONFORMS}
    assert sorted(server.paths) == ["GET /models", *["POST /chat/completions"] * 2]
    assert (run.root / "pointer").read_text().strip() == str(ran.folder)
    assert ran.run.footer is not None
    assert (ran.run.footer.exit_code, ran.run.footer.requests, ran.run.footer.interrupted) == (0, 3, False)
    assert "Exit code 0" in ran.said
    assert "at most 3 requests" in ran.said
    assert (ran.folder / "matrix.html").is_file()


def test_every_piece_of_evidence_that_a_result_names_is_there(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.at(server.base_url, *CORE)
    named = [path for result in ran.run.results for path in result.evidence]
    assert len(named) == len(ran.run.results)
    assert all((ran.folder / path).is_file() for path in [*named, *(line.evidence for line in ran.run.exchanges)])


def test_a_new_deviation_ends_with_1(run: Runner) -> None:
    with serving(WRONG_ROLE) as server:
        ran = run.at(server.base_url, *CORE)
    assert ran.code == 1
    deviating = [result.check for result in ran.run.results if result.verdict is Verdict.DEVIATES]
    assert deviating == [SHAPE, ROLE]
    assert ran.result("role_is_assistant").reason.startswith("`role` is 'model'")
    assert ran.result("role_is_assistant").reason.endswith("(1 of 1 responses, the first: chat.basic/hello)")
    assert ROLE in ran.said
    assert "`role` is 'model'" in ran.said
    assert "Traceback" not in ran.said


def test_a_deviation_from_what_is_optional_does_not_fail(run: Runner) -> None:
    catalog = hostile.json_answer(
        {"object": "list", "data": [{"id": "sim-chat", "object": "model", "created": 10**13, "owned_by": "me"}]}
    )
    with serving(hostile.on_path("/models", catalog)) as server:
        ran = run.at(server.base_url, "--capability", "models.catalog_report")
    assert ran.result("created_is_in_seconds").verdict is Verdict.DEVIATES
    assert ran.code == 0
    assert "not gating" in ran.said


def test_an_error_ends_with_6_and_is_not_a_deviation(run: Runner) -> None:
    with serving(hostile.envelope("Slow down", 429, retry_after="9999")) as server:
        ran = run.at(server.base_url, *BASIC)
    assert ran.code == 6
    assert set(ran.verdicts.values()) == {Verdict.ERROR}
    assert "limits us (429)" in ran.said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--target", "nobody"], f"unknown target `nobody`; known: {', '.join(names())}"),
        (["--target", "../simulator"], "--target ../simulator: there is no such file"),
        (["--modle", "x"], "unknown option `--modle`: did you mean `--model`? nox -s conformance -- --help"),
        (["--capability", "chats"], "unknown capability `chats`: did you mean `chat`? --list"),
        (["--level", "shold"], "argument --level: unknown value `shold`: did you mean `should`? Known: must"),
        (["--mode", "rplay"], "did you mean `replay`?"),
        (["--mode", "guess"], "unknown value `guess`; known: live, record, replay"),
        (["--target", "opnai"], "did you mean `openai`?"),
        (["--profile", "smok"], "did you mean `smoke`?"),
        (["--capability", "chat.strem.*"], "did you mean `chat.stream`?"),
        (["--mode", "replay"], "no cassettes of `simulator`"),
        (["--base-url", "127.0.0.1:1/v1", "--model", "m"], "it needs a scheme and a host"),
        (["--base-url", "ftp://h/v1", "--model", "m"], "it needs a scheme and a host"),
        (["--base-url", "http://u:p@h/v1", "--model", "m"], "user name or a password"),
        (["--base-url", "http://h/v1?key=1", "--model", "m"], "looks like a key"),
        (["--base-url", "http://h/v1"], "--base-url needs --model"),
        (["--base-url", "http://h/v1", "--model", "m", "--target", "simulator"], "leave out --target"),
        (["--base-url", "http://h/v1", "--model", "m", "--header", "nonsense"], 'use "Name: value"'),
        (["--base-url", "http://h/v1", "--model", "m", "--header", "Authorization: x"], "--api-key-env"),
        (["--base-url", "http://h/v1", "--model", "m", "--name", "Bad Name"], "lower-case"),
        (["--base-url", "http://h/v1", "--model", "m", "--api-key-env", "NOT_SET"], "set NOT_SET"),
        (["--base-url", "http://h/v1", "--model", " "], "use ID, or ROLE=ID"),
        (["--header", "X: y"], "--header goes with --base-url"),
        (["--name", "x"], "--name goes with --base-url"),
        (["--max-requests", "0"], "use a number from 1"),
        (["--max-requests", "many"], "invalid int"),
        (["--from", "nothing"], "no run `nothing` below reports/runs; the last ones: there are none yet"),
        (["--resume", "nothing"], "no run `nothing`"),
        (["--target", "flatkey", "--mode", "live"], "set FLATKEY_API_KEY"),
        (["--target", "openai", "--mode", "live"], "set OPENAI_API_KEY"),
        (["--no-such-option"], "unknown option `--no-such-option`: nox"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_ends_with_4_and_says_what_is_known(run: Runner, options: list[str], says: str) -> None:
    ran = run(*options)
    assert ran.code == 4, ran.said
    assert says in ran.said
    assert "Traceback" not in ran.said
    assert not (run.root / "reports").exists()


def test_a_target_without_its_key_is_never_guessed_under_ci(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    (run.root / "cassettes" / "flatkey").mkdir(parents=True)
    monkeypatch.setenv("CI", "true")
    ran = run("--target", "flatkey")
    assert (ran.code, "with CI set, nothing is guessed" in ran.said) == (4, True)


def test_the_base_url_of_a_target_cannot_be_turned_to_a_stranger(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(hostile.faithful()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        ran = run("--target", "openai")
    assert (ran.code, server.connections) == (4, 0)
    assert "the key would go to a stranger" in ran.said


def test_nothing_selected_ends_with_5(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.at(server.base_url, "-k", "nothing_is_called_so")
    assert (ran.code, server.connections) == (5, 0)


# Ctrl-C, and going on.


def test_ctrl_c_ends_with_2_and_the_run_can_be_resumed(run: Runner) -> None:
    answering = hostile.on_path("/models", hostile.stall(), hostile.faithful())
    selection = ["--capability", "chat.basic", "--capability", "models.list.schema"]
    with serving(answering) as server:
        with run.started(*endpoint(server.base_url), "--name", "held", *selection) as process:
            until(lambda: list((run.root / "reports").rglob("hello.json")))
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=60)
        cut = Ran(process.returncode, output, run.root)
        assert cut.code == 2, cut.said
        assert server.hung_up.wait(10)
        assert cut.run.cut
        assert cut.run.footer is not None
        assert (cut.run.footer.interrupted, cut.run.footer.exit_code) == (True, 2)
        assert "interrupted: go on with --resume" in cut.said
        assert sorted(server.paths) == ["GET /models", "POST /chat/completions"]
        assert [path.name for path in (cut.folder / "exchanges").rglob("*.json")] == ["hello.json"]
        server.seen.clear()
        server.behaviour = hostile.faithful()
        whole = run.at(server.base_url, "--name", "held", *selection, "--resume", cut.folder.name)
    assert whole.code == 0, whole.said
    assert whole.folder == cut.folder
    assert server.paths == ["GET /models"]
    assert not whole.run.cut
    assert set(whole.verdicts.values()) == {Verdict.CONFORMS}


# Known deviations.

KNOWN = """
[[known_deviations]]
{what} = "{which}"
reason = "the gateway renames roles"
since = 2026-10-02
"""


def known(what: str, *which: str) -> str:
    return "".join(KNOWN.format(what=what, which=name) for name in which)


def test_a_known_deviation_does_not_fail_and_stays_a_deviation(run: Runner) -> None:
    with serving(WRONG_ROLE) as server:
        ran = run(*run.target("renames", server.base_url, known("check", ROLE, SHAPE)), *CORE)
    assert ran.code == 0, ran.said
    assert ran.result("role_is_assistant").verdict is Verdict.DEVIATES
    about = ran.result("role_is_assistant").known
    assert about is not None
    assert (about.reason, about.stale) == ("the gateway renames roles", False)
    assert "2 known" in ran.said


def test_a_known_deviation_that_conforms_is_stale_and_fails(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run(*run.target("mended", server.base_url, known("check", ROLE)), *CORE)
    assert ran.code == 1
    about = ran.result("role_is_assistant").known
    assert about is not None
    assert about.stale
    assert "stale known deviation, MUST" in ran.said


def test_a_known_finding_covers_only_checks_whose_findings_are_all_known(run: Runner) -> None:
    finding = "chat.schema.core/role_is_assistant"
    with serving(WRONG_ROLE) as server:
        ran = run(*run.target("renames", server.base_url, known("finding", finding)), *CORE)
    assert ran.code == 1
    assert [bool(ran.result(name.rpartition("/")[2]).known) for name in (ROLE, SHAPE)] == [True, False]


def test_a_known_finding_is_not_stale_when_only_a_part_is_run(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        choice = run.target("mended", server.base_url, known("finding", "missing:ChatCompletion/id"))
        ran = run(*choice, "-k", "role_is_assistant")
    assert [result.check for result in ran.run.results] == [ROLE]
    assert ran.code == 0, ran.said


# What is selected.


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_list_needs_no_key_and_sends_nothing(run: Runner, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_ENV)
    with serving(hostile.faithful()) as server:
        ran = run(*run.target("listed", server.base_url), "--list", "--format", form, *CORE)
    assert ran.code == 0, ran.said
    assert server.connections == 0
    assert not (run.root / "reports").exists()
    if form == "json":
        listed = json.loads(ran.said)
        assert [row["id"] for row in listed["capabilities"]] == ["chat.basic", "chat.schema.core"]
        assert listed["checks"] == sum(len(row["checks"]) for row in listed["capabilities"])
        assert all(check["level"] and check["source"] for row in listed["capabilities"] for check in row["checks"])
    else:
        assert "chat.schema.core" in ran.said


def test_the_list_names_every_check_that_the_run_judges(run: Runner) -> None:
    listed = json.loads(run("--list", "--format", "json", *CORE).said)
    with serving(hostile.faithful()) as server:
        ran = run.whole.at(server.base_url, *CORE)
    named = [check["id"] for row in listed["capabilities"] for check in row["checks"]]
    assert sorted(named) == sorted(result.check for result in ran.run.results)


def test_an_unknown_capability_is_refused_by_the_list_too(run: Runner) -> None:
    ran = run("--list", "--capability", "chats")
    assert (ran.code, "unknown capability `chats`" in ran.said) == (4, True)


def test_k_selects_by_name_and_sends_only_what_is_needed(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.at(server.base_url, "-k", "role_is_assistant")
    assert [result.check for result in ran.run.results] == [ROLE]
    assert sorted(server.paths) == ["GET /models", "POST /chat/completions"]


def test_a_capability_is_a_pattern_and_names_all_below_it(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.at(server.base_url, "--capability", "models.list.[cs]*")
    assert {result.capability for result in ran.run.results} == {
        "models.list.schema",
        "models.list.contains_configured",
    }


def test_levels_leave_out_what_is_owed_less(run: Runner) -> None:
    counted = {}
    for level in ("must", "should", "may"):
        options = ["--list", "--format", "json", "--level", level, "--base-url", "http://h", "--model", "m"]
        counted[level] = {row["level"] for row in json.loads(run(*options).said)["capabilities"]}
    assert counted == {"must": {"must"}, "should": {"must", "should"}, "may": {"must", "should", "may"}}


def test_x_stops_at_the_first_deviation(run: Runner) -> None:
    with serving(WRONG_ROLE) as server:
        ran = run.at(server.base_url, "-x", "--capability", "chat.schema.*")
    assert ran.code == 1
    assert [result.verdict for result in ran.run.results].count(Verdict.DEVIATES) == 1
    assert ran.run.results[-1].verdict is Verdict.DEVIATES
    needed = {label for result in ran.run.results for label in result.exchanges} | {"models.list.schema/models_listed"}
    assert len(needed) <= len(server.seen) < len(needed) + LOOK_AHEAD


def test_max_requests_bounds_what_is_sent_and_an_unmeasured_must_ends_with_6(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.at(server.base_url, "--capability", "chat.*", "--max-requests", "4")
    assert len(server.seen) == 4
    assert ran.code == 6
    assert ran.run.not_run
    assert "Not run, to keep the cost down" in ran.said


def test_max_requests_counts_retries(run: Runner) -> None:
    with serving(hostile.envelope("Slow down", 429, retry_after="0")) as server:
        ran = run.at(server.base_url, *BASIC, "--max-requests", "2")
    assert len(server.seen) == 2
    assert Verdict.CONFORMS not in ran.verdicts.values()
    assert ran.code == 6


# What is left behind.


def test_the_value_of_a_secret_header_is_sent_and_stands_nowhere(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        given = ("--header", "X-Team: Q7-confidential", "--secret-header", "X-Team", "--header=X-Color: blue-green")
        ran = run.at(server.base_url, *BASIC, *given)
    assert {seen.header("x-team") for seen in server.seen} == {"Q7-confidential"}
    assert {seen.header("x-color") for seen in server.seen} == {"blue-green"}
    assert [p for p in ran.folder.rglob("*") if p.is_file() and b"Q7-confidential" in p.read_bytes()] == []
    assert "X-Team: ..." in next(log_lines(ran.folder))["command"]  # type: ignore[operator]


def test_the_key_is_sent_and_stands_nowhere(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server:
        ran = run.at(server.base_url, *CORE)
    assert {seen.key for seen in server.seen} == {KEY}
    assert hostile.files_with(run.root, KEY) == []
    assert KEY not in ran.said


def test_junit_is_written_and_counts_what_failed(run: Runner) -> None:
    with serving(WRONG_ROLE) as server:
        run.at(server.base_url, *CORE, "--junitxml", "junit.xml")
    (report,) = ET.parse(run.root / "junit.xml").getroot()
    assert (report.get("failures"), report.get("errors")) == ("2", "0")
    assert "role_is_assistant" in ET.tostring(report, "unicode")


def test_two_runs_in_one_second_have_folders_of_their_own(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        for _ in range(2):
            run.at(server.base_url, *BASIC)
    assert len([path for path in (run.root / "reports" / "runs").iterdir() if path.is_dir()]) == 2


def test_an_installed_suite_runs_in_any_folder_and_writes_there(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run.whole.process(*endpoint(server.base_url), *BASIC)
    assert ran.code == 0, ran.said
    assert Path(ran.folder).is_relative_to(run.root)


def test_two_targets_are_judged_in_one_run(run: Runner) -> None:
    with serving(hostile.faithful()) as good, serving(WRONG_ROLE) as bad:
        ran = run(*run.target("bad", bad.base_url), *run.target("good", good.base_url), *CORE)
    assert ran.code == 1
    assert ran.verdicts[f"good {ROLE}"] is Verdict.CONFORMS
    assert ran.verdicts[f"bad {ROLE}"] is Verdict.DEVIATES


def test_tests_of_somebody_else_run_as_ever_beside_the_plugin(run: Runner) -> None:
    run.pytester.makepyfile("def test_one(tmp_path): assert True\ndef test_two(): assert 1 == 2")
    done = run.pytester.runpytest_inprocess("-p", "conformance.plugin", "-p", "no:cacheprovider")
    done.assert_outcomes(passed=1, failed=1)
    assert not (run.root / "reports").exists()
