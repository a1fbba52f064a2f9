import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.definition.counterexample import (
    DELETE,
    answered,
    body,
    broken,
    broken_chunk,
    bytes_replaced,
    changed,
    edit,
    every_chunk,
    header,
    leaking,
    rewritten,
)
from conformance.wire.exchange import Exchange
from conformance.wire.sse import Event, encode
from tests.fakes import answer, asking, observed, spec

asked = spec("asked")
CHUNKS = [{"n": 0, "usage": None}, {"n": 1}, {"n": 2, "usage": {"total": 3}}]
STREAM = encode((*(Event(json.dumps(chunk)) for chunk in CHUNKS), Event("[DONE]")))

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.sampled_from("abc"), below, max_size=3)),
    max_leaves=8,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", "0", "1", "-1"]), min_size=1, max_size=3).map(".".join)


def streamed() -> Exchange:
    return observed(response=answer(STREAM, media_type="text/event-stream"), request=asking(stream=True))


def one(found: Any, exchange: Exchange | None = None) -> Exchange:
    """Return the exchange that a counterexample makes."""
    made = found.apply({"asked": exchange or observed()})["asked"]
    assert isinstance(made, Exchange)
    return made


def numbers(exchange: Exchange) -> list[Any]:
    return [chunk.get("n") for chunk in exchange.chunks]


def test_one_value_of_the_body_is_set_or_removed() -> None:
    assert one(broken(asked, "usage.total_tokens", 7)).at("usage.total_tokens", int) == 7
    assert not one(broken(asked, "usage", DELETE)).has("usage")
    assert one(broken(asked, "usage", None)).get("usage") is None


def test_the_good_exchange_stays_as_it_is() -> None:
    good = observed()
    one(broken(asked, "usage.total_tokens", 7), good)
    assert good.at("usage.total_tokens", int) == 3


def test_only_the_named_exchange_is_changed() -> None:
    other = observed(id="fake.owed/other")
    made = answered(asked, 500).apply({"asked": observed(), "other": other, "sent": (observed(), other)})
    assert made["other"] is other
    first, second = made["sent"]  # type: ignore[misc]
    assert (first.status, second) == (500, other)
    made = answered(None, 500).apply({"asked": observed(), "sent": (other,)})
    assert made["sent"][0].status == 500  # type: ignore[index]


@pytest.mark.parametrize(("number", "at"), [(0, 0), (-1, 2), (1, 1)])
def test_one_chunk_of_a_stream_is_changed(number: int, at: int) -> None:
    found = one(broken_chunk(asked, number, "n", 9), streamed())
    expected = [0, 1, 2]
    expected[at] = 9
    assert numbers(found) == expected
    assert [event.data for event in found.events][-1] == "[DONE]"


def test_every_chunk_that_has_the_parent_is_changed() -> None:
    found = one(every_chunk(asked, "usage.total", DELETE), streamed())
    assert [chunk.get("usage") for chunk in found.chunks][1:] == [found.chunks[1].get("usage"), {}]
    assert found.chunks[0].get("usage") is None
    assert numbers(one(every_chunk(asked, "n", 5), streamed())) == [5, 5, 5]


def test_the_chunks_are_rewritten_and_the_end_stays() -> None:
    found = one(rewritten(asked, lambda chunks: chunks[::-1]), streamed())
    assert numbers(found) == [2, 1, 0]
    assert [event.data for event in found.events].count("[DONE]") == 1
    assert numbers(one(rewritten(asked, lambda chunks: chunks[:1]), streamed())) == [0]


def test_a_rewritten_stream_can_be_timed() -> None:
    found = one(broken_chunk(asked, 0, "n", "long" * 50), streamed())
    assert sum(found.received.sizes) == len(found.received.body)
    assert found.received.arrival(found.events[-1].end) == 5.0


def test_bytes_bodies_statuses_and_headers_are_changed() -> None:
    assert one(bytes_replaced(asked, b"fake", b"true")).get("object") == "true"
    assert one(body(asked, b'{"cut')).received.body == b'{"cut'
    assert one(answered(asked, 503)).status == 503
    assert one(header(asked, "Content-Type", "text/html")).received.headers == (("Content-Type", "text/html"),)
    assert one(header(asked, "CONTENT-TYPE", None)).header("content-type") is None
    assert one(leaking(asked)).leaked == 1
    assert one(changed(asked, lambda found: found.with_response(status=418))).status == 418


@given(VALUES, PATHS, VALUES)
def test_an_edit_changes_one_place_or_nothing(value: Any, path: str, new: Any) -> None:
    before = json.dumps(value)
    found = edit(value, path, new)
    assert json.dumps(value) == before
    document = observed(found).document
    assert json.dumps(found) == before or json.dumps(document.get(path)) == json.dumps(new)
    assert edit(found, path, new) == found


@given(VALUES, PATHS)
def test_a_removed_place_is_absent_or_the_array_shorter(value: Any, path: str) -> None:
    holder = {"a": value}
    found = edit(holder, f"a.{path}", DELETE)
    parent, _, last = f"a.{path}".rpartition(".")
    before, after = observed(holder).document, observed(found).document
    if isinstance(before.get(parent), dict):
        assert not after.has(f"{parent}.{last}")
    elif isinstance(before.get(parent), list) and before.has(f"{parent}.{last}"):
        assert len(after.get(parent)) == len(before.get(parent)) - 1
    else:
        assert found == holder
