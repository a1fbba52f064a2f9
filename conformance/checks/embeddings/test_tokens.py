"""
A text as the ids of its tokens, as frameworks send it that split texts themselves.

The ids are those of the endpoint's own model; every model has the first few.

Not checked: the values of the embeddings.
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
def test_tokens_have_an_embedding(tokens_embedded: Exchange) -> None:
    """An array of token ids in `input` has one embedding, an array of two such arrays has two."""
    row = TOKEN_INPUTS[tokens_embedded.case]
    texts = sum(isinstance(entry, list) for entry in row) or 1
    found = len(tokens_embedded.at("data", list))
    assert found == texts, f"{found} embeddings for {texts} texts as token ids"
