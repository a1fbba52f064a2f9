import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.schemas.differ import LIMIT, Difference, Kind, differences, observed
from conformance.schemas.schema import load, names
from conformance.wire.capability import MAY, MUST, SHOULD, Level

USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 3,
    "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
LOGPROB = {"token": "Hi", "logprob": -0.25, "bytes": [72, 105], "top_logprobs": []}
GOOD: dict[str, Any] = {
    "ChatCompletion": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "logprobs": {"content": [LOGPROB], "refusal": None},
                "message": {
                    "role": "assistant",
                    "content": None,
                    "refusal": None,
                    "tool_calls": [
                        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                        {"id": "call_2", "type": "custom", "custom": {"name": "g", "input": "x"}},
                    ],
                },
            },
        ],
        "usage": USAGE,
        "service_tier": "default",
        "metadata": {"a": "b"},
    },
    "ChatCompletionChunk": {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": None,
                "delta": {
                    "role": "assistant",
                    "tool_calls": [
                        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
                    ],
                },
            }
        ],
        "usage": None,
    },
    "CreateEmbeddingResponse": {
        "object": "list",
        "model": "m",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0, -1.0]}],
        "usage": {"prompt_tokens": 2, "total_tokens": 2},
    },
    "ErrorResponse": {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": "x"}},
    "ModelList": {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "o"}]},
    "ResponseStreamEvent": {
        "type": "response.output_item.added",
        "sequence_number": 2,
        "output_index": 0,
        "item": {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "in_progress",
            "content": [{"type": "output_text", "text": "", "annotations": [], "logprobs": []}],
        },
    },
    "Transcription": {"text": "Hi", "usage": {"type": "duration", "seconds": 1.5}},
}

SCALARS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    10**30,
    1e300,
    "",
    "function",
    "stop",
    "custom",
    "list",
    [],
    {},
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (parent, key or index) below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(items):
        yield value, key
        yield from places(below)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    """Return the name of a schema and a good answer to which up to four small things were done."""
    name = draw(st.sampled_from(sorted(GOOD)))
    answer = copy.deepcopy(GOOD[name])
    for _ in range(draw(st.integers(0, 4))):
        found = list(places(answer))
        if not found:
            break
        parent, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["remove", "set", "swap", "add"])):
            case "remove":
                del parent[key]
            case "set":
                parent[key] = copy.deepcopy(draw(st.sampled_from(SCALARS)))
            case "swap":
                other, theirs = draw(st.sampled_from(found))
                parent[key] = copy.deepcopy(other[theirs])
            case "add" if isinstance(parent, dict):
                parent["x_extra"] = 1
    return name, answer


def at(level: Level, found: list[Difference]) -> list[Difference]:
    return [difference for difference in found if difference.level is level]


def with_change(name: str, path: str, value: Any = ...) -> Any:
    """Return a good answer with the value at a path replaced, or removed."""
    answer = copy.deepcopy(GOOD[name])
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    parent = answer
    for part in parents:
        parent = parent[part]
    if value is ...:
        del parent[last]
    else:
        parent[last] = value
    return answer


@pytest.mark.parametrize("name", GOOD)
def test_a_good_answer_has_no_differences(name: str) -> None:
    assert differences(GOOD[name], load(name)) == []
    assert load(name).valid(GOOD[name])


@settings(max_examples=600)
@given(mutated())
def test_the_walk_agrees_with_the_validator_at_both_levels(sample: tuple[str, Any]) -> None:
    name, answer = sample
    found = differences(answer, load(name))
    assert (at(MUST, found) == []) == load(name).valid(answer, MUST)
    assert (at(MUST, found) + at(SHOULD, found) == []) == load(name).valid(answer, SHOULD)
    assert differences(answer, load(name), extras=False) == at(MUST, found) + at(SHOULD, found)


CHAT = "ChatCompletion"
MESSAGE = "choices.0.message"
CALL = f"{MESSAGE}.tool_calls.0"


