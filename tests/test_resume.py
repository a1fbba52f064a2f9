"""Going on with a run by what its log says, which may be a stranger's."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.definition.exchange_spec import ExchangeSpec
from conformance.log import records
from conformance.log.records import Run
from conformance.log.writer import Log
from conformance.plan.order import closure
from conformance.record.ledger import Ledger
from conformance.record.spool import EXCHANGES, Spool
from conformance.requests import delete, post
from conformance.run.options import RunOptions
from conformance.run.reopen import forget_gone, reopen
from conformance.wire.capability import Level
from conformance.wire.response import Response
from conformance.wire.verdict import UsageError, Verdict
from tests import hostile, runs
from tests.fakes import chosen
from tests.hostile import serving
from tests.sources import created, keys, removed, timed, used
from tests.whole_run import KEY_ENV, Runner, run

__all__ = ["run"]

LISTED = ("--capability", "models.list.schema")

HERE = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--name", "here")
OURS = {"OPENAI_API_KEY": "sk-ours-0123456789"}


def left_by(options: RunOptions) -> Run:
    """Write the log that a run with these options begins with."""
    folder = options.root / "reports" / "runs" / "one"
    folder.mkdir(parents=True, exist_ok=True)
    Log(folder, [choice.facts for choice in options.targets], [], options.asked)._close()
    return records.read(folder)


@pytest.fixture
def before(tmp_path: Path) -> Callable[..., Run]:
    """Leave the log of a run with some options."""
    return lambda *given, **environ: left_by(chosen(tmp_path, *given, **environ))


def refused(root: Path, *given: str, **environ: str) -> str:
    with pytest.raises(UsageError) as caught:
        chosen(root, "--resume", "one", *given, **environ)
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "environ"),
    [
        ((), {}),
        (("--target", "openai", "--model", "embedding=e-2"), OURS),
        (HERE, {}),
        ((*HERE, "--model", "embedding=e"), {}),
        (("--target", "openai", "--endpoint", "gate=http://127.0.0.1:9/v1", "--model", "gate:g"), OURS),
    ],
)
def test_a_run_goes_on_with_its_targets_and_models(
    tmp_path: Path, before: Callable[..., Run], given: tuple[str, ...], environ: dict[str, str]
) -> None:
    run = before(*given, **environ)
    again = chosen(tmp_path, "--resume", "one", **environ)
    known = [choice.facts.model_dump(mode="json") for choice in again.targets]
    assert known == [facts.model_dump(mode="json") for facts in run.header.targets]
    assert again.asked == run.header.options


def test_a_run_goes_on_with_its_selection_and_its_limits(tmp_path: Path, before: Callable[..., Run]) -> None:
    selection = ("--capability", "chat.*", "--level", "may", "--cost", "all", "--max-requests", "7")
    before(*HERE, *selection, "--deadline", "9", "--in-flight", "2", "--max-minutes", "3", "--keep", "shapes")
    again = chosen(tmp_path, "--resume", "one")
    assert (again.capabilities, again.level, again.max_requests) == (("chat.*",), Level.MAY, 7)
    assert (again.bounds.minutes, again.keep_shapes) == (3, True)
    limits = again.targets[0].target.limits
    assert (limits.deadline_s, limits.in_flight) == (9, 2)


def test_what_is_given_beside_it_wins(tmp_path: Path, before: Callable[..., Run]) -> None:
    before(*HERE, "--profile", "smoke", "--deadline", "9")
    again = chosen(tmp_path, "--resume", "one", "--capability", "models.*", "--deadline", "5")
    assert (again.capabilities, again.checks) == (("models.*",), ())
    assert again.targets[0].target.limits.deadline_s == 5


def test_the_whole_command_line_may_be_given_again(tmp_path: Path, before: Callable[..., Run]) -> None:
    given = (*HERE, "--api-key-env", "K", "--header", "X-Team: blue")
    before(*given, K="sk-0123456789")
    again = chosen(tmp_path, "--resume", "one", *given, K="sk-0123456789")
    assert (again.targets[0].target.headers, again.keys.of("here")) == ({"X-Team": "blue"}, "sk-0123456789")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            ("--base-url", "http://127.0.0.1:8/v1"),
            "tested here at http://127.0.0.1:9/v1, and not http://127.0.0.1:8/v1",
        ),
        (("--model", "other"), "asked here for `m` as chat, and not for `other`"),
        (("--target", "simulator"), "a run goes on with the targets that it has"),
        (("--endpoint", "x=http://127.0.0.1:9/v1"), "a run goes on with the endpoints that it has"),
        (("--name", "there"), "the run tested here, and not there"),
    ],
)
def test_another_target_is_refused(
    tmp_path: Path, before: Callable[..., Run], given: tuple[str, ...], says: str
) -> None:
    before(*HERE)
    assert says in refused(tmp_path, *given)


def test_a_model_may_be_added(tmp_path: Path, before: Callable[..., Run]) -> None:
    before(*HERE)
    again = chosen(tmp_path, "--resume", "one", "--model", "embedding=e")
    assert {role: model.id for role, model in again.targets[0].target.models.items()} == {"chat": "m", "embedding": "e"}


# A stranger's log.


@pytest.mark.parametrize(
    ("given", "again"),
    [
        (("--api-key-env", "OPENAI_API_KEY"), "--api-key-env OPENAI_API_KEY"),
        (("--header", "X-Team: blue"), '--header "X-Team: VALUE"'),
        (("--ca-file", "ca.pem"), "--ca-file ca.pem"),
    ],
)
def test_nothing_that_gives_something_away_is_taken_from_a_log(
    tmp_path: Path, before: Callable[..., Run], given: tuple[str, ...], again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.run.options.refuse_unusable", lambda _: None)
    run = before(*HERE, *given, **OURS)
    said = refused(tmp_path, **OURS)
    assert again in said
    assert "http://127.0.0.1:9/v1" in said
    assert "blue" not in run.header.model_dump_json()
    assert chosen(tmp_path, "--resume", "one", *given, **OURS).resume is not None


def test_a_file_of_the_users_own_must_be_named_again(tmp_path: Path, before: Callable[..., Run]) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "x"\nbase_url = "http://127.0.0.1:9/v1"\nkey_env = "OPENAI_API_KEY"\n[models]\nchat = "m"\n'
    )
    before("--target", "mine.toml", **OURS)
    assert "--target mine.toml" in refused(tmp_path, **OURS)
    assert chosen(tmp_path, "--resume", "one", "--target", "mine.toml", **OURS).keys.of("mine")


def test_a_target_of_ours_gets_its_key_at_its_own_address_alone(tmp_path: Path, before: Callable[..., Run]) -> None:
    run = before("--target", "openai", **OURS)
    forged = run.header.model_copy(
        update={"targets": [run.header.targets[0].model_copy(update={"base_url": "https://evil.example/v1"})]}
    )
    (run.folder / records.LOG).write_text(records.dump(forged), encoding="utf-8")
    assert "tested openai at https://evil.example/v1, and not https://api.openai.com/v1" in refused(tmp_path, **OURS)


def test_cassettes_are_recorded_only_when_that_is_said_again(tmp_path: Path, before: Callable[..., Run]) -> None:
    before(*HERE, "--mode", "record")
    assert "--mode record" in refused(tmp_path)
    assert chosen(tmp_path, "--resume", "one", "--mode", "record").targets[0].mode == "record"


def test_a_log_without_its_options_is_gone_on_with_as_ever(tmp_path: Path, before: Callable[..., Run]) -> None:
    run: Any = before("--target", "openai", **OURS)
    (run.folder / records.LOG).write_text(
        records.dump(run.header.model_copy(update={"options": None})), encoding="utf-8"
    )
    assert chosen(tmp_path, "--resume", "one", **OURS).targets[0].target.name == "openai"


# What is asked for again.


def gone_on(folder: Path, recorded: Sequence[ExchangeSpec], order: Sequence[ExchangeSpec]) -> list[str]:
    """Go on with a run that has these recordings and whose thing is gone; return what is recorded then."""
    spool, ledger = Spool(folder), Ledger(folder)
    for key in keys(*recorded):
        spool.path(key).parent.mkdir(parents=True, exist_ok=True)
        spool.path(key).touch()
    answer = Response(200, (), b'{"id": "x-1"}', (), ())
    ledger.note("t", created.id, post("/files", None), answer)
    ledger.note("t", removed.id, delete("/files/x-1"), answer)
    reopen(folder)
    forget_gone(folder, closure(keys(*order)))
    return sorted(path.stem for path in (folder / EXCHANGES).rglob("*.json"))


def test_what_is_gone_is_made_again_with_all_that_is_about_it(tmp_path: Path) -> None:
    """Else `used` would be asked about a thing that is not there, and the endpoint accused for it."""
    assert gone_on(tmp_path, [created, removed, timed], [created, used, removed, timed]) == ["timed"]


def test_what_is_gone_and_needed_no_more_stays(tmp_path: Path) -> None:
    assert gone_on(tmp_path, [created, used, removed], [created, used, removed, timed]) == [
        "created",
        "removed",
        "used",
    ]


def test_what_is_gone_is_forgotten_by_one_process_alone(tmp_path: Path) -> None:
    order = [created, used, removed]
    gone_on(tmp_path, [created, removed], order)
    again = Spool(tmp_path).path(keys(created)[0])
    again.touch()
    forget_gone(tmp_path, closure(keys(*order)))
    assert again.exists()


def test_a_refusal_that_was_ours_to_mend_is_asked_again(run: Runner) -> None:
    busy = hostile.on_path("/models", hostile.envelope("Slow down", 429, retry_after="9999"))
    with serving(busy) as server:
        first = run.at(server.base_url, *LISTED)
        assert first.code == 6
        server.seen.clear()
        server.behaviour = hostile.faithful()
        again = run("--resume", first.folder.name, "--api-key-env", KEY_ENV)
    assert (again.code, server.paths) == (0, ["GET /models"]), again.said
    assert again.folder == first.folder


def test_only_recordings_are_taken_away_because_a_log_names_them(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}", status=429))
    elsewhere = tmp_path / "elsewhere.json"
    shutil.copyfile(tmp_path / line.evidence, elsewhere)
    result = runs.result(Verdict.ERROR, evidence=[line.evidence, elsewhere.name, records.LOG])
    runs.write_log(runs.run(tmp_path, [runs.target()], [result]))
    reopen(tmp_path)
    assert [(tmp_path / name).exists() for name in result.evidence] == [False, True, True]
