"""The history of a target over many runs: what is new, gone or back, and what a run cannot tell."""

import json
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from conformance.compare.causes import Row, cause_rows
from conformance.compare.side import Side
from conformance.drift import rejudge
from conformance.history import document
from conformance.history.command import main
from conformance.history.document import history_json
from conformance.history.markdown import history_markdown
from conformance.history.page import history_html
from conformance.history.spells import State, since, spells, state
from conformance.history.trend import Trend, trends
from conformance.history.words import EDITED, strip
from conformance.log.asked import Asked
from conformance.log.records import LOG, Result, Run
from conformance.wire.verdict import Verdict
from tests import runs
from tests.compared import CHECKS, DONE, FINDINGS, INDEX, VECTORS, judged
from tests.pages import Elements
from tests.runs import STARTED, write_log

WORDS = {"x": Verdict.DEVIATES, ".": Verdict.CONFORMS, "?": Verdict.INCONCLUSIVE, "!": Verdict.ERROR}


def night(folder: Path, number: int, *results: Result, name: str = "alpha", cut: bool = False, **header: object) -> Run:
    """Return the run of one night, whose log lies in a folder of its own."""
    place = folder / f"night-{number}"
    place.mkdir(parents=True, exist_ok=True)
    made = runs.run(place, [runs.target(name)], [one.model_copy(update={"target": name}) for one in results])
    changes = {"started": STARTED + timedelta(number), "run": place.name, **header}
    changed = Run(place, made.header.model_copy(update=changes), made.results, (), (), None if cut else made.footer)
    write_log(changed)
    return changed


def nights(folder: Path, **verdicts: str) -> list[Run]:
    """Return nights in which checks had these verdicts: a sign for each night, `-` for a check that was not there."""
    named = {"done": DONE, "index": INDEX, "vectors": VECTORS}
    length = len(next(iter(verdicts.values())))
    return [
        night(
            folder,
            number,
            judged(next(iter(CHECKS))),
            *(judged(named[name], WORDS[signs[number]]) for name, signs in verdicts.items() if signs[number] != "-"),
        )
        for number in range(length)
    ]


def alpha(found: Sequence[Run]) -> Trend:
    (trend,) = trends(reversed(found))
    return trend


def row(found: Sequence[Run]) -> Row:
    (one,) = cause_rows([Side("alpha", run, run.header.targets[0]) for run in found])
    return one


@pytest.mark.parametrize(
    ("signs", "became", "words"),
    [
        ("....x", State.NEW, "2026-11-25 (not on 2026-11-24)"),
        ("...xx", State.STANDS, "2026-11-24 (not on 2026-11-23)"),
        ("xxxxx", State.STANDS, "2026-11-21 or before"),
        ("xxxx.", State.GONE, "2026-11-21 or before; gone on 2026-11-25"),
        (".x...", State.PAST, "2026-11-22 (not on 2026-11-21); gone on 2026-11-23"),
        (".x..x", State.BACK, "2026-11-22 (not on 2026-11-21); gone on 2026-11-23; back on 2026-11-25"),
        (".x.xx", State.STANDS, "2026-11-22 (not on 2026-11-21); gone on 2026-11-23; back on 2026-11-24"),
        # What a run cannot tell neither begins nor ends anything.
        ("x?x!x", State.STANDS, "2026-11-21 or before"),
        ("???-x", State.STANDS, "2026-11-25 or before"),
        (".!!!x", State.NEW, "2026-11-25 (not on 2026-11-21)"),
        ("...x!", State.NEW, "2026-11-24 (not on 2026-11-23)"),
        ("xxx.!", State.GONE, "2026-11-21 or before; gone on 2026-11-24"),
    ],
)
def test_what_became_of_a_cause_and_since_when(tmp_path: Path, signs: str, became: State, words: str) -> None:
    found = nights(tmp_path, done=signs)
    assert state(row(found)) is became
    assert since(row(found), [one.header.started for one in found]) == words


def test_spells_of_a_cause_that_comes_and_goes(tmp_path: Path) -> None:
    found = spells(row(nights(tmp_path, done="x.x?x.!x")))
    assert [(one.first, one.last, one.before, one.gone) for one in found] == [
        (0, 0, None, 1),
        (2, 4, 1, 5),
        (7, 7, 5, None),
    ]


def test_ten_nights_are_dated_by_rejudging_too(tmp_path: Path) -> None:
    """The same words in both tables: one deviation begins on a night, one is gone and comes back."""
    found = nights(tmp_path, done="....xxxxxx", vectors=".xx...?.xx")
    told = [rejudge.Judged(Side("alpha", one, one.header.targets[0]), one.header.started) for one in found]
    table = [line for line in rejudge.lines(told) if line.startswith("| `")]
    (done,) = [line for line in table if FINDINGS[DONE] in line]
    (vectors,) = [line for line in table if FINDINGS[VECTORS] in line]
    assert "2026-11-25 (not on 2026-11-24) | no | no | no | no | 1 | 1 | 1 | 1 | 1 | 1 |" in done
    assert (
        "2026-11-22 (not on 2026-11-21); gone on 2026-11-24; back on 2026-11-29 "
        "| no | 1 | 1 | no | no | no | ? | no | 1 | 1 |" in vectors
    )


