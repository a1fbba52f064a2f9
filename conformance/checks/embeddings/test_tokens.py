"""
A text as the numbers of its tokens, as frameworks send it that cut texts themselves.

The numbers are those of the endpoint's own model, which nobody else knows; every model has the first few.

Not checked: what the vectors say.
"""

from conformance import DOC, Exchange, must
from conformance.checks.embeddings.exchanges import TOKEN_INPUTS, TOKENS, tokens_embedded
from conformance.counterexamples import broken


@must(
    TOKENS,
    says=DOC("CreateEmbeddingRequest.input"),
    counterexample=broken(tokens_embedded, "data", []),
    former=("embeddings.array/embedded_tokens/tokens_are_one_text_or_refused",),
)
def test_tokens_have_a_vector(tokens_embedded: Exchange) -> None:
    """A list of tokens is one text with one vector, and each list of several is one."""
    row = TOKEN_INPUTS[tokens_embedded.case]
    texts = sum(isinstance(entry, list) for entry in row) or 1
    found = len(tokens_embedded.at("data", list))
    assert found == texts, f"{found} vectors for {texts} texts as tokens"
