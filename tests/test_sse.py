from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire import sse
from conformance.wire.response import Response
from conformance.wire.sse import Event, encode, parse

NO_SURROGATES = st.characters(exclude_categories=["Cs"])
TEXT = st.text(NO_SURROGATES, max_size=12)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=6)
EVENTS = st.lists(st.builds(Event, data=TEXT, event=WORDS, id=WORDS), max_size=5)
PIECES = st.sampled_from(
    [b"data: a", b"data:", b"data", b"event: e", b"id: 7", b": note", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf"]
)
BODIES = st.one_of(st.lists(PIECES, max_size=14).map(b"".join), st.binary(max_size=30))
LINES = st.lists(
    st.sampled_from(["", "data: a", "data:b", "data", "event: x", "id: 1", ": note", "strange: y", "data: é"]),
    max_size=12,
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def plain(events: tuple[Event, ...]) -> list[tuple[str, str, str]]:
    return [(event.data, event.event, event.id) for event in events]


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(EVENTS)
def test_encoded_events_are_parsed_as_they_were(events: list[Event]) -> None:
    """For any data; a carriage return in it is a line end, and comes back as a line feed."""
    parsed = parse(encode(tuple(events)))
    assert plain(parsed.events) == [(one_line_end(event.data), event.event, event.id) for event in events]
    assert parsed.rest == b""
    assert parsed.strange == parsed.comments == ()


@given(LINES, st.data())
def test_any_mix_of_line_ends_gives_the_same_events(lines: list[str], data: st.DataObject) -> None:
    mixed = ""
    for line in lines:
        end = data.draw(LINE_ENDS)
        if not line and mixed.endswith("\r") and end == "\n":
            end = "\r\n"  # CR and LF together would be one line end
        mixed += line + end
    simple = "".join(line + "\n" for line in lines)
    one, other = parse(mixed.encode()), parse(simple.encode())
    assert plain(one.events) == plain(other.events)
    assert (one.comments, one.strange) == (other.comments, other.strange)


@given(BODIES)
def test_whatever_is_sent_the_offsets_rise_and_the_rest_is_the_tail(body: bytes) -> None:
    stream = parse(body)
    ends = [0, *(event.end for event in stream.events), len(body) - len(stream.rest)]
    assert all(before < after for before, after in pairwise(ends[:-1]))
    assert ends[-2] <= ends[-1]
    assert body.endswith(stream.rest)


@given(BODIES)
def test_the_bytes_up_to_the_end_of_an_event_hold_exactly_the_events_up_to_it(body: bytes) -> None:
    events = parse(body).events
    for number, event in enumerate(events, start=1):
        assert parse(body[: event.end]).events == events[:number]
        assert len(parse(body[: event.end - 1]).events) in {number - 1, number}  # CR alone ends a line too


@given(EVENTS, st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_an_event_arrives_with_the_chunk_that_completes_it(events: list[Event], lengths: list[int]) -> None:
    body = encode(tuple(events))
    sizes: list[int] = []
    while sum(sizes) < len(body):
        sizes.append(min(lengths[len(sizes) % len(lengths)], len(body) - sum(sizes)))
    times = tuple(10.0 * number for number in range(1, len(sizes) + 1))
    answer = Response(200, body=body, sizes=tuple(sizes), at_ms=times)
    when_each_byte_came = [when for size, when in zip(sizes, times, strict=True) for _ in range(size)]
    for event in answer.stream.events:
        assert answer.arrival(event.end) == when_each_byte_came[event.end - 1]


def test_an_event_joins_its_data_lines_and_takes_its_last_type() -> None:
    (event,) = parse(b"event: a\ndata: one\ndata:two\ndata:  three\nevent: b\nid: 9\n\n").events
    assert plain((event,)) == [("one\ntwo\n three", "b", "9")]


def test_type_and_id_are_forgotten_with_the_event() -> None:
    first, second = parse(b"event: a\nid: 1\ndata: x\n\ndata: y\n\n").events
    assert (first.event, first.id) == ("a", "1")
    assert (second.event, second.id) == ("", "")


def test_an_event_without_data_is_none() -> None:
    stream = parse(b"event: ping\n\ndata: x\n\n")
    assert plain(stream.events) == [("x", "", "")]
    assert stream.rest == b""


@pytest.mark.parametrize("field", [b"data:\n\n", b"data\n\n"])
def test_empty_data_is_data(field: bytes) -> None:
    assert plain(parse(field).events) == [("", "", "")]


def test_comments_are_kept_apart() -> None:
    stream = parse(b": keep-alive\n\n:\ndata: x\n: inside\n\n: last\n")
    assert stream.comments == ("keep-alive", "", "inside", "last")
    assert plain(stream.events) == [("x", "", "")]
    assert stream.rest == b""


def test_a_byte_order_mark_is_dropped_once_and_counts_in_the_offsets() -> None:
    stream = parse(b"\xef\xbb\xbfdata: x\n\n\xef\xbb\xbfdata: y\n\n")
    assert [(event.data, event.end) for event in stream.events] == [("x", 12)]
    assert stream.strange == ("\ufeffdata: y",)


def test_fields_that_no_rule_knows_are_listed_and_bounded() -> None:
    long = b"z" * 200 + b": 1"
    stream = parse(b"data: x\nDATA: y\n data: z\nretry: 5\n" + long + b"\n\n")
    assert plain(stream.events) == [("x", "", "")]
    assert stream.strange == ("DATA: y", " data: z", "z" * 80)


@pytest.mark.parametrize("rest", [b"data: cut", b"data: cut\n", b"event: a\ndata: cut\r\n", b": note\ndata", b"d"])
def test_what_the_end_cuts_off_is_no_event_and_is_kept(rest: bytes) -> None:
    stream = parse(b"data: x\n\n" + rest)
    assert plain(stream.events) == [("x", "", "")]
    assert stream.rest == rest


def test_invalid_utf_8_is_replaced_and_marked() -> None:
    bad, good = parse(b"data: a\xffb\n\ndata: \xc3\xa9\n\n").events
    assert (bad.data, bad.valid_utf8) == ("a\ufffdb", False)
    assert (good.data, good.valid_utf8) == ("é", True)


def test_only_the_line_ends_of_the_standard_end_a_line() -> None:
    """Python's own idea of lines knows many more."""
    text = "a\u2028b\x0bc\x0cd\x85e\x1cf"
    assert plain(parse(f"data: {text}\n\n".encode()).events) == [(text, "", "")]


def test_a_body_of_many_small_events_is_read_in_one_pass() -> None:
    assert len(parse(b"data: {}\n\n" * 50_000).events) == 50_000
    assert sse.parse(b"") == sse.Stream()


def in_parts(body: bytes, sizes: list[int]) -> list[bytes]:
    """Return a body cut into parts of these sizes, again and again."""
    parts: list[bytes] = []
    while body:
        size = sizes[len(parts) % len(sizes)]
        parts.append(body[:size])
        body = body[size:]
    return parts


def read_in_parts(parts: list[bytes]) -> sse.Stream:
    reader = sse.Reader(notes=True)
    events = [event for part in parts for event in reader.feed(part)] + reader.finish()
    return sse.Stream(tuple(events), tuple(reader.comments), tuple(reader.strange), reader.rest)


@given(BODIES, st.lists(st.integers(1, 5), min_size=1, max_size=9))
def test_however_a_body_is_cut_it_gives_the_same_events(body: bytes, sizes: list[int]) -> None:
    cut, whole = read_in_parts(in_parts(body, sizes)), read_in_parts([body])
    assert cut == whole
    assert (whole.events, whole.comments, whole.strange) == (
        parse(body).events,
        parse(body).comments,
        parse(body).strange,
    )


def test_an_event_is_there_with_the_part_that_completes_it() -> None:
    reader = sse.Reader()
    assert reader.feed(b"data: o") == []
    assert reader.feed(b"ne\n") == []
    assert plain(tuple(reader.feed(b"\ndata: two\n\ndata"))) == [("one", "", ""), ("two", "", "")]
    assert reader.rest == b"data"


def test_a_reader_keeps_nothing_but_the_event_that_has_not_ended() -> None:
    reader = sse.Reader()
    for _ in range(1000):
        reader.feed(b": ping\n\nstrange\n\ndata: {}\n\n")
    assert (reader.comments, reader.strange, reader.rest) == ([], [], b"")


def test_a_long_line_in_many_parts_is_looked_at_once() -> None:
    """Bytes that were looked at are not looked at again, so the work does not grow with the number of parts."""
    reader = sse.Reader()
    for _ in range(4000):
        reader.feed(b"x" * 4096)
        assert reader._looked == len(reader._buffer)
    assert reader.feed(b"\n\n") == []
    assert reader.rest == b""
