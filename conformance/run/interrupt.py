"""
Ctrl-C and SIGTERM: a run ends in the same way on both, at any moment.

The handler is the only thing that a process keeps of it: `signal.getsignal` finds it again.
"""

import os
import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from conformance.call import SUITE, call
from conformance.run.folder import RUNS

NOTHING_SENT = ("interrupted before anything was sent",)

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Interrupts:
    """
    The handler of both signals: it raises `KeyboardInterrupt`, or keeps in mind that a signal came while it is held.

    `came` counts the signals; `says` is what is to be said in the end if one came. With `once` all but the first are
    ignored: a worker gets one from the terminal and one from the process that started it.
    """

    came: int = 0
    held: bool = False
    once: bool = False
    says: Sequence[str] = NOTHING_SENT

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        del number, frame
        self.came += 1
        if not self.held and not (self.once and self.came > 1):
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if a signal came: Python drops it when it hits the callback of a weak reference."""
        if self.came:
            raise KeyboardInterrupt

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let what takes a moment come to its end: a signal is only counted."""
        before, self.held = self.held, True
        try:
            yield
        finally:
            self.held = before


def listen(*, once: bool = False) -> tuple[Interrupts, Callable[[], None]]:
    """
    Return the handler of this process, put in place if need be, and what puts back what was there before.

    A signal that is ignored (`nohup`) stays so. Only the main thread may call this to any effect.
    """
    there = signal.getsignal(signal.SIGTERM)
    if isinstance(there, Interrupts):
        return there, lambda: None
    made, before = Interrupts(once=once), {}
    try:
        for number in SIGNALS:
            if (handler := signal.getsignal(number)) != signal.SIG_IGN:
                signal.signal(number, made)
                before[number] = handler
    except ValueError:  # not the main thread, which alone gets signals
        return made, lambda: None

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return made, restore


def going_on(folder: Path, root: Path) -> tuple[str, str]:
    """Return the two lines that end a run which was interrupted: what it is called, and the command that goes on."""
    near = os.path.relpath(folder, root) if folder.is_relative_to(root) else str(folder)
    return f"Interrupted: {near}", f"Go on with:  {resume_command(folder, root)}"


def resume_command(folder: Path, root: Path) -> str:
    """Return the command that goes on with a run."""
    return call(SUITE, f"--resume {run_name(folder, root)}")


def run_name(folder: Path, root: Path) -> str:
    """Return how a run is named on a command line: by its name if it lies where runs do, else by its path."""
    near = os.path.relpath(folder, root) if folder.is_relative_to(root) else str(folder)
    return shlex.quote(folder.name if folder.parent == root / RUNS else near)
