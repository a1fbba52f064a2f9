"""The project's commands, with a suite that only ends with the code it is told."""

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nox.registry
import pytest

import noxfile
from conformance.__main__ import COMMANDS
from tests.test_plugin import until
from tools import environments, sessions

ROOT = Path(noxfile.__file__).parent
PINS = sorted((ROOT / "requirements").rglob("*.txt"))

FAKE_SUITE = """
import os, pathlib, sys
arguments = sys.argv[1:]
print("asked for", *arguments[2:3])
if "--list" not in arguments:
    run = pathlib.Path("reports/runs/one").resolve()
    run.mkdir(parents=True, exist_ok=True)
    (run / "matrix.html").write_text("a matrix")
    pathlib.Path(arguments[arguments.index("--run-pointer") + 1]).write_text(f"{run}\\n", encoding="utf-8")
sys.exit(int(os.environ["FAKE_CODE"]))
"""
FAKE_ALLURE = """
import sys
print("a word on the way")
print(sys.argv[2] + "/index.html")
"""
SMOKE = ("--profile", "smoke")
FAKE_OPTIONS = "print('the help')"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "noxfile.py", tmp_path)
    (tmp_path / "tools").mkdir()
    for name in ("__init__", "environments", "sessions"):
        shutil.copy(ROOT / "tools" / f"{name}.py", tmp_path / "tools")
    (tmp_path / "conformance").mkdir(exist_ok=True)
    shutil.copy(ROOT / "conformance" / "alive.py", tmp_path / "conformance")
    (tmp_path / "requirements").mkdir()
    for name in ("allure", "conformance"):
        (tmp_path / "requirements" / f"{name}.txt").touch()
    (tmp_path / "pyproject.toml").touch()
    report = tmp_path / "conformance" / "report"
    report.mkdir(parents=True)
    (report.parent / "__main__.py").write_text(FAKE_SUITE, encoding="utf-8")
    (report / "allure").mkdir()
    (report.parent / "cli").mkdir()
    for package in (report.parent, report, report / "allure", report.parent / "cli"):
        (package / "__init__.py").touch()
    (report / "allure" / "html.py").write_text(FAKE_ALLURE, encoding="utf-8")
    (report.parent / "cli" / "arguments.py").write_text(FAKE_OPTIONS, encoding="utf-8")
    return tmp_path


def _conformance(checkout: Path, code: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `nox -s conformance` in this environment as it is."""
    return _session(checkout, "conformance", code, *options)


def _session(checkout: Path, name: str, code: int, *options: str) -> subprocess.CompletedProcess[str]:
    here = Path(sys.executable).parent
    environment = os.environ | {"FAKE_CODE": str(code), "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    command = (sys.executable, "-m", "nox", "-f", checkout / "noxfile.py", "--no-venv", "--no-install")
    return subprocess.run(
        (*command, "-s", name, "--", *options),
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_suite_needs_nothing_of_the_tests_beside_it(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "conftest.py").write_text("import what_only_the_tests_need", encoding="utf-8")
    command = (sys.executable, *sessions.SUITE[1:], "--list")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_sessions_are_there_and_described_in_one_line() -> None:
    there = nox.registry.get()
    assert {"conformance", "tests", "lint", "types", "prove", "simulator", "schemas", "graph", "lock"} <= set(there)
    assert [name for name, session in there.items() if "\n" in (session.__doc__ or "\n").strip()] == []
    assert nox.options.sessions is not None
    assert next(iter(nox.options.sessions)) == "conformance"


@pytest.mark.parametrize("code", [0, 1, 4, 5])
def test_the_exit_code_of_the_run_is_that_of_nox(checkout: Path, code: int) -> None:
    done = _conformance(checkout, code, "--header", "X-Key: a-secret")
    assert done.returncode == code
    assert done.stdout.splitlines()[-2:] == [
        "Matrix  reports/runs/one/matrix.html",
        "Allure  reports/runs/one/allure-report/index.html",
    ]
    assert "asked for --header" in done.stdout
    assert "a-secret" not in done.stdout + done.stderr


GATES = (
    *("accept", "badge", "claims", "cleanup", "compare", "contract", "demo", "drift", "explain", "field", "flips"),
    *("history", "judge", "new", "prove", "publish", "rejudge", "report", "resend", "verdicts", "watch"),
)
FAKE_GATE = """
import os, sys
print(*sys.argv[1:])
print("what went wrong", file=sys.stderr)
sys.exit(int(os.environ["FAKE_CODE"]))
"""


@pytest.mark.parametrize("name", [*GATES, "merge"])
def test_a_command_that_gates_hands_its_exit_code_on(checkout: Path, name: str) -> None:
    (checkout / "conformance" / "__main__.py").write_text(FAKE_GATE, encoding="utf-8")
    done = _session(checkout, name, 6, "--from", "a-secret")
    assert (done.returncode, done.stdout) == (6, f"{name} --from a-secret\n")
    assert "what went wrong" in done.stderr
    assert "a-secret" not in done.stderr


@pytest.mark.parametrize("code", [0, 1, 4])
def test_a_migration_that_loses_something_is_told_from_one_that_keeps_all(checkout: Path, code: int) -> None:
    (checkout / "conformance" / "__main__.py").write_text(FAKE_GATE, encoding="utf-8")
    assert _session(checkout, "compare", code).returncode == code


def test_every_command_is_a_session_that_hands_its_exit_code_on() -> None:
    # The simulator is served until Ctrl-C, which is its ordinary end; the lens installs the clients before.
    assert set(GATES) == set(COMMANDS) - {"simulator", "lens"}
    assert set(GATES) <= set(nox.registry.get())


def test_a_run_that_was_interrupted_has_no_allure_report(checkout: Path) -> None:
    done = _conformance(checkout, sessions.INTERRUPTED)
    assert done.returncode == sessions.INTERRUPTED
    assert done.stdout.splitlines()[-1] == "Allure  not built: the run was interrupted"


def test_a_killed_run_is_an_internal_error(checkout: Path) -> None:
    (checkout / "conformance" / "__main__.py").write_text("import os; os.abort()", encoding="utf-8")
    assert _conformance(checkout, 0).returncode == sessions.INTERNAL


HELD = """
import pathlib, signal, sys, time
pathlib.Path("held").touch()
try:
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit("told to go on later")
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="elsewhere nox tells its children itself, and late")
def test_sigterm_reaches_the_run_and_ends_with_2(checkout: Path) -> None:
    (checkout / "conformance" / "__main__.py").write_text(HELD, encoding="utf-8")
    command = (sys.executable, "-m", "nox", "-f", checkout / "noxfile.py", "--no-venv", "--no-install")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(
        (*command, "-s", "conformance"), env=environment, stderr=subprocess.PIPE, encoding="utf-8", cwd=checkout
    ) as process:
        until((checkout / "held").exists)
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert (process.returncode, "told to go on later" in said) == (sessions.INTERRUPTED, True), said


