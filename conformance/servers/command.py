"""
Servers that are a command of somebody else's: started on a free port of loopback, and ended with all their processes.

Such a server gets a key that was made for it, a home of its own that is deleted in the end, and no way out of this
machine as far as it heeds the environment. It may be put before the simulator, as the upstream that it forwards to.
"""

import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from conformance.files import write_text
from conformance.servers.group import descendants
from conformance.servers.install import Installed, cache, install
from conformance.servers.kept import UPSTREAM_RECORD, Kept
from conformance.servers.listening import bound, free_port
from conformance.servers.module import KEY_ENV, start_module
from conformance.servers.pins import version
from conformance.servers.running import Running, end
from conformance.servers.said import Said
from conformance.servers.surroundings import path_with, surroundings
from conformance.targets.server import Server, filled
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError

UPSTREAM_MODULE = "conformance.simulator"

_HOST = "127.0.0.1"
_GROUP = Path(__file__).with_name("group.py")
_LOOK_S = 0.1
_ASK_S = 5.0
_TRIES = 3
_TAKEN = re.compile(r"in use|EADDRINUSE", re.IGNORECASE)


def start(target: Target) -> Running:
    """Install and start a target's server, and wait until it serves. Raises `HarnessError` with its last words."""
    assert target.server is not None
    try:
        there = install(target.server)
        for _ in range(_TRIES - 1):
            try:
                return _start(target, target.server, there)
            except _PortTaken:
                continue  # by somebody else, since we looked
        return _start(target, target.server, there)
    except HarnessError as error:
        raise HarnessError(f"the server of target `{target.name}` did not start: {error}") from None


class _PortTaken(HarnessError):
    """Somebody else listens on the port that was free a moment ago."""


def _start(target: Target, server: Server, there: Installed) -> Running:
    key, port, began = _new_key(), free_port(), time.monotonic()
    with ExitStack() as undo:
        scratch = Path(tempfile.mkdtemp(prefix="conformance-server-"))
        undo.callback(shutil.rmtree, scratch, ignore_errors=True)
        values = _places(target, server, there) | {"key": key, "port": str(port)}
        if server.upstream:
            behind = _upstream(server, scratch / UPSTREAM_RECORD, key)
            undo.callback(behind.stop)
            values |= {"upstream": _origin(behind.base_url), "upstream_key": behind.key}
        process = _run(server, values, scratch)
        undo.callback(end, process)
        keys = (key, values.get("upstream_key", key))
        said = Said(cast("IO[str]", process.stdout), keys)
        try:
            _wait(server, port, key, process, said)
        except HarnessError as error:
            raise type(error)(f"{error}{_all_said(target.name, said)}") from None
        kept = Kept(target.name, version(server), there.seconds, time.monotonic() - began, scratch, said, keys)
        headers = {name: filled(value, values) for name, value in target.headers.items()}
        url = f"http://{_HOST}:{port}{server.path}"
        record = scratch / UPSTREAM_RECORD if server.upstream else None
        return Running(url, key, process, headers, upstream=record, kept=kept, after=undo.pop_all().close)


def _new_key() -> str:
    return f"sk-local-{secrets.token_hex(16)}"


def _all_said(name: str, said: Said) -> str:
    """Return where all is that a server said before it failed, as a run that did not begin has no folder."""
    file = cache() / f"{name}.log"
    try:
        write_text(file, said.text)
    except OSError:
        return ""
    return f" (all that it said: {file})"


def _places(target: Target, server: Server, there: Installed) -> dict[str, str]:
    """Return what the placeholders of a command stand for, as far as it is known before the server is started."""
    values = {"python": str(there.python), "bin": str(there.python.parent), "files": str(server.folder.resolve())}
    if there.node and there.modules:
        values |= {"node": str(there.node), "modules": str(there.modules)}
    if "chat" in target.models:
        values["model"] = target.models["chat"].id
    return values


def _upstream(server: Server, record: Path, key: str) -> Running:
    """Start the simulator as what a server forwards to; it has another key than the server if that can send one."""
    own = _new_key() if server.sends_upstream_key else key
    words = ("--upstream", str(server.upstream), "--record", str(record), "--port", "0", "--api-key-env", KEY_ENV)
    try:
        return start_module(UPSTREAM_MODULE, words, own, more={"CONFORMANCE_CLIENT_KEY": key})
    except HarnessError as error:
        raise HarnessError(f"the upstream behind it did not start: {error}") from None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _run(server: Server, values: Mapping[str, str], scratch: Path) -> "subprocess.Popen[str]":
    command = [filled(word, values) for word in server.command]
    env = surroundings(os.environ, scratch, own_python=not server.python)
    env |= {KEY_ENV: values["key"], "PATH": path_with(Path(values["bin"]), env)}
    env |= {name: filled(value, values) for name, value in server.env.items()}
    return subprocess.Popen(  # noqa: S603  what the target's file names
        [sys.executable, str(_GROUP), str(scratch), str(server.memory_gb), *command],
        env=env,
        cwd=scratch / "tmp",
        stdin=subprocess.PIPE,  # nothing is written; no other child inherits this end
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # Ctrl-C in a terminal must not reach it before what is in flight is cancelled: it would be seen to break off.
        start_new_session=True,
    )


def _wait(server: Server, port: int, key: str, process: "subprocess.Popen[str]", said: Said) -> None:
    """Wait until a server serves. Raises `HarnessError` when it ends, stays silent, or listens to everybody."""
    over = time.monotonic() + server.ready_s
    while True:
        if process.poll() is not None:
            said.ended(_ASK_S)
            raise (_PortTaken if _TAKEN.search(said.text[-4000:]) else HarnessError)(said.last_words)
        ready = _answers(port, server.ready, key, min(_ASK_S, max(0.1, over - time.monotonic())))
        ours = bound(port, descendants(process.pid)) if ready else None
        if ready and ours is None:
            return
        if ours is not None and ours[1]:
            raise HarnessError(f"it listens beyond this machine; bind it to {_HOST} by its command")
        if ours is not None and ours[0]:
            return
        if time.monotonic() > over:
            late = f"{server.ready} did not answer within {server.ready_s:g} s (`ready_s`)"
            raise HarnessError(f"{late}; the last words: {said.last_words}")
        time.sleep(_LOOK_S)


def _answers(port: int, path: str, key: str, seconds: float) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        return connection.getresponse().status < http.HTTPStatus.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