@pytest.mark.parametrize(
    ("name", "path", "value", "level", "pointer", "finding"),
    [
        (CHAT, "id", ..., MUST, "/id", "missing:ChatCompletion/id"),
        (CHAT, "choices", None, MUST, "/choices", "null:ChatCompletion/choices"),
        (CHAT, "choices", {}, MUST, "/choices", "wrong-type:ChatCompletion/choices"),
        (CHAT, "choices.0", 5, MUST, "/choices/0", "wrong-type:ChatCompletion/choices[]"),
        (CHAT, "created", True, MUST, "/created", "wrong-type:ChatCompletion/created"),
        (CHAT, "created", 1.5, MUST, "/created", "wrong-type:ChatCompletion/created"),
        (CHAT, "created", 1e400, MUST, "/created", "wrong-type:ChatCompletion/created"),
        (CHAT, "object", "chat", MUST, "/object", "unknown-enum:ChatCompletion/object"),
        (CHAT, "service_tier", "gold", MAY, "/service_tier", "unknown-enum:ChatCompletion/service_tier"),
        (CHAT, "metadata.a", 1, MUST, "/metadata/a", "wrong-type:ChatCompletion/metadata.*"),
        (CHAT, f"{MESSAGE}.content", 5, MUST, "/choices/0/message/content", "wrong-type:ChatCompletionMessage/content"),
        (CHAT, f"{CALL}.type", "tool", MUST, f"/{CALL}", "no-branch:ChatCompletionMessage/tool_calls[]"),
        (CHAT, f"{CALL}.type", ["a"], MUST, f"/{CALL}", "no-branch:ChatCompletionMessage/tool_calls[]"),
        (CHAT, CALL, {}, MUST, f"/{CALL}", "no-branch:ChatCompletionMessage/tool_calls[]"),
        (CHAT, f"{CALL}.type", ..., MUST, f"/{CALL}/type", "missing:ChatCompletionMessageFunctionToolCall/type"),
        (CHAT, f"{MESSAGE}.refusal", ..., SHOULD, f"/{MESSAGE}/refusal", "missing:ChatCompletionMessage/refusal"),
        (
            CHAT,
            f"{MESSAGE}.tool_calls",
            None,
            SHOULD,
            f"/{MESSAGE}/tool_calls",
            "null:ChatCompletionMessage/tool_calls",
        ),
        (CHAT, "usage", None, SHOULD, "/usage", "null:ChatCompletion/usage"),
        (CHAT, "usage.total_tokens", -1, SHOULD, "/usage/total_tokens", "out-of-range:CompletionUsage/total_tokens"),
        (CHAT, f"{MESSAGE}.thoughts", "hm", MAY, f"/{MESSAGE}/thoughts", "extra-field:ChatCompletionMessage/thoughts"),
        (CHAT, "a/b~c", 1, MAY, "/a~1b~0c", "extra-field:ChatCompletion/a/b~c"),
        ("ErrorResponse", "error", "no", MUST, "/error", "wrong-type:ErrorResponse/error"),
        ("ErrorResponse", "error.param", ..., SHOULD, "/error/param", "missing:ErrorObject/param"),
        (
            "CreateEmbeddingResponse",
            "data.0.embedding.1",
            "0",
            MUST,
            "/data/0/embedding/1",
            "wrong-type:Embedding/embedding[]",
        ),
        ("ResponseStreamEvent", "type", "response.new", MUST, "", "no-branch:ResponseStreamEvent"),
        (
            "ResponseStreamEvent",
            "item.content.0.text",
            ...,
            MUST,
            "/item/content/0/text",
            "missing:ResponseOutputText/text",
        ),
    ],
)
def test_one_change_is_one_difference(  # noqa: PLR0917  the columns of the table
    name: str, path: str, value: Any, level: Level, pointer: str, finding: str
) -> None:
    (found,) = differences(with_change(name, path, value), load(name))
    assert found.pointer == pointer.replace(".", "/")
    assert found.finding == finding
    assert found.level is level


def test_what_is_legal_is_no_difference() -> None:
    for path, value in (
        ("created", 1_790_000_000.0),
        (f"{MESSAGE}.content", "text"),
        ("choices.0.logprobs", None),
        ("usage", ...),
        ("service_tier", None),
        ("choices", []),
    ):
        assert differences(with_change(CHAT, path, value), load(CHAT)) == []


