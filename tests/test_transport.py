"""What goes over the wire, and what is kept of what comes back."""

import asyncio
import gzip
import json
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.answer import Ending
from conformance.request import WRONG_KEY, Key, Request, delete, get, post, raw, user
from conformance.secrets import forms, holds_key, redact
from conformance.target import Limits, Target
from conformance.transport import NO_KEY, Sending, Transport
from tests import hostile
from tests.hostile import CHAT, MODELS, Behaviour, Server, serving

KEY = "sk-test-0123456789/abc+def"
ENVIRON = {"THE_KEY": KEY}
HELLO = {"model": "sim-chat", "messages": [user("Hello")]}


def target(base_url: str, **limits: Any) -> Target:
    return Target(
        name="t",
        title="t",
        base_url=base_url,
        key_env="THE_KEY",
        models={"chat": "sim-chat"},  # type: ignore[dict-item]
        limits=Limits(**{"deadline_s": 20, **limits}),
    )


async def _send(where: Target, requests: tuple[Request, ...], stop_after: int | None) -> list[Sending]:
    transport = Transport(where, ENVIRON)
    try:
        return [await transport.send(request, stop_after=stop_after) for request in requests]
    finally:
        await transport.close()


def send(base_url: str, *requests: Request, stop_after: int | None = None, **limits: Any) -> list[Sending]:
    return asyncio.run(_send(target(base_url, **limits), requests, stop_after))


def exchanged(behaviour: Behaviour, request: Request | None = None, **options: Any) -> tuple[Sending, Server]:
    """Send one request to a server of its own."""
    with serving(behaviour) as server:
        (sending,) = send(server.base_url, request or post(CHAT, HELLO), **options)
    return sending, server


OK = hostile.json_answer({"ok": True})


# What arrives.


def test_a_post_arrives_as_the_official_client_sends_it() -> None:
    sending, server = exchanged(OK)
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.json) == ("POST", "/v1/chat/completions", HELLO)
    assert seen.header("authorization") == f"Bearer {KEY}"
    assert seen.header("content-type") == "application/json"
    assert seen.header("accept-encoding") == "identity"
    assert seen.header("cookie") is None
    assert sending.sent is not None
    assert sending.sent.body == seen.body


def test_get_and_delete_arrive_without_a_body() -> None:
    with serving(OK) as server:
        send(server.base_url, get(MODELS), delete("/models/x"))
    assert [(seen.method, seen.path, seen.body) for seen in server.seen] == [
        ("GET", "/v1/models", b""),
        ("DELETE", "/v1/models/x", b""),
    ]


def test_raw_bytes_arrive_byte_for_byte() -> None:
    content = b'{"model": \xff\x00 "cut'
    _, server = exchanged(OK, raw(CHAT, content, "application/json"))
    assert server.seen[0].body == content
    assert server.seen[0].header("content-type") == "application/json"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "GET"])
def test_other_methods_arrive(method: str) -> None:
    _, server = exchanged(OK, Request(method, CHAT))
    assert server.paths == [f"{method} {CHAT}"]


def test_no_key_means_no_authorization_header_at_all() -> None:
    _, server = exchanged(OK, get(MODELS, key=Key.NONE))
    assert server.seen[0].header("authorization") is None
    assert not any(KEY in value or NO_KEY in value for _, value in server.seen[0].headers)


def test_the_wrong_key_is_the_made_up_one() -> None:
    _, server = exchanged(OK, get(MODELS, key=Key.WRONG))
    assert server.seen[0].header("authorization") == f"Bearer {WRONG_KEY}"
    assert not any(KEY in value for _, value in server.seen[0].headers)


def test_own_headers_of_target_and_request_arrive() -> None:
    with serving(OK) as server:
        named = target(server.base_url).model_copy(update={"headers": {"X-Team": "blue"}})
        asyncio.run(_send(named, (raw(CHAT, b"{}", "text/plain"),), None))
    assert (server.seen[0].header("x-team"), server.seen[0].header("content-type")) == ("blue", "text/plain")


@pytest.mark.parametrize("prefix", ["", "/v1", "/v1beta/openai", "/a/b%20c"])
def test_paths_are_joined_to_the_path_of_the_base_url(prefix: str) -> None:
    with serving(OK) as server:
        send(f"http://127.0.0.1:{server.port}{prefix}", get("/models"), get("/models/a%2Fb?x=1"))
    assert [seen.path for seen in server.seen] == [f"{prefix}/models", f"{prefix}/models/a%2Fb?x=1"]


