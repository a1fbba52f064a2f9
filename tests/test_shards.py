"""A plan divided over machines, and merged again into one run."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.__main__ import main
from conformance.definition.exchange_spec import ExchangeKey
from conformance.log import records
from conformance.log.asked import Asked
from conformance.log.records import ExchangeLine, Result, Run
from conformance.merge.shards import in_order
from conformance.plan.order import closure
from conformance.plan.shard import Shard, divided, read
from conformance.record import cassette
from conformance.record.recording import Kept
from conformance.record.spool import EXCHANGES
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError, Verdict
from tests import hostile, runs
from tests.fakes import chosen
from tests.hostile import serving
from tests.sources import asked_first, counted, created, followed, keys, parallel, removed, timed, used, used_again
from tests.whole_run import KEY, Ran, Runner, run

__all__ = ["run"]

PLAN = closure(keys(asked_first, created, used_again, removed, counted, followed, parallel, timed))
SELECTION = ("--capability", "chat.role.*", "--capability", "models.*", "--capability", "chat.stream.basic")
SIMULATOR = ("--target", "simulator", *SELECTION)


def of(division: dict[ExchangeKey, int], *specs: Any) -> set[int]:
    return {number for key, number in division.items() if key.spec in specs}


@pytest.mark.parametrize("of_all", [1, 2, 3, 7])
def test_what_belongs_together_is_sent_by_one_shard(of_all: int) -> None:
    division = divided(PLAN, of_all)
    assert division.keys() == set(PLAN)
    for number in division.values():
        assert 1 <= number <= of_all
    assert len(of(division, created, used, used_again, removed)) == 1
    assert len(of(division, parallel)) == 1
    for key in PLAN:
        for _, below in key.needs():
            assert division[below] == division[key]


def test_every_machine_divides_alike() -> None:
    assert divided(list(reversed(PLAN)), 3) == divided(PLAN, 3)


def test_shards_have_about_as_much_to_do() -> None:
    counts = Counter(divided(PLAN, 3).values())
    assert max(counts.values()) - min(counts.values()) <= 2


def test_what_every_shard_asks_belongs_to_the_first_one() -> None:
    """Else what builds on it would be about an object that another machine has made."""
    division = divided(PLAN, 3, first=keys(created, asked_first))
    assert of(division, created, used, used_again, removed, asked_first) == {1}


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/99999"])
def test_what_is_not_a_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="say K/N"):
        read(text)


def test_a_shard_is_read_as_it_is_shown() -> None:
    assert str(read("2/3")) == "2/3"
    assert read("2/3") == Shard(2, 3)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--shard", "1/2", "--mode", "replay"), "does not go with a replay"),
        (("--shard", "1/2", "--keep", "shapes"), "give --keep shapes to the merge"),
        (("--shard", "0/2"), "say K/N"),
    ],
)
def test_what_contradicts_a_shard_is_refused(tmp_path: Path, given: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        chosen(tmp_path, *given)


# Which runs are the shards of one plan.


def shard_of(number: int, of_all: int = 2, *, plan: str = "p", **changes: Any) -> Run:
    """Return a made-up shard; `changes` are those of its options."""
    made = runs.run(Path(f"run-{number}"), [runs.target()], [])
    assert made.footer is not None
    options = Asked(target=("alpha",), shard=f"{number}/{of_all}", **changes)
    return records.assemble(
        made.folder,
        made.header.model_copy(update={"options": options}),
        [made.footer.model_copy(update={"plan": plan})],
    )


def changed(one: Run, **header: Any) -> Run:
    lines = [*one.exchanges, *([one.footer] if one.footer else [])]
    return records.assemble(one.folder, one.header.model_copy(update=header), lines)


def refusal(*found: Run) -> str:
    with pytest.raises(UsageError) as caught:
        in_order(found)
    return str(caught.value)


def test_shards_are_taken_in_their_order() -> None:
    assert [one.folder.name for one in in_order([shard_of(2), shard_of(1)])] == ["run-1", "run-2"]


def test_a_missing_shard_is_named() -> None:
    assert refusal(shard_of(1, 3), shard_of(3, 3)) == "shard 2/3 is missing: merging takes all 3 of them"


def test_a_doubled_shard_is_named_with_its_runs() -> None:
    again = records.assemble(Path("run-1b"), shard_of(1).header, [footer for footer in [shard_of(1).footer] if footer])
    assert "shard 1/2 is there 2 times: run-1, run-1b" in refusal(shard_of(1), again, shard_of(2))


def test_shards_of_other_divisions_are_refused() -> None:
    assert "run-1 is one of 2 shards, run-2 one of 3" in refusal(shard_of(1), shard_of(2, 3))


def test_a_whole_run_is_not_a_shard() -> None:
    whole = changed(shard_of(2), options=Asked(target=("alpha",)))
    assert "run-2 is a whole run, and not a shard" in refusal(shard_of(1), whole)


def test_a_shard_that_was_cut_must_be_gone_on_with() -> None:
    cut = records.assemble(Path("run-2"), shard_of(2).header, [])
    assert "with --resume run-2" in refusal(shard_of(1), cut)


def test_shards_of_other_targets_are_refused() -> None:
    elsewhere = changed(shard_of(2), targets=[runs.target(base_url="https://other.example/v1")])
    assert "differ in their targets" in refusal(shard_of(1), elsewhere)
    assert "https://other.example/v1" in refusal(shard_of(1), elsewhere)
    other_model = changed(shard_of(2), targets=[runs.target(models={"chat": "large-1"})])
    assert "chat=large-1" in refusal(shard_of(1), other_model)


def test_servers_of_the_machines_themselves_listen_anywhere() -> None:
    here = [
        changed(shard_of(number), targets=[runs.target(base_url=f"http://127.0.0.1:{number}/v1")]) for number in (1, 2)
    ]
    assert len(in_order(here)) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"suite": "0.2.0"}, "differ in the version of the suite (0.1.0, 0.2.0)"),
        ({"client": "3.99"}, "differ in the version of the official client"),
        ({"schemas": "abc"}, "differ in the schemas (nothing, abc)"),
    ],
)
def test_shards_of_other_suites_are_refused(change: dict[str, str], says: str) -> None:
    assert says in refusal(shard_of(1), changed(shard_of(2), **change))


def test_shards_with_other_options_are_refused() -> None:
    assert "differ in --level (should, may)" in refusal(shard_of(1, level="should"), shard_of(2, level="may"))


def test_shards_of_other_plans_are_refused() -> None:
    assert "are parts of different plans" in refusal(shard_of(1), shard_of(2, plan="q"))


def test_shards_that_found_something_else_offered_say_so() -> None:
    def offers(one: Run, *, offered: bool) -> Run:
        line = records.Offered(target="alpha", api="responses", offered=offered, why="")
        return records.assemble(one.folder, one.header, [line, *([one.footer] if one.footer else [])])

    said = refusal(offers(shard_of(1), offered=True), offers(shard_of(2, plan="q"), offered=False))
    assert "run-1 found responses offered at alpha, and run-2 not offered" in said


# Whole runs.


def sent(run: Runner, of_all: int, *options: str) -> list[Ran]:
    """Send all shards of a run, each into a place of its own."""
    found = []
    for number in range(1, of_all + 1):
        done = run(*options, "--shard", f"{number}/{of_all}")
        place = run.root / f"shard-{number}"
        done.folder.rename(place)
        found.append(Ran(done.code, done.said, run.root))
    return found


def merged(run: Runner, of_all: int, *options: str) -> Ran:
    names = [word for number in range(1, of_all + 1) for word in ("--merge", f"shard-{number}")]
    return run(*names, *options)


def compared(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return results without what is different each time, in the order of the log."""
    return [one.model_dump(mode="json", exclude={"duration_ms"}) for one in results]


