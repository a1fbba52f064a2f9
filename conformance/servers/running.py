"""A started server: where it answers, the key it takes, what it says, and how it is ended."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from conformance.servers.kept import Kept

STOP_S = 5.0
"""So long a server has to end by itself."""


@dataclass(frozen=True)
class Running:
    """
    A started server: its base URL, the key it takes, and its process.

    `headers` are those of its target, with their placeholders filled. `kept` is what a run keeps of it, `after` is
    called when it has ended.
    """

    base_url: str
    key: str = field(repr=False)
    process: "subprocess.Popen[str]"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    upstream: Path | None = None
    """The file of what reached the server behind it, a JSON object a line."""
    kept: Kept | None = None
    after: Callable[[], None] = field(default=lambda: None, repr=False)

    def stop(self) -> None:
        """End the process and what it has started: politely, then by force."""
        early = self.process.poll() is not None
        end(self.process)
        if self.kept is not None:
            self.kept.write(ended=early)
        self.after()


def end(process: "subprocess.Popen[str]", stop_s: float | None = None) -> None:
    """End a process that leads a group of its own, and the group: politely, then by force."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S if stop_s is None else stop_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
