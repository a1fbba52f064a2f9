"""
Several texts in one request.

Vectors are compared with one another: the same text must give the same vector, alone, first or last. A tenth of the
length may differ, as numbers of low precision depend on the batch.

Not checked: that similar texts are nearer to each other than others, which is the model's skill.
"""

from typing import Any

from conformance import DOC, SDK, Exchange, Inconclusive, must, should
from conformance.checks.common.conditions import INPUT_IS_TEXTS
from conformance.checks.common.kinds import embeddings
from conformance.checks.embeddings.exchanges import ARRAY, TEXTS, embedded, embedded_batch, embedded_many
from conformance.checks.embeddings.vectors import TOLERANCE, distance, vector
from conformance.counterexamples import broken, changed

SAME = 1e-6
"""What is nearer than this is one vector, not two alike."""

SOMETHING_ELSE = [1.0, *[0.0] * 255]


def item(index: int, numbers: list[float]) -> dict[str, Any]:
    """Return an item of `data`, for counterexamples."""
    return {"object": "embedding", "index": index, "embedding": numbers}


def require_all(observed: Exchange) -> None:
    """Raise `Inconclusive` when there are not as many embeddings as texts: a check of its own finds that."""
    if len(observed.at("data", list)) != len(observed.sent.json["input"]):
        raise Inconclusive("`data` does not have as many embeddings as `input` has texts")


@must(
    ARRAY,
    says=DOC("createEmbedding"),
    counterexample=broken(embedded_batch, "data", [item(0, SOMETHING_ELSE)]),
    when=(INPUT_IS_TEXTS,),
    witness=(embedded_batch, embedded_many),
)
def test_each_text_has_an_embedding(embeddings: Exchange) -> None:
    """`data` has as many embeddings as `input` has texts."""
    found, texts = len(embeddings.at("data", list)), len(embeddings.sent.json["input"])
    assert found == texts, f"{found} embeddings for {texts} texts"


@must(
    ARRAY,
    says=SDK("Embedding.index"),
    counterexample=broken(embedded_batch, "data.1.index", 0),
    when=(INPUT_IS_TEXTS,),
    witness=(embedded_batch, embedded_many),
)
def test_each_index_occurs_once(embeddings: Exchange) -> None:
    """In embeddings of an array, each `index` from 0 to the last text occurs exactly once."""
    require_all(embeddings)
    assert sorted(embeddings.all("data.*.index", int)) == list(range(len(embeddings.sent.json["input"])))


def out_of_order(observed: Exchange) -> Exchange:
    """Return the response with the numbers of the first two vectors in each other's place."""
    return broken(None, "data.0.index", 1).change(broken(None, "data.1.index", 0).change(observed))


@should(
    ARRAY,
    says=SDK("Embedding.index"),
    counterexample=changed(embedded_batch, out_of_order),
    when=(INPUT_IS_TEXTS,),
    witness=(embedded_batch, embedded_many),
)
def test_embeddings_are_ordered_by_index(embeddings: Exchange) -> None:
    """In embeddings of an array, `data` is ordered by `index`, as the texts of `input` are."""
    require_all(embeddings)
    indexes = embeddings.all("data.*.index", int)
    if len(set(indexes)) != len(indexes):
        raise Inconclusive("an `index` occurs twice, which another check finds")
    assert indexes == sorted(indexes)


@must(ARRAY, says=SDK("Embedding.embedding"), counterexample=broken(embedded_batch, "data.1.embedding", [1.0, 0.0]))
def test_all_embeddings_have_one_size(embedded_batch: Exchange, embedded: Exchange) -> None:
    """Each embedding of an array has as many numbers as the embedding of a single text."""
    require_all(embedded_batch)
    size = len(vector(embedded))
    sizes = [len(vector(embedded_batch, place)) for place in range(len(TEXTS))]
    assert set(sizes) == {size}, f"the vectors have {', '.join(map(str, sizes))} numbers, alone the first has {size}"


def require_telling(observed: Exchange) -> None:
    """Raise `Inconclusive` when different texts have one embedding: that equal texts have it too shows nothing then."""
    if distance(vector(observed), vector(observed, 1)) <= SAME:
        raise Inconclusive("different texts have the same embedding, which another check finds")


@must(ARRAY, says=DOC("createEmbedding"), counterexample=broken(embedded_batch, "data.0.embedding", SOMETHING_ELSE))
def test_text_has_the_same_embedding_as_alone(embedded_batch: Exchange, embedded: Exchange) -> None:
    """A text has the same embedding in an array as alone, within a tenth of its length."""
    require_all(embedded_batch)
    apart = distance(vector(embedded_batch), vector(embedded))
    assert apart < TOLERANCE, f"the two embeddings differ by {apart:.2f} of their length (0 is equal, 2 is opposite)"
    require_telling(embedded_batch)


@must(ARRAY, says=DOC("createEmbedding"), counterexample=broken(embedded_batch, "data.2.embedding", SOMETHING_ELSE))
def test_same_texts_have_the_same_embedding(embedded_batch: Exchange) -> None:
    """The same text twice in an array has the same embedding twice, within a tenth of its length."""
    require_all(embedded_batch)
    apart = distance(vector(embedded_batch), vector(embedded_batch, 2))
    assert apart < TOLERANCE, f"the two embeddings differ by {apart:.2f} of their length (0 is equal, 2 is opposite)"
    require_telling(embedded_batch)


def first_vector_everywhere(observed: Exchange) -> Exchange:
    """Return the answer with the first vector in the second place as well."""
    return broken(None, "data.1.embedding", vector(observed)).change(observed)


@should(ARRAY, says=DOC("createEmbedding"), counterexample=changed(embedded_batch, first_vector_everywhere))
def test_different_texts_have_different_embeddings(embedded_batch: Exchange) -> None:
    """Two different texts in an array have different embeddings."""
    require_all(embedded_batch)
    assert distance(vector(embedded_batch), vector(embedded_batch, 1)) > SAME, "both texts have the same embedding"


@should(
    ARRAY,
    says=SDK("create_embedding_response.Usage.prompt_tokens"),
    counterexample=broken(embedded_batch, "usage.prompt_tokens", 1),
)
def test_all_texts_are_counted(embedded_batch: Exchange, embedded: Exchange) -> None:
    """`usage.prompt_tokens` of an array of texts is more than that of its first text alone."""
    alone = embedded.at("usage.prompt_tokens", int)
    if alone < 1:
        raise Inconclusive("the endpoint does not count the tokens of one text")
    assert embedded_batch.at("usage.prompt_tokens", int) > alone
