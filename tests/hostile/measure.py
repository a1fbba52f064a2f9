"""One attack on one run of the suite: the server starts, the suite runs as a process of its own, and is measured."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.hostile import detect
from tests.hostile.attack import Attack, Should, World
from tests.hostile.loopback import Server, json_answer, serving
from tests.hostile.upstream import Upstream
from tests.whole_run import clean_environ

KEY = "sk-hostile-Qz7Xw9KpL2mN4vB6+cD8fG0hJ1s"
KEY_ENV = "HOSTILE_KEY"
ROLES = {
    "chat": "sim-chat",
    "video": "sim-video",
    "transcription": "sim-transcribe",
    "speech": "sim-speech",
    "image": "sim-image",
}
SUITE = ("--pyargs", "conformance.checks", "-p", "conformance.plugin", "--noconftest", "-p", "no:cacheprovider")
INTERNAL = 3
LOOK_S = 0.1
LARGE_MB = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run is ended: after so many seconds, or at so much memory."""

    wall_s: float = 150
    memory_mb: float = 6000


@dataclass
class Measured:
    """What one attack came to. Sizes are in MB of 1,000,000 bytes; `alarms` say what must not be."""

    name: str
    exit: int | None = None
    killed: str = ""
    wall_s: float = 0
    cpu_s: float = 0
    peak_mb: float = 0
    folder_mb: float = 0
    requests: int = 0
    elsewhere: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    footer: bool = False
    reports: bool = False
    first: dict[str, str] = field(default_factory=dict)
    leaks: dict[str, int] = field(default_factory=dict)
    leaking: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    screen: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)

    @property
    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def measure(
    attack: Attack, suite: Path, limits: Limits = Limits(), keep: Path | None = None, given: Sequence[str] = ()
) -> Measured:
    """
    Run the suite of a checkout against an attack, with further options if `given`.

    `keep` takes the run's folder; else it is removed.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"hostile-{attack.name}-"))
    try:
        return _measured(attack, suite, limits, folder, given)
    finally:
        if keep is not None:
            shutil.copytree(folder, keep / attack.name, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _measured(attack: Attack, suite: Path, limits: Limits, folder: Path, given: Sequence[str]) -> Measured:
    found = Measured(attack.name)
    with (
        contextlib.suppress(TimeoutError),  # of a server that is at work on a large answer when it shall close
        serving(json_answer({"you": "followed a redirect"})) as other,
        attacking(attack, other.base_url) as server,
    ):
        options = ["--base-url", server.base_url, "--api-key-env", KEY_ENV, "--name", "hostile"]
        options += [word for role, model in ROLES.items() for word in ("--model", f"{role}={model}")]
        options += [word for name in attack.selection for word in ("--capability", name)]
        options += [*(["--header", attack.header] if attack.header else []), *attack.options, *given]
        limits = replace(limits, wall_s=attack.wall_s or limits.wall_s)
        screen = bounded(command([*options, "--junitxml", "junit.xml"]), environment(suite), folder, limits, found)
        found.requests, found.elsewhere = len(server.seen), len(other.seen)
        paths = [f"{seen.method} {seen.path}" for seen in server.seen]
    found.screen = screen.decode("utf-8", "replace")[-3000:]
    found.folder_mb = round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)
    read_log(folder, found)
    leaks = detect.search(folder, screen, (KEY, *([attack.secret] if attack.secret else [])))
    found.leaks = dict(Counter(form for leak in leaks for form in leak.forms))
    found.leaking = sorted(dict.fromkeys(_kind(leak.place) for leak in leaks))
    found.paths = sorted({p for p in paths if any(part in p for part in attack.never_in_paths)})[:5]
    found.alarms = list(_alarms(attack, found, screen))
    return found


@contextlib.contextmanager
def attacking(attack: Attack, elsewhere: str = "http://127.0.0.1:9/v1") -> Iterator[Server]:
    """Serve an attack while the context is open."""
    world = World(Upstream(KEY), KEY, elsewhere)
    with serving(attack.behaviour(world)) as server:
        world.servers.append(server)
        yield server


def command(options: Sequence[str]) -> list[str]:
    """Return the command of a run of the suite."""
    return [sys.executable, "-m", "pytest", *SUITE, *options]


def environment(suite: Path) -> dict[str, str]:
    """Return the environment of a run: the suite is that of a checkout."""
    return {**clean_environ(), "PYTHONPATH": str(suite), KEY_ENV: KEY}


def bounded(words: Sequence[str], environ: Mapping[str, str], folder: Path, limits: Limits, found: Measured) -> bytes:
    """Run a command in a folder until it ends or goes over a limit; return its screen."""
    started = time.monotonic()
    screen = folder.with_suffix(".screen")
    with screen.open("wb") as output:
        process = subprocess.Popen(words, cwd=folder, env=environ, stdout=output, stderr=subprocess.STDOUT)
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        found.peak_mb = max(found.peak_mb, _peak_mb(process.pid))
        if not found.killed and time.monotonic() - started > limits.wall_s:
            found.killed = f"after {limits.wall_s:.0f} s"
        if not found.killed and found.peak_mb > limits.memory_mb:
            found.killed = f"at {limits.memory_mb:.0f} MB"
        if found.killed:
            os.kill(process.pid, signal.SIGKILL)
        time.sleep(LOOK_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    found.exit = process.returncode
    found.wall_s, found.cpu_s = round(time.monotonic() - started, 1), round(usage.ru_utime + usage.ru_stime, 1)
    said = screen.read_bytes()
    screen.unlink()
    return said


def _peak_mb(pid: int) -> float:
    """Return the most memory that a process had. That of `wait4` counts what its parent had when it was started."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((round(int(line.split()[1]) * 1024 / 1e6, 1) for line in lines if line.startswith("VmHWM:")), 0)


