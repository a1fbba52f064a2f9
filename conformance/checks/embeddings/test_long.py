"""
A text that is too long is rejected. One that is silently truncated shows in its embedding: its end does not matter.

Not checked: texts beyond 3,000 tokens, which cost too much; where the limit is, and how a rejection is worded.
"""

from conformance import DOC, Exchange, Inconclusive, should
from conformance.checks.embeddings.exchanges import ERRORS, embedded_batch, embedded_too_long
from conformance.checks.embeddings.vectors import distance, vector
from conformance.counterexamples import broken, changed

SAME = 1e-6


def cut(observed: Exchange) -> Exchange:
    """Return the answer as if both texts had been cut where they differ."""
    return broken(None, "data.1.embedding", vector(observed)).change(observed)


@should(ERRORS, says=DOC("CreateEmbeddingRequest.input"), counterexample=changed(embedded_too_long, cut))
def test_long_texts_are_not_truncated(embedded_too_long: Exchange, embedded_batch: Exchange) -> None:
    """A long text is embedded to its end, or rejected: two that differ only at the end differ in `embedding`."""
    if embedded_too_long.status != 200:
        raise Inconclusive("the texts are too long for this model, and rejected, which is allowed")
    if distance(vector(embedded_batch), vector(embedded_batch, 1)) <= SAME:
        raise Inconclusive("different short texts have the same embedding, too, which another check finds")
    apart = distance(vector(embedded_too_long), vector(embedded_too_long, 1))
    assert apart > SAME, "both texts have the same embedding: what follows the first 2,000 tokens is not read"
