"""
Other clients than the official Python one, each a process of its own that is started once for many exchanges.

A driver says first which versions it runs, `{"versions": {...}}`. Then each line that it reads holds a recorded
exchange, and it answers with what every call of its client gave: `{"number": 1, "views": {"loop": {"got": {...}}}}`. It
serves the bytes to its client itself: nothing is sent to anybody. It is bounded: one that is silent for too long, says
too much or ends is started again a few times, and what it did not tell is not told.
"""

import base64
import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from conformance.files import RefusedFile, read_regular
from conformance.lens.lens import is_looked_at, place_of
from conformance.lens.view import View
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import UsageError

START_S, EACH_S = 60.0, 90.0
"""How long a driver may take to start, and for one exchange; it ends calls of its client that take too long itself."""

LONGEST_LINE = 4 * 1024 * 1024
STARTS = 5
"""So often a driver is started before it is given up."""

_KEPT = ("LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
# Nobody is told that a client runs; what does not heed this finds a closed port instead of a proxy.
_SILENT = {
    "DO_NOT_TRACK": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "LANGSMITH_TRACING": "false",
}
_LARGEST_LIST = 64 * 1024


class Command(BaseModel):
    """How a client's driver is started: `command`, in the folder of the list that names it; `title` is for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    command: list[str] = Field(min_length=1)


_COMMANDS: TypeAdapter[dict[str, Command]] = TypeAdapter(dict[str, Command])


def read_commands(path: Path) -> dict[str, Command]:
    """Return the clients of a list (JSON: name to title and command). Raises `UsageError` that says what is wrong."""
    try:
        return _COMMANDS.validate_json(read_regular(path, _LARGEST_LIST))
    except (OSError, RefusedFile) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


@dataclass
class Driver:
    """A client that runs while the context does. `versions` are those that it told; `lost` says why it told no more."""

    name: str
    command: Command
    folder: Path
    versions: Mapping[str, str] = field(default_factory=dict)
    lost: str = ""
    _process: "subprocess.Popen[bytes] | None" = None
    _home: str = ""
    _starts: int = 0
    _number: int = 0
    _lines: "queue.Queue[bytes]" = field(default_factory=queue.Queue)

    def __enter__(self) -> Self:
        self._home = tempfile.mkdtemp()
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def views(self, exchange: Exchange) -> dict[str, View]:
        """Return what each call of the client gives; nothing for what it does not look at, and where it broke off."""
        if not is_looked_at(exchange) or (self._process is None and not self._start()):
            return {}
        self._number += 1
        line = json.dumps({"number": self._number, **given(exchange)}).encode() + b"\n"
        told = self._said(EACH_S, line)
        if told is None or told.get("number") != self._number:
            self._stop()
            return {}
        return {name: view for name, said in _items(told.get("views")) if (view := _view(said)) is not None}

    def _start(self) -> bool:
        if self._starts >= STARTS:
            return False
        self._starts += 1
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | _SILENT | {"HOME": self._home}
        try:
            self._process = subprocess.Popen(  # noqa: S603  the user's own list names it
                self.command.command,
                cwd=self.folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            self.lost = f"cannot be started: {error.strerror}"
            self._starts = STARTS
            return False
        self._lines = queue.Queue(maxsize=4)
        threading.Thread(target=_read, args=(self._process, self._lines), daemon=True).start()
        told = self._said(START_S)
        if told is None:
            self._stop()
            return False
        self.versions = {name: str(version) for name, version in _items(told.get("versions"))}
        return True

    def _said(self, seconds: float, line: bytes = b"") -> dict[str, Any] | None:
        """Write a line, and return what is said next; None, with `lost`, where nothing that can be read comes."""
        if self._process is None:
            return None
        if line:
            threading.Thread(target=_write, args=(self._process, line), daemon=True).start()
        try:
            said = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.lost = f"says nothing for {seconds:g} s"
            return None
        if not said.endswith(b"\n"):
            self.lost = "says too much" if said else "ended"
            return None
        try:
            told = json.loads(said)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self.lost = "says what is not a JSON object"
            return None
        return told

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):  # what it did not read
                    process.stdin.close()


def _write(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # it ended: the reader says so
        if process.stdin is not None:
            process.stdin.write(line)
            process.stdin.flush()


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes]") -> None:
    """Put what a process says into a queue, line by line, at last an empty one. A process that says much waits."""
    if process.stdout is None:
        return
    with process.stdout as said:
        while line := said.readline(LONGEST_LINE):
            try:
                lines.put(line, timeout=EACH_S)
            except queue.Full:
                return
    with contextlib.suppress(queue.Full):
        lines.put(b"", timeout=EACH_S)


def given(exchange: Exchange) -> dict[str, Any]:
    """Return what a driver needs of an exchange: the request's place and body, and the response as it came."""
    answer = exchange.received
    body, sizes = (answer.decoded, ()) if answer.coding else (answer.body, answer.sizes)
    return {
        "place": place_of(exchange),
        "request": exchange.sent.json,
        "status": answer.status,
        "headers": [list(pair) for pair in answer.headers],
        "parts": [base64.b64encode(part).decode() for part in _parts(body, sizes)],
        "broken": not exchange.ending.whole,
    }


def _parts(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    found, start = [], 0
    for size in sizes:
        found.append(body[start : start + size])
        start += size
    return [part for part in (*found, body[start:]) if part]


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _view(said: Any) -> View | None:
    """Return what a driver says of one call, or None for what is not that."""
    if not isinstance(said, dict) or not isinstance(said.get("got", {}), dict):
        return None
    words = " ".join(str(said.get("words", "")).split())[:300]
    return View(said.get("got", {}), str(said.get("raised", ""))[:80], words, again=said.get("again") is True)
