"""The transport: what arrives, what is kept, how it ends."""

import asyncio
import gzip
import re
import tracemalloc

import pytest

from conformance.send.transport import Sending, Transport, replaying_client
from conformance.wire.request import NO_KEY, WRONG_KEY, Key, Request, delete, get, post, raw
from conformance.wire.response import Ending, Response
from tests import hostile
from tests.hostile import CHAT, MODELS, Behaviour, serving
from tests.sending import HELLO, KEY, OK, exchanged, send, sent_by, target

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
        sent_by(Transport(named, KEY), raw(CHAT, b"{}", "text/plain"))
    assert (server.seen[0].header("x-team"), server.seen[0].header("content-type")) == ("blue", "text/plain")


@pytest.mark.parametrize("prefix", ["", "/v1", "/v1beta/openai", "/a/b%20c"])
def test_paths_are_joined_to_the_path_of_the_base_url(prefix: str) -> None:
    with serving(OK) as server:
        send(f"http://127.0.0.1:{server.port}{prefix}", get("/models"), get("/models/a%2Fb?x=1"))
    assert [seen.path for seen in server.seen] == [f"{prefix}/models", f"{prefix}/models/a%2Fb?x=1"]


def test_every_exchange_has_a_connection_of_its_own_and_no_cookie_comes_back() -> None:
    with serving(hostile.json_answer({}, set_cookie="tracker=1; Path=/")) as server:
        first, *_ = send(server.base_url, get(MODELS), get(MODELS), get(MODELS))
    assert first.response is not None
    assert first.response.header("set-cookie") == "tracker=1; Path=/"
    assert [seen.header("cookie") for seen in server.seen] == [None] * 3
    assert [seen.connection for seen in server.seen] == [1, 2, 3]


def test_many_requests_at_once_are_not_mixed() -> None:
    async def reply(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.json_answer(seen.json)(seen, writer)

    async def all_at_once(base_url: str) -> list[Sending]:
        transport = Transport(target(base_url), KEY)
        sent = await asyncio.gather(*(transport.send(post(CHAT, {"n": n})) for n in range(30)))
        await transport.close()
        return sent

    with serving(reply) as server:
        sendings = asyncio.run(all_at_once(server.base_url))
    assert [sending.response.json for sending in sendings if sending.response] == [{"n": n} for n in range(30)]


# What is kept.


def test_bytes_chunks_and_times_are_kept() -> None:
    pieces = (b"data: {}\n\n", b"\xffnot utf-8", b"data: [DONE]\n\n")
    sending, _ = exchanged(hostile.parts(*pieces, every_s=0.05))
    assert sending.response is not None
    assert sending.response.body == b"".join(pieces)
    assert sending.response.sizes == tuple(len(piece) for piece in pieces)
    times = sending.response.at_ms
    assert len(times) == 3
    assert list(times) == sorted(times)
    assert times[0] >= sending.response.headers_ms >= 0
    assert times[2] > times[0]
    assert sending.ending is Ending.COMPLETE


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503])
def test_the_body_of_an_error_is_kept(status: int) -> None:
    sending, server = exchanged(hostile.envelope("no", status))
    assert sending.response is not None
    assert (sending.response.status, sending.response.json["error"]["message"]) == (status, "no")
    assert sending.ending is Ending.COMPLETE
    assert len(server.seen) == 1


