"""The image: what it is made of is there, and pinned. That it builds is not tested: there is not always a Docker."""

import fnmatch
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_wheel import BUILD, ROOT, content, expected


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    """The instructions, each with its words."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = [line.partition(" ") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(head, rest) for head, _, rest in found]


def of(lines: list[tuple[str, str]], instruction: str) -> list[str]:
    return [words for head, words in lines if head == instruction]


def sent() -> list[Path]:
    """Return the files that Docker is given, by the rules of `.dockerignore`: the last one that matches decides."""
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*"
    taken = [rule[1:] for rule in rules if rule.startswith("!")]
    left_out = [rule.removeprefix("**/") for rule in rules[1:] if not rule.startswith("!")]
    files = [
        file for name in taken for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
    ]
    return [
        file
        for file in files
        if file.is_file() and not any(fnmatch.fnmatch(part, rule) for rule in left_out for part in file.parts)
    ]


def test_both_stages_stand_on_one_base_by_its_digest(lines: list[tuple[str, str]]) -> None:
    bases = {words.split()[0] for words in of(lines, "FROM")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.12-slim@sha256:[0-9a-f]{64}", bases.pop())


def test_all_that_is_installed_is_pinned(lines: list[tuple[str, str]]) -> None:
    installs = [words for words in of(lines, "RUN") if "pip install" in words]
    assert len(installs) == 2
    assert "--require-hashes --requirement /build/requirements/conformance.txt" in installs[0]
    assert "--no-deps --no-build-isolation /build" in installs[1]


def test_it_runs_the_command_and_not_as_root(lines: list[tuple[str, str]]) -> None:
    assert lines[-1] == ("ENTRYPOINT", '["conformance"]')
    assert lines[-2] == ("USER", "10001")
    assert "--uid 10001" in of(lines, "RUN")[-1]


def test_what_is_copied_is_there_and_is_enough_for_the_package(lines: list[tuple[str, str]], tmp_path: Path) -> None:
    """The wheel of what the image is made of holds what the wheel of the clone holds."""
    given = sent()
    for words in of(lines, "COPY"):
        *sources, _ = shlex.split(words)
        for source in sources:
            assert source.startswith("--from=") or sources[0].startswith("--from=") or (ROOT / source).exists()
    for file in given:
        copy = tmp_path / "build" / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    built = subprocess.run(command, cwd=tmp_path / "build", capture_output=True, text=True, check=True)
    assert content(tmp_path / built.stdout.split()[-1]) == expected()


def test_nothing_else_is_sent_to_docker() -> None:
    tops = {file.relative_to(ROOT).parts[0] for file in sent()}
    assert tops == {"LICENSE", "README.md", "conformance", "pyproject.toml", "requirements"}
