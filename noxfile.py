"""
The project's commands: `nox --list` names them, `nox -s conformance -- --help` the options of the suite.

Everything is installed from the pinned files in `requirements/`, by uv where there is one, else by pip.
"""

import argparse
import atexit
import json
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import FrameType

if sys.version_info < (3, 11):  # noqa: UP036  # nox itself runs on older ones, and builds its environments with its own
    raise SystemExit("the suite needs Python 3.11 or newer, and nox runs on an older one: install nox with a newer one")

import tomllib

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["conformance", "tests", "lint", "types"]

TARGETS = Path(__file__).parent / "conformance" / "targets"

PYTEST = ("python", "-m", "pytest")
# By its path, so that Ctrl-C is heeded from its first line on. `-P`: its folder is no place to import from.
SUITE = ("python", "-P", str(Path(__file__).parent / "conformance" / "__main__.py"))
# A file stays in one process: what its tests share, a running simulator for example, is made once. The longest go first
# (`tests/conftest.py`); pytest-xdist by itself begins with those of the most tests.
PARALLEL = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")
LOCK = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "nox -s lock"),
)
# In this order: each one may build on those before it.
PINNED = ("conformance", "tests", "types", "lint", "lock", "llama-cpp", "allure", "clients")

# The report takes longer than a first look, for which it is built only if it is asked for.
ALLURE = "--allure"

# In an environment: the digests of what was installed into it.
STAMP = "pins.json"

MANIFESTS = {"package.json", "package-lock.json"}
INTERRUPTED = 2
INTERNAL = 3


@nox.session
def conformance(session: nox.Session) -> None:
    """Test an endpoint, or the embedded simulator, and build the reports; `-- --help` names the options."""
    signal.signal(signal.SIGTERM, _end)
    try:
        code = _conformance(session)
    except KeyboardInterrupt:
        sys.stdout.write("interrupted before anything was sent\n")
        code = INTERRUPTED
    if code:
        # nox by itself ends with 1, whatever went wrong.
        sys.exit(code)


