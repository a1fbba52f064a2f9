"""
A word at least each ten seconds from what takes long, so that nobody takes it for dead.

A terminal shows one line that is rewritten and gone in the end, a pipe plain lines. Standard library alone: the
sessions of nox read this file too, in an environment that has nothing else.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET_S = 8.0
"""So long nothing may have been said before something is; the looks are a second apart."""

_LOOK_S = 1.0


class Alive:
    """
    Says something whenever nothing was said for `QUIET_S` seconds.

    That is the words of the moment, and the seconds since the beginning. `words` and `write` are called from
    another thread. `clock` is in seconds.
    """

    def __init__(
        self, words: Callable[[], str], write: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._words = words
        self._write = write
        self._clock = clock
        self._began = self._last = clock()
        self._ended = threading.Event()

    def heard(self) -> None:
        """Take note that something was said by others."""
        self._last = self._clock()

    def look(self) -> None:
        """Say something if it is time."""
        now = self._clock()
        if now - self._last >= QUIET_S:
            self._last = now
            self._write(f"{self._words()} ({now - self._began:.0f} s)")

    def start(self) -> None:
        """Look from now on, in a thread that ends with the process at the latest."""
        threading.Thread(target=self._keep_looking, name="alive", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def _keep_looking(self) -> None:
        while not self._ended.wait(_LOOK_S):
            self.look()


@contextmanager
def alive(words: str | Callable[[], str], stream: TextIO | None = None) -> Iterator[Alive]:
    """Say on a stream, by default stderr, what is going on, while the context is open."""
    screen = _Screen(stream or sys.stderr)
    watching = Alive(words if callable(words) else lambda: words, screen.write)
    watching.start()
    try:
        yield watching
    finally:
        watching.stop()
        screen.clear()


class _Screen:
    """One line that is rewritten where that can be seen, else a line each time."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rewritten = stream.isatty()
        self._written = False

    def write(self, line: str) -> None:
        self._stream.write(f"\r{line}\x1b[K" if self._rewritten else f"{line}\n")
        self._stream.flush()
        self._written = True

    def clear(self) -> None:
        if self._rewritten and self._written:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
