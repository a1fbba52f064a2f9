"""What a server says: kept within bounds, without its key, for the run's folder; and its last words."""

import re
import threading
from collections import deque
from collections.abc import Sequence
from typing import IO

LONGEST = 1024 * 1024
"""So much of the beginning is kept, and the last lines."""

_LAST = 200
_LINE = 2000
_TELLING = re.compile(
    r"error|cannot|can't|could not|fail|refuse|no such|not found|missing|invalid|took more", re.IGNORECASE
)
_FRAME = re.compile(r"\s*(at |File \"|\^|~|\||Traceback)")


class Said:
    """
    Reads what a process says from a pipe, in a thread, until it ends. `keys` are left out.

    After `LONGEST` characters only the last lines are kept.
    """

    def __init__(self, pipe: IO[str], keys: Sequence[str]) -> None:
        self._pipe = pipe
        self._keys = keys
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=_LAST)
        self._kept = self._dropped = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            # In pieces: a line may be as long as the server likes.
            while line := self._pipe.readline(_LINE):
                for key in self._keys:
                    line = line.replace(key, "[key]")
                self._take(line)
        except ValueError:
            return  # the pipe was closed

    def _take(self, line: str) -> None:
        if self._kept + len(line) <= LONGEST:
            self._first.append(line)
            self._kept += len(line)
            return
        self._dropped += len(self._last) == _LAST
        self._last.append(line)

    def ended(self, seconds: float) -> None:
        """Wait until all is read."""
        self._thread.join(seconds)

    @property
    def text(self) -> str:
        """Return what was kept."""
        gap = [f"[... {self._dropped} lines ...]\n"] if self._dropped else []
        return "".join([*self._first, *gap, *list(self._last)])

    @property
    def last_words(self) -> str:
        """Return the line that says best what went wrong: the last that sounds like it, else the last."""
        lines = [line for line in (*self._first[-_LAST:], *list(self._last)) if line.strip() and not _FRAME.match(line)]
        telling = [line for line in lines if _TELLING.search(line)]
        return " ".join(next(iter(telling[-1:] or lines[-1:]), "it said nothing").split())[:300]
