"""
One text, one vector.

Not checked: the size of the vector, and that its length is 1 (models differ).
"""

from conformance import MUST, SDK, SHOULD, Exchange, Inconclusive, broken, conforms, must, should
from conformance.checks.embeddings.exchanges import STRING, embedded
from conformance.checks.embeddings.vectors import VECTOR, is_finite, vector

INFINITE = 10**400


@must(STRING, says=SDK("CreateEmbeddingResponse"), counterexample=broken(embedded, "data.0.object", "vector"))
def test_body_has_the_documented_shape(embedded: Exchange) -> None:
    """The body is a `CreateEmbeddingResponse`, as the official client declares it, with numbers in `embedding`."""
    conforms(embedded, "CreateEmbeddingResponse", MUST)


@should(
    STRING,
    says=SDK("CreateEmbeddingResponse.usage"),
    counterexample=broken(embedded, "usage.prompt_tokens", -1),
)
def test_numbers_are_in_their_ranges(embedded: Exchange) -> None:
    """Counts and places in a list are not negative."""
    conforms(embedded, "CreateEmbeddingResponse", SHOULD)


@must(
    STRING,
    says=SDK("CreateEmbeddingResponse.data"),
    counterexample=broken(embedded, "data", []),
    decides="embeddings: input",
)
def test_there_is_one_vector(embedded: Exchange) -> None:
    """`data` holds one vector for one text."""
    found = len(embedded.at("data", list))
    assert found == 1, f"{found} vectors for one text"


@must(STRING, says=SDK("Embedding.index"), counterexample=broken(embedded, "data.0.index", 1))
def test_index_starts_at_zero(embedded: Exchange) -> None:
    """The vector of the only text has `index` 0."""
    assert embedded.at("data.0.index", int) == 0


@must(STRING, says=SDK("Embedding.embedding"), counterexample=broken(embedded, VECTOR, []))
def test_vector_is_not_empty(embedded: Exchange) -> None:
    """`embedding` holds at least one number."""
    assert embedded.at(VECTOR, list | str), "`embedding` is empty"


@must(STRING, says=SDK("Embedding.embedding"), counterexample=broken(embedded, f"{VECTOR}.0", INFINITE))
def test_numbers_are_finite(embedded: Exchange) -> None:
    """Each number of the vector is finite in double precision."""
    numbers = embedded.at(VECTOR, list)
    beyond = [number for number in numbers if isinstance(number, (int, float)) and not is_finite(number)]
    assert not beyond, f"{len(beyond)} of {len(numbers)} numbers are not finite"


@should(STRING, says=SDK("Embedding.embedding"), counterexample=broken(embedded, VECTOR, [0.0, 0.0]))
def test_vector_is_not_all_zeros(embedded: Exchange) -> None:
    """The vector of a text is not all zeros, which are near to nothing."""
    numbers = vector(embedded)
    assert set(numbers) != {0.0}, f"all {len(numbers)} numbers are zero"


@should(
    STRING,
    says=SDK("CreateEmbeddingResponseUsage.prompt_tokens"),
    counterexample=broken(embedded, "usage.prompt_tokens", 0),
)
def test_tokens_are_counted(embedded: Exchange) -> None:
    """`usage.prompt_tokens` is at least 1."""
    tokens = embedded.at("usage.prompt_tokens", int)
    if tokens < 0:
        raise Inconclusive("a negative number counts nothing: the check of ranges finds that")
    assert tokens >= 1, "no token is counted"


@should(
    STRING,
    says=SDK("CreateEmbeddingResponseUsage.total_tokens"),
    counterexample=broken(embedded, "usage.total_tokens", 100_000),
)
def test_total_is_the_prompt(embedded: Exchange) -> None:
    """`usage.total_tokens` is `prompt_tokens`, as nothing is generated."""
    assert embedded.at("usage.total_tokens", int) == embedded.at("usage.prompt_tokens", int)


@should(
    STRING,
    says=SDK("CreateEmbeddingResponse.model"),
    counterexample=broken(embedded, "model", "another-model"),
    decides="embeddings: model",
)
def test_model_names_the_model_asked_for(embedded: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix such as `models/` or a suffix such as a date."""
    asked = str(embedded.sent.json["model"])
    observed = embedded.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"
