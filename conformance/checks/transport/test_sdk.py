"""
What the official client reads out of a response, judged on the bytes.

The client validates nothing: what is missing becomes None, and users meet it one line later. A body with status 200 and
an `error` is a success to it, not an exception. An event with an `error`, though, raises.

Not checked: what the client raises for an error (`errors.sdk_mapping` does that); that it iterates to the end of a
stream without `[DONE]` (it does; other clients do not, see `chat.stream.done`).
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.chat.exchanges import hello
from conformance.checks.chat.stream.exchanges import hello_streamed
from conformance.checks.common.conditions import USAGE_NOT_MENTIONED
from conformance.checks.common.kinds import chat_completion, chat_stream, model_list
from conformance.checks.common.stream import failures
from conformance.checks.models.exchanges import models_listed
from conformance.checks.transport.exchanges import CLIENT
from conformance.counterexamples import broken, every_chunk, rewritten


@must(CLIENT, says=SDK("ChatCompletion.choices"), counterexample=broken(hello, "choices.0.message", None))
def test_client_can_read_a_completion(chat_completion: Exchange) -> None:
    """A chat completion has `id`, `model` and `choices[0].message.content` where the official client reads them."""
    chat_completion.at("id", str)
    chat_completion.at("model", str)
    message = chat_completion.at("choices.0.message", dict)
    if not message.get("tool_calls"):  # beside calls the client reads None where there is no content
        chat_completion.at("choices.0.message.content", str | None)


@must(
    CLIENT,
    says=SDK("chat_completion_chunk.Choice.delta"),
    counterexample=every_chunk(hello_streamed, "choices", []),
    when=(USAGE_NOT_MENTIONED,),
)
def test_client_can_read_a_stream(chat_stream: Exchange) -> None:
    """Each chunk of a stream has `choices[0].delta`, with a `content` that is a string or null, if present."""
    for chunk in chat_stream.chunks:
        if chunk.at("choices", list) == [] and isinstance(chunk.get("usage"), dict):
            raise Inconclusive("a usage chunk that was not requested has no choice, which another check finds")
        chunk.at("choices.0.delta.content", str | None, None)
        chunk.at("choices.0.delta", dict)


@must(
    CLIENT,
    says=DOC("ErrorResponse.error"),
    counterexample=broken(hello, "error", {"message": "Upstream failed.", "code": 500}),
)
def test_completion_has_no_error(chat_completion: Exchange) -> None:
    """A chat completion with status 200 has no `error`: the official client would not raise it."""
    error = chat_completion.get("error")
    assert not (isinstance(error, dict | str | list) and error), "status 200, and the body has an `error`"


@must(
    CLIENT,
    says=DOC("ErrorResponse.error"),
    counterexample=rewritten(hello_streamed, lambda chunks: [*chunks[:-1], {"error": {"message": "Failed."}}]),
)
def test_stream_has_no_error(chat_stream: Exchange) -> None:
    """No event of a successful stream has an `error`, which the official client raises in the middle."""
    found = failures(chat_stream)
    assert not found, f"{len(found)} of {len(chat_stream.events)} events have an `error`: {found[0][:120]}"


@must(CLIENT, says=SDK("Model.id"), counterexample=broken(models_listed, "data.0.id", None))
def test_client_can_read_the_models(model_list: Exchange) -> None:
    """In the list of models, each `id` is a string where the official client reads it."""
    model_list.all("data.*.id", str)
