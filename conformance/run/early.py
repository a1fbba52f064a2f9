"""
Ctrl-C and SIGTERM while pytest imports the plugin, before it can be asked: one line, exit code 2, and no traceback.

`python -m conformance` has a handler of its own by then, which stays; so do those of others. Nothing that takes time
is imported here. To import this module is to begin; `stop` puts back what was there.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

_BEFORE: dict[signal.Signals, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


def _begin() -> Callable[[], None]:
    """
    Heed both signals from now on, if it is pytest that imports, in its main thread and in no worker of xdist.

    Return what ends that.
    """
    if "PYTEST_VERSION" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
        return lambda: None
    screen = os.dup(1)  # pytest puts a file in its place before it is done, for what tests print

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        sys.stdout.flush()
        os.write(screen, b"interrupted before anything was sent\n")
        os._exit(2)  # nothing is begun, and an exception may be dropped: by the callback of a weak reference, for one

    ours = []
    try:
        for number, before in _BEFORE.items():
            if signal.getsignal(number) == before:
                signal.signal(number, end)
                ours.append(number)
    except ValueError:  # not the main thread, which alone gets signals
        os.close(screen)
        return lambda: None

    def stop() -> None:
        for number in ours:
            if signal.getsignal(number) is end:
                signal.signal(number, _BEFORE[number])
        if ours:
            os.close(screen)
            ours.clear()

    return stop


stop = _begin()
"""Leaves both signals to whoever comes next."""
