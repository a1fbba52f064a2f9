"""
Servers that are a module of ours: the simulator, and what a wheel holds of a real server.

Such a module that prints `listening on <base URL>` when it is ready, and takes its key from the
environment variable that `--api-key-env` names. It ends with us, even if we are killed: see `guarded`.
"""

import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from typing import IO

from conformance.servers.running import STOP_S, Running
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError

KEY_ENV = "CONFORMANCE_SERVER_KEY"

_READY = re.compile(r"listening on (http://127\.0\.0\.1:\d+\S*)")
_GUARD = Path(__file__).with_name("guarded.py")


def start(target: Target) -> Running:
    """Start the module that a target names and wait until it is ready. Raises `HarnessError` with what it said."""
    server = target.server
    assert server is not None
    assert server.module is not None
    key = f"sk-local-{secrets.token_hex(16)}"
    arguments = ("--api-key-env", KEY_ENV, *server.arguments)
    try:
        return start_module(server.module, arguments, key, ready_s=server.ready_s)
    except HarnessError as error:
        raise HarnessError(f"the server of target `{target.name}` did not start: {error}") from None


def start_module(
    module: str, arguments: Sequence[str], key: str, *, more: Mapping[str, str] | None = None, ready_s: float = 60.0
) -> Running:
    """
    Start a module that says where it listens, and wait until it does.

    Its key is in the variable `KEY_ENV`, `more` are further variables. Raises `HarnessError` with its last words.
    """
    process = subprocess.Popen(  # noqa: S603  a module of ours
        [sys.executable, str(_GUARD), "-m", module, *arguments],
        env={**os.environ, KEY_ENV: key, **(more or {})},
        stdin=subprocess.PIPE,  # nothing is written; no other child inherits this end
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        # Ctrl-C in a terminal must not reach it before what is in flight is cancelled: it would be seen to break off.
        start_new_session=True,
    )
    said: Queue[str] = Queue()
    heard: list[str] = []
    complaints: list[str] = []
    _read(process.stdout, said.put)
    complaining = _read(process.stderr, complaints.append)
    running = Running("", key, process)
    try:
        return replace(running, base_url=_wait(said, heard, ready_s))
    except (Empty, EOFError) as why:
        if isinstance(why, EOFError):
            complaining.join(STOP_S)
        running.stop()
        last = next((line.strip() for line in reversed(heard + complaints) if line.strip()), "it said nothing")
        raise HarnessError(last) from None
    except BaseException:
        running.stop()
        raise


def _wait(said: "Queue[str]", heard: list[str], ready_s: float) -> str:
    """Return the base URL, once the server says it. Raises `Empty` when the time is up, `EOFError` when it ends."""
    end = time.monotonic() + ready_s
    while True:
        line = said.get(timeout=max(0.0, end - time.monotonic()))
        if not line:
            raise EOFError
        if match := _READY.search(line):
            return match[1]
        heard.append(line)


def _read(pipe: IO[str] | None, take: Callable[[str], None]) -> threading.Thread:
    """Give each line of a pipe away as it comes, and an empty text when it ends."""
    assert pipe is not None

    def run() -> None:
        try:
            for line in pipe:
                take(line)
            take("")
        except ValueError:
            return  # the pipe was closed

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
