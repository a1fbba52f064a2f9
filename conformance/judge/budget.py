"""
Seconds for judging: what an endpoint sent must not be able to hang the suite.

Patterns and texts are bounded so that judging is fast; this is for the case that one of them is forgotten.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Never

from conformance.wire.verdict import HarnessError

SECONDS = 20.0
_AGAIN_S = 1.0
"""A `__del__` or a `repr` that pytest makes can swallow what is raised, so it is raised again."""


class _Over(BaseException):
    """The budget is spent. No `Exception`: neither a check nor the judge may take it for a verdict."""


@contextmanager
def in_time(seconds: float = SECONDS) -> Iterator[None]:
    """
    Give up what runs longer than so many seconds. Raises `HarnessError` then, when the context is left.

    The time is that of the clock, by `SIGALRM`, which Python sees within a pattern's search too. There is no limit in
    another thread than the main one, on Windows, and where somebody else uses the alarm already. The handler that was
    there before is restored.
    """
    if not _can_alarm():
        yield
        return

    def give_up(_number: int, _frame: FrameType | None) -> Never:
        raise _Over

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Over:
        raise HarnessError(f"the suite gave up: judging took longer than {seconds:g} s") from None
    finally:
        signal.signal(signal.SIGALRM, before)


def _can_alarm() -> bool:
    """Tell whether this is the main thread of a POSIX process whose alarm nobody uses."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    # A handler of C's, which reads as None, could not be restored.
    return signal.getsignal(signal.SIGALRM) is not None and signal.getitimer(signal.ITIMER_REAL)[0] == 0
