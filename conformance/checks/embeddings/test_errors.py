"""
Invalid embeddings requests: the status is judged for each exchange, the error's shape with all others in `errors`.

Not checked: that a chat model is rejected, as some servers embed with every model.
"""

from conformance import DOC, Exchange, should
from conformance.checks.embeddings.exchanges import (
    ERRORS,
    chat_model_embedded,
)
from conformance.counterexamples import body


@should(
    ERRORS, says=DOC("createEmbedding"), counterexample=body(chat_model_embedded, b'{"object": "list", "data": []}')
)
def test_chat_model_embeds_or_is_rejected(chat_model_embedded: Exchange) -> None:
    """For a chat model, `/embeddings` returns an embedding or an `error` with a `message`, never an empty `data`."""
    if chat_model_embedded.status == 200:
        assert chat_model_embedded.at("data", list) != []
    else:
        assert chat_model_embedded.at("error.message", str).strip() != ""
