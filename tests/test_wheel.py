"""The wheel: it holds every file that the suite reads, and the suite runs from it in an empty folder."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
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


def expected() -> set[str]:
    """The files of the package, and the pins that `pyproject.toml` puts beside them."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    more = config["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    found = set()
    for source, place in {"conformance": "conformance", **more}.items():
        files = [ROOT / source] if (ROOT / source).is_file() else (ROOT / source).rglob("*")
        kept = [file for file in files if file.is_file() and not MADE.intersection(file.parts)]
        found |= {(Path(place) / file.relative_to(ROOT / source)).as_posix() for file in kept}
    return found


def content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return {name for name in file.namelist() if not name.partition("/")[0].endswith(".dist-info")}


def test_it_holds_every_file_of_the_package(wheel: Path) -> None:
    here, there = expected(), content(wheel)
    assert sorted(here - there) == []
    assert sorted(there - here) == []
    suffixes = {Path(name).suffix for name in there}
    assert {".toml", ".json", ".css", ".mjs", ".png", ".gguf"} <= suffixes


def test_it_asks_for_every_library_that_it_imports() -> None:
    """What another library happens to bring along may be gone tomorrow; `pydantic_core` is a part of `pydantic`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for more in project["optional-dependencies"].values() for one in more)]
    declared = {plain(re.split(r"[^\w.-]", one)[0]) for one in asked}
    brought = {name: set(map(plain, found)) for name, found in packages_distributions().items()}
    elsewhere = ROOT / "conformance" / "targets" / "servers"  # run in environments of their own
    files = [file for file in (ROOT / "conformance").rglob("*.py") if not file.is_relative_to(elsewhere)]
    known = {*sys.stdlib_module_names, "conformance", "pydantic_core"}
    used = {name: file.relative_to(ROOT).as_posix() for file in files for name in imported(file) - known}
    assert {name: file for name, file in used.items() if not brought.get(name, {name}) & declared} == {}


def plain(name: str) -> str:
    """Return the name of a distribution as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(file: Path) -> set[str]:
    """Return the first names of the modules that a file imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_it_installs_the_command(installed: Path) -> None:
    (script,) = installed.glob("*.dist-info/entry_points.txt")
    assert "conformance = conformance.__main__:start" in script.read_text(encoding="utf-8")


def used(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a folder, with this Python's libraries and the suite of the wheel."""
    environ = {
        name: value for name, value in os.environ.items() if name not in {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}
    }
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


@pytest.mark.long
def test_a_run_needs_nothing_but_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = used(installed, tmp_path, "-q", "--capability", "models.list", "--capability", "embeddings.tokens")
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = (tmp_path / "reports" / "runs").glob("*-simulator")
    assert (run / "matrix.html").is_file()
    assert "nox" not in done.stdout


@pytest.mark.long
def test_how_a_repository_runs_its_own_tests_decides_nothing(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--cov=gate")
    config = '[tool.pytest.ini_options]\naddopts = "--cov"\npython_functions = ["it_*"]\nminversion = "99"\n'
    (tmp_path / "pyproject.toml").write_text(config, encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError", encoding="utf-8")
    done = used(installed, tmp_path, "-q", "--capability", "models.list.schema")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"conftest.py", "pyproject.toml", "reports"}


@pytest.mark.long
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