def test_headers_keep_their_order_and_their_repetitions() -> None:
    data = hostile.head(200, [("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("content-length", "2")]) + b"{}"
    sending, _ = exchanged(hostile.wire(data))
    assert sending.response is not None
    assert [(name.lower(), value) for name, value in sending.response.headers][:3] == [
        ("x-b", "1"),
        ("x-a", "2"),
        ("x-b", "3"),
    ]


@pytest.mark.parametrize("region", ["Zürich".encode(), "Zürich".encode("latin-1")], ids=["utf-8", "latin-1"])
def test_a_header_value_that_is_not_ascii_is_kept(region: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\nx-region: " + region + b"\r\ncontent-length: 2\r\n\r\n{}"
    sending, _ = exchanged(hostile.wire(data))
    assert (sending.ending, sending.reason) == (Ending.COMPLETE, "")
    assert sending.response is not None
    assert (sending.response.header("x-region"), sending.response.json) == ("Zürich", {})


def test_any_byte_that_may_stand_in_a_header_value_is_kept() -> None:
    value = bytes(byte for byte in range(33, 256) if byte != 127)
    data = b"HTTP/1.1 200 OK\r\nx-all: " + value + b"\r\ncontent-length: 2\r\n\r\n{}"
    sending, _ = exchanged(hostile.wire(data))
    assert sending.response is not None
    assert sending.response.header("x-all") == value.decode("latin-1")


def test_a_header_value_that_is_not_ascii_is_replayed() -> None:
    given = Response(200, (("content-type", "application/json"), ("x-request-id", "Zürich")), b"{}", (2,), (1.0,))
    with replaying_client(given, Ending.COMPLETE) as client:
        got = client.models.with_raw_response.retrieve("m")
    assert got.headers["x-request-id"] == "Zürich"


def test_an_answer_that_is_zipped_uninvited_is_kept_as_it_came() -> None:
    sending, _ = exchanged(hostile.zipped(lambda _: b'{"ok": 1}'))
    assert sending.response is not None
    assert sending.response.body == gzip.compress(b'{"ok": 1}', mtime=0)
    assert sending.response.json == {"ok": 1}


def test_a_body_that_claims_to_be_zipped_and_is_not_is_kept_as_it_came() -> None:
    sending, _ = exchanged(hostile.answer("{}", content_encoding="gzip"))
    assert sending.response is not None
    assert (sending.response.body, sending.ending) == (b"{}", Ending.COMPLETE)


def test_an_empty_answer_is_an_answer() -> None:
    sending, _ = exchanged(hostile.wire(hostile.head(204, [])))
    assert sending.response is not None
    assert (sending.response.status, sending.response.body, sending.ending) == (204, b"", Ending.COMPLETE)


# How it ends.


def test_stop_after_hangs_up_after_so_many_events() -> None:
    with serving(hostile.endless(b"data: {}\n\n", every_s=0.01)) as server:
        (sending,) = send(server.base_url, post(CHAT, HELLO), stop_after=3)
        assert server.hung_up.wait(10)
    assert sending.ending is Ending.STOPPED
    assert sending.response is not None
    assert 3 <= len(sending.response.stream.events) < 10


def test_stop_after_of_a_stream_that_is_shorter_is_complete() -> None:
    sending, _ = exchanged(hostile.parts(b"data: {}\n\n"), stop_after=3)
    assert sending.ending is Ending.COMPLETE


def test_cancelling_hangs_up() -> None:
    async def cancel(base_url: str) -> None:
        transport = Transport(target(base_url), KEY)
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
    assert sending.response is not None
    assert len(sending.response.body) <= 200_000
    assert peak < 16_000_000


def test_the_body_of_an_error_is_bounded_too() -> None:
    data = hostile.head(500, [("content-length", str(10**9))]) + b"x" * 100_000
    sending, _ = exchanged(hostile.stall(data), max_bytes=50_000)
    assert sending.ending is Ending.SIZE


@pytest.mark.parametrize("status", [200, 500])
def test_a_body_that_unpacks_to_a_huge_one_ends_by_size_and_costs_little(status: int) -> None:
    bomb = gzip.compress(b"\0" * 100_000_000, compresslevel=9)
    headers = [("content-encoding", "gzip"), ("content-length", str(len(bomb)))]
    with serving(hostile.wire(hostile.head(status, headers) + bomb)) as server:
        tracemalloc.start()
        (sending,) = send(server.base_url, post(CHAT, HELLO))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sending.ending is Ending.SIZE
    assert re.fullmatch(r"a body of [\d,]+ bytes unpacks to more than [\d,]+ bytes", sending.reason)
    assert peak < 48_000_000


def test_the_limit_of_bytes_counts_what_a_body_unpacks_to() -> None:
    sending, _ = exchanged(hostile.zipped(lambda _: b" " * 60_000), max_bytes=50_000)
    assert sending.ending is Ending.SIZE
    assert sending.reason.endswith("unpacks to more than 50,000 bytes")


def test_a_gigabyte_that_is_promised_and_not_sent_is_a_deadline_with_what_came() -> None:
    data = hostile.head(200, [("content-length", str(2**30))]) + b'{"a": 1'
    sending, _ = exchanged(hostile.stall(data), deadline_s=0.3)
    assert sending.ending is Ending.DEADLINE
    assert sending.response is not None
    assert sending.response.body == b'{"a": 1'


@pytest.mark.parametrize(
    "behaviour",
    [hostile.stall(), hostile.slow_loris(), hostile.stall(b"HTTP/1.1 200 OK\r\n")],
    ids=["silence", "slow-loris", "half-a-head"],
)
def test_without_headers_in_time_nothing_was_received(behaviour: Behaviour) -> None:
    sending, _ = exchanged(behaviour, deadline_s=0.3)
    assert (sending.ending, sending.response) == (Ending.SILENT, None)
    assert sending.reason == "no response within 0.3 s"


def test_a_stream_that_stalls_keeps_what_came_and_says_when_the_last_byte_came() -> None:
    sending, _ = exchanged(hostile.parts(b"data: 1\n\n", b"data: 2\n\n", after="stall"), deadline_s=2)
    assert sending.ending is Ending.DEADLINE
    assert sending.response is not None
    assert sending.response.body == b"data: 1\n\ndata: 2\n\n"
    assert re.fullmatch(r"nothing came in the last 1\.\d+ s before the deadline of 2 s", sending.reason)


def test_headers_and_then_silence_is_a_deadline() -> None:
    sending, _ = exchanged(hostile.parts(after="stall"), deadline_s=2)
    assert sending.ending is Ending.DEADLINE
    assert sending.response is not None
    assert sending.reason.startswith("nothing came in the last ")
    assert not sending.response.arriving(2)


def test_a_trickle_does_not_outlive_the_deadline() -> None:
    sending, _ = exchanged(hostile.endless(b": ping\n\n", every_s=0.02), deadline_s=2)
    assert sending.ending is Ending.DEADLINE
    assert sending.response is not None
    assert re.fullmatch(r"still arriving: the last byte came 0\.\d s before the deadline of 2 s", sending.reason)


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
    assert sending.response is not None
    assert sending.response.body == b"0123456789"