def test_every_exchange_has_a_connection_of_its_own_and_no_cookie_comes_back() -> None:
    with serving(hostile.json_answer({}, set_cookie="tracker=1; Path=/")) as server:
        first, *_ = send(server.base_url, get(MODELS), get(MODELS), get(MODELS))
    assert first.answer is not None
    assert first.answer.header("set-cookie") == "tracker=1; Path=/"
    assert [seen.header("cookie") for seen in server.seen] == [None] * 3
    assert [seen.connection for seen in server.seen] == [1, 2, 3]


def test_many_requests_at_once_are_not_mixed() -> None:
    async def reply(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.json_answer(seen.json)(seen, writer)

    async def all_at_once(base_url: str) -> list[Sending]:
        transport = Transport(target(base_url), ENVIRON)
        sent = await asyncio.gather(*(transport.send(post(CHAT, {"n": n})) for n in range(30)))
        await transport.close()
        return sent

    with serving(reply) as server:
        sendings = asyncio.run(all_at_once(server.base_url))
    assert [sending.answer.json for sending in sendings if sending.answer] == [{"n": n} for n in range(30)]


# What is kept.


def test_bytes_chunks_and_times_are_kept() -> None:
    pieces = (b"data: {}\n\n", b"\xffnot utf-8", b"data: [DONE]\n\n")
    sending, _ = exchanged(hostile.parts(*pieces, every_s=0.05))
    assert sending.answer is not None
    assert sending.answer.body == b"".join(pieces)
    assert sending.answer.sizes == tuple(len(piece) for piece in pieces)
    times = sending.answer.at_ms
    assert len(times) == 3
    assert list(times) == sorted(times)
    assert times[0] >= sending.answer.headers_ms >= 0
    assert times[2] > times[0]
    assert sending.ending is Ending.COMPLETE


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503])
def test_the_body_of_an_error_is_kept(status: int) -> None:
    sending, server = exchanged(hostile.envelope("no", status))
    assert sending.answer is not None
    assert (sending.answer.status, sending.answer.json["error"]["message"]) == (status, "no")
    assert sending.ending is Ending.COMPLETE
    assert len(server.seen) == 1