def test_a_generator_that_broke_off_fails_nothing(checkout: Path) -> None:
    (checkout / "conformance" / "report" / "allure" / "html.py").write_text("1 / 0", encoding="utf-8")
    done = _conformance(checkout, 0)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Allure  not built: the generator broke off"


def test_a_first_look_has_an_allure_report_only_if_it_is_asked_for(checkout: Path) -> None:
    first, asked = _conformance(checkout, 0, *SMOKE), _conformance(checkout, 0, *SMOKE, "--allure")
    assert first.stdout.splitlines()[-1] == "Allure  not built for a first look; --allure builds it"
    assert asked.stdout.splitlines()[-1] == "Allure  reports/runs/one/allure-report/index.html"
    assert "asked for --profile" in asked.stdout


def test_an_environment_is_current_until_its_pins_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "conformance.txt").write_text("one==1", encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    stamp = tmp_path / environments.STAMP
    assert not environments.installed(stamp, ["conformance"])
    stamp.write_text(json.dumps({"conformance": environments.pins("conformance")}), encoding="utf-8")
    assert environments.installed(stamp, ["conformance"])
    (tmp_path / "requirements" / "conformance.txt").write_text("one==2", encoding="utf-8")
    assert not environments.installed(stamp, ["conformance"])


def test_what_makes_no_run_has_no_reports(checkout: Path) -> None:
    done = _conformance(checkout, 0, "--list")
    assert (done.returncode, done.stdout) == (0, "asked for --list\n")


def test_help_is_about_the_suite(checkout: Path) -> None:
    done = _conformance(checkout, 1, "--help")
    assert (done.returncode, done.stdout) == (0, "the help\n")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], []),
        (["-k", "x", "--target", "other"], []),
        (["--target", "started"], ["llama-cpp"]),
        (["--target=other", "-x", "--target=started", "--target", "started"], ["llama-cpp"]),
        (["--target", "unknown", "--target", "../started"], []),
        (["--target", "broken", "--target", "binary"], []),
        (["--target"], []),
    ],
)
def test_a_target_may_need_more_than_the_suite(tmp_path: Path, arguments: list[str], names: list[str]) -> None:
    (tmp_path / "started.toml").write_text('[server]\nrequirements = "llama-cpp"\n', encoding="utf-8")
    (tmp_path / "other.toml").write_text('title = "An endpoint"\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("[server", encoding="utf-8")
    (tmp_path / "binary.toml").write_bytes(b"\xff")
    assert environments.requirements(arguments, tmp_path) == names


def test_a_target_of_the_users_own_may_need_more_than_the_suite(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[server]\nrequirements = "llama-cpp"\n', encoding="utf-8")
    assert environments.requirements(["--target", str(tmp_path / "mine.toml"), "--target", "no.toml"]) == ["llama-cpp"]


def test_the_targets_need_only_what_is_pinned() -> None:
    every = [argument for file in environments.TARGETS.glob("*.toml") for argument in ("--target", file.stem)]
    assert {*environments.requirements(every)} <= {*noxfile.PINNED}


def test_every_list_of_requirements_is_pinned() -> None:
    assert sorted(noxfile.PINNED) == sorted(path.stem for path in (ROOT / "requirements").glob("*.in"))
    assert sorted(noxfile.PINNED) == sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
    assert [name for name in noxfile.SERVERS if not (ROOT / "requirements" / f"{name}.txt").is_file()] == []


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.stem)
def test_pins_have_hashes_and_name_no_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\w+://|file:|--(?:extra-)?index-url|--find-links|--trusted-host|(?<=\s)/\S+", text) == []
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert [
        line for line in lines if not re.match(r"[a-z0-9-]+==[\w.+]+( ; .+)? \\$|    --hash=sha256:\w{64}", line)
    ] == []
    assert [above for above, below in pairwise([*lines, ""]) if above[0] != " " and "--hash" not in below] == []


def test_a_package_has_one_version() -> None:
    # Clients that are captured or run, and servers, bring what they need, in environments of their own.
    ours = [path for path in PINS if path.stem not in {"clients", "peers", "peers-older"}]
    ours = [path for path in ours if path.parent.name != "servers"]
    pins = {pin for path in ours for pin in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE)}
    assert len(pins) == len(dict(pins))


def test_the_lock_of_allure_names_no_registry() -> None:
    folder = ROOT / "conformance" / "report" / "allure" / "npm"
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    assert packages.pop("")["dependencies"] == wanted["dependencies"]
    assert [name for name, package in packages.items() if "resolved" in package or "integrity" not in package] == []
