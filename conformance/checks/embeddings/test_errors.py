"""
Wrong requests for embeddings: the status is judged for each exchange, the error's shape here.

Not checked: that a chat model is refused, as some servers embed with every model.
"""

from conformance import DOC, MUST, SDK, Exchange, body, broken, conforms, must, should
from conformance.checks.embeddings.exchanges import ERRORS, chat_model_embedded, unknown_model_embedded, wrong_input


@must(ERRORS, says=SDK("ErrorObject"), counterexample=body(wrong_input, b'{"detail": "Field required"}'))
def test_wrong_input_gives_an_error_object(wrong_input: Exchange) -> None:
    """The refusal of a wrong `input` holds an `error` object of the documented shape."""
    conforms(wrong_input, "ErrorResponse", MUST)


@must(ERRORS, says=SDK("ErrorObject.message"), counterexample=broken(wrong_input, "error.message", ""))
def test_wrong_input_is_explained(wrong_input: Exchange) -> None:
    """The refusal of a wrong `input` has a `message` that is not empty."""
    assert wrong_input.at("error.message", str).strip() != ""


@must(ERRORS, says=SDK("ErrorObject"), counterexample=broken(unknown_model_embedded, "error", "not found"))
def test_unknown_model_gives_an_error_object(unknown_model_embedded: Exchange) -> None:
    """The refusal of an unknown model holds an `error` object of the documented shape."""
    conforms(unknown_model_embedded, "ErrorResponse", MUST)


@must(ERRORS, says=SDK("ErrorObject.message"), counterexample=broken(unknown_model_embedded, "error.message", ""))
def test_unknown_model_is_explained(unknown_model_embedded: Exchange) -> None:
    """The refusal of an unknown model has a `message` that is not empty."""
    assert unknown_model_embedded.at("error.message", str).strip() != ""


@should(
    ERRORS, says=DOC("createEmbedding"), counterexample=body(chat_model_embedded, b'{"object": "list", "data": []}')
)
def test_chat_model_embeds_or_is_refused(chat_model_embedded: Exchange) -> None:
    """A chat model gives a vector, or is refused with an `error`; it does not give an empty list."""
    if chat_model_embedded.status == 200:
        assert chat_model_embedded.at("data", list) != []
    else:
        assert chat_model_embedded.at("error.message", str).strip() != ""
