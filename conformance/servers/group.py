"""
Run a program, and end it with all that it has started: `python group.py SCRATCH GIGABYTES program [argument ...]`.

It ends when the program does, on SIGTERM, or when standard input closes: that is a pipe whose other end the process
that started us alone holds, so a killed run leaves no server behind. Children whose own parent has ended become ours,
so that none escapes. `peak.txt` in the folder SCRATCH tells how many bytes all of them took at most, as looked at each
second; above GIGABYTES they are ended. This file is run by its path: it needs nothing of the package.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
LOOK_S = 1.0
STOP_S = 3.0
ENDED, TOO_BIG = 143, 137

_ADOPT = 36  # PR_SET_CHILD_SUBREAPER of Linux


def main(arguments: Sequence[str]) -> int:
    """Run the program. Returns its exit code, `ENDED`, or `TOO_BIG`."""
    scratch, limit, program = Path(arguments[0]), float(arguments[1]) * 2**30, arguments[2:]
    told, orphaned = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    if PROC.is_dir():
        ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
    threading.Thread(target=_wait_for_end, args=(told, orphaned), daemon=True).start()
    try:
        child = subprocess.Popen(program, stdin=subprocess.DEVNULL)  # noqa: S603  what the target's file names
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr, flush=True)  # noqa: T201  to whoever started us
        return 127
    code = _watch(child, told, limit, scratch / "peak.txt")
    end_all(child.pid)
    if orphaned.is_set():
        shutil.rmtree(scratch, ignore_errors=True)
    return code


def _watch(child: "subprocess.Popen[bytes]", told: threading.Event, limit: float, peak: Path) -> int:
    """Return the exit code once the program has ended, was told to, or has become too big."""
    most, looked = 0, 0.0
    while (code := child.poll()) is None:
        if told.wait(0.05):
            return ENDED
        if time.monotonic() - looked >= LOOK_S:
            looked = time.monotonic()
            taken = sum(map(memory, descendants(os.getpid())))
            if taken > most:
                most = taken
                with suppress(OSError):
                    peak.write_text(str(most), encoding="ascii")
            if taken > limit:
                print(f"took more than {limit / 2**30:g} GB of memory", file=sys.stderr, flush=True)  # noqa: T201  as above
                return TOO_BIG
    return code if code >= 0 else 128 - code


def end_all(child: int) -> None:
    """End all descendants: politely, then by force."""
    _signal(child, signal.SIGTERM)
    end = time.monotonic() + STOP_S
    while _alive() and time.monotonic() < end:
        time.sleep(0.02)
    while _alive():
        _signal(child, signal.SIGKILL)
        time.sleep(0.02)


def _alive() -> bool:
    """Tell whether a descendant has not ended; takes the exit codes of those that have."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def _signal(child: int, number: int) -> None:
    for process in [*descendants(os.getpid())] if PROC.is_dir() else [child]:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


def descendants(process: int) -> Iterator[int]:
    """Yield the ids of all processes below one."""
    below: dict[int, list[int]] = {}
    for file in PROC.glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            # The name stands in parentheses, and may hold anything.
            parent = int(file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(file.parent.name))
    found = below.get(process, [])
    while found:
        yield from found
        found = [child for one in found for child in below.get(one, [])]


def memory(process: int) -> int:
    """Return how many bytes a process takes; what it shares with others counts by its part."""
    with suppress(OSError, ValueError, IndexError):
        for line in (PROC / str(process) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _wait_for_end(told: threading.Event, orphaned: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    orphaned.set()
    told.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
