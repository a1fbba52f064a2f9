"""What a difference of two shapes means: one table for every comparison."""

from typing import Any

import pytest
from hypothesis import given

from conformance.shapes.change import MEANINGS, Change, Changed, Impact, changes, stream_changes
from conformance.shapes.shape import Shape, merge, shape_of
from tests.test_shape import SHAPES

WORDS = ["role", "content", "finish_reason", "[DONE]"]


def changed(older: Any, newer: Any) -> list[tuple[str, Change, Impact]]:
    return [(one.path, one.change, one.impact) for one in changes(shape_of(older), shape_of(newer))]


def test_the_table_has_every_change_with_its_mirror_and_a_reason() -> None:
    assert set(MEANINGS) == set(Change)
    for change, meaning in MEANINGS.items():
        assert MEANINGS[meaning.mirror].mirror is change
        assert meaning.reason


@given(SHAPES)
def test_a_shape_does_not_differ_from_itself(shape: Shape) -> None:
    assert changes(shape, shape) == []


@given(SHAPES, SHAPES)
def test_what_is_gone_one_way_is_new_the_other_way(one: Shape, other: Shape) -> None:
    mirrored = [Changed(c.path, MEANINGS[c.change].mirror, c.after, c.before) for c in changes(one, other)]
    there, back = ({(c.path, c.change) for c in found} for found in (mirrored, changes(other, one)))
    assert there == back


@given(SHAPES, SHAPES)
def test_nothing_is_breaking_about_an_answer_that_was_learned(one: Shape, other: Shape) -> None:
    assert {change.impact for change in changes(merge(one, other), one)} <= {Impact.COSMETIC}


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        ({"a": 1}, {}, ("$.a", Change.GONE, Impact.BREAKING)),
        ([{"a": 1}, {}], [{}], ("$[].a", Change.NOT_SEEN, Impact.COSMETIC)),
        ([1], [], ("$[]", Change.EMPTIED, Impact.COSMETIC)),
        ({}, {"a": 1}, ("$.a", Change.NEW, Impact.ADDITIVE)),
        ({"a": None}, {}, ("$.a", Change.NULL_GONE, Impact.COSMETIC)),
        ([{}], [{"a": 1}, {}], ("$[].a", Change.SOMETIMES_NEW, Impact.ADDITIVE)),
        ({"a": 1}, {"a": "1"}, ("$.a", Change.OTHER_TYPE, Impact.BREAKING)),
        ({"a": 1}, {"a": 1.5}, ("$.a", Change.MORE_TYPES, Impact.BREAKING)),
        ({"a": 1.5}, {"a": 1}, ("$.a", Change.FEWER_TYPES, Impact.COSMETIC)),
        ({"a": "x"}, {"a": None}, ("$.a", Change.BECAME_NULL, Impact.BREAKING)),
        ({"a": None}, {"a": "x"}, ("$.a", Change.GOT_VALUE, Impact.ADDITIVE)),
        (["x"], ["x", None], ("$[]", Change.NOW_NULLABLE, Impact.BREAKING)),
        (["x", None], ["x"], ("$[]", Change.NEVER_NULL, Impact.COSMETIC)),
        (["x", None], [None], ("$[]", Change.ONLY_NULL, Impact.COSMETIC)),
        ([{"a": 1}], [{"a": 1}, {}], ("$[].a", Change.NOW_OPTIONAL, Impact.BREAKING)),
        ([{"a": 1}, {}], [{"a": 1}], ("$[].a", Change.NOW_CONSTANT, Impact.COSMETIC)),
        ({"object": "list"}, {"object": "embeddings"}, ("$.object", Change.OTHER_VALUES, Impact.BREAKING)),
        ([{"role": "a"}], [{"role": "a"}, {"role": "b"}], ("$[].role", Change.NEW_VALUE, Impact.ADDITIVE)),
        ([{"role": "a"}, {"role": "b"}], [{"role": "a"}], ("$[].role", Change.VALUE_GONE, Impact.COSMETIC)),
    ],
)
def test_each_change_has_its_impact(older: Any, newer: Any, expected: tuple[str, Change, Impact]) -> None:
    assert changed(older, newer) == [expected]


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        (WORDS, WORDS[:-1], [Change.END_GONE, Change.OTHER_COUNT]),
        (WORDS[:-1], WORDS, [Change.END_NEW, Change.OTHER_COUNT]),
        (WORDS, ["content", "role", *WORDS[2:]], [Change.OTHER_ORDER]),
        (WORDS, ["role", "content", "content", *WORDS[2:]], [Change.OTHER_COUNT]),
        (WORDS, WORDS, []),
    ],
)
def test_a_stream_differs_by_its_end_its_order_and_its_number(
    older: list[str], newer: list[str], expected: list[Change]
) -> None:
    assert [one.change for one in stream_changes(older, newer)] == expected


def test_only_the_topmost_path_of_a_change_is_listed() -> None:
    assert changed({"a": {"b": {"c": 1}}}, {}) == [("$.a", Change.GONE, Impact.BREAKING)]
    assert changed({"a": {"b": 1}}, {"a": "b"}) == [("$.a", Change.OTHER_TYPE, Impact.BREAKING)]


def test_a_new_type_does_not_hide_that_a_key_became_optional() -> None:
    found = changed([{"a": 1}], [{"a": 1}, {"a": "x"}, {}])
    assert [change for _, change, _ in found] == [Change.MORE_TYPES, Change.NOW_OPTIONAL]


def test_a_difference_says_what_was_seen_before_and_after_and_why_it_matters() -> None:
    (found,) = changes(shape_of({"a": 1}), shape_of({"a": "1"}))
    assert (found.before, found.after) == ("always integer", "always string")
    assert found.reason == "the type that was there is gone: who reads it fails"
