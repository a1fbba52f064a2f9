import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.log import records
from conformance.log.records import LOG, ExchangeLine, Footer, Known, NotRun, Run, TargetFacts, dump, read
from conformance.log.sums import counts
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError, Verdict
from tests import runs

SCHEMA = Path(records.__file__).with_name("log.schema.json")
STRANGE = "line separators \u2028 \u2029 \x85 \x0b \x0c \x1c, \r\n, an ellipsis … and 世界"


def made(folder: Path, *, footer: bool = True) -> Run:
    """Return a run with one line of every kind, and strange characters in each."""
    lines: list[Any] = [
        runs.result(reason=STRANGE),
        runs.result(Verdict.DEVIATES, findings=["missing:A/b"], known=Known(reason=STRANGE, since="2026-01-01")),
        ExchangeLine(
            target="alpha", id="chat.basic/hello", ending=Ending.PEER, reason=STRANGE, attempts=["503", "200"]
        ),
        NotRun(target="alpha", id="images/x", why=STRANGE, tokens=9, checks=2),
    ]
    return runs.run(
        folder, [runs.target("alpha", title=STRANGE), runs.target("beta", mode="rehearse")], lines, footer=footer
    )


@pytest.fixture
def whole(tmp_path: Path) -> Run:
    run = made(tmp_path)
    runs.write_log(run)
    return run


def changed(run: Run, change: Any) -> None:
    path = run.folder / LOG
    path.write_bytes(change(path.read_bytes()))


def refused(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(folder)
    return str(caught.value)


def test_a_log_is_read_as_it_was_written(whole: Run) -> None:
    assert read(whole.folder) == whole
    assert not read(whole.folder).cut


def test_every_line_of_a_log_is_one_json_value(whole: Run) -> None:
    lines = (whole.folder / LOG).read_bytes().splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds == ["header", "exchange", "result", "result", "not-run", "footer"]


def test_a_log_without_footer_is_of_a_run_that_was_cut(tmp_path: Path) -> None:
    run = made(tmp_path, footer=False)
    runs.write_log(run)
    assert read(tmp_path) == run
    assert read(tmp_path).cut


def test_an_interrupted_run_was_cut(whole: Run) -> None:
    changed(whole, lambda text: text.replace(b'"interrupted":false', b'"interrupted":true'))
    assert read(whole.folder).cut


def test_a_log_that_is_cut_anywhere_keeps_its_whole_lines(whole: Run) -> None:
    """Also within a character of several bytes."""
    text = (whole.folder / LOG).read_bytes()
    header = text.index(b"\n") + 1
    for length in range(header, len(text) - 1):
        changed(whole, lambda _: text[:length])  # noqa: B023  called at once
        run = read(whole.folder)
        kept = len(run.results) + len(run.exchanges) + len(run.not_run)
        assert run.cut
        assert kept in {text[header:length].count(b"\n"), text[header:length].count(b"\n") + 1}


def test_a_log_that_is_cut_within_its_header_is_no_log(whole: Run) -> None:
    changed(whole, lambda text: text[:50])
    assert refused(whole.folder).startswith(f"{whole.folder / LOG}, line 1: ")


@pytest.mark.parametrize("damage", [b"{not json", b"", b'{"type": "other"}', b'{"type": "result"}', b"\xff", b"null"])
def test_a_damaged_line_is_named_by_its_number(whole: Run, damage: bytes) -> None:
    changed(whole, lambda text: b"\n".join([*text.split(b"\n")[:2], damage, *text.split(b"\n")[3:]]))
    assert refused(whole.folder).startswith(f"{whole.folder / LOG}, line 3: ")


def test_a_key_that_no_line_has_is_named(whole: Run) -> None:
    changed(whole, lambda text: text.replace(b'"duration_ms"', b'"lasted_ms"', 1))
    assert "line 3: lasted_ms: extra inputs are not permitted" in refused(whole.folder)


def test_a_log_of_another_version_is_refused(whole: Run) -> None:
    changed(whole, lambda text: text.replace(b'"log_version":1', b'"log_version":2'))
    assert "line 1: log_version: input should be 1" in refused(whole.folder)


@pytest.mark.parametrize("text", [b"", b"\n", b"[]\n"])
def test_an_empty_log_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / LOG).write_bytes(text)
    assert "line 1" in refused(tmp_path)


def test_a_log_starts_with_its_header(whole: Run) -> None:
    changed(whole, lambda text: text.partition(b"\n")[2])
    assert refused(whole.folder).endswith("the first line is no header")


def test_a_folder_without_a_log_is_no_run(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} is no run: it holds no {LOG}"


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "conformance.log.records"],
        capture_output=True,
        text=True,
        cwd=pytestconfig.rootpath,
        check=True,
    )
    assert SCHEMA.read_text(encoding="utf-8") == printed.stdout, (
        "python -m conformance.log.records > conformance/log/log.schema.json"
    )


def test_every_line_of_a_log_is_valid_by_the_published_schema(whole: Run, tmp_path: Path) -> None:
    runs.write_log(runs.realistic(tmp_path, checks=40))
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    lines = (whole.folder / LOG).read_text(encoding="utf-8") + (tmp_path / LOG).read_text(encoding="utf-8")
    wrong = [str(found) for line in lines.split("\n") if line for found in validator.iter_errors(json.loads(line))]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"type": "other"},
        {"type": "footer"},
        json.loads(dump(runs.result())) | {"verdict": "good"},
        json.loads(dump(runs.result())) | {"extra": 1},
    ],
)
def test_the_published_schema_refuses_what_is_no_line(line: dict[str, Any]) -> None:
    assert not jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).is_valid(line)


def test_verdicts_are_counted_in_rising_order() -> None:
    found = counts([runs.result(Verdict.ERROR), runs.result(), runs.result()])
    assert list(found) == list(Verdict)
    assert {verdict: number for verdict, number in found.items() if number} == {Verdict.CONFORMS: 2, Verdict.ERROR: 1}


@pytest.mark.parametrize(
    ("changes", "column", "grade"),
    [
        ({"mode": "live"}, "alpha", "live"),
        ({"mode": "record"}, "alpha", "live"),
        ({"mode": "replay"}, "alpha", "recorded"),
        ({"mode": "replay", "recorded": datetime(2026, 3, 4, tzinfo=UTC)}, "alpha", "recorded on 2026-03-04"),
        ({"mode": "rehearse"}, "alpha (rehearsal)", "rehearsal: nothing was measured"),
    ],
)
def test_a_column_says_what_its_evidence_is_worth(changes: dict[str, Any], column: str, grade: str) -> None:
    facts: TargetFacts = runs.target("alpha", **changes)
    assert (facts.column, facts.grade) == (column, grade)


def test_a_run_knows_its_targets(whole: Run) -> None:
    assert read(whole.folder).target("beta").mode == "rehearse"
    assert isinstance(read(whole.folder).footer, Footer)
