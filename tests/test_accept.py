"""A deviation is accepted by a command: with its places, in the target's file, and only if a run shows it."""

import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from conformance.cli.terminal import expired_lines
from conformance.drift import accept
from conformance.drift.accept import main
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.targets.known_file import load_known, parse_known
from conformance.targets.load import parse
from conformance.targets.target import KnownDeviation, Target
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import DONE, FINDINGS, VECTORS, faithful, gateway, judged
from tests.whole_run import KEY, Runner, run

__all__ = ["run"]

FILE = """# What we know of alpha.
title = "Alpha"   # ours
base_url = "https://alpha.example/v1"
hosts = ["alpha.example"]

[models]
chat = "small-2"
"""
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
WHY = ("--reason", 'a "fix" is promised \\ for December')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "alpha.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def known(file: Path) -> tuple[KnownDeviation, ...]:
    return parse(file.read_text(encoding="utf-8"), "alpha", "alpha.toml").known_deviations


def accepted(file: Path, what: str, *more: str) -> int:
    return main([what, "--target", str(file), "--run", str(file.parent / "run"), *WHY, *more])


def test_a_check_is_accepted_in_its_places_and_the_file_keeps_what_it_says(file: Path) -> None:
    gateway(file.parent / "run")
    link = "https://alpha.example/issues/7"
    assert accepted(file, DONE, "--until", TOMORROW.isoformat(), "--link", link) == 0
    assert file.read_text(encoding="utf-8").startswith(FILE)
    (entry,) = known(file)
    assert (entry.check, entry.places) == (DONE, ("chat.stream.done/chat_stream",))
    assert (entry.reason, entry.expires, entry.link) == (WHY[1], TOMORROW, link)
    assert entry.since <= date.today() + timedelta(days=1)  # noqa: DTZ011  a day that is written in UTC


def test_what_a_later_sample_shows_is_accepted_in_all_samples(file: Path) -> None:
    gateway(file.parent / "run", judged(DONE, Verdict.DEVIATES, places=["chat.stream.done/chat_stream@2"]))
    assert accepted(file, DONE) == 0
    (entry,) = known(file)
    assert entry.places == ("chat.stream.done/chat_stream",)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_who_may_read_the_file_may_read_it_afterwards(file: Path, mode: int) -> None:
    gateway(file.parent / "run")
    file.chmod(mode)
    assert accepted(file, DONE) == 0
    assert known(file)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_all_that_fails_a_run_is_accepted_at_once(file: Path) -> None:
    optional = judged("a/b/c", Verdict.DEVIATES, gating=False)
    gateway(file.parent / "run", optional)
    assert accepted(file, "all") == 0
    assert {entry.check for entry in known(file)} >= {DONE, VECTORS}
    assert "a/b/c" not in {entry.check for entry in known(file)}
    assert all(entry.places for entry in known(file))


def test_all_of_a_run_that_shows_nothing_new_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faithful(file.parent / "run")
    assert accepted(file, "all") == 4
    assert "shows nothing new that fails it" in capsys.readouterr().err


def test_a_cause_is_accepted_with_all_checks_that_show_it(file: Path) -> None:
    gateway(file.parent / "run")
    assert accepted(file, FINDINGS[VECTORS]) == 0
    assert [entry.check for entry in known(file)] == [VECTORS]


def test_a_second_entry_stands_beside_the_first(file: Path) -> None:
    gateway(file.parent / "run")
    assert [accepted(file, what) for what in (DONE, VECTORS)] == [0, 0]
    assert [entry.check for entry in known(file)] == [DONE, VECTORS]


@pytest.mark.parametrize(
    ("what", "says"),
    [(DONE, "does not deviate"), ("chat.nothing/at_all/is_so", "shows no check and no new cause")],
)
def test_what_the_run_does_not_show_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str], what: str, says: str
) -> None:
    faithful(file.parent / "run")
    assert accepted(file, what) == 4
    assert says in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == FILE


def test_what_is_accepted_already_a_day_that_is_over_and_a_rehearsal_are_refused(file: Path) -> None:
    accepted_before = judged(DONE, Verdict.DEVIATES, known={"reason": "reported", "since": "2026-11-01"})
    faithful(file.parent / "run", accepted_before)
    assert accepted(file, DONE) == 4
    gateway(file.parent / "run")
    assert accepted(file, DONE, "--until", "2026-01-01") == 4
    gateway(file.parent / "run", mode="rehearse")
    assert accepted(file, DONE) == 4
    assert file.read_text(encoding="utf-8") == FILE


