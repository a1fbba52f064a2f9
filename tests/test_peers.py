"""What real clients are expected to make of the simulator is compared case by case, and every failure has a reason."""

import json
from collections import Counter
from pathlib import Path

from tools.peers.expected import FILE, OUTCOMES, REASONS, UNEXPLAINED, Row, differences, read, told, updated, write

PASSES = Row("peer", "text", "passes")
FAILS = Row("peer", "tool", "fails", "out of scope", "hosted tools are not offered")


def seen(row: Row, outcome: str, said: str = "") -> Row:
    return Row(row.peer, row.case, outcome, note=said)


def test_outcomes_as_expected_are_no_difference() -> None:
    assert differences([PASSES, FAILS], [seen(PASSES, "passes"), seen(FAILS, "fails", "404")]) == []


def test_an_outcome_that_changed_is_told_with_what_the_client_said() -> None:
    assert differences([PASSES], [seen(PASSES, "fails", "no\n text")]) == [
        "peer text fails, expected was: passes; the client says: no text"
    ]
    assert differences([FAILS], [seen(FAILS, "passes")]) == ["peer tool passes, expected was: fails"]


def test_a_case_that_is_new_or_was_not_run_is_told() -> None:
    assert differences([PASSES], [seen(FAILS, "passes")]) == [
        "peer text was not run",
        "peer tool passes, and is not in the list",
    ]


def test_a_failure_without_a_reason_is_told_until_it_has_one() -> None:
    rows = updated([], [seen(FAILS, "fails", "404")])
    assert rows == [Row("peer", "tool", "fails", UNEXPLAINED, "404")]
    assert "peer tool fails, and its reason in expected.csv is none of" in differences(rows, rows)[0]


def test_an_update_keeps_reasons_of_what_still_fails_and_peers_that_were_not_run() -> None:
    other = Row("another", "text", "passes")
    now = [seen(PASSES, "passes"), seen(FAILS, "fails", "500")]
    assert updated([FAILS, other], now) == [other, PASSES, FAILS]
    assert updated([FAILS], [seen(FAILS, "passes")]) == [seen(FAILS, "passes")]


def test_a_list_reads_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "expected.csv"
    write([PASSES, FAILS], file)
    assert read(file) == [PASSES, FAILS]


def test_what_a_client_prints_beside_the_outcomes_is_not_read() -> None:
    out = 'a warning\n{"case": "text", "outcome": "passes", "said": ""}\n{"tool": 1}\n'
    assert list(told("peer", out)) == [PASSES]


def test_the_lock_of_the_node_clients_is_of_their_pins_and_names_no_registry() -> None:
    wanted, lock = (
        json.loads((FILE.parent / name).read_text("utf-8")) for name in ("package.json", "package-lock.json")
    )
    packages = lock["packages"]
    assert packages.pop("")["dependencies"] == wanted["dependencies"]
    assert [name for name, package in packages.items() if "resolved" in package or "integrity" not in package] == []


def test_the_committed_list_explains_every_failure() -> None:
    rows = read(FILE)
    assert {row.outcome for row in rows} <= set(OUTCOMES)
    assert [row for row in rows if row.outcome == "fails" and (row.reason not in REASONS or not row.note)] == []
    assert [row for row in rows if row.outcome != "fails" and (row.reason or row.note)] == []
    assert [key for key, times in Counter((row.peer, row.case) for row in rows).items() if times > 1] == []
