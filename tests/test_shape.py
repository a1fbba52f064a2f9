import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.shapes.shape import (
    MAX_DEPTH,
    MAX_PATHS,
    MOST_WORDS,
    Seen,
    Shape,
    from_json,
    from_lines,
    merge,
    shape_of,
    to_json,
)

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3))
KEYS = st.one_of(st.sampled_from(["a", "b", "role", "a.b", "a[]", "%2E", '"', "hate/x", ""]), st.text(max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(KEYS, below, max_size=3)),
    max_leaves=12,
)
SHAPES = VALUES.map(shape_of)


def lines(*values: Any) -> dict[str, str]:
    shape = shape_of(values[0])
    for value in values[1:]:
        shape = merge(shape, shape_of(value))
    return {path: str(seen) for path, seen in shape.paths.items()}


def test_a_shape_has_a_path_for_every_key_and_one_for_all_items() -> None:
    answer = {"id": "x", "choices": [{"index": 0, "text": None}, {"index": 1}], "empty": []}
    assert lines(answer) == {
        "$": "always object",
        "$.choices": "always array",
        "$.choices[]": "always object",
        "$.choices[].index": "always integer",
        "$.choices[].text": "sometimes null",
        "$.empty": "always array",
        "$.id": "always string",
    }


def test_special_characters_of_a_key_do_not_make_a_path() -> None:
    assert set(lines({"a.b[]": 1, "hate/x": 2, "\ud800": 3})) == {"$", "$.a%2Eb%5B%5D", "$.hate/x", "$.%D800"}


def test_optional_keys_are_learned_from_several_answers() -> None:
    assert lines({"a": 1, "b": 1}, {"a": None})["$.a"] == "always integer|null"
    assert lines({"a": 1, "b": 1}, {"a": None})["$.b"] == "sometimes integer"


def test_a_key_is_not_optional_because_its_object_was_not_seen() -> None:
    assert lines({"a": {"b": 1}}, {"a": None}, {})["$.a.b"] == "always integer"
    assert lines({"a": [{"b": 1}]}, {"a": []})["$.a[].b"] == "always integer"


def test_integers_beside_numbers_say_nothing_new() -> None:
    assert lines([0, 0.5])["$[]"] == "always number"
    assert lines([0], [0.5])["$[]"] == "always number"


@given(SHAPES)
def test_a_shape_survives_json(shape: Shape) -> None:
    assert from_json(json.loads(json.dumps(to_json(shape)))) == shape


@given(SHAPES, SHAPES, SHAPES)
def test_merging_needs_no_order(one: Shape, two: Shape, three: Shape) -> None:
    assert merge(one, two) == merge(two, one)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(VALUES, VALUES)
def test_merging_two_answers_is_seeing_both(one: Any, two: Any) -> None:
    both = shape_of([one, two]).paths
    merged = merge(shape_of(one), shape_of(two)).paths
    assert {path.replace("$[]", "$", 1): seen for path, seen in both.items() if path != "$"} == merged


def test_the_words_of_the_protocol_belong_to_a_shape_and_those_of_a_model_do_not() -> None:
    assert lines({"finish_reason": "stop", "text": "stop"}) == {
        "$": "always object",
        "$.finish_reason": "always string: stop",
        "$.text": "always string",
    }
    assert lines({"role": "a"}, {"role": "b"})["$.role"] == "always string: a, b"
    assert lines({"role": "what a model wrote"})["$.role"] == "always string"
    assert len(shape_of([{"role": f"r{n}"} for n in range(99)]).paths["$[].role"].words) == MOST_WORDS


@pytest.mark.parametrize(
    "document", [None, [], {}, {"paths": []}, {"paths": {"$": 5}}, {"paths": {"$": "never string"}}]
)
def test_what_is_no_shape_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"shape|expected"):
        from_json(document)


def test_a_hostile_answer_has_a_bounded_shape() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    assert len(shape_of(deep).paths) == MAX_DEPTH + 1
    assert not shape_of(deep).whole
    wide = shape_of({f"k{n}": n for n in range(MAX_PATHS * 2)})
    assert len(wide.paths) == MAX_PATHS
    assert not wide.whole
    assert max(map(len, shape_of({"k" * 100_000: 1}).paths)) == 102
    assert shape_of([0.5] * 1_000_000).paths["$[]"] == Seen(frozenset({"number"}))
    assert shape_of({"a": []}).whole


def test_the_keys_that_a_client_chose_are_not_part_of_a_shape() -> None:
    assert lines({"id": "x", "metadata": {"suite": "ours"}}, {"id": "y", "metadata": {"theirs": "2"}}) == {
        "$": "always object",
        "$.id": "always string",
        "$.metadata": "always object",
    }


def test_a_file_that_holds_the_keys_that_a_client_chose_is_read_without_them() -> None:
    held = {"$": "always object", "$.metadata": "always object", "$.metadata.suite": "always string"}
    assert set(from_lines(held).paths) == {"$", "$.metadata"}