def test_a_list_in_another_form_is_left_to_people(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"known_deviations = []\n{FILE}"
    file.write_text(text, encoding="utf-8")
    gateway(file.parent / "run")
    assert accepted(file, DONE) == 4
    assert "alpha.toml" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server whose chunks have no index."""
    with running(KEY, table()) as url:
        yield url.removesuffix("/v1") + "/~stream-choice-index-missing/v1"


def test_an_accepted_cause_no_longer_fails_the_run_until_its_day_is_over(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.root)
    asked = (*run.target("gate", server), "--capability", "chat.stream.*", "--level", "may")
    assert run(*asked).code == 1
    file = run.root / "targets/gate.toml"
    cause = "missing:ChatCompletionChunkChoice/index"
    assert main([cause, "--target", str(file), "--until", TOMORROW.isoformat(), *WHY]) == 0
    assert run(*asked).code == 0
    file.write_text(file.read_text().replace(f"expires = {TOMORROW}", "expires = 2026-01-01"))
    assert run(*asked).code == 1


def test_an_entry_that_has_expired_is_said_before_the_first_request() -> None:
    entry = KnownDeviation(check="a/b/c", reason="reported", since=date(2026, 1, 1), expires=date(2026, 2, 1))
    lasting = entry.model_copy(update={"expires": None})
    target = Target(name="gate", title="gate", known_deviations=(entry, lasting))
    (line,) = expired_lines([target])
    assert line.startswith("gate: a/b/c was accepted until 2026-02-01, and is new again")


@pytest.mark.parametrize("places", [[], ["chat.stream.done/chat_stream[tool,chat=small-2]"]])
def test_what_the_file_accepts_for_the_same_places_gets_no_second_entry(
    file: Path, capsys: pytest.CaptureFixture[str], places: list[str]
) -> None:
    gateway(file.parent / "run", judged(DONE, Verdict.DEVIATES, places=places))
    assert [accepted(file, DONE) for _ in range(2)] == [0, 4]
    assert "already, since" in capsys.readouterr().err
    assert len(known(file)) == 1
    file.write_text(file.read_text(encoding="utf-8") + "expires = 2026-01-01\n", encoding="utf-8")
    assert accepted(file, DONE) == 0


def test_without_a_target_file_a_file_of_known_deviations_is_made_and_added_to(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    gateway(tmp_path / "run")
    for what in (DONE, VECTORS):
        assert main([what, "--known", str(file), "--run", str(tmp_path / "run"), *WHY]) == 0
    entries = load_known("known.toml", tmp_path)
    assert [entry.check for entry in entries] == [DONE, VECTORS]
    assert file.read_text(encoding="utf-8").startswith("[[known_deviations]]")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert main([DONE, "--known", str(file), "--run", str(tmp_path / "run"), *WHY]) == 4


def test_an_endpoint_without_a_target_file_has_its_known_deviations_in_a_file(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.root)
    monkeypatch.setenv("GATE_KEY", KEY)
    asked = ("--base-url", server, "--model", "sim-chat", "--api-key-env", "GATE_KEY", "--name", "gate")
    part = ("--capability", "chat.stream.*", "--level", "may")
    assert run(*asked, *part).code == 1
    cause = "missing:ChatCompletionChunkChoice/index"
    assert main([cause, "--known", "known.toml", *WHY]) == 0
    assert run(*asked, *part, "--known", "known.toml").code == 0
    faithful = server.replace("/~stream-choice-index-missing", "")
    ran = run(*("--base-url", faithful), *asked[2:], *part, "--known", "gate=known.toml")
    assert ran.code == 1
    assert "stale" in ran.said


def test_a_resumed_run_wants_its_file_of_known_deviations_again(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATE_KEY", KEY)
    (run.root / "known.toml").write_text("", encoding="utf-8")
    asked = ("--base-url", server, "--model", "sim-chat", "--api-key-env", "GATE_KEY", "--name", "gate")
    assert run(*asked, "--capability", "models.list.schema", "--known", "known.toml").code == 0
    ran = run("--resume", "latest", "--api-key-env", "GATE_KEY")
    assert ran.code == 4
    assert "--known known.toml" in ran.said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[known]]", "known.toml, line 1: `known`: there is no such field; known: known_deviations"),
        ("[[known_deviations]]\ncheck = 1", "known.toml, line 2: `known_deviations.0.check`"),
        ("[[", "known.toml: "),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "known.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_known("known.toml", tmp_path)
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--known known\.toml: there is no such file; it is made by: .* accept"):
        load_known("known.toml", tmp_path)


def test_what_shows_only_sometimes_is_never_stale_and_has_a_last_day(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway(file.parent / "run")
    assert accepted(file, DONE, "--sometimes") == 4
    assert "--sometimes: " in capsys.readouterr().err
    assert accepted(file, DONE, "--sometimes", "--until", TOMORROW.isoformat()) == 0
    assert [entry.sometimes for entry in known(file)] == [True]
    with pytest.raises(UsageError, match="say the day on which it `expires`"):
        parse_known(f'[[known_deviations]]\ncheck = "{DONE}"\nreason = "r"\nsince = 2026-11-01\nsometimes = true', "x")


def test_a_file_of_the_installed_suite_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(accept, "is_clone", lambda: False)
    assert main([DONE, "--target", "simulator", *WHY]) == 4
    assert "belongs to the installed suite; use --known FILE" in capsys.readouterr().err
