"""The transport when nothing comes, or what must not: failures, redirects, keys."""

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.targets.redact import holds_secret, redact
from conformance.targets.secrets import Secrets, forms, is_ordinary
from conformance.wire.request import Request, get, post
from conformance.wire.response import Ending
from tests import hostile
from tests.hostile import CHAT, MODELS, serving
from tests.sending import HELLO, KEY, OK, exchanged, send

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


async def reset_connection(_: hostile.Seen, writer: asyncio.StreamWriter) -> None:
    """Reset the connection: it is closed at once, with nothing lingering."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def unreachable(base_url: str) -> str:
    (sending,) = send(base_url, post(CHAT, HELLO))
    assert (sending.ending, sending.response) == (Ending.UNREACHABLE, None)
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


def test_plain_http_to_a_tls_port_is_not_answered_in_http() -> None:
    with plain_tls() as port:
        (sending,) = send(f"http://127.0.0.1:{port}/v1", post(CHAT, HELLO))
    assert (sending.ending, sending.reason) == (Ending.NOT_HTTP, "what came has no status line (RFC 9112, section 4)")


def test_a_name_that_nobody_has_is_said_so() -> None:
    reason = unreachable("http://no-such-host.invalid/v1")
    assert any(word in reason.lower() for word in ("name", "resol", "address", "host")), reason


@pytest.mark.parametrize("behaviour", [hostile.hang_up, reset_connection])
def test_a_peer_that_hangs_up_at_once_is_said_so(behaviour: hostile.Behaviour) -> None:
    sending, _ = exchanged(behaviour)
    assert (sending.ending, sending.response) == (Ending.CLOSED, None)
    assert sending.reason == "the server closed the connection without a response"


def test_a_peer_that_hangs_up_within_the_head_is_said_so() -> None:
    sending, _ = exchanged(hostile.wire(b"HTTP/1.1 200 OK\r\ncontent-ty", close=True))
    assert sending.ending is Ending.CLOSED
    assert sending.reason == "the server closed the connection in the middle of the head of its response"


def test_behind_a_proxy_it_is_not_known_who_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for behaviour in (hostile.hang_up, hostile.wire(b"SSH-2.0\r\n\r\n", close=True)):
        with serving(behaviour) as proxy:
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
            (sending,) = send("http://endpoint.invalid/v1", post(CHAT, HELLO))
        assert (sending.ending, len(proxy.seen)) == (Ending.UNREACHABLE, 1)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"\x00\x01\x02\x03" * 50 + b"\r\n\r\n", "the status line is not valid HTTP/1.1 (RFC 9112, section 4)"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "what came has no status line (RFC 9112, section 4)"),
        (b"<html>It works</html>", "what came has no status line (RFC 9112, section 4)"),
        (b"HTTP/1.1 abc Nonsense\r\n\r\n", "the status line is not valid HTTP/1.1 (RFC 9112, section 4)"),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "a header line is not valid (RFC 9112, section 5)"),
        (b"HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n", "a header line is not valid (RFC 9112, section 5)"),
        (b"HTTP/1.1 200 OK\r\n folded: a\r\n\r\n", "folded line"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n", "Content-Length is not a number of bytes"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "two different Content-Length"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "a transfer coding that was not requested"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
            "several Transfer-Encoding fields",
        ),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1_000_000, "the header section is larger"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 40_000, "the header section is larger"),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", "101 Switching Protocols, which was not"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 30_000, "interim responses and no final one (RFC 9110, section 15.2)"),
    ],
    ids=[
        "zeros",
        "ssh",
        "http-0.9",
        "status",
        "colon",
        "nul",
        "folded",
        "length",
        "lengths",
        "coding",
        "codings",
        "huge-header",
        "many-headers",
        "upgrade",
        "continue",
    ],
)
def test_what_is_not_http_is_named(sent: bytes, reason: str) -> None:
    sending, _ = exchanged(hostile.wire(sent, close=True))
    assert (sending.ending, sending.response) == (Ending.NOT_HTTP, None)
    assert reason in sending.reason


def test_continue_for_ever_comes_to_an_end() -> None:
    async def behave(_: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()

    with serving(behave) as server:
        (sending,) = send(server.base_url, post(CHAT, HELLO))
        assert server.hung_up.wait(10)
    assert sending.ending is Ending.NOT_HTTP


def test_an_answer_after_interim_responses_is_an_answer() -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" * 50 + hostile.head(200, []) + b"\n\n" * 5000
    sending, _ = exchanged(hostile.wire(data, close=True))
    assert sending.ending is Ending.COMPLETE
    assert sending.response is not None
    assert len(sending.response.body) == 10_000


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_no_bytes_of_a_peer_raise(data: bytes) -> None:
    sending, _ = exchanged(hostile.wire(data, close=True), deadline_s=2)
    assert sending.ending in set(Ending)


# Where it goes, and what comes back of the key.


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with serving(OK) as other:
        sending, _ = exchanged(hostile.redirect(f"http://127.0.0.1:{other.port}/v1/chat/completions"))
        again, _ = exchanged(hostile.redirect(f"http://127.0.0.1:{other.port}/v1/models"), get(MODELS))
    assert [s.response.status for s in (sending, again) if s.response] == [307, 307]
    assert (other.connections, other.seen) == (0, [])


def test_an_absolute_path_does_not_leave_the_target() -> None:
    with serving(OK) as other, serving(OK) as server:
        send(server.base_url, get(f"//127.0.0.1:{other.port}/v1/models"))
    assert other.connections == 0


@pytest.mark.parametrize("request_", [get("/models/\ud800"), post(CHAT, {"id": "\ud800"})], ids=["path", "body"])
def test_what_cannot_be_put_into_bytes_is_not_sent(request_: Request) -> None:
    sending, server = exchanged(OK, request_)
    if sending.response is None:
        assert (sending.ending, sending.sent, server.seen) == (Ending.UNSENT, None, [])
        assert "cannot be put into bytes" in sending.reason
    else:
        assert server.seen[0].json == request_.json


def test_a_path_that_no_url_can_hold_is_not_sent() -> None:
    sending, server = exchanged(OK, get("/models/a\0b"))
    assert (sending.ending, sending.sent, server.seen) == (Ending.UNSENT, None, [])
    assert sending.reason.startswith("the request has no valid URL: ")


def test_a_key_that_comes_back_is_replaced_everywhere_and_counted() -> None:
    sending, server = exchanged(hostile.echo())
    assert sending.response is not None
    everything = sending.response.body + repr(sending.response.headers).encode()
    assert not holds_secret(everything, Secrets.of([KEY]))
    assert [form for form in hostile.key_forms(KEY) if form in everything] == []
    assert sending.leaked >= 7
    assert b"Incorrect API key provided: [our-key]" in sending.response.body
    assert len(sending.response.body) == sum(sending.response.sizes)
    assert server.seen[0].key == KEY


def test_a_key_in_a_zipped_answer_is_replaced_and_counted() -> None:
    sending, _ = exchanged(hostile.zipped(lambda seen: json.dumps({"message": seen.key}).encode(), 401))
    assert sending.response is not None
    assert KEY.encode() not in sending.response.decoded
    assert sending.leaked == 1
    assert "[our-key]" in sending.response.json["message"]
    assert len(sending.response.body) == sum(sending.response.sizes)


def test_a_key_with_a_slash_that_comes_back_as_json_escapes_it_is_replaced() -> None:
    escaped = json.dumps({"message": KEY}).replace("/", "\\/")
    sending, _ = exchanged(hostile.answer(escaped, 401))
    assert sending.response is not None
    assert KEY not in sending.response.json["message"]
    assert sending.leaked == 1


def test_a_key_that_comes_back_in_two_chunks_is_replaced() -> None:
    sending, _ = exchanged(hostile.parts(b'data: "' + KEY[:10].encode(), KEY[10:].encode() + b'"\n\n'))
    assert sending.response is not None
    assert KEY.encode() not in sending.response.body
    assert sending.leaked == 1


def test_a_key_in_garbage_is_not_in_the_reason() -> None:
    async def swear(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.wire(f"{seen.key}\r\n\r\n".encode(), close=True)(seen, writer)

    sending, _ = exchanged(swear)
    assert sending.ending is Ending.NOT_HTTP
    assert not holds_secret(sending.reason.encode(), Secrets.of([KEY]))


KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60).filter(
    lambda key: not is_ordinary(key)
)


@given(KEYS, st.binary(max_size=40), st.binary(max_size=40))
def test_no_form_of_a_key_survives_redaction(key: str, before: bytes, after: bytes) -> None:
    for form in forms(key):
        data, count = redact(before + form + after, Secrets.of([key]))
        assert count >= 1
        assert not holds_secret(data, Secrets.of([key]))
        assert len(data) == len(before + form + after)


def test_a_tls_error_is_what_it_is() -> None:
    """The helper above answers a real TLS alert: 40, handshake failure."""
    with plain_tls() as port, socket.create_connection(("127.0.0.1", port)) as connection:
        context = ssl.create_default_context()
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_hostname="localhost")
