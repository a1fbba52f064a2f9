"""The wheel: it holds every file that the suite reads, and the suite runs from it in an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MADE = {"__pycache__", ".mypy_cache", ".ruff_cache"}

BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return folder / built.stdout.split()[-1]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel in it, far from any clone."""
    folder = tmp_path_factory.mktemp("packages")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder)
    return folder


def test_it_holds_every_file_of_the_package(wheel: Path) -> None:
    here = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "conformance").rglob("*")
        if file.is_file() and not MADE.intersection(file.parts)
    }
    with zipfile.ZipFile(wheel) as file:
        there = {name for name in file.namelist() if ".dist-info/" not in name}
    assert sorted(here - there) == []
    assert sorted(there - here) == []
    suffixes = {Path(name).suffix for name in there}
    assert {".toml", ".json", ".css", ".mjs", ".png", ".gguf"} <= suffixes


def test_it_installs_the_command(installed: Path) -> None:
    (script,) = installed.glob("*.dist-info/entry_points.txt")
    assert "conformance = conformance.__main__:start" in script.read_text(encoding="utf-8")


def used(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a folder, with this Python's libraries and the suite of the wheel."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-c", "from conformance.__main__ import start; start()", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_a_run_needs_nothing_but_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = used(installed, tmp_path, "-q", "--capability", "models.list", "--capability", "embeddings.tokens")
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = (tmp_path / "reports" / "runs").glob("*-simulator")
    assert (run / "matrix.html").is_file()
    assert "nox" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--list"], 0, "models.list"),
        (["explain", "text_is_not_empty"], 0, "chat.basic/hello/text_is_not_empty"),
        (["--target", "simulatr"], 4, "did you mean `simulator`?"),
        (["--base-url", "http://127.0.0.1:9/v1"], 4, "--base-url needs --model NAME"),
        (["--modle", "x"], 4, "did you mean `--model`? conformance --help names them all"),
        (["compare", "no-run", "no-other"], 4, "no-run"),
        (["lint"], 4, "needs a clone of its repository and nox"),
    ],
)
def test_a_command_from_the_wheel(installed: Path, tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = used(installed, tmp_path, *arguments)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
