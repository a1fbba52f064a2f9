"""The vectors: how many come, in which order, and what numbers they hold."""

import base64
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.embeddings.common import change_data, is_embedding
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_BATCH = "embeddings.array/embedded_batch"


@deviation(
    "embeddings-index-zero-omitted",
    severity="critical",
    says="An `index` of 0 is left out.",
    breaks="Clients that put vectors in their places: the first text has none, and one text alone never works.",
    source=("samfoy/pi-session-search#13", "doobidoo/mcp-memory-service#612"),
    caught_by=(
        "embeddings.string/embeddings/body_has_the_documented_shape",
        "embeddings.string/embeddings/index_is_zero",
    ),
)
def index_zero_omitted(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        for item in value["data"]:
            if item["index"] == 0:
                del item["index"]

    return change.body(handler(call), leave_out) if is_embedding(call) else handler(call)


@deviation(
    "embeddings-vectors-of-neighbours",
    severity="critical",
    says="Each text gets the embedding of the next one, the last text that of the first; `index` is correct.",
    breaks="Every search: a text is found by what another one says.",
    source=INVENTED,
    caught_by=("embeddings.array/embedded_batch/text_has_the_same_embedding_as_alone",),
)
def vectors_of_neighbours(call: Call, handler: Handler) -> Answer:
    def turn(value: change.Object) -> None:
        vectors = [item["embedding"] for item in value["data"]]
        for item, vector in zip(value["data"], vectors[1:] + vectors[:1], strict=True):
            item["embedding"] = vector

    return change.body(handler(call), turn) if is_embedding(call) else handler(call)


@deviation(
    "own-vector-too-many",
    severity="major",
    says="The response has one embedding more than there are texts.",
    breaks="Anyone who joins texts and vectors.",
    source=INVENTED,
    caught_by=(
        "embeddings.string/embeddings/there_is_one_embedding",
        "embeddings.array/embeddings/each_text_has_an_embedding",
    ),
)
def vector_too_many(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [*data, {**data[-1], "index": len(data)}])


@deviation(
    "own-vectors-backwards",
    severity="critical",
    says="The embeddings are in reverse order, each with its `index`.",
    breaks="Clients that go by the order: texts are found by the words of others.",
    source=INVENTED,
    caught_by=("embeddings.array/embeddings/embeddings_are_ordered_by_index",),
)
def vectors_backwards(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: data[::-1])


@deviation(
    "own-vector-index-is-always-zero",
    severity="major",
    says="All vectors have `index` 0.",
    breaks="Clients that go by the index: one vector is left.",
    source=INVENTED,
    caught_by=("embeddings.array/embeddings/each_index_occurs_once",),
)
def index_is_always_zero(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [{**one, "index": 0} for one in data])


@deviation(
    "own-vector-of-the-first-text",
    severity="critical",
    says="All texts of a request get the vector of the first one.",
    breaks="Every search: all texts are alike.",
    source=INVENTED,
    caught_by=(f"{_BATCH}/different_texts_have_different_embeddings",),
)
def vector_of_the_first(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [{**one, "embedding": data[0]["embedding"]} for one in data])


def _cut(one: dict[str, Any]) -> dict[str, Any]:
    vector = one["embedding"]
    if isinstance(vector, str):
        return {**one, "embedding": base64.b64encode(base64.b64decode(vector)[:-4]).decode()}
    return {**one, "embedding": vector[:-1] if one["index"] else vector}


@deviation(
    "own-vector-lacks-a-number",
    severity="critical",
    says="All vectors but the first, and those in base64, lack their last number.",
    breaks="Vector databases: they reject the size, or compare what cannot be compared.",
    source=INVENTED,
    caught_by=(
        f"{_BATCH}/all_embeddings_have_one_size",
        "embeddings.encoding_base64/embedded_base64/both_encodings_have_one_size",
    ),
)
def vector_lacks_a_number(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [_cut(one) for one in data])


def _all(one: dict[str, Any], number: Any) -> dict[str, Any]:
    vector = one["embedding"]
    return one if isinstance(vector, str) else {**one, "embedding": [number] * len(vector)}


@deviation(
    "own-vector-is-all-zeros",
    severity="critical",
    says="All numbers of a vector are 0.",
    breaks="Every search: cosine similarity is undefined.",
    source=INVENTED,
    caught_by=("embeddings.string/embeddings/embedding_is_not_zero",),
)
def all_zeros(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [_all(one, 0.0) for one in data])


@deviation(
    "own-vector-overflows",
    severity="critical",
    says="The first number of a vector is beyond double precision.",
    breaks="Parsers, which make infinity of it.",
    source=INVENTED,
    caught_by=("embeddings.string/embeddings/numbers_are_finite",),
)
def vector_overflows(call: Call, handler: Handler) -> Answer:
    def apply(one: dict[str, Any]) -> dict[str, Any]:
        vector = one["embedding"]
        return one if isinstance(vector, str) else {**one, "embedding": [10**400, *vector[1:]]}

    return change_data(call, handler, lambda data: [apply(one) for one in data])


@deviation(
    "own-vector-is-empty",
    severity="critical",
    says="An embedding is an empty array.",
    breaks="Everyone who computes with it.",
    source=INVENTED,
    caught_by=("embeddings.string/embeddings/embedding_is_not_empty",),
)
def vector_is_empty(call: Call, handler: Handler) -> Answer:
    return change_data(call, handler, lambda data: [{**one, "embedding": one["embedding"][:0]} for one in data])


@deviation(
    "own-embedding-counts-below-zero",
    severity="minor",
    says="The `index` of a vector is -1, and no token is counted.",
    breaks="Anyone who takes `index` for a place in a list: it is the last one.",
    source=INVENTED,
    caught_by=(
        "embeddings.string/embeddings/numbers_are_in_their_ranges",
        "embeddings.string/embeddings/tokens_are_counted",
    ),
)
def counts_below_zero(call: Call, handler: Handler) -> Answer:
    answer = change_data(call, handler, lambda data: [{**one, "index": one["index"] - 1} for one in data])
    if not change.posted(call, "/embeddings"):
        return answer
    return change.body(answer, lambda value: value.update(usage={"prompt_tokens": 0, "total_tokens": 0}))