def logs(folder: Path) -> set[Path]:
    """Return the logs of all runs that wrote into a folder."""
    return set(folder.glob("reports/runs/*/log.ndjson"))


def read_log(folder: Path, found: Measured, earlier: Collection[Path] = ()) -> None:
    """Take from the log of the only run, or of the only one that is not an earlier one, however it was cut."""
    counts: Counter[str] = Counter()
    for path in logs(folder) - set(earlier):
        found.reports = (path.parent / "matrix.html").is_file()
        with path.open("rb") as lines:
            for raw in lines:
                with contextlib.suppress(ValueError):
                    line = json.loads(raw)
                    found.footer |= line["type"] == "footer"
                    if line["type"] == "result":
                        counts[line["verdict"]] += 1
                        found.first.setdefault(line["verdict"], f"{line['check']}: {line['reason']}"[:400])
    found.first.pop("conforms", None)
    found.verdicts = dict(counts)


def _kind(place: str) -> str:
    """Return what sort of file it is: many of one sort are one place."""
    path = Path(place)
    below = path.parts[3:] if path.parts[:2] == ("reports", "runs") else path.parts
    return f"{below[0]}/" if len(below) > 1 else "/".join(below)


def internal_error(screen: bytes) -> bool:
    """Tell whether a run shows an error of the suite itself. That a disk is full ends with the same exit code."""
    return b"INTERNALERROR" in screen or b"Traceback (most recent" in screen


def _alarms(attack: Attack, found: Measured, screen: bytes) -> Iterator[str]:
    """Yield what must not be, whatever a server does."""
    if found.killed:
        yield f"killed {found.killed}"
    elif not found.footer:
        yield "the log has no footer"
    elif not found.reports:
        yield "no reports"
    if found.exit == INTERNAL or internal_error(screen):
        yield "internal error"
    if found.leaks:
        yield "secret: " + ", ".join(f"{form} {count}" for form, count in sorted(found.leaks.items()))
    if found.elsewhere:
        yield f"{found.elsewhere} requests went elsewhere"
    if found.paths:
        yield f"raw id in a path: {found.paths[0]}"
    if found.peak_mb > LARGE_MB:
        yield f"{found.peak_mb:.0f} MB of memory"
    yield from _wrong(attack.should, found.verdicts)


def _wrong(should: Should, told: Mapping[str, int]) -> Iterator[str]:
    """Yield what is wrong with the verdicts, where it is known what they should be."""
    words = ", ".join(f"{count} {name}" for name, count in told.items()) or "no verdict"
    if should is Should.CONFORM and set(told) != {"conforms"}:
        yield f"should conform: {words}"
    if should is Should.DEVIATE and (not told.get("deviates") or told.get("error")):
        yield f"should deviate without an error: {words}"
