"""The command of an evidence page, run by a shell: what arrives is what the suite sent."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.definition.exchange_spec import ExchangeKey
from conformance.files import replace_file
from conformance.record import cassette
from conformance.record.curl import command_for, command_of, files_beside
from conformance.record.recording import Provenance
from conformance.record.spool import Spool
from conformance.report.paths import body_file
from conformance.requests import get, post
from conformance.send.count import RequestCount
from conformance.send.gate import Gate
from conformance.send.live import Live
from conformance.send.transport import Transport
from conformance.send.tries import Sender
from conformance.targets.auth import USUAL, Auth
from conformance.targets.target import Limits, Target
from conformance.wire.request import NO_KEY, WRONG_KEY, Key, Request, Upload, multipart, raw
from tests import hostile
from tests.fakes import spec
from tests.hostile import Seen, serving

KEY = "sk-test-0123456789/abc+def"
HIDDEN = "route-4711-blue"
VARIABLES = {"GATE_KEY": KEY, "X_PORTKEY_PROVIDER": HIDDEN, "X_VENDOR_TOKEN": "t-0815"}
OURS = {"host", "connection", "content-length", "accept-encoding", "user-agent", "content-type"}
AWKWARD = 'it\'s $HOME `id` \\ "quoted"\nü ✓ !x %s {a,b} [1]'
asked = spec("asked")


def endpoint(base_url: str, **changes: Any) -> Target:
    facts: dict[str, Any] = {"name": "gate", "title": "t", "base_url": base_url, "key_env": "GATE_KEY"}
    limits = Limits(deadline_s=20, per_minute=0)
    return Target(**{**facts, "models": {"chat": {"id": "m"}}, "limits": limits, **changes})


def recorded(
    folder: Path, target: Target, request: Request, key: str | None = KEY, *secret_headers: str
) -> tuple[str, Provenance]:
    """Send a request, keep it as a run keeps it, and return where."""
    sender = Sender(Transport(target, key, secret_headers), Gate(target.limits), RequestCount())
    live = Live(sender, Spool(folder), "0.1.0", "3.52.0")

    async def ask() -> str:
        found = await live.obtain(ExchangeKey(target.name, asked), request)
        await live.close()
        return found.evidence

    evidence = asyncio.run(ask())
    recording = cassette.read(folder / evidence, folder)
    name = body_file(target.name, recording.provenance.label)
    for path, content in files_beside(recording.sent, name).items():
        replace_file(folder / path, content)
    return evidence, recording.provenance


def in_shell(command: str, folder: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **VARIABLES}
    subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environ, check=True, capture_output=True, timeout=60)


def again(
    folder: Path, request: Request, key: str | None = KEY, *secret: str, **changes: Any
) -> tuple[Seen, Seen, str]:
    """Return what the suite sent, what the command sends, and the command."""
    if not shutil.which("curl") or not Path("/bin/sh").exists():
        pytest.skip("there is no curl")
    with serving(hostile.json_answer({"ok": True})) as server:
        evidence, _ = recorded(folder, endpoint(server.base_url, **changes), request, key, *secret)
        recording = cassette.read(folder / evidence, folder)
        command = command_of(recording, body_file(recording.provenance.target, recording.provenance.label))
        assert KEY not in command
        in_shell(command, folder)
        suite, shell = server.seen
    return suite, shell, command


def headers(seen: Seen) -> Mapping[str, str]:
    """Return the headers that make a request what it is."""
    lower = {name.lower(): value for name, value in seen.headers}
    return {n: value for n, value in lower.items() if n not in OURS and not n.startswith("x-stainless-")}


@pytest.mark.parametrize(
    "given",
    [
        get("/models"),
        get("/files?limit=2&after[]=a%20b"),
        post("/chat/completions", {"messages": [{"role": "user", "content": AWKWARD}], "stream": True}),
        post("/chat/completions", {"long": "'$x" * 6000}),
        raw("/chat/completions", b"{cut", "application/json"),
        raw("/chat/completions", b"\x00\xff'\n", "application/octet-stream"),
        Request("DELETE", "/files/f-1"),
        Request("POST", "/batches/b-1/cancel"),
        Request(
            "OPTIONS", "/models", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
        ),
    ],
    ids=["get", "query", "chat", "long", "cut", "binary", "delete", "empty", "preflight"],
)
@pytest.mark.parametrize("key", list(Key))
def test_the_command_sends_the_same_request(tmp_path: Path, given: Request, key: Key) -> None:
    suite, shell, _ = again(tmp_path, replace(given, key=key))
    assert (shell.method, shell.path, shell.body) == (suite.method, suite.path, suite.body)
    assert headers(shell) == headers(suite)
    assert shell.header("content-type") == suite.header("content-type")


def test_the_command_sends_the_headers_of_the_user(tmp_path: Path) -> None:
    own = {
        "x-portkey-provider": HIDDEN,
        "X-Vendor-Token": "t-0815",
        "x-team": "it's blue",
        "OpenAI-Beta": "assistants=v2",
    }
    suite, shell, command = again(tmp_path, get("/models"), KEY, "X-Portkey-Provider", headers=own)
    assert headers(shell) == headers(suite)
    assert headers(suite)["x-portkey-provider"] == HIDDEN
    assert '-H "x-portkey-provider: $X_PORTKEY_PROVIDER"' in command
    assert '-H "x-vendor-token: $X_VENDOR_TOKEN"' in command
    assert '-H "authorization: Bearer $GATE_KEY"' in command
    assert "-H 'openai-beta: assistants=v2'" in command
    for path in tmp_path.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not [value for value in VARIABLES.values() if value in text]
        assert "assistants=v2" in text


@pytest.mark.parametrize("auth", [USUAL, Auth(header="api-key"), Auth(header="x-k$HOME", prefix="a `id` b")])
@pytest.mark.parametrize("key", list(Key))
def test_the_command_sends_the_key_where_the_target_takes_it(tmp_path: Path, auth: Auth, key: Key) -> None:
    suite, shell, command = again(tmp_path, get("/models", key=key), auth=auth)
    assert headers(shell) == headers(suite)
    none = {Key.NONE: None, Key.OTHER: auth.value(NO_KEY)}  # there is no second account
    expected = {Key.VALID: auth.value(KEY), Key.WRONG: auth.value(WRONG_KEY), **none}[key]
    assert shell.header(auth.header) == expected
    assert ("GATE_KEY" in command) == (key is Key.VALID)


def test_without_a_key_the_command_sends_what_the_suite_sends(tmp_path: Path) -> None:
    suite, shell, _ = again(tmp_path, get("/models"), None, key_env=None)
    assert suite.key == shell.key == NO_KEY


def test_the_command_puts_a_form_together_again(tmp_path: Path) -> None:
    fields = {"model": "whisper-1", "prompt": '@a; it\'s "b"', "granularities[]": ["word", "segment"]}
    files = {
        "file": Upload("speech 1.wav", b"RIFF\x00\xff\r\n", "audio/wav"),
        "mask": Upload("m.png", b"", "image/png"),
    }
    request = multipart("/audio/transcriptions", fields, files)
    suite, shell, command = again(tmp_path, request)
    assert "-F model=whisper-1" in command
    assert headers(shell) == headers(suite)
    boundary = (shell.header("content-type") or "").partition("boundary=")[2]
    before = (suite.header("content-type") or "").partition("boundary=")[2]
    assert shell.body.replace(boundary.encode(), before.encode()) == suite.body


def test_a_form_that_curl_would_make_otherwise_is_sent_as_it_was(tmp_path: Path) -> None:
    for request in (multipart("/files", {}, {}), multipart("/files", {"a": "x\r\ny"}, {})):
        suite, shell, command = again(tmp_path / str(len(request.content or b"")), request)
        assert " -F " not in command
        assert (shell.body, shell.header("content-type")) == (suite.body, suite.header("content-type"))


@pytest.mark.parametrize(
    "request_",
    [post("/chat/completions?a=b", {"say": AWKWARD}), get("/models"), multipart("/files", {"purpose": "batch"}, {})],
)
def test_a_request_as_a_check_writes_it_has_variables_for_base_url_and_key(request_: Request, tmp_path: Path) -> None:
    if not shutil.which("curl") or not Path("/bin/sh").exists():
        pytest.skip("there is no curl")
    with serving(hostile.json_answer({"ok": True})) as server:
        asyncio.run(Transport(endpoint(server.base_url), KEY).send(request_))
        variables = f"BASE_URL={server.base_url} API_KEY={KEY}"
        in_shell(f"export {variables}; {command_for(request_, 'body')}", tmp_path)
    suite, shell = server.seen
    assert (shell.method, shell.path, shell.key) == (suite.method, suite.path, suite.key)
    assert _content(shell) == _content(suite)


def _content(seen: Seen) -> object:
    """Return what a body says, whatever boundary curl chose and however its JSON is spaced."""
    kind, _, boundary = (seen.header("content-type") or "").partition("boundary=")
    return kind, seen.body.replace(boundary.encode(), b"-") if boundary else seen.body and seen.json
