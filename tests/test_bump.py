"""What is told of a new version of the official client."""

from pathlib import Path

import pytest

from tools import bump

CONFORMS = {"verdict": "conforms", "reason": "", "sentence": "It is so.", "source": "openai-python, Model.id"}


def test_what_changed_is_told_by_check() -> None:
    before = {"a/b/same": CONFORMS, "a/b/other": CONFORMS, "a/b/gone": CONFORMS}
    after = {
        "a/b/same": CONFORMS,
        "a/b/other": {**CONFORMS, "verdict": "deviates", "reason": "no"},
        "a/b/new": CONFORMS,
    }
    assert list(bump.changes(before, after)) == [
        "gone: a/b/gone",
        "new: a/b/new (conforms)",
        "a/b/other\n  verdict: conforms\n    -> deviates",
        "a/b/other\n  reason: none\n    -> no",
    ]


def test_the_bounds_follow_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('dependencies = [\n    "openai>=3.52,<4",\n    "other>=1",\n]\n', encoding="utf-8")
    monkeypatch.setattr(bump, "PROJECT", project)
    assert bump.main(["bound", "4.1.0"]) == 0
    assert project.read_text(encoding="utf-8") == 'dependencies = [\n    "openai>=4.1,<5",\n    "other>=1",\n]\n'


def test_what_cites_another_version_by_hand_is_named() -> None:
    version = bump.taken()
    assert list(bump.still_named(version)) == []
    assert [line.partition(" ")[0] for line in bump.still_named("9.9.9")] == list(bump.NAMING)


def test_anything_else_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert bump.main([]) == 4
    assert "nox -s bump" in capsys.readouterr().err
