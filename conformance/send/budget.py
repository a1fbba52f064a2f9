"""How much one run may still send: bytes of recordings, and minutes of sending."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_UNITS = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


@dataclass(slots=True)
class Budget:
    """
    What is left of a run's budget, in one of its processes.

    `disk`: bytes that recordings may take, and `written` those that lie there; `minutes` of sending, which begin at the
    first question whether they are over. None is no limit. `run` is the name to resume by; `clock` tells seconds.
    """

    disk: int | None = None
    minutes: float | None = None
    run: str = "RUN"
    written: int = 0
    clock: Callable[[], float] = time.monotonic
    _started: float | None = None

    def refuses(self) -> str | None:
        """Return why nothing more is to be sent, or None."""
        if self._started is None:
            self._started = self.clock()
        if self.disk is not None and self.written >= self.disk:
            return f"the recordings of this run reached {shown(self.disk)} (--max-disk)"
        if self.minutes is not None and self.clock() - self._started >= self.minutes * 60:
            return f"{self.minutes:g} minutes of sending are over (--max-minutes); go on with --resume {self.run}"
        return None

    def left_s(self) -> float | None:
        """Return for how many seconds more something may be sent, or None for any time."""
        if self.minutes is None or self._started is None:
            return None
        return max(0.0, self._started + self.minutes * 60 - self.clock())

    def wrote(self, size: int) -> None:
        """Count the bytes of a recording."""
        self.written += size


def shown(size: int) -> str:
    """Return a number of bytes for people: `2 GiB`."""
    unit, name = next(((unit, name) for unit, name in _UNITS if size >= unit), (1, "bytes"))
    return f"{size / unit:.4g} {name}"


def written_in(folder: Path) -> int:
    """Return how many bytes the files below a folder have."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
