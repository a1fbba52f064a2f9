"""
`encoding_format` and `dimensions`.

The official client requests base64 by default, and passes a list of numbers through: ignoring the parameter costs
users bandwidth, garbling it their data.

Not checked: that a shortened vector is the beginning of the long one, or has length 1 (models differ).
"""

import math

from conformance import DOC, OBSERVED, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.conditions import BASE64 as BASE64_VECTORS
from conformance.checks.common.conditions import DIMENSIONS as DIMENSIONS_SENT
from conformance.checks.common.conditions import FLOATS
from conformance.checks.common.kinds import embeddings
from conformance.checks.embeddings.exchanges import (
    BASE64,
    DIMENSIONS,
    embedded,
    embedded_base64,
    embedded_with_dimensions,
)
from conformance.checks.embeddings.vectors import TOLERANCE, VECTOR, decoded, distance, encoded, vector
from conformance.counterexamples import broken, changed


def numbers_in(observed: Exchange) -> list[float]:
    """Return the vector that base64 text holds, or raise `Inconclusive`: checks of their own find what is wrong."""
    text = observed.get(VECTOR)
    numbers = decoded(text) if isinstance(text, str) else None
    if numbers is None:
        raise Inconclusive("the response has no embedding in base64, which another check finds")
    return numbers


def backwards(observed: Exchange) -> Exchange:
    """Return the answer with the numbers of its vector in reverse order."""
    return broken(None, VECTOR, encoded(numbers_in(observed)[::-1])).change(observed)


@should(
    BASE64,
    says=DOC("CreateEmbeddingRequest.encoding_format"),
    counterexample=broken(embedded_base64, VECTOR, [0.5]),
    when=(BASE64_VECTORS,),
    decides="embeddings: encoding_format",
)
def test_embedding_is_a_string(embeddings: Exchange) -> None:
    """With `encoding_format` `base64`, `data[].embedding` is a string."""
    embeddings.at(VECTOR, str)


@must(
    BASE64,
    says=OBSERVED(
        "the official client reads the string as base64 of little-endian numbers of single precision",
        *evidence.BASE64,
    ),
    counterexample=broken(embedded_base64, VECTOR, "[0.5, 0.25]"),
    when=(BASE64_VECTORS,),
)
def test_string_is_base64_of_numbers(embeddings: Exchange) -> None:
    """With `encoding_format` `base64`, `data[].embedding` is valid base64 of 4-byte numbers."""
    text = embeddings.get(VECTOR)
    if not isinstance(text, str):
        raise Inconclusive("`embedding` is not a string, which another check finds")
    assert decoded(text) is not None, f"not base64 of 4-byte numbers: {text[:40]!r}"


@must(
    BASE64,
    says=DOC("CreateEmbeddingRequest.encoding_format"),
    counterexample=broken(embedded_base64, VECTOR, encoded([1.0])),
)
def test_both_encodings_have_one_size(embedded_base64: Exchange, embedded: Exchange) -> None:
    """An embedding in base64 has as many numbers as the same embedding as a JSON array."""
    in_base64, in_array = len(numbers_in(embedded_base64)), len(vector(embedded))
    assert in_base64 == in_array, f"{in_base64} numbers in base64, {in_array} in the JSON array"


@must(
    BASE64,
    says=OBSERVED(
        "the official client reads the string as base64 of little-endian numbers of single precision",
        *evidence.BASE64,
    ),
    counterexample=changed(embedded_base64, backwards),
)
def test_both_encodings_are_equal(embedded_base64: Exchange, embedded: Exchange) -> None:
    """An embedding in base64, decoded as little-endian float32, equals the same embedding as a JSON array."""
    numbers = numbers_in(embedded_base64)
    if len(numbers) != len(vector(embedded)):
        raise Inconclusive("the two embeddings differ in size, which another check finds")
    assert all(math.isfinite(number) for number in numbers), "some numbers are not finite"
    apart = distance(numbers, vector(embedded))
    assert apart < TOLERANCE, f"the two embeddings differ by {apart:.2f} of their length (0 is equal, 2 is opposite)"


@must(
    DIMENSIONS,
    says=DOC("CreateEmbeddingRequest.dimensions"),
    counterexample=broken(embedded_with_dimensions, VECTOR, [0.5] * 256),
    when=(FLOATS, DIMENSIONS_SENT),
    decides="embeddings: dimensions",
)
def test_embedding_has_the_requested_size(embeddings: Exchange) -> None:
    """With `dimensions`, an embedding has that many numbers."""
    size, wanted = len(embeddings.at(VECTOR, list)), embeddings.sent.json["dimensions"]
    assert size == wanted, f"{size} numbers where `dimensions` is {wanted}"