def plain(lines: Sequence[ExchangeLine]) -> dict[str, tuple[Any, ...]]:
    return {line.label: (line.status, line.ending, line.reason, line.evidence, line.attempts) for line in lines}


def test_two_shards_merged_are_one_whole_run(run: Runner) -> None:
    whole = run(*SIMULATOR, "--level", "may").run
    shards = sent(run, 2, *SIMULATOR, "--level", "may")
    assert [one.code for one in shards] == [0, 0], shards
    both = merged(run, 2)
    assert both.code == 0, both.said
    assert compared(both.run.results) == compared(whole.results)
    assert plain(both.run.exchanges) == plain(whole.exchanges)
    assert both.run.header.shards == ["shard-1", "shard-2"]
    assert (both.folder / "matrix.html").is_file()
    assert "nothing is sent" in both.said


def test_a_shard_sends_its_part_and_judges_nothing(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server:
        options = (*hostile_endpoint(server.base_url), *SELECTION)
        whole = run(*options)
        everything = Counter(server.asked)
        whole.folder.rename(run.root / "whole")
        server.seen.clear()
        shards = sent(run, 3, *options)
    twice = Counter(server.asked) - everything
    assert Counter(server.asked) >= everything
    assert {path for path, _ in twice} <= {"GET /v1/models", "POST /v1/chat/completions"}, "only what is asked first"
    logs = [records.read(run.root / f"shard-{number}") for number in (1, 2, 3)]
    assert [log.results for log in logs] == [(), (), ()]
    assert [log.header.options.shard for log in logs if log.header.options] == ["1/3", "2/3", "3/3"]
    assert len({log.footer.plan for log in logs if log.footer}) == 1
    assert not (run.root / "shard-1" / "matrix.html").exists()
    assert "shard 1/3: " in shards[0].said
    assert "Judge all 3 together: nox -s merge -- " in shards[0].said
    assert "no tests ran" not in shards[0].said


def test_a_deviation_is_found_in_the_merge_and_in_no_shard(run: Runner) -> None:
    """A shard alone cannot know: the exit code 1 is that of the merged run."""
    wrong = hostile.on_path("/models", hostile.json_answer({"object": "list", "data": "none"}), hostile.faithful(KEY))
    with serving(wrong) as server:
        options = (*hostile_endpoint(server.base_url), *SELECTION)
        whole = run(*options)
        verdicts, code = whole.verdicts, whole.code
        whole.folder.rename(run.root / "whole")
        assert [one.code for one in sent(run, 2, *options)] == [0, 0]
    both = merged(run, 2)
    assert (both.code, code) == (1, 1)
    assert both.verdicts == verdicts


def test_what_could_not_be_reached_is_6_in_the_shard_and_an_error_in_the_merge(run: Runner) -> None:
    down = hostile.on_path("/models", hostile.hang_up, hostile.hang_up)
    with serving(down) as server:
        shards = sent(run, 2, *hostile_endpoint(server.base_url), "--capability", "models.*")
    assert [one.code for one in shards] == [6, 6]
    both = merged(run, 2)
    assert both.code == 6
    assert set(both.verdicts.values()) == {Verdict.ERROR}


def test_several_samples_are_merged_whichever_shard_has_sent_each(run: Runner) -> None:
    sent(run, 2, *SIMULATOR, "--samples", "2")
    both = merged(run, 2)
    assert both.code == 0
    assert [line.label for line in both.run.every_exchange if line.reason] == []
    assert {result.samples.told for result in both.run.results if result.samples} == {2}


def test_a_recording_that_is_gone_is_ours_and_not_the_targets(run: Runner) -> None:
    sent(run, 2, *SIMULATOR)
    gone = next(path for number in (1, 2) for path in (run.root / f"shard-{number}" / EXCHANGES).rglob("*stream*.json"))
    gone.unlink()
    both = merged(run, 2)
    assert both.code == 6
    assert Verdict.DEVIATES not in both.verdicts.values()
    shard = gone.relative_to(run.root).parts[0]
    assert any(f"is not in {shard} any more" in reason for reason in both.reasons)


def test_a_shard_that_was_cut_goes_on_with_its_own_part(run: Runner) -> None:
    first = run(*SIMULATOR, "--shard", "1/2")
    lines = {line.label for line in first.run.exchanges}
    again = run("--resume", first.folder.name)
    assert again.code == 0
    assert {line.label for line in again.run.exchanges} == lines
    assert all(line.resumed for line in again.run.exchanges if line.ending is Ending.COMPLETE)
    refused = run("--resume", first.folder.name, "--shard", "2/2")
    assert refused.code == 4
    assert "that run is shard 1/2, and not shard 2/2" in refused.said


def test_a_merge_needs_no_key(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(hostile.faithful(KEY)) as server:
        sent(run, 2, *hostile_endpoint(server.base_url), "--capability", "chat.basic")
    monkeypatch.delenv("WHOLE_RUN_KEY")
    both = merged(run, 2)
    assert both.code == 0, both.said
    assert {facts.name for facts in both.run.header.targets} == {"here"}


def test_a_file_of_the_users_own_is_named_again_to_merge(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server:
        own = run.target("mine", server.base_url)
        sent(run, 2, *own, "--capability", "chat.basic")
    refused = merged(run, 2)
    assert refused.code == 4
    assert "--target targets/mine.toml" in refused.said
    assert merged(run, 2, *own).code == 0


def test_shards_become_cassettes_when_that_is_said_again(run: Runner) -> None:
    """A log may be a stranger's: it alone never replaces recordings that are kept."""
    with serving(hostile.faithful(KEY)) as server:
        options = (*hostile_endpoint(server.base_url), "--capability", "chat.basic", "--mode", "record")
        assert [one.code for one in sent(run, 2, *options)] == [0, 0]
    assert not (run.root / "cassettes").exists()
    refused = merged(run, 2)
    assert refused.code == 4
    assert "give it to merge too" in refused.said
    assert merged(run, 2, "--mode", "record").code == 0
    assert list((run.root / "cassettes" / "here").rglob("hello.json"))


def test_a_shard_is_one_process(run: Runner) -> None:
    """The others would judge."""
    refused = run.process(*SIMULATOR, "--shard", "1/2", "-n", "2")
    assert refused.code == 4
    assert "--shard judges nothing, so it does not go with -n" in refused.said


def test_a_merge_takes_the_options_of_any_run(run: Runner) -> None:
    sent(run, 2, *SIMULATOR)
    both = run.process("--merge", "shard-1", "--merge", "shard-2", "-n", "2", "--junitxml", "j.xml", "--keep", "shapes")
    assert both.code == 0, both.said
    assert (run.root / "j.xml").is_file()
    recordings = list((both.folder / EXCHANGES).rglob("*.json"))
    assert recordings
    assert all(cassette.read(path).provenance.kept is Kept.SHAPES for path in recordings)
    kept = [path for path in (run.root / "shard-1" / EXCHANGES).rglob("*.json") if path.name == "hello.json"]
    assert [cassette.read(path).provenance.kept for path in kept] == [Kept.BODIES], "a shard is left as it was"


def hostile_endpoint(base_url: str) -> tuple[str, ...]:
    return ("--base-url", base_url, "--model", hostile.MODEL, "--api-key-env", "WHOLE_RUN_KEY", "--name", "here")


# What reads results reads none of a shard.


@pytest.mark.parametrize("words", [["compare", "{}", "{}"], ["contract", "--target", "simulator", "--from", "{}"]])
def test_a_shard_is_not_a_side_of_anything(
    run: Runner, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run.root)
    name = run("--target", "simulator", "--capability", "models.list.schema", "--shard", "1/1").folder.name
    assert main([word.format(name) for word in words]) == 4
    assert "is shard 1/1, and not judged: nox -s merge -- RUN RUN" in capsys.readouterr().err


# The command.


def test_merge_without_a_run_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["merge"])
    assert end.value.code == 4
    assert "RUN" in capsys.readouterr().err


def test_merge_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["merge", "--help"])
    assert end.value.code == 0
    assert "Judge the shards of one plan together" in " ".join(capsys.readouterr().out.split())
