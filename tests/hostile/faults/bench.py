"""
Where faults are tried: a folder in which the suite of a checkout runs against the simulator that it starts itself.

What a fault left is read from outside: the exit code, the screen, the files, and the servers that are still alive.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.hostile.attack import NARROW
from tests.hostile.measure import Limits, Measured, bounded, command, environment, internal_error, logs, read_log

BASIC = tuple(word for name in NARROW for word in ("--capability", name))
SIMULATOR = ("--target", "simulator")
LIMITS = Limits(wall_s=60, memory_mb=3000)
MARK = "HOSTILE_BENCH"
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Bench:
    """A folder to run in, and the environment of runs. `mark` is in the environment of all that was started here."""

    suite: Path
    folder: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment of a run."""
        return {**environment(self.suite), MARK: self.mark}

    @property
    def runs(self) -> Path:
        """Return where runs are written."""
        return self.folder / "reports" / "runs"

    def run(self, *options: str, name: str = "", folder: Path | None = None, limits: Limits = LIMITS) -> Measured:
        """Run the suite to its end, and measure it."""
        found = Measured(name)
        earlier = logs(folder or self.folder) if "--resume" not in options else ()
        screen = bounded(command(options), self.environ, folder or self.folder, limits, found)
        found.screen = screen.decode("utf-8", "replace")[-3000:]
        read_log(folder or self.folder, found, earlier)
        if found.killed:
            found.alarms.append(f"killed {found.killed}")
        if internal_error(screen):
            found.alarms.append("internal error")
        return found

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start a run that shall be interrupted; its screen is `screen.txt`."""
        with (self.folder / "screen.txt").open("wb") as screen:
            return subprocess.Popen(
                command(options), cwd=self.folder, env=self.environ, stdout=screen, stderr=subprocess.STDOUT
            )

    def recorded(self) -> Measured:
        """Record cassettes of the simulator, to try something with."""
        found = self.run(*SIMULATOR, "--mode", "record", *BASIC)
        assert found.exit == 0, found.screen
        return found

    def alive(self) -> list[int]:
        """Return the processes that were started here and live after a while."""
        end = time.monotonic() + PATIENCE_S
        while (found := _marked(self.mark)) and time.monotonic() < end:
            time.sleep(0.1)
        return found

    def end_servers(self, found: Measured) -> None:
        """Take down how many servers are left, and end them."""
        left = self.alive()
        found.facts["servers left"] = len(left)
        if left:
            found.alarms.append(f"{len(left)} servers left alive")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


Try = Callable[[Bench], Measured]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is tried, in a sentence, and the function that tries it."""

    name: str
    says: str
    tried: Try

    def measure(self, suite: Path) -> Measured:
        """Try it in a folder of its own, which is removed."""
        folder = Path(tempfile.mkdtemp(prefix=f"fault-{self.name}-"))
        folder.chmod(0o755)
        bench = Bench(suite, folder)
        try:
            return replace(self.tried(bench), name=self.name)
        finally:
            bench.end_servers(Measured(self.name))
            shutil.rmtree(folder, ignore_errors=True)


FAULTS: dict[str, Fault] = {}


def fault(name: str, says: str) -> Callable[[Try], Try]:
    """Put what is decorated into the table."""

    def put(tried: Try) -> Try:
        assert name not in FAULTS, f"two faults are called {name}"
        FAULTS[name] = Fault(name, says, tried)
        return tried

    return put


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """Mount a disk of so many bytes on a folder while the context is open. Raises `PermissionError` without root."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        raise PermissionError("only root may mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def pages(*folders: Path) -> int:
    """Return how many bytes the files of folders take on a small disk, whose pages are of 4 KiB."""
    files = [path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*"))]
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in files if path.is_file())


def whole_recordings(folder: Path) -> tuple[int, int]:
    """Return how many cassettes below a folder can be read, and how many cannot."""
    good = bad = 0
    for path in folder.rglob("*.json"):
        try:
            good += bool(json.loads(path.read_bytes()))
        except ValueError:
            bad += 1
    return good, bad


def _marked(mark: str) -> list[int]:
    wanted, found = f"{MARK}={mark}".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b"\0") and _lives(path.parent):
                found.append(int(path.parent.name))
    return found


def _lives(process: Path) -> bool:
    return "\nState:\tZ" not in (process / "status").read_text(encoding="ascii", errors="replace")
