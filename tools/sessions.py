"""
Sessions of nox that end with the exit code of what they run, which nox by itself turns into 1.

`run_conformance` is the run, its Allure report, and where both are; `run_gate` is every other command that gates.
"""

import atexit
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import nox

from tools.environments import ROOT, alive, install, requirements, suite_python

# By its path, so that Ctrl-C is heeded from its first line on. `-P`: its folder is no place to import from.
SUITE = ("python", "-P", str(ROOT / "conformance" / "__main__.py"))

# The report takes longer than a first look, for which it is built only if it is asked for.
ALLURE = "--allure"

# Time to cancel what is in flight, to clean up at the target and to write reports; the second signal, after that time,
# takes no more than a moment.
PATIENCE = {"interrupt_timeout": 40, "terminate_timeout": 10}

INTERRUPTED = 2
INTERNAL = 3


def run_conformance(session: nox.Session) -> None:
    """Run the suite and build the Allure report; end nox with the exit code of the run."""
    signal.signal(signal.SIGTERM, _end)
    try:
        code = _conformance(session)
    except KeyboardInterrupt:
        sys.stdout.write("interrupted before anything was sent\n")
        code = INTERRUPTED
    if code:
        # nox by itself ends with 1, whatever went wrong.
        sys.exit(code)


def run_gate(session: nox.Session, *command: str) -> None:
    """Run a command of the suite, with what the user gave to the session; end nox with the exit code of the command."""
    words = (*SUITE[1:], *command, *session.posargs)
    if code := _code(session, suite_python(session), *words, external=True, **PATIENCE):
        sys.exit(code)


def _end(number: int, frame: FrameType | None) -> None:
    """End like Ctrl-C in a terminal, which reaches children too; nox by itself tells them late, as on other systems."""
    del number, frame
    for file in Path("/proc/self/task").glob("*/children"):
        for process in file.read_text(encoding="ascii").split():
            os.kill(int(process), signal.SIGINT)
    raise KeyboardInterrupt


def _conformance(session: nox.Session) -> int:
    """Run the suite, build the Allure report and say where both are. Returns the exit code of the run."""
    install(session, "conformance", *requirements(session.posargs))
    if {"-h", "--help"} & set(session.posargs):
        session.run("python", "-m", "conformance.cli.arguments", log=False)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        pointer = Path(folder) / "run"
        code = _code(session, *SUITE, "--run-pointer", str(pointer), *session.posargs, **PATIENCE)
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


def _code(session: nox.Session, *command: str, **options: Any) -> int:
    """Run a command and return its exit code."""
    with _silence():
        try:
            # Only what belongs to stdout may go there.
            session.run(*command, stderr=None, **options)
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
    folders = (run, run / "allure-report", "--tool", tool / "npm")
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
        with alive("installing Node"):
            session.install("--require-hashes", "-r", str(pins), "--target", str(folder), env=patience)
        if folder.is_dir():
            shutil.copyfile(pins, stamp)
    return folder


def _is_smoke(arguments: Sequence[str]) -> bool:
    """Tell whether the command line asks for a first look."""
    return "--profile=smoke" in arguments or ("--profile", "smoke") in pairwise(arguments)


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