@nox.session(venv_backend="none")
def cleanup(session: nox.Session) -> None:
    """Delete what a killed run has left at its targets; `-- RUN` names it."""
    python = _suite_python(session)
    session.run(python, "-m", "conformance.run.cleanup", *session.posargs, external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Test the suite itself: all of it on several processes, or what is named, `-- tests/test_judge.py`, on one."""
    _install(session, "tests")
    session.run(*PYTEST, *(session.posargs or (*PARALLEL, "-m", "not long")))


@nox.session(name="tests-all", python=["3.11", "3.12", "3.13", "3.14"], download_python="never")
def tests_all(session: nox.Session) -> None:
    """Test the suite on every Python that it supports and that is here."""
    tests.func(session)


@nox.session
def long(session: nox.Session) -> None:
    """Test what takes minutes: every check on hostile texts, memory, and secrets told in 500 ways."""
    _install(session, "tests")
    session.run(*PYTEST, *(session.posargs or (*PARALLEL, "-m", "long")))


@nox.session(venv_backend="none")
def prove(session: nox.Session) -> None:
    """Prove checks by their ids: `-- GLOB` conforms on the simulator, deviates on its counterexample, is killed."""
    session.run(_suite_python(session), "-m", "conformance", "prove", *session.posargs, external=True)


@nox.session
def hostile(session: nox.Session) -> None:
    """Attack the suite by hostile endpoints: all, in an hour, or `-- --only GLOB`; `-- --list` names them."""
    _install(session, "tests")
    session.run("python", "-m", "tests.hostile", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure how long the suite takes to start, as ratios to its floor."""
    _install(session, "tests")
    session.run("python", "-m", "tests.bench_start", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes and for code that is not formatted."""
    _install(session, "lint", project=False)
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    _install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session(venv_backend="none")
def simulator(session: nox.Session) -> None:
    """Serve the simulator until Ctrl-C; `-- --port N` chooses the port."""
    try:
        session.run(_suite_python(session), "-m", "conformance", "simulator", *session.posargs, external=True)
    except KeyboardInterrupt:
        session.log("stopped")


@nox.session(venv_backend="none")
def zoo(session: nox.Session) -> None:
    """Look for every deviation of the zoo and publish the score; `-- --only GLOB` takes some and publishes nothing."""
    python = _suite_python(session)
    session.run(python, "-m", "conformance.zoo", *(session.posargs or ("--output", "reports/published")), external=True)
    if not session.posargs:
        session.run(python, "-m", "conformance.zoo.pairs", external=True)


@nox.session(venv_backend="none")
def schemas(session: nox.Session) -> None:
    """Generate the schemas from the pinned SDK; `-- --check` only compares."""
    session.run(_suite_python(session), "-m", "conformance.schemas.generator", *session.posargs, external=True)


@nox.session
def graph(session: nox.Session) -> None:
    """Draw the packages, their sizes and their imports; `-- conformance.simulator` draws the inside of one."""
    _install(session, "tests")
    session.run("python", "tools/package_graph.py", *session.posargs)


@nox.session(venv_backend="none")
def explain(session: nox.Session) -> None:
    """Explain a check: `-- ID`, or a part of it. What it requires, why, what is sent, what breaks it, evidence."""
    command = ("-m", "conformance", "explain", *session.posargs)
    session.run(_suite_python(session), *command, success_codes=(0, 4), external=True)


@nox.session
def clients(session: nox.Session) -> None:
    """Capture what the pinned clients send, for the checks `clients.*`; `-- --check` compares, `-- NAME` takes one."""
    _install(session, "clients", "allure", project=False)
    folder = session.cache_dir.resolve() / "clients"
    shutil.copytree(
        Path("tools", "clients"), folder, dirs_exist_ok=True, ignore=lambda _, names: set(names) - MANIFESTS
    )
    session.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), external=True)
    modules = str(folder / "node_modules")
    session.run("python", "tools/clients/capture.py", "--modules", modules, *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write the pinned requirements; `-- --upgrade` takes the newest versions."""
    _install(session, "lock", project=False)
    _lock(session, *session.posargs)


@nox.session
def bump(session: nox.Session) -> None:
    """Take a new version of the official client, `-- openai` or `-- openai==3.53.0`, and say what it changes."""
    wanted = session.posargs[0] if session.posargs else ""
    package, _, version = wanted.partition("==")
    if package != "openai":
        session.error("say `-- openai`, or a version of it: `-- openai==3.53.0`")
    _install(session, "tests", "lock")
    before, after = (str(Path(session.create_tmp()) / name) for name in ("before.json", "after.json"))
    session.run("python", "tools/bump.py", "verdicts", before)
    if version:
        session.run("python", "tools/bump.py", "bound", version)
    _lock(session, "--upgrade-package", wanted)
    _install(session, "tests")
    session.run("python", "-m", "conformance.schemas.generator")
    session.run("python", "tools/bump.py", "bound")
    session.run(*PYTEST, "tests/test_answers_of_openai.py", success_codes=(0, 1))  # the comparison has the last word
    session.run("python", "tools/bump.py", "verdicts", after)
    session.run("git", "diff", "--stat", "--", "pyproject.toml", "requirements", "conformance/schemas", external=True)
    session.run("python", "tools/bump.py", "compare", before, after)


def _lock(session: nox.Session, *options: str) -> None:
    for file in (f"requirements/{name}" for name in PINNED):
        # What the package needs to run is declared once, there.
        sources = [f"{file}.in"] if file != "requirements/conformance" else ["pyproject.toml", f"{file}.in"]
        session.run(*LOCK, *options, *sources, "--output-file", f"{file}.txt")


def _end(number: int, frame: FrameType | None) -> None:
    """End like Ctrl-C in a terminal, which reaches children too; nox by itself tells them late, as on other systems."""
    del number, frame
    for file in Path("/proc/self/task").glob("*/children"):
        for process in file.read_text(encoding="ascii").split():
            os.kill(int(process), signal.SIGINT)
    raise KeyboardInterrupt


def _conformance(session: nox.Session) -> int:
    """Run the suite, build the Allure report and say where both are. Returns the exit code of the run."""
    _install(session, "conformance", *requirements(session.posargs))
    if {"-h", "--help"} & set(session.posargs):
        session.run("python", "-m", "conformance.cli.arguments", log=False)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        pointer = Path(folder) / "run"
        options = [option for option in session.posargs if option != ALLURE]
        code = _suite(session, "--run-pointer", str(pointer), *options)
        run = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None
    if run is not None:
        if code == INTERRUPTED:
            allure = "not built: the run was interrupted"
        elif _is_smoke(session.posargs) and ALLURE not in session.posargs:
            allure = f"not built for a first look; {ALLURE} builds it"
        else:
            allure = _allure(session, run)
        page = run / "matrix.html"
        matrix = _near(page) if page.is_file() else "not written"
        # At the very end, below what nox itself still has to say.
        atexit.register(print, f"Matrix  {matrix}\nAllure  {allure}")
    return code


def _suite(session: nox.Session, *arguments: str) -> int:
    """Run the suite and return its exit code."""
    with _silence():
        try:
            # Time to cancel what is in flight, to clean up at the target and to write reports; the second signal, after
            # that time, takes no more than a moment. Only what belongs to stdout may go there.
            session.run(*SUITE, *arguments, stderr=None, interrupt_timeout=40, terminate_timeout=10)
        except nox.command.CommandFailed as failure:
            # `Returned code 4`; older versions of nox have the number nowhere else.
            found = re.search(r"-?\d+$", str(failure))
            return int(found[0]) if found and int(found[0]) > 0 else INTERNAL
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


def _allure(session: nox.Session, run: Path) -> str:
    """Build the Allure report of a run; return its path, or why there is none."""
    tool = session.cache_dir.resolve() / "allure"
    module = ("python", "-m", "conformance.report.allure.html")
    folders = (run / "allure-results", run / "allure-report", "--tool", tool / "npm")
    try:
        with _silence():
            node = {"PYTHONPATH": str(_node(session, tool / "python"))}
            said = session.run(*module, *folders, env=node, silent=True, stderr=None, success_codes=(0, 1))
    except nox.command.CommandFailed:
        return "not built: Node could not be installed from requirements/allure.txt"
    except KeyboardInterrupt:
        return "not built: interrupted"
    line = str(said).strip().rpartition("\n")[2] or "not built: the generator broke off"
    return line if line.startswith("not built: ") else _near(Path(line))


def _node(session: nox.Session, folder: Path) -> Path:
    """Return the folder with Node's wheel, which is for Allure alone, installed once for each state of its pins."""
    pins = Path("requirements", "allure.txt").resolve()
    stamp = folder / "installed.txt"
    if not stamp.is_file() or stamp.read_bytes() != pins.read_bytes():
        sys.stderr.write("installing Node for the Allure report (once)\n")
        shutil.rmtree(folder, ignore_errors=True)
        patience = {"PIP_RETRIES": "1", "PIP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1", "UV_HTTP_TIMEOUT": "20"}
        session.install("--require-hashes", "-r", str(pins), "--target", str(folder), env=patience)
        if folder.is_dir():
            shutil.copyfile(pins, stamp)
    return folder


def _install(session: nox.Session, *names: str, project: bool = True) -> None:
    """Install pinned requirements and the project as it lies here; nothing while the pins are the same."""
    stamp = session.env_dir / STAMP
    if not _installed(stamp, names):
        files = [argument for name in names for argument in ("-r", f"requirements/{name}.txt")]
        session.install("--require-hashes", *files)
        if project:
            session.install("--no-deps", "--no-build-isolation", "--editable", ".")
        if stamp.parent.is_dir() and not {"--no-install", "-R"} & set(sys.argv):
            stamp.write_text(json.dumps(_read(stamp) | {name: _pins(name) for name in names}), encoding="utf-8")
    _keep_bytecode(session)


def _keep_bytecode(session: nox.Session) -> None:
    """
    Keep what Python compiles, beside the environments, where none may be written beside the sources.

    Without it each process compiles the suite again, which takes seconds.
    """
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        folder = str(session.cache_dir.resolve() / "bytecode")
        session.env.update({"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder})


def _installed(stamp: Path, names: Sequence[str]) -> bool:
    """Tell whether an environment holds what these requirement files name today."""
    there = _read(stamp)
    return all(there.get(name) == _pins(name) for name in names)


def _read(stamp: Path) -> dict[str, str]:
    """Return what an environment was installed from: the digest of each requirement file."""
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _pins(name: str) -> str:
    """Return the digest of a requirement file and of the project's metadata, and where the project lies."""
    files = (Path("requirements", f"{name}.txt"), Path("pyproject.toml"))
    return sha256(b"".join([*(file.read_bytes() for file in files), bytes(Path.cwd())])).hexdigest()


def _suite_python(session: nox.Session) -> str:
    """Return the Python of the session `conformance`, whose environment is made if need be: one is enough for all."""
    if "--no-venv" in sys.argv:
        return "python"
    folder = session.cache_dir.resolve().parent / "conformance"
    if not _installed(folder / STAMP, ["conformance"]):
        here = ("-f", str(Path(__file__).resolve()), "--envdir", str(folder.parent))
        session.run(sys.executable, "-m", "nox", *here, "--install-only", "-s", "conformance", external=True)
    _keep_bytecode(session)
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def requirements(arguments: Sequence[str], folder: Path = TARGETS) -> list[str]:
    """Return the names of the requirement files that the targets chosen on the command line ask for."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    # Without a value it is pytest that must complain.
    parser.add_argument("--target", action="append", nargs="?", default=[])
    chosen = {name for name in parser.parse_known_args(arguments)[0].target if name}
    files = [file for file in folder.glob("*.toml") if file.stem in chosen]
    files += [Path(name) for name in chosen if name.endswith(".toml") and Path(name).is_file()]
    return sorted({name for file in files for name in _required(file)})


def _is_smoke(arguments: Sequence[str]) -> bool:
    """Tell whether the command line asks for a first look."""
    return "--profile=smoke" in arguments or ("--profile", "smoke") in pairwise(arguments)


def _required(file: Path) -> Iterator[str]:
    try:
        server = tomllib.loads(file.read_text(encoding="utf-8")).get("server")
    except ValueError:
        return  # The suite says what is wrong with the file.
    if isinstance(server, dict) and isinstance(server.get("requirements"), str):
        yield server["requirements"]


@contextmanager
def _silence() -> Iterator[None]:
    """Keep nox from repeating a command: its options may hold a key, and what went wrong is said in our words."""
    log = logging.getLogger("nox")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


def _near(path: Path) -> str:
    """Return a path as one would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
