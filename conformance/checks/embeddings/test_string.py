"""
One text, one vector.

Not checked: the size of the vector, and that its length is 1 (models differ).
"""

from conformance import MUST, SDK, SHOULD, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common.conditions import FLOATS, INPUT_IS_A_STRING, NAMES_A_MODEL
from conformance.checks.common.kinds import embeddings
from conformance.checks.common.usage import require_a_count
from conformance.checks.embeddings.exchanges import STRING, embedded, embedded_with_dimensions
from conformance.checks.embeddings.vectors import VECTOR, is_finite, vector
from conformance.counterexamples import broken

INFINITE = 10**400


@must(
    STRING,
    says=SDK("CreateEmbeddingResponse"),
    counterexample=broken(embedded, "data.0.object", "vector"),
    when=(FLOATS,),
)
def test_body_has_the_documented_shape(embeddings: Exchange) -> None:
    """The response to an embeddings request is a `CreateEmbeddingResponse` of the documented shape."""
    conforms(embeddings, "CreateEmbeddingResponse", MUST)


@should(
    STRING,
    says=SDK("CreateEmbeddingResponse.usage"),
    counterexample=broken(embedded, "usage.prompt_tokens", -1),
)
def test_numbers_are_in_their_ranges(embeddings: Exchange) -> None:
    """In an embeddings response, `index` and the token counts of `usage` are not negative."""
    conforms(embeddings, "CreateEmbeddingResponse", SHOULD)


@must(
    STRING,
    says=SDK("CreateEmbeddingResponse.data"),
    counterexample=broken(embedded, "data", []),
    when=(INPUT_IS_A_STRING,),
    decides="embeddings: input",
)
def test_there_is_one_embedding(embeddings: Exchange) -> None:
    """`data` has exactly one embedding when `input` is a string."""
    found = len(embeddings.at("data", list))
    assert found == 1, f"{found} embeddings for one text"


@must(
    STRING, says=SDK("Embedding.index"), counterexample=broken(embedded, "data.0.index", 1), when=(INPUT_IS_A_STRING,)
)
def test_index_is_zero(embeddings: Exchange) -> None:
    """The embedding of a single text has `index` 0."""
    assert embeddings.at("data.0.index", int) == 0


@must(STRING, says=SDK("Embedding.embedding"), counterexample=broken(embedded, VECTOR, []))
def test_embedding_is_not_empty(embeddings: Exchange) -> None:
    """`data[].embedding` is not empty."""
    assert embeddings.at(VECTOR, list | str), "`embedding` is empty"


@must(STRING, says=SDK("Embedding.embedding"), counterexample=broken(embedded, f"{VECTOR}.0", INFINITE), when=(FLOATS,))
def test_numbers_are_finite(embeddings: Exchange) -> None:
    """Each number of an embedding is finite in double precision."""
    numbers = embeddings.get(VECTOR)
    if not isinstance(numbers, list):
        raise Inconclusive("`embedding` is not a list: the check of the shape finds that")
    beyond = [number for number in numbers if isinstance(number, (int, float)) and not is_finite(number)]
    assert not beyond, f"{len(beyond)} of {len(numbers)} numbers are not finite"


@should(
    STRING,
    says=SDK("Embedding.embedding"),
    counterexample=broken(embedded, VECTOR, [0.0, 0.0]),
    when=(FLOATS,),
    witness=(embedded, embedded_with_dimensions),
)
def test_embedding_is_not_zero(embeddings: Exchange) -> None:
    """An embedding is not the zero vector, for which cosine similarity is undefined."""
    numbers = vector(embeddings)
    assert set(numbers) != {0.0}, f"all {len(numbers)} numbers are zero"


@should(
    STRING,
    says=SDK("create_embedding_response.Usage.prompt_tokens"),
    counterexample=broken(embedded, "usage.prompt_tokens", 0),
)
def test_tokens_are_counted(embeddings: Exchange) -> None:
    """In an embeddings response, `usage.prompt_tokens` is at least 1."""
    tokens = embeddings.at("usage.prompt_tokens", int)
    if tokens < 0:
        raise Inconclusive("`usage.prompt_tokens` is negative, which another check finds")
    assert tokens >= 1, f"`usage.prompt_tokens` is {tokens}"


@should(
    STRING,
    says=SDK("create_embedding_response.Usage.total_tokens"),
    counterexample=broken(embedded, "usage.total_tokens", 100_000),
)
def test_total_is_the_prompt(embeddings: Exchange) -> None:
    """In an embeddings response, `usage.total_tokens` equals `prompt_tokens`, as nothing is generated."""
    total, prompt = embeddings.at("usage.total_tokens", int), embeddings.at("usage.prompt_tokens", int)
    require_a_count(total, prompt)
    assert total == prompt, f"`usage.total_tokens` is {total}, `prompt_tokens` is {prompt}"


@should(
    STRING,
    says=SDK("CreateEmbeddingResponse.model"),
    counterexample=broken(embedded, "model", "another-model"),
    when=(NAMES_A_MODEL,),
    decides="embeddings: model",
)
def test_model_is_the_requested_one(embeddings: Exchange) -> None:
    """In an embeddings response, `model` contains the requested model, without what precedes its last slash."""
    requested = str(embeddings.sent.json["model"])
    observed = embeddings.at("model", str)
    assert requested.rpartition("/")[2] in observed, f"`model` is {observed!r} where {requested!r} was requested"
