"""The relay between an application and an endpoint: nothing that passes is changed, whatever is made of it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare.app import load
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.watch.relay import Relay, Upstream
from conformance.watch.requests import Requests
from conformance.watch.responses import Responses, Seen

KEY = "sk-app-8fh2Kd01LmQz7Tr5Xw9b"
ASK = (
    b'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 11\r\nX-A: b\r\n\r\n{"a": "\xc3\xa9"}'
)
UPLOAD = (
    b"POST /v1/files HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n"
)
LIST = b"GET /v1/models HTTP/1.1\r\nHOST: x\r\n\r\n"
HERE = b"api.acme.test"


def sent_on(data: bytes) -> bytes:
    """Return the bytes as the endpoint gets them: the host has its own name."""
    for name in (b"Host: 127.0.0.1:1", b"host: x", b"HOST: x"):
        data = data.replace(name, b"Host: " + HERE)
    return data


@given(st.lists(st.integers(1, 40), max_size=60))
def test_requests_pass_byte_for_byte_however_they_are_cut(cuts: list[int]) -> None:
    requests, data, out = Requests(HERE, 1000), ASK + UPLOAD + LIST, b""
    for cut in [*cuts, len(data)]:
        out += requests.feed(data[:cut])
        data = data[cut:]
    assert out == sent_on(ASK + UPLOAD + LIST)
    assert [one.target for one in requests.begun] == ["/v1/chat/completions", "/v1/files", "/v1/models"]
    assert [bytes(one.body) for one in requests.begun] == [ASK[-11:], b"hello!", b""]


@pytest.mark.parametrize(
    "odd", [b"hello\r\n\r\nworld", b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nrest"]
)
def test_what_is_not_understood_passes_all_the_same(odd: bytes) -> None:
    requests = Requests(HERE, 1000)
    assert requests.feed(odd) + requests.feed(b"more") == odd + b"more"
    assert requests.blind


def test_a_body_that_is_too_large_passes_and_is_not_kept() -> None:
    requests = Requests(HERE, 10)
    assert requests.feed(ASK) == sent_on(ASK)
    assert not requests.begun[0].whole
    assert not requests.begun[0].body


@given(st.lists(st.integers(1, 40), max_size=60))
def test_responses_are_read_however_they_are_cut(cuts: list[int]) -> None:
    requests = Requests(HERE, 1000)
    requests.feed(LIST + LIST)
    data = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n"
    )
    responses, seen = Responses(requests.begun, lambda: 0.0, 1000), list[Seen]()
    for cut in [*cuts, len(data)]:
        if data[:cut]:
            seen += responses.feed(data[:cut])
        data = data[cut:]
    assert [(one.status, bytes(one.body)) for one in seen] == [(200, b"hi"), (404, b"no!")]


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def relaying(serve: Serve, seen: list[Seen], *, fails: bool = False) -> AsyncIterator[tuple[Relay, int]]:
    """Run an endpoint and a relay before it; yield the relay and its port."""

    def hear(one: Seen, beside: int) -> None:
        del beside
        seen.append(one)
        if fails:
            raise RuntimeError

    serving: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(answer(reader, writer)))

    endpoint = await asyncio.start_server(begin, "127.0.0.1", 0)
    port = endpoint.sockets[0].getsockname()[1]
    relay = Relay(Upstream.of(f"http://127.0.0.1:{port}/v1"), hear, lambda _: None)
    server = await relay.listen("127.0.0.1", 0)
    try:
        yield relay, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await relay.close()
        endpoint.close()
        await asyncio.gather(*serving, return_exceptions=True)


@pytest.mark.parametrize("fails", [False, True], ids=["judged", "judging fails"])
def test_each_event_of_a_stream_passes_before_the_next_one_is_sent(fails: bool) -> None:  # noqa: FBT001
    heard = asyncio.Event
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = [b"9\r\ndata: 1\n\n\r\n", b"9\r\ndata: 2\n\n\r\n", b"0\r\n\r\n"]

    async def run() -> None:
        arrived = [heard() for _ in parts]

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            for part, event in zip(parts, arrived, strict=True):
                writer.write(part)
                await event.wait()  # the application has this part before the next one is made

        seen: list[Seen] = []
        async with asyncio.timeout(20), relaying(serve, seen, fails=fails) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(LIST)
            assert await reader.readexactly(len(head)) == head
            for part, event in zip(parts, arrived, strict=True):
                assert await reader.readexactly(len(part)) == part
                event.set()
            writer.close()
        assert [bytes(one.body) for one in seen] == [b"data: 1\n\ndata: 2\n\n"]

    asyncio.run(run())


def test_a_websocket_passes_unread() -> None:
    ask = b"GET /v1/realtime HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    async def run() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            writer.write(await reader.readexactly(4))

        seen: list[Seen] = []
        async with asyncio.timeout(20), relaying(serve, seen) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ask)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"\x81\x02hi")
            assert await reader.readexactly(4) == b"\x81\x02hi"
            writer.close()
        assert not seen

    asyncio.run(run())


def test_an_application_that_leaves_a_stream_is_heard_of_at_the_endpoint() -> None:
    async def run() -> None:
        left = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
            assert await reader.read() == b""  # the end, and not merely nothing
            left.set()

        async with asyncio.timeout(20), relaying(serve, []) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(LIST)
            await reader.readuntil(b"begin")
            writer.close()
            await left.wait()

    asyncio.run(run())


def test_an_endpoint_that_cannot_be_reached_is_said_to_the_application() -> None:
    async def run() -> bytes:
        said: list[str] = []
        relay = Relay(Upstream.of("http://127.0.0.1:9/v1"), lambda *_: None, said.append)
        server = await relay.listen("127.0.0.1", 0)
        async with asyncio.timeout(20), server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            writer.write(LIST)
            answer = await reader.read()
            writer.close()
            await relay.close()
        assert "127.0.0.1:9 cannot be reached" in said[0]
        return answer

    answer = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["message"].endswith("127.0.0.1:9 cannot be reached")


@pytest.mark.parametrize("url", ["ftp://x", "api.example.com/v1", "http://"])
def test_an_upstream_that_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of an endpoint"):
        Upstream.of(url)


# The command

APPLICATION = """
import openai, sys
client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}}, "required": ["city"]}}}]
ask = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is the weather in Paris?"}]
client.chat.completions.create(model="sim-chat", messages=ask, tools=tools, tool_choice="required", temperature=0)
list(client.chat.completions.create(model="sim-chat", messages=ask, stream=True))
client.embeddings.create(model="sim-embedding", input=["a", "b"])
client.responses.create(model="sim-chat", input="Say hello.")
"""

TRUTH = {
    "models": {"chat": "sim-chat", "embedding": "sim-embedding"},
    "sizes": {"messages": 2, "tools": 1, "embedding_inputs": 2},
    "observed": {
        "operations": {"POST chat/completions": 2, "POST embeddings": 1, "POST responses": 1},
        "streamed": ["chat/completions"],
        "roles": ["system", "user"],
        "tools": ["function"],
    },
    "parameters": [
        "chat/completions: temperature",
        "chat/completions: tool_choice",
        "embeddings: encoding_format",
    ],
    "schema_keywords": ["pattern"],
    "concurrency": 1,
}
"""What the application above uses, written by hand."""


def test_an_application_is_watched_from_its_first_request_to_its_profile(tmp_path: Path) -> None:
    with running(KEY, table()) as url:
        deviating = url.replace("/v1", "/~usage-total-off-by-one/v1")
        command = (sys.executable, "-m", "conformance", "watch", "--upstream", deviating, "--output", str(tmp_path))
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
        assert watching.stdout is not None
        listening = watching.stdout.readline()
        base_url = listening.split()[2]
        assert base_url.endswith("/~usage-total-off-by-one/v1")
        subprocess.run([sys.executable, "-c", APPLICATION, base_url, KEY], check=True, timeout=60)
        watching.send_signal(signal.SIGINT)
        said = watching.stdout.read()
        watching.stdout.close()
        assert watching.wait(60) == 1
    assert "not met: In a chat completion, `usage.total_tokens` equals" in said
    assert "4 exchanges passed" in said
    (profile,) = tmp_path.rglob("app.toml")
    told = tomllib.loads(profile.read_text(encoding="utf-8"))
    assert load(profile).models == TRUTH["models"]
    del told["sizes"]["request_bytes"], told["observed"]["values"]
    assert {name: told[name] for name in TRUTH} == TRUTH
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in content for content in written)
    assert profile.stat().st_mode & 0o077 == 0