def test_what_moved_comes_first(tmp_path: Path) -> None:
    trend = alpha(nights(tmp_path, done="xxx", index="..x", vectors="x.x"))
    assert [line.row.id for line in trend.lines] == [FINDINGS[INDEX], FINDINGS[VECTORS], FINDINGS[DONE]]
    assert trend.words == "1 new, 1 back, 1 unchanged, in 3 runs to 2026-11-23"
    assert [strip(line) for line in trend.lines] == ["✓✓✗", "✗✓✗", "✗✗✗"]


def test_each_run_says_what_moved_in_it(tmp_path: Path) -> None:
    trend = alpha(nights(tmp_path, done=".x.x", vectors="xx.."))
    assert [list(trend.moves(number).values()) for number in range(4)] == [[0, 0, 0], [1, 0, 0], [0, 0, 2], [0, 1, 0]]


def test_an_outage_is_said_and_changes_nothing(tmp_path: Path) -> None:
    down = [judged(check, Verdict.ERROR, reason="no answer") for check in CHECKS]
    trend = alpha([*nights(tmp_path, done=".x"), night(tmp_path, 2, *down)])
    assert trend.words.startswith("1 new, in 3 runs")
    assert "the newest run has measured nothing" in trend.words
    assert "nothing measured" in history_html([trend])


def test_a_check_that_was_changed_in_between_is_named(tmp_path: Path) -> None:
    """The suite may have moved, and not the target."""
    before = night(tmp_path, 0, judged(DONE, edition="e1"))
    after = night(tmp_path, 1, judged(DONE, Verdict.DEVIATES, edition="e2"))
    assert alpha([before, after]).lines[0].edited
    assert EDITED in history_html([alpha([before, after])])
    assert EDITED in history_markdown([alpha([before, after])])
    assert not alpha(nights(tmp_path, done=".x")).lines[0].edited


def test_rehearsals_and_shards_are_no_history(tmp_path: Path) -> None:
    acted = night(tmp_path, 0, judged(DONE), targets=[runs.target(mode="rehearse")])
    part = night(tmp_path, 1, options=Asked(shard="1/2"))
    assert trends([acted, part]) == []


def test_the_newest_runs_alone_are_taken(tmp_path: Path) -> None:
    (trend,) = trends(nights(tmp_path, done="x...x"), last=2)
    assert [strip(line) for line in trend.lines] == ["✓✗"]


def test_targets_have_a_trend_each(tmp_path: Path) -> None:
    both = [night(tmp_path / name, 0, judged(DONE), name=name) for name in ("beta", "alpha")]
    assert [trend.name for trend in trends(both)] == ["alpha", "beta"]


def test_the_page_is_whole_and_calls_nobody(tmp_path: Path) -> None:
    text = history_html([alpha(nights(tmp_path, done="x.x", vectors="xx."))])
    found = Elements(text)
    assert not [tag for tag, given in found.tags if tag in {"script", "img", "link"} or given.get("src")]
    for said in ("Back in the newest run: 1", "Gone in the newest run: 1", "2026-11-23 03:12", "exit code 1"):
        assert said in found.text
    ids = [given["id"] for _, given in found.tags if "id" in given]
    assert len(ids) == len(set(ids))


def test_what_an_endpoint_said_is_no_markup(tmp_path: Path) -> None:
    bad = judged(DONE, Verdict.DEVIATES, requirement=runs.HOSTILE, reason=runs.HOSTILE)
    trend = alpha([night(tmp_path, 0, judged(DONE)), night(tmp_path, 1, bad)])
    assert "<img" not in history_html([trend])
    assert "<img" not in history_markdown([trend])


def test_a_page_of_a_year_is_small(tmp_path: Path) -> None:
    trend = alpha(nights(tmp_path, done="x.xx." * 30, vectors=".x" * 75))
    assert len(history_html([trend]).encode()) < 100_000


def test_the_document_is_what_its_schema_says(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    found = json.loads(history_json([alpha(nights(tmp_path, done="x?.x"))]))
    assert issubclass(document.HistoryDocument, BaseModel)
    document.HistoryDocument.model_validate(found)
    (cause,) = found["targets"][0]["causes"]
    assert (cause["state"], cause["places"]) == ("back", [1, None, 0, 1])
    committed = pytestconfig.rootpath / "conformance/history/history.schema.json"
    command = "python -m conformance.history.document > conformance/history/history.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), command


# The command.


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs, in a working directory."""
    monkeypatch.chdir(tmp_path)
    nights(tmp_path / "reports" / "runs", done=".x", vectors="x.")
    return tmp_path / "reports" / "runs"


def test_all_runs_that_are_there_are_told_by_default(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kept.is_dir()
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "alpha: 1 new, 1 gone, in 2 runs to 2026-11-22" in said
    assert "  new   " in said
    assert {path.name for path in Path("reports/history").iterdir()} == {"history.html", "history.md", "history.json"}


def test_logs_that_were_kept_alone_are_runs_too(kept: Path) -> None:
    logs = Path("logs")
    logs.mkdir()
    for folder in kept.iterdir():
        shutil.copyfile(folder / LOG, logs / f"{folder.name}.ndjson")
    assert main(["logs", "--output", "here"]) == 0
    assert "1 new, 1 gone" in Path("here/history.md").read_text(encoding="utf-8")


def test_a_run_that_is_named_twice_is_one_run(kept: Path) -> None:
    assert main([str(kept), str(kept / "night-0"), str(kept / "night-0" / LOG), "--output", "here"]) == 0
    assert "in 2 runs" in Path("here/history.md").read_text(encoding="utf-8")


def test_what_is_not_a_run_is_wrong_use(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(kept / "nothing")]) == 4
    assert "no run" in capsys.readouterr().err
