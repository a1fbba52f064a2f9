"""One real server: installed, measured by a run of the suite in a process of its own, and what came of it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.causes.gather import causes
from conformance.log import records
from conformance.log.sums import counts
from conformance.servers.install import install
from conformance.servers.kept import SERVERS
from conformance.servers.pins import version
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError, UsageError, Verdict

MEASURED = frozenset({0, 1})
"""What a run ends with that has measured something: that a server deviates is what it is measured for."""

INTERRUPTED = 2

_SUITE = Path(__file__).parents[1] / "__main__.py"
_GRACE_S = 300.0
"""So long after the last request a run may judge and write its reports."""

_ENDING_S = 40.0


@dataclass(frozen=True, slots=True)
class Measured:
    """
    What came of one server. `reason` says why it could not be measured, and is empty when it was.

    `install_s` and `run_s` are seconds, `peak_bytes` is the memory that all its processes took at most.
    """

    name: str
    server: str = ""
    reason: str = ""
    requests: int = 0
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    causes: int = 0
    install_s: float = 0.0
    run_s: float = 0.0
    peak_bytes: int | None = None
    matrix: Path | None = None
    log: Path | None = None


def measure(target: Target, named: str, options: Sequence[str], *, minutes: float, output: Path) -> Measured:
    """
    Measure the server of a target, which `named` chooses on a command line; `options` are further ones of the run.

    What the run says is kept in the folder `output`. Raises `KeyboardInterrupt` when the run was interrupted.
    """
    assert target.server is not None
    server, began = version(target.server), time.monotonic()
    try:
        install(target.server)
    except HarnessError as error:
        return Measured(target.name, server, f"not installed: {error}", install_s=time.monotonic() - began)
    installed_s, began = time.monotonic() - began, time.monotonic()
    output.mkdir(parents=True, exist_ok=True)
    said = output / f"{target.name}.txt"
    words = ("--target", named, "--output", str(output), "--max-minutes", f"{minutes:g}", *options)
    with tempfile.TemporaryDirectory() as folder:
        pointer = Path(folder) / "run"
        code = _run([*words, "--run-pointer", str(pointer)], said, minutes * 60 + _GRACE_S)
        run = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    run_s = time.monotonic() - began
    reason = "" if code in MEASURED else _last_words(said, code)
    found = Measured(target.name, server, reason, install_s=installed_s, run_s=run_s, log=said)
    return replace(found, reason=reason or "the run left no folder") if run is None else _with_log(found, run)


def _run(words: Sequence[str], said: Path, seconds: float) -> int | None:
    """Run the suite; return its exit code, or None when it took too long."""
    with said.open("w", encoding="utf-8") as file:
        # Ctrl-C in a terminal must reach it once, and by us: a second signal would cut short how it ends.
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-P", str(_SUITE), *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        try:
            process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _last_words(said: Path, code: int | None) -> str:
    """Return why a run has not measured its target, in the words of the run."""
    if code is None:
        return "the run did not come to its end in time"
    lines = [line.strip() for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "did not start" in line or f"Exit code {code}" in line]
    return next(iter(telling[:1] or lines[-1:]), f"exit code {code}").removeprefix("ERROR: ")


def _with_log(found: Measured, folder: Path) -> Measured:
    """Return what came of a server, with what the log of its run and what was kept of it tell."""
    try:
        run = records.read(folder)
    except UsageError as error:
        return replace(found, reason=found.reason or str(error))
    page = folder / "matrix.html"
    kept = _kept(folder / SERVERS / f"{found.name}.json")
    ended = f"the server ended during the run: {kept['ended']}" if kept.get("ended") else ""
    return replace(
        found,
        reason=ended or found.reason,
        requests=run.footer.requests if run.footer else len(run.every_exchange),
        verdicts=counts(result for result in run.results if result.target == found.name),
        causes=len([one for one in causes(run, found.name) if one.first.verdict is Verdict.DEVIATES]),
        peak_bytes=kept.get("peak_bytes"),
        matrix=page if page.is_file() else None,
    )


def _kept(file: Path) -> dict[str, Any]:
    """Return what a run has kept of its server, or nothing."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
