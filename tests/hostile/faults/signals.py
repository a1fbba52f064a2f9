"""A run that is told to end, or killed, at each stage; and then goes on with `--resume latest`."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.faults.bench import BASIC, SIMULATOR, Bench, fault
from tests.hostile.measure import Measured, internal_error, read_log

LOOK_S = 0.002
WAIT_S = 60.0
IMPORT_S = 0.7


def _exchange(runs: Path) -> bool:
    return any(runs.glob("*/exchanges/*/*/*.json"))


def _results(runs: Path) -> bool:
    return any(path.read_bytes().count(b'"type":"result"') >= 30 for path in runs.glob("*/log.ndjson"))


def _footer(runs: Path) -> bool:
    return any(b'"type":"footer"' in path.read_bytes() for path in runs.glob("*/log.ndjson"))


def _reports(runs: Path) -> bool:
    return any(runs.glob("*/evidence/*/*"))


STAGES: dict[str, Callable[[Path], bool] | None] = {
    "import": None,
    "sending": _exchange,
    "judging": _results,
    "reports": _footer,
    "evidence": _reports,
}
SIGNALS = {"term": signal.SIGTERM, "int": signal.SIGINT, "kill": signal.SIGKILL}


def _put() -> None:
    for word, number in SIGNALS.items():
        for stage, reached in STAGES.items():
            says = f"SIG{word.upper()} comes at the stage `{stage}`; then the run goes on."
            fault(f"{word}-at-{stage}", says)(_interrupting(number, reached))


def _interrupting(number: signal.Signals, reached: Callable[[Path], bool] | None) -> Callable[[Bench], Measured]:
    def tried(bench: Bench) -> Measured:
        # A job in the background ignores it, and so do its children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        found = Measured("")
        process = bench.start(*SIMULATOR, *BASIC)
        started = time.monotonic()
        _wait(process, bench.runs, reached)
        found.facts["too late"] = process.poll() is not None
        process.send_signal(number)
        try:
            found.exit = process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            found.exit, found.killed = process.wait(), f"{WAIT_S:.0f} s after the signal"
            found.alarms.append(f"killed {found.killed}")
        found.wall_s = round(time.monotonic() - started, 1)
        _look(bench, found, number)
        return found

    return tried


def _wait(process: "subprocess.Popen[bytes]", runs: Path, reached: Callable[[Path], bool] | None) -> None:
    end = time.monotonic() + (IMPORT_S if reached is None else WAIT_S)
    while process.poll() is None and time.monotonic() < end and not (reached is not None and reached(runs)):
        time.sleep(LOOK_S)


def _look(bench: Bench, found: Measured, number: signal.Signals) -> None:
    """Look at what is left, and go on."""
    found.screen = (bench.folder / "screen.txt").read_text(encoding="utf-8", errors="replace")[-3000:]
    read_log(bench.folder, found)
    bench.end_servers(found)
    found.facts["parts"] = _parts(bench)
    if not any(bench.runs.glob("*/log.ndjson")):
        found.facts["said"] = found.screen.strip().splitlines()[-1:]  # of Python, perhaps: our code is not there yet
        return
    if number is not signal.SIGKILL:  # after which nobody can do anything but the next run
        found.alarms += _unclean(found)
    again = bench.run("--resume", "latest", *SIMULATOR, *BASIC)
    found.facts |= {"resumed": again.exit, "conform": again.verdicts.get("conforms", 0), "parts after": _parts(bench)}
    if again.exit != 0 or not again.reports:
        found.alarms.append(f"--resume ends with {again.exit}, {'with' if again.reports else 'without'} reports")
    if found.facts["parts after"]:
        found.alarms.append(f"{found.facts['parts after']} parts of files are left")


def _unclean(found: Measured) -> Iterator[str]:
    """Yield what a run that was told to end has not done: it says so, or it comes to its end."""
    if internal_error(found.screen.encode()):
        yield "internal error"
    if not found.footer:
        yield "the log has no footer"
    if found.exit != 2 and not (found.exit in {0, 1} and found.reports):
        yield f"exit code {found.exit}, where 2 is due"


def _parts(bench: Bench) -> int:
    return len(list(bench.folder.rglob(".part-*")))


_put()
