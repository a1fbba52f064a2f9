"""
What several processes of one run share: places in flight, the rate, and how many requests were sent.

All of it lies in files of the run's folder, behind locks that the operating system lets go of when a process dies.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from conformance.files import FILE_MODE, private_folder, replace_file
from conformance.send.gate import Passage
from conformance.send.rate import Spacing, Starts, paused
from conformance.targets.target import Limits

LOOK_AGAIN_S = 0.02


class SharedGate:
    """
    Lets the requests of several processes to one target through, together as a `Gate` does for one.

    The number in flight never changes. How many others are in flight is not known; it is said to be all that may be.
    """

    def __init__(self, limits: Limits, folder: Path) -> None:
        private_folder(folder)
        self._places = limits.in_flight
        self._spacing = Spacing.of(limits, limits.in_flight)
        self._folder = folder
        self._turn = asyncio.Lock()  # of this process, so that one of its requests alone looks at the files

    @asynccontextmanager
    async def through(self, *, alone: bool = False, tokens: int = 0) -> AsyncIterator[Passage]:
        """Wait for a place and for the rate, and hold the place."""
        with ExitStack() as held:
            async with self._turn:
                turn = await self._first_free(["turn"])
                held.callback(turn.release)
                for _ in range(self._places if alone else 1):
                    held.callback((await self._place()).release)
                await self._wait_for_rate(tokens)
                if not alone:
                    turn.release()
            yield Passage(time.monotonic(), 0 if alone else self._places - 1)

    async def _place(self) -> FileLock:
        return await self._first_free([f"place-{number}" for number in range(self._places)])

    async def _first_free(self, names: Sequence[str]) -> FileLock:
        while True:
            for name in names:
                if (lock := self._free(name)) is not None:
                    return lock
            await asyncio.sleep(LOOK_AGAIN_S)

    def _free(self, name: str) -> FileLock | None:
        lock = FileLock(self._folder / name, mode=FILE_MODE)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None
        return lock

    async def _wait_for_rate(self, tokens: int) -> None:
        with FileLock(self._folder / "rate.lock", mode=FILE_MODE):
            starts, delay = self._spacing.after(self._starts(), time.time(), tokens)
            self._keep(starts)
        while delay > 0:  # while we wait, another process may be asked for a pause
            await asyncio.sleep(delay)
            delay = self._starts().request - self._spacing.request_s - time.time()

    def answered(self) -> None:
        """Nothing changes."""

    def troubled(self, _passage: Passage) -> None:
        """Nothing changes."""

    def pause(self, seconds: float) -> None:
        """Start nothing for so long, in no process: the endpoint asked for it."""
        with FileLock(self._folder / "rate.lock", mode=FILE_MODE):
            self._keep(paused(self._starts(), time.time() + seconds))

    def _starts(self) -> Starts:
        path = self._folder / "rate.json"
        return Starts(*json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else Starts()

    def _keep(self, starts: Starts) -> None:
        replace_file(self._folder / "rate.json", json.dumps([starts.request, starts.token]).encode())


@dataclass(slots=True)
class SharedCount:
    """How many of something may still be taken by all processes together. `taken` is what this process took."""

    path: Path
    limit: int
    taken: int = 0

    def take(self) -> bool:
        """Take one; False when none is left."""
        private_folder(self.path.parent)
        with FileLock(self.path.with_suffix(".lock"), mode=FILE_MODE):
            all_taken = int(self.path.read_text(encoding="utf-8")) if self.path.is_file() else 0
            if all_taken >= self.limit:
                return False
            replace_file(self.path, str(all_taken + 1).encode())
        self.taken += 1
        return True