def test_the_texts_say_what_was_expected_and_what_came() -> None:
    (enum,) = differences(with_change(CHAT, "object", "chat"), load(CHAT))
    assert (enum.expected, enum.observed) == ("chat.completion", "'chat'")
    (union,) = differences(with_change(CHAT, f"{CALL}.type", "tool"), load(CHAT))
    assert (union.expected, union.observed) == ("type custom or function", "type 'tool'")
    (number,) = differences(with_change(CHAT, "usage.total_tokens", -1), load(CHAT))
    assert (number.expected, number.observed) == ("at least 0", "-1")
    (either,) = differences(with_change(CHAT, f"{MESSAGE}.content", [1]), load(CHAT))
    assert (either.expected, either.observed) == ("string or null", "an array of 1")


def test_the_same_cause_in_many_places_is_one_finding() -> None:
    answer = with_change(CHAT, f"{MESSAGE}.refusal")
    answer["choices"] *= 40
    found = differences(answer, load(CHAT))
    assert len(found) == 40
    assert {difference.finding for difference in found} == {"missing:ChatCompletionMessage/refusal"}


def test_must_comes_before_should_before_extra_fields() -> None:
    answer = with_change(CHAT, f"{MESSAGE}.refusal")
    del answer["choices"][0]["finish_reason"]
    answer = {"aaa": 1, **answer}
    assert [difference.level for difference in differences(answer, load(CHAT))] == [MUST, SHOULD, MAY]


def test_the_echoed_input_of_a_response_is_not_looked_into() -> None:
    answer = {"instructions": [{"anything": 1}], "object": "response"}
    found = differences(answer, load("Response"))
    assert not [difference for difference in found if "instructions" in difference.pointer]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_printable_id(kind: Kind) -> None:
    assert Difference(kind, "/a", "Owner", "a", "x", "y", MUST).finding == f"{kind.value}:Owner/a"


def test_a_deep_answer_is_one_difference() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = {"choices": [value]}
    (found,) = differences(value, load(CHAT))
    assert found.finding == "unexamined:ChatCompletion"
    assert found.level is MUST


def test_many_differences_are_cut_and_the_cut_is_said() -> None:
    answer = with_change(CHAT, "choices", [5] * 1_000_000)
    found = differences(answer, load(CHAT))
    assert len(found) == LIMIT + 1
    assert found[-1].finding == "unexamined:ChatCompletion"


def test_exactly_as_many_differences_as_the_limit_are_not_cut() -> None:
    found = differences(with_change(CHAT, "choices", [5] * LIMIT), load(CHAT))
    assert [difference.kind for difference in found] == [Kind.WRONG_TYPE] * LIMIT


def test_extra_fields_do_not_hide_what_is_wrong() -> None:
    answer = {**{f"x{n}": n for n in range(100_000)}, **with_change(CHAT, "usage.total_tokens", "12")}
    found = differences(answer, load(CHAT))
    assert found[0].finding == "wrong-type:CompletionUsage/total_tokens"
    assert len(at(MAY, found)) == LIMIT + 1
    assert len(differences(answer, load(CHAT), extras=False)) == 1


def test_hostile_names_and_values_are_short_and_printable() -> None:
    answer = copy.deepcopy(GOOD[CHAT])
    answer["\x1b[2J\u202e" * 10_000] = 1
    answer["model"] = ["x" * 100]
    answer["object"] = "\x00\ud800\n" * 10_000
    answer["created"] = "9" * 10_000
    answer["metadata"] = {"\n" * 500: 5}
    found = differences(answer, load(CHAT))
    assert len(found) == 5
    for difference in found:
        for text in (difference.pointer, difference.key, difference.expected, difference.observed, difference.finding):
            assert len(text) <= 120
            assert text.isprintable()
            text.encode()


def test_every_schema_survives_every_kind_of_value() -> None:
    for name in names():
        for value in SCALARS:
            found = differences(value, load(name))
            assert (at(MUST, found) == []) == load(name).valid(value, MUST)
            assert json.dumps([difference.observed for difference in found])


def test_values_are_observed_in_few_words() -> None:
    expected: dict[str, Any] = {
        "null": None,
        "true": True,
        "0": 0,
        "1.5": 1.5,
        "'a'": "a",
        "an object of 0": {},
        "an array of 2": [1, 2],
    }
    assert {text: observed(value) for text, value in expected.items()} == {text: text for text in expected}
    assert observed(10**5_000) == "an integer of 16610 bits"
    assert observed("x" * 200) == f"'{'x' * 78}…"
