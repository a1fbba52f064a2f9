"""What a run says of itself where nothing was said for a while: a slow server, a long collection, large reports."""

from collections.abc import Callable
from typing import Any

from conformance.alive import Alive


class Watching:
    """
    A plugin of pytest that follows the stages of a run.

    `write` writes a line; it is called from another thread. `doing` says what the run does, `done` what was done.
    """

    def __init__(
        self, write: Callable[[str], None], doing: str = "waiting for responses", done: str = "checks are judged"
    ) -> None:
        self._doing, self._done = doing, done
        self._stage = "starting"
        self._all = self._number = 0
        self._alive = Alive(self._words, write)
        self._alive.start()

    def pytest_collection(self) -> None:
        """Take note that what is to be run is looked for, while servers start."""
        self._stage = "collecting"

    def pytest_collection_finish(self, session: Any) -> None:
        """Take note of how much there is to run. With `-n` other processes know that."""
        self._stage, self._all = self._doing, len(session.items)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take note that one more is done, which pytest says itself."""
        self._stage = self._doing
        self._number += report.when == "call"
        self._alive.heard()

    def sent(self, number: int, of: int) -> None:
        """Take note of how many exchanges of a shard are there, which judges nothing."""
        self._number, self._all, self._done = number, of, "exchanges are there"

    def pytest_sessionfinish(self) -> None:
        """Take note that the rest is to clean up and to write."""
        self._stage, self._doing = "closing the run and writing its reports", ""

    def pytest_unconfigure(self) -> None:
        """Say nothing more."""
        self._alive.stop()

    def _words(self) -> str:
        if self._stage != self._doing:
            return self._stage
        of = f" of {self._all}" if self._all else ""
        return f"{self._doing}: {self._number}{of} {self._done}"
