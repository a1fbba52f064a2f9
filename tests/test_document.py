from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.json_value import ABSENT, Document, fits, type_name
from conformance.wire.text import brief
from conformance.wire.verdict import Deviation

HOSTILE = "\x1b[31m\x07\u202egnp\x9b\r\n\u2028\ud800"
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec=None), max_size=40)),
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(st.text(st.characters(codec=None), max_size=60), below, max_size=12),
    ),
    max_leaves=30,
)
CHAT = Document(
    {"choices": [{"index": 0, "message": {"content": None, "role": "assistant"}}], "usage": None, "n": 3, "ok": True},
    owner="chat/completions",
)


def deviation(document: Document, path: str, kind: Any, *default: Any) -> Deviation:
    with pytest.raises(Deviation) as caught:
        document.at(path, kind, *default)
    return caught.value


def test_a_value_of_the_right_type_is_returned() -> None:
    assert CHAT.at("choices.0.message.role", str) == "assistant"
    assert CHAT.at("choices.-1.index", int) == 0
    assert CHAT.at("choices", list) == [{"index": 0, "message": {"content": None, "role": "assistant"}}]


def test_a_missing_key_says_what_is_there_instead() -> None:
    found = deviation(CHAT, "choices.0.message.refusal", str)
    assert str(found) == ("`choices.0.message.refusal` is missing: `choices.0.message` is an object with content, role")
    assert found.findings == ("missing:chat/completions/choices.[].message.refusal",)


def test_the_finding_names_the_first_key_that_is_missing() -> None:
    assert deviation(CHAT, "choices.0.logprobs.content", list).findings == (
        "missing:chat/completions/choices.[].logprobs",
    )


def test_a_finding_is_the_same_in_all_places() -> None:
    two = Document({"choices": [{}, {}]}, owner="x")
    found = {deviation(two, f"choices.{index}.text", str).findings for index in (0, 1, -1)}
    assert found == {("missing:x/choices.[].text",)}


def test_a_null_parent_is_a_missing_key() -> None:
    found = deviation(CHAT, "usage.total_tokens", int)
    assert str(found) == "`usage.total_tokens` is missing: `usage` is None"


def test_an_index_past_the_end_is_a_missing_key() -> None:
    assert str(deviation(CHAT, "choices.1.index", int)) == "`choices.1.index` is missing: `choices` is an array of 1"


def test_the_place_is_named() -> None:
    chunk = Document([], place="chunk 3", owner="chat/completions chunk")
    assert str(deviation(chunk, "id", str)) == "`id` of chunk 3 is missing: chunk 3 is an array of 0"


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (True, int, "True (boolean), not an integer"),
        (True, float, "True (boolean), not a number"),
        (1.0, int, "1.0 (number), not an integer"),
        ("1", int | None, "'1' (string), not an integer or null"),
        (None, str, "None (null), not a string"),
        ({"a": 1}, list, "an object with a (object), not an array"),
        ([1], dict, "an array of 1 (array), not an object"),
        (0, bool, "0 (number), not a boolean"),
    ],
)
def test_a_wrong_type_says_which(value: Any, kind: Any, words: str) -> None:
    found = deviation(Document({"x": value}, owner="o"), "x", kind)
    assert str(found) == f"`x` is {words}"
    assert found.findings == ("wrong-type:o/x",)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, float), (1.5, float), (1, int), (True, bool), (None, str | None), ("a", str | None), (True, bool | int)],
)
def test_a_value_fits_its_type(value: Any, kind: Any) -> None:
    assert fits(value, kind)
    assert Document({"x": value}).at("x", kind) == value


def test_a_default_stands_for_a_missing_key_and_below_a_null_parent() -> None:
    assert CHAT.at("choices.0.refusal", str | None, None) is None
    assert CHAT.at("usage.total_tokens", int, -1) == -1
    assert CHAT.at("choices.5.index", int, -1) == -1


def test_a_default_does_not_excuse_a_wrong_type() -> None:
    assert "not an integer" in str(deviation(CHAT, "ok", int, 0))
    assert "`n` is 3" in str(deviation(CHAT, "n.deeper", int, 0))


def test_null_is_a_value_and_not_missing() -> None:
    assert CHAT.has("usage")
    assert not CHAT.has("usage.total_tokens")
    assert CHAT.get("usage") is None
    assert CHAT.get("nothing.at.all") is ABSENT
    assert "None (null)" in str(deviation(CHAT, "choices.0.message.content", str, "default"))


def test_all_returns_one_value_of_every_item() -> None:
    models = Document({"data": [{"id": "a"}, {"id": "b"}]})
    assert models.all("data.*.id", str) == ["a", "b"]
    assert models.all("data.*", dict) == [{"id": "a"}, {"id": "b"}]
    assert Document({"data": []}).all("data.*.id", str) == []


def test_all_deviates_at_the_item_that_is_wrong() -> None:
    models = Document({"data": [{"id": "a"}, {"id": 7}]}, owner="models")
    with pytest.raises(Deviation, match=r"`data\.1\.id` is 7") as caught:
        models.all("data.*.id", str)
    assert caught.value.findings == ("wrong-type:models/data.[].id",)


@pytest.mark.parametrize("value", [None, {}, {"data": None}, {"data": {"a": 1}}, [], "text", 5])
def test_all_of_what_is_no_array_deviates(value: Any) -> None:
    with pytest.raises(Deviation):
        Document(value).all("data.*.id", str)


@given(VALUES)
def test_whatever_was_sent_is_shown_in_a_bounded_and_printable_form(value: Any) -> None:
    for shown in (brief(value), repr(Document(value)), str(deviation(Document({"a": [value]}), "a.0.no", tuple))):
        assert shown.isprintable()
        assert len(shown) < 200


@pytest.mark.parametrize("value", [HOSTILE, {HOSTILE: 1}, [{HOSTILE: HOSTILE}], {"a": {HOSTILE * 50: 1}}])
def test_nothing_that_moves_a_terminal_gets_into_a_message(value: Any) -> None:
    for path in ("x", "x.a", "x.a.b", "x.0.b"):
        message = str(deviation(Document({"x": value}), path, tuple))
        assert message.isprintable(), ascii(message)
        assert len(message) < 300


def test_a_large_value_is_not_written_out_to_be_cut() -> None:
    assert brief("x" * 10_000_000) == "'" + "x" * 78 + "…"
    assert brief({str(number): 0 for number in range(100_000)}) == "an object with 0, 1, 2, 3, 4, 5, 6, 7, …"


def test_types_have_the_names_of_json() -> None:
    values: tuple[Any, ...] = ({}, [], "", True, None, 1, 1.5)
    names = ["object", "array", "string", "boolean", "null", "number", "number"]
    assert [type_name(value) for value in values] == names
