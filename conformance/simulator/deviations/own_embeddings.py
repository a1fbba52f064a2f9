"""Deviations of embeddings that we made up."""

import base64
from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_STRING = "embeddings.string/embedded"
_BATCH = "embeddings.array/embedded_batch"
_MANY = "embeddings.array/embedded_many"


def _data(call: Call, handler: Handler, apply: Callable[[list[Any]], list[Any]]) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/embeddings"):
        return answer
    return change.body(answer, lambda value: {**value, "data": apply(value["data"])})


@deviation(
    "own-vector-too-many",
    severity="major",
    says="One vector more comes than there are texts.",
    breaks="Whoever joins texts and vectors.",
    source=_OWN,
    caught_by=(
        f"{_STRING}/there_is_one_vector",
        f"{_BATCH}/there_is_a_vector_for_each_text",
        f"{_MANY}/many_texts_have_a_vector_each",
    ),
)
def vector_too_many(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [*data, {**data[-1], "index": len(data)}])


@deviation(
    "own-vectors-backwards",
    severity="critical",
    says="The vectors come last one first, each with its `index`.",
    breaks="Clients that go by the order: texts are found by the words of others.",
    source=_OWN,
    caught_by=(f"{_BATCH}/vectors_are_in_the_order_of_the_texts",),
)
def vectors_backwards(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: data[::-1])


@deviation(
    "own-vector-index-is-always-zero",
    severity="major",
    says="All vectors have `index` 0.",
    breaks="Clients that go by the index: one vector is left.",
    source=_OWN,
    caught_by=(f"{_BATCH}/each_index_stands_once", f"{_MANY}/many_texts_are_numbered"),
)
def index_is_always_zero(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [{**one, "index": 0} for one in data])


@deviation(
    "own-vector-of-the-first-text",
    severity="critical",
    says="All texts of a request get the vector of the first one.",
    breaks="Every search: all texts are alike.",
    source=_OWN,
    caught_by=(f"{_BATCH}/other_text_has_another_vector",),
)
def vector_of_the_first(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [{**one, "embedding": data[0]["embedding"]} for one in data])


def _cut(one: dict[str, Any]) -> dict[str, Any]:
    vector = one["embedding"]
    if isinstance(vector, str):
        return {**one, "embedding": base64.b64encode(base64.b64decode(vector)[:-4]).decode()}
    return {**one, "embedding": vector[:-1] if one["index"] else vector}


@deviation(
    "own-vector-lacks-a-number",
    severity="critical",
    says="All vectors but the first, and those in base64, lack their last number.",
    breaks="Databases of vectors: they refuse the size, or compare what cannot be compared.",
    source=_OWN,
    caught_by=(
        f"{_BATCH}/all_vectors_have_one_size",
        "embeddings.encoding_base64/embedded_base64/both_encodings_have_one_size",
    ),
)
def vector_lacks_a_number(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [_cut(one) for one in data])


@deviation(
    "own-vector-base64-is-cut",
    severity="critical",
    says="A vector in base64 lacks its last byte.",
    breaks="Everybody who reads it as numbers of four bytes.",
    source=_OWN,
    caught_by=("embeddings.encoding_base64/embedded_base64/text_is_base64_of_numbers",),
)
def base64_is_cut(call: Call, handler: Handler) -> Answer:
    def apply(one: dict[str, Any]) -> dict[str, Any]:
        vector = one["embedding"]
        if not isinstance(vector, str):
            return one
        return {**one, "embedding": base64.b64encode(base64.b64decode(vector)[:-1]).decode()}

    return _data(call, handler, lambda data: [apply(one) for one in data])


def _all(one: dict[str, Any], number: Any) -> dict[str, Any]:
    vector = one["embedding"]
    return one if isinstance(vector, str) else {**one, "embedding": [number] * len(vector)}


@deviation(
    "own-vector-is-all-zeros",
    severity="critical",
    says="All numbers of a vector are 0.",
    breaks="Every search: nothing is near to anything.",
    source=_OWN,
    caught_by=(
        f"{_STRING}/vector_is_not_all_zeros",
        "embeddings.dimensions/embedded_short/short_vector_is_not_all_zeros",
    ),
)
def all_zeros(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [_all(one, 0.0) for one in data])


@deviation(
    "own-vector-overflows",
    severity="critical",
    says="The first number of a vector is beyond double precision.",
    breaks="Parsers, which make infinity of it.",
    source=_OWN,
    caught_by=(f"{_STRING}/numbers_are_finite",),
)
def vector_overflows(call: Call, handler: Handler) -> Answer:
    def apply(one: dict[str, Any]) -> dict[str, Any]:
        vector = one["embedding"]
        return one if isinstance(vector, str) else {**one, "embedding": [10**400, *vector[1:]]}

    return _data(call, handler, lambda data: [apply(one) for one in data])


@deviation(
    "own-vector-is-empty",
    severity="critical",
    says="A vector has no number.",
    breaks="Everybody who computes with it.",
    source=_OWN,
    caught_by=(f"{_STRING}/vector_is_not_empty",),
)
def vector_is_empty(call: Call, handler: Handler) -> Answer:
    return _data(call, handler, lambda data: [{**one, "embedding": one["embedding"][:0]} for one in data])


@deviation(
    "own-embedding-counts-below-zero",
    severity="minor",
    says="The `index` of a vector is -1, and no token is counted.",
    breaks="Whoever takes `index` for a place in a list: it is the last one.",
    source=_OWN,
    caught_by=(f"{_STRING}/numbers_are_in_their_ranges", f"{_STRING}/tokens_are_counted"),
)
def counts_below_zero(call: Call, handler: Handler) -> Answer:
    answer = _data(call, handler, lambda data: [{**one, "index": one["index"] - 1} for one in data])
    if not change.posted(call, "/embeddings"):
        return answer
    return change.body(answer, lambda value: value.update(usage={"prompt_tokens": 0, "total_tokens": 0}))


@deviation(
    "own-embedding-parameter-changes-it",
    severity="major",
    says="With `user` or `encoding_format` the numbers of a vector stand in the opposite order.",
    breaks="Whoever mixes vectors of two clients.",
    source=_OWN,
    caught_by=("params.accepted_only/embedded_with*/embedding_parameter_does_no_harm",),
)
def parameter_changes_it(call: Call, handler: Handler) -> Answer:
    if set(change.asked(call)) <= {"model", "input"}:
        return handler(call)
    return _data(call, handler, lambda data: [{**one, "embedding": one["embedding"][::-1]} for one in data])
