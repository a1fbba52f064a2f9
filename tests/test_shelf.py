"""The cassettes of a target are exchanged as a whole, and what a killed exchange has left is put right."""

import os
from pathlib import Path

import pytest

from conformance.files import remove
from conformance.record import cassette
from conformance.run import shelf
from conformance.wire.verdict import UsageError
from tests.fakes import recording


@pytest.fixture
def goal(tmp_path: Path) -> Path:
    """The folder of a target with two cassettes."""
    folder = tmp_path / "cassettes" / "fake"
    for name in ("one", "two"):
        cassette.write(folder / "fake.owed" / f"{name}.json", recording(), [])
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> dict[Path, Path]:
    """A new recording of the second exchange, and one of a third."""
    found = {}
    for name in ("two", "three"):
        place = Path("fake.owed") / f"{name}.json"
        cassette.write(tmp_path / "run" / place, recording(url=f"https://fake.example/v1/{name}"), [])
        found[place] = tmp_path / "run" / place
    return found


def names(goal: Path) -> list[str]:
    return sorted(path.stem for path in goal.rglob("*.json"))


def is_new(goal: Path) -> bool:
    return cassette.read(goal / "fake.owed" / "two.json").sent.url.endswith("/two")


def test_all_are_replaced(goal: Path, fresh: dict[Path, Path]) -> None:
    shelf.exchange(goal, fresh, keep=False)
    assert (names(goal), is_new(goal)) == (["three", "two"], True)
    assert [path.name for path in goal.parent.iterdir() if not path.name.startswith(".lock")] == ["fake"]


def test_the_rest_stays_but_for_what_is_gone(goal: Path, fresh: dict[Path, Path]) -> None:
    shelf.exchange(goal, fresh, keep=True)
    assert (names(goal), is_new(goal)) == (["one", "three", "two"], True)
    shelf.exchange(goal, {}, keep=True, gone={Path("fake.owed") / "one.json"})
    assert names(goal) == ["three", "two"]


def test_the_first_recording_needs_no_earlier_one(goal: Path, fresh: dict[Path, Path]) -> None:
    remove(goal.parent)
    shelf.exchange(goal, fresh, keep=True)
    assert names(goal) == ["three", "two"]


@pytest.mark.parametrize("place", ["", "fake.owed/one.json", "fake.owed"])
@pytest.mark.parametrize("keep", [True, False])
def test_no_link_is_followed(tmp_path: Path, goal: Path, fresh: dict[Path, Path], place: str, *, keep: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    (goal / place).rename(elsewhere)
    (goal / place).symlink_to(elsewhere)
    before = {path: path.read_bytes() for path in [elsewhere, *elsewhere.rglob("*")] if path.is_file()}
    if keep or not place:
        with pytest.raises(OSError, match="is a link"):
            shelf.exchange(goal, fresh, keep=keep)
        assert (goal / place).is_symlink()
    else:
        shelf.exchange(goal, fresh, keep=keep)
        assert is_new(goal)
    assert {path: path.read_bytes() for path in [elsewhere, *elsewhere.rglob("*")] if path.is_file()} == before


def test_a_fresh_recording_behind_a_link_is_not_taken(goal: Path, fresh: dict[Path, Path]) -> None:
    linked = next(iter(fresh.values()))
    linked.rename(linked.with_suffix(".kept"))
    linked.symlink_to(linked.with_suffix(".kept"))
    with pytest.raises(OSError, match="is a link"):
        shelf.exchange(goal, fresh, keep=False)
    assert (names(goal), is_new(goal)) == (["one", "two"], False)


@pytest.mark.parametrize("nth", range(1, 8))
def test_whatever_fails_the_earlier_ones_are_there(
    goal: Path, fresh: dict[Path, Path], monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """The nth call that writes fails, as on a full disk."""
    calls = 0
    kept = {name: getattr(os, name) for name in ("fsync", "link", "rename", "replace")}

    def failing(name: str) -> object:
        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == nth:
                raise OSError(28, "No space left on device")
            return kept[name](*arguments, **options)

        return call

    for name in kept:
        monkeypatch.setattr(os, name, failing(name))
    try:
        shelf.exchange(goal, fresh, keep=True)
    except OSError:
        assert (names(goal), is_new(goal)) == (["one", "two"], False)
    else:
        assert (names(goal), is_new(goal)) == (["one", "three", "two"], True)
    monkeypatch.undo()
    assert calls >= nth
    assert not [path for path in goal.parent.iterdir() if path.name.startswith((".new", ".old"))]


def test_what_a_killed_exchange_put_aside_is_put_back(goal: Path) -> None:
    (goal.parent / ".new-fake~x").mkdir()
    goal.rename(goal.parent / ".old-fake")
    assert names(shelf.repaired(goal)) == ["one", "two"]
    assert not [path for path in goal.parent.iterdir() if path.name.startswith((".new", ".old"))]


def test_what_a_killed_exchange_left_after_it_is_taken_away(goal: Path, fresh: dict[Path, Path]) -> None:
    shelf.exchange(goal, fresh, keep=False)
    cassette.write(goal.parent / ".old-fake" / "fake.owed" / "one.json", recording(), [])
    assert names(shelf.repaired(goal)) == ["three", "two"]
    assert not (goal.parent / ".old-fake").exists()


def test_what_is_left_of_another_target_is_let_alone(goal: Path) -> None:
    (goal.parent / ".new-fake-more~x").mkdir()
    (goal.parent / ".new-fake~x").mkdir()
    shelf.repaired(goal)
    assert [path.name for path in goal.parent.glob(".new*")] == [".new-fake-more~x"]


def test_what_cannot_be_put_back_is_named(goal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goal.rename(goal.parent / ".old-fake")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shelf, "_repair", refused)
    with pytest.raises(UsageError, match=r"\.old-fake holds the cassettes of fake"):
        shelf.repaired(goal)