def test_headers_keep_their_order_and_their_repetitions() -> None:
    data = hostile.head(200, [("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("content-length", "2")]) + b"{}"
    sending, _ = exchanged(hostile.wire(data))
    assert sending.answer is not None
    assert [(name.lower(), value) for name, value in sending.answer.headers][:3] == [
        ("x-b", "1"),
        ("x-a", "2"),
        ("x-b", "3"),
    ]


def test_an_answer_that_is_zipped_uninvited_is_kept_as_it_came() -> None:
    sending, _ = exchanged(hostile.zipped(lambda _: b'{"ok": 1}'))
    assert sending.answer is not None
    assert sending.answer.body == gzip.compress(b'{"ok": 1}', mtime=0)
    assert sending.answer.json == {"ok": 1}


def test_a_body_that_claims_to_be_zipped_and_is_not_is_kept_as_it_came() -> None:
    sending, _ = exchanged(hostile.answer("{}", content_encoding="gzip"))
    assert sending.answer is not None
    assert (sending.answer.body, sending.ending) == (b"{}", Ending.COMPLETE)


def test_an_empty_answer_is_an_answer() -> None:
    sending, _ = exchanged(hostile.wire(hostile.head(204, [])))
    assert sending.answer is not None
    assert (sending.answer.status, sending.answer.body, sending.ending) == (204, b"", Ending.COMPLETE)


# How it ends.


def test_stop_after_hangs_up_after_so_many_events() -> None:
    with serving(hostile.endless(b"data: {}\n\n", every_s=0.01)) as server:
        (sending,) = send(server.base_url, post(CHAT, HELLO), stop_after=3)
        assert server.hung_up.wait(10)
    assert sending.ending is Ending.STOPPED
    assert sending.answer is not None
    assert 3 <= len(sending.answer.stream.events) < 10


def test_stop_after_of_a_stream_that_is_shorter_is_complete() -> None:
    sending, _ = exchanged(hostile.parts(b"data: {}\n\n"), stop_after=3)
    assert sending.ending is Ending.COMPLETE


def test_cancelling_hangs_up() -> None:
    async def cancel(base_url: str) -> None:
        transport = Transport(target(base_url), ENVIRON)
        task = asyncio.create_task(transport.send(post(CHAT, HELLO)))
        assert await asyncio.to_thread(server.arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.close()

    with serving(hostile.stall()) as server:
        asyncio.run(cancel(server.base_url))
        assert server.hung_up.wait(10)


def test_a_body_over_the_limit_ends_by_size_and_is_not_held() -> None:
    with serving(hostile.endless(b"x" * 65536)) as server:
        tracemalloc.start()
        (sending,) = send(server.base_url, post(CHAT, HELLO), max_bytes=200_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert server.hung_up.wait(10)
    assert (sending.ending, sending.reason) == (Ending.SIZE, "more than 200,000 bytes")
    assert sending.answer is not None
    assert len(sending.answer.body) <= 200_000
    assert peak < 16_000_000


def test_the_body_of_an_error_is_bounded_too() -> None:
    data = hostile.head(500, [("content-length", str(10**9))]) + b"x" * 100_000
    sending, _ = exchanged(hostile.stall(data), max_bytes=50_000)
    assert sending.ending is Ending.SIZE


def test_a_gigabyte_that_is_promised_and_not_sent_is_a_deadline_with_what_came() -> None:
    data = hostile.head(200, [("content-length", str(2**30))]) + b'{"a": 1'
    sending, _ = exchanged(hostile.stall(data), deadline_s=0.3)
    assert sending.ending is Ending.DEADLINE
    assert sending.answer is not None
    assert sending.answer.body == b'{"a": 1'


@pytest.mark.parametrize(
    "behaviour",
    [hostile.stall(), hostile.slow_loris(), hostile.stall(b"HTTP/1.1 200 OK\r\n")],
    ids=["silence", "slow-loris", "half-a-head"],
)
def test_without_headers_in_time_nothing_was_received(behaviour: Behaviour) -> None:
    sending, _ = exchanged(behaviour, deadline_s=0.3)
    assert (sending.ending, sending.answer) == (Ending.UNREACHABLE, None)
    assert sending.reason == "no answer within 0.3 s"


def test_a_stream_that_stalls_keeps_what_came_and_says_when_the_last_byte_came() -> None:
    sending, _ = exchanged(hostile.parts(b"data: 1\n\n", b"data: 2\n\n", after="stall"), deadline_s=0.5)
    assert sending.ending is Ending.DEADLINE
    assert sending.answer is not None
    assert sending.answer.body == b"data: 1\n\ndata: 2\n\n"
    assert sending.reason.startswith("not finished within 0.5 s; the last byte came after 0.")


def test_headers_and_then_silence_is_a_deadline() -> None:
    sending, _ = exchanged(hostile.parts(after="stall"), deadline_s=0.3)
    assert sending.ending is Ending.DEADLINE
    assert sending.reason == "not finished within 0.3 s; no byte of the body came"


def test_a_trickle_does_not_outlive_the_deadline() -> None:
    sending, _ = exchanged(hostile.endless(b": ping\n\n", every_s=0.02), deadline_s=0.4)
    assert sending.ending is Ending.DEADLINE


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.wire(hostile.head(200, [("content-length", "100")]) + b"0123456789", close=True),
        hostile.parts(b"0123456789", after="cut"),
        hostile.wire(hostile.head(200, [("transfer-encoding", "chunked")]) + b"a\r\n0123456789\r\nzz\r\n", close=True),
        hostile.wire(hostile.head(500, [("content-length", "100")]) + b"0123456789", close=True),
    ],
    ids=["content-length", "chunked", "chunk-size", "error"],
)
def test_a_peer_that_closes_early_is_said_so_and_what_came_is_kept(behaviour: Behaviour) -> None:
    sending, _ = exchanged(behaviour)
    assert sending.ending is Ending.PEER
    assert sending.reason
    assert sending.answer is not None
    assert sending.answer.body == b"0123456789"


# Nothing comes at all.


@contextmanager
def plain_tls() -> Iterator[int]:
    """Yield a port where TLS is spoken badly: the handshake is answered by a fatal alert."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with listener:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    connection.sendall(bytes.fromhex("15030100020228"))

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)


def unreachable(base_url: str) -> str:
    (sending,) = send(base_url, post(CHAT, HELLO))
    assert (sending.ending, sending.answer) == (Ending.UNREACHABLE, None)
    assert KEY not in sending.reason
    return sending.reason


def test_a_refused_connection_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "connect" in unreachable(f"http://127.0.0.1:{port}/v1").lower()


def test_tls_to_a_plain_port_is_said_so() -> None:
    with serving(OK) as server:
        assert "ssl" in unreachable(f"https://127.0.0.1:{server.port}/v1").lower()


def test_tls_that_fails_is_said_so() -> None:
    with plain_tls() as port:
        assert "ssl" in unreachable(f"https://127.0.0.1:{port}/v1").lower()


def test_plain_http_to_a_tls_port_is_said_so() -> None:
    with plain_tls() as port:
        assert unreachable(f"http://127.0.0.1:{port}/v1")


def test_a_name_that_nobody_has_is_said_so() -> None:
    reason = unreachable("http://no-such-host.invalid/v1")
    assert any(word in reason.lower() for word in ("name", "resol", "address", "host")), reason


def test_a_peer_that_hangs_up_at_once_is_said_so() -> None:
    sending, _ = exchanged(hostile.hang_up)
    assert (sending.ending, sending.answer) == (Ending.UNREACHABLE, None)
    assert "disconnect" in sending.reason.lower()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\x03" * 50 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc Nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1_000_000,
    ],
    ids=["zeros", "ssh", "status", "colon", "length", "huge-header"],
)
def test_what_is_not_http_is_nothing_received(garbage: bytes) -> None:
    sending, _ = exchanged(hostile.wire(garbage, close=True))
    assert (sending.ending, sending.answer) == (Ending.UNREACHABLE, None)
    assert sending.reason


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_of_a_peer_raise(data: bytes) -> None:
    sending, _ = exchanged(hostile.wire(data, close=True), deadline_s=2)
    assert sending.ending in set(Ending)


# Where it goes, and what comes back of the key.


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with serving(OK) as other:
        sending, _ = exchanged(hostile.redirect(f"http://127.0.0.1:{other.port}/v1/chat/completions"))
        again, _ = exchanged(hostile.redirect(f"http://127.0.0.1:{other.port}/v1/models"), get(MODELS))
    assert [s.answer.status for s in (sending, again) if s.answer] == [307, 307]
    assert (other.connections, other.seen) == (0, [])


def test_an_absolute_path_does_not_leave_the_target() -> None:
    with serving(OK) as other, serving(OK) as server:
        send(server.base_url, get(f"//127.0.0.1:{other.port}/v1/models"))
    assert other.connections == 0


@pytest.mark.parametrize("request_", [get("/models/\ud800"), post(CHAT, {"id": "\ud800"})], ids=["path", "body"])
def test_what_cannot_be_put_into_bytes_is_not_sent(request_: Request) -> None:
    sending, server = exchanged(OK, request_)
    if sending.answer is None:
        assert (sending.ending, server.seen) == (Ending.UNSENT, [])
        assert "cannot be put into bytes" in sending.reason
    else:
        assert server.seen[0].json == request_.json


def test_a_key_that_comes_back_is_replaced_everywhere_and_counted() -> None:
    sending, server = exchanged(hostile.echo())
    assert sending.answer is not None
    everything = sending.answer.body + repr(sending.answer.headers).encode()
    assert not holds_key(everything, [KEY])
    assert [form for form in hostile.key_forms(KEY) if form in everything] == []
    assert sending.leaked >= 7
    assert b"Incorrect API key provided: [our-key]" in sending.answer.body
    assert len(sending.answer.body) == sum(sending.answer.sizes)
    assert server.seen[0].key == KEY


def test_a_key_in_a_zipped_answer_is_replaced_and_counted() -> None:
    sending, _ = exchanged(hostile.zipped(lambda seen: json.dumps({"message": seen.key}).encode(), 401))
    assert sending.answer is not None
    assert KEY.encode() not in sending.answer.decoded
    assert sending.leaked == 1
    assert "[our-key]" in sending.answer.json["message"]
    assert len(sending.answer.body) == sum(sending.answer.sizes)


def test_a_key_with_a_slash_that_comes_back_as_json_escapes_it_is_replaced() -> None:
    escaped = json.dumps({"message": KEY}).replace("/", "\\/")
    sending, _ = exchanged(hostile.answer(escaped, 401))
    assert sending.answer is not None
    assert KEY not in sending.answer.json["message"]
    assert sending.leaked == 1


def test_a_key_that_comes_back_in_two_chunks_is_replaced() -> None:
    sending, _ = exchanged(hostile.parts(b'data: "' + KEY[:10].encode(), KEY[10:].encode() + b'"\n\n'))
    assert sending.answer is not None
    assert KEY.encode() not in sending.answer.body
    assert sending.leaked == 1


def test_a_key_in_garbage_is_not_in_the_reason() -> None:
    async def swear(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.wire(f"{seen.key}\r\n\r\n".encode(), close=True)(seen, writer)

    sending, _ = exchanged(swear)
    assert sending.ending is Ending.UNREACHABLE
    assert not holds_key(sending.reason.encode(), [KEY])


KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60)


@given(KEYS, st.binary(max_size=40), st.binary(max_size=40))
def test_no_form_of_a_key_survives_redaction(key: str, before: bytes, after: bytes) -> None:
    for form in forms(key):
        data, count = redact(before + form + after, [key])
        assert count >= 1
        assert not holds_key(data, [key])
        assert len(data) == len(before + form + after)


def test_a_tls_error_is_what_it_is() -> None:
    """The helper above answers a real TLS alert: 40, handshake failure."""
    with plain_tls() as port, socket.create_connection(("127.0.0.1", port)) as connection:
        context = ssl.create_default_context()
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_hostname="localhost")
