"""
`logprobs`: how likely each token was.

Not checked: that the tokens are those of the text and nothing else (servers may list the token that ends it); that
`top_logprobs` holds as many as requested (OpenAI's document says "most likely tokens", and there may be fewer), or the
chosen token; that chances add up.
"""

from conformance import DOC, MUST, OBSERVED, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common import evidence
from conformance.checks.common.chat import text_of
from conformance.checks.common.conditions import CANDIDATES
from conformance.checks.common.conditions import LOGPROBS as LOGPROBS_REQUESTED
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.logprobs import assert_not_positive, assert_spelled, require_no_more
from conformance.checks.common.stream import holds, joined, parts
from conformance.checks.params.exchanges import (
    LOGPROBS,
    count_with_logprobs,
    count_with_logprobs_streamed,
    hello_with_logprobs,
    logprobs_out_of_range,
)
from conformance.checks.params.reading import names
from conformance.checks.params.rows import ALTERNATIVES
from conformance.counterexamples import broken, changed, every_chunk

CHOICE = "choices.0.logprobs"
LEGACY = {"tokens": ["Hello"], "token_logprobs": [-0.1], "top_logprobs": [{"Hello": -0.1}], "text_offset": [0]}


def entries(observed: Exchange) -> list[Document]:
    """Return the entries of all tokens. Raises `Inconclusive` for none: a check of its own finds that."""
    if observed.sent.streamed:
        holders = [(part.get("logprobs.content"), part.place) for part in parts(observed)]
    else:
        holders = [(observed.get(f"{CHOICE}.content"), observed.label)]
    found = [
        Document(entry, place=f"token {number} of {place}", owner="ChatCompletionTokenLogprob")
        for content, place in holders
        if isinstance(content, list)
        for number, entry in enumerate(content)
    ]
    if not found:
        raise Inconclusive("`logprobs.content` has no tokens")
    return found


@must(
    LOGPROBS,
    says=SDK("chat_completion.Choice.logprobs"),
    counterexample=broken(count_with_logprobs, CHOICE, LEGACY),
    witness=(count_with_logprobs, hello_with_logprobs),
    when=(LOGPROBS_REQUESTED,),
    decides="chat/completions: logprobs",
)
def test_tokens_are_returned(chat_completion: Exchange) -> None:
    """With `logprobs: true`, `choices[0].logprobs.content` of a chat completion lists the tokens of the text."""
    value = chat_completion.get(CHOICE)
    if isinstance(value, dict) and "tokens" in value and "content" not in value:
        raise Deviation(
            "`logprobs` has the shape of text completions: `tokens` instead of `content`", finding="broken:logprobs"
        )
    if not text_of(chat_completion).strip():
        raise Inconclusive("the response has no text")
    content = chat_completion.get(f"{CHOICE}.content")
    if not (isinstance(content, list) and content):
        raise Deviation("`logprobs.content` has no tokens", finding="ignored:logprobs")


@must(
    LOGPROBS,
    says=SDK("ChatCompletionTokenLogprob"),
    counterexample=broken(count_with_logprobs, f"{CHOICE}.content.0.logprob", "-0.1"),
    when=(LOGPROBS_REQUESTED,),
)
def test_tokens_have_the_documented_shape(chat_completion: Exchange) -> None:
    """Every `logprobs.content` entry has `token`, `logprob`, `bytes` and `top_logprobs` of the documented types."""
    entries(chat_completion)
    conforms(chat_completion, "ChatCompletion", MUST)


@must(
    LOGPROBS,
    says=SDK("ChatCompletionTokenLogprob.logprob"),
    counterexample=broken(count_with_logprobs, f"{CHOICE}.content.0.logprob", 0.9),
    when=(LOGPROBS_REQUESTED,),
)
def test_logprobs_are_not_positive(chat_completion: Exchange) -> None:
    """In a chat completion, every `logprob` in `logprobs.content` is 0 or less."""
    assert_not_positive([token.at("logprob", float) for token in entries(chat_completion)])


@should(
    LOGPROBS,
    says=DOC("CreateChatCompletionRequest.top_logprobs"),
    counterexample=changed(count_with_logprobs, lambda e: _with_candidates(e, 0)),
    when=(CANDIDATES,),
    decides="chat/completions: top_logprobs",
)
def test_alternatives_are_returned(chat_completion: Exchange) -> None:
    """With `top_logprobs`, at least one entry of `logprobs.content` has alternatives in `top_logprobs`."""
    found = [len(token.at("top_logprobs", list)) for token in entries(chat_completion)]
    if not any(found):
        raise Deviation(f"`top_logprobs` is empty for all {len(found)} tokens", finding="ignored:top_logprobs")


@must(
    LOGPROBS,
    says=DOC("CreateChatCompletionRequest.top_logprobs"),
    counterexample=changed(count_with_logprobs, lambda e: _with_candidates(e, ALTERNATIVES + 1)),
    when=(CANDIDATES,),
)
def test_alternatives_are_at_most_as_requested(chat_completion: Exchange) -> None:
    """No entry of `logprobs.content` has more alternatives than `top_logprobs` requests."""
    require_no_more(chat_completion, entries(chat_completion))


def _with_candidates(observed: Exchange, number: int) -> Exchange:
    candidate = {"token": "1", "logprob": -0.5, "bytes": [49]}
    listed = [{**entry.value, "top_logprobs": [candidate] * number} for entry in entries(observed)]  # type: ignore[dict-item]
    return broken(None, f"{CHOICE}.content", listed).change(observed)


@should(
    LOGPROBS,
    says=SDK("ChatCompletionTokenLogprob.token"),
    counterexample=broken(count_with_logprobs, f"{CHOICE}.content.0.bytes", [0]),
    when=(LOGPROBS_REQUESTED,),
)
def test_tokens_spell_the_text(chat_completion: Exchange) -> None:
    """The tokens in `logprobs.content`, joined, contain the text of the chat completion."""
    assert_spelled(entries(chat_completion), text_of(chat_completion))


@should(
    LOGPROBS,
    says=SDK("chat_completion_chunk.Choice.logprobs"),
    counterexample=every_chunk(count_with_logprobs_streamed, "choices.0.logprobs", None),
)
def test_tokens_are_streamed(count_with_logprobs_streamed: Exchange, count_with_logprobs: Exchange) -> None:
    """If a chat completion returns `logprobs`, its stream does too: the tokens, joined, contain the text."""
    entries(count_with_logprobs)
    text = joined(count_with_logprobs_streamed).strip()
    if text and not any(holds(part, "logprobs.content") for part in parts(count_with_logprobs_streamed)):
        raise Deviation("no chunk has `logprobs`, but the non-streaming response has", finding="partly:logprobs")
    assert_spelled(entries(count_with_logprobs_streamed), text)


@should(
    LOGPROBS,
    says=OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(logprobs_out_of_range, "error", {"message": "Bad request.", "param": None}),
)
def test_error_names_the_field(logprobs_out_of_range: Exchange) -> None:
    """Invalid `top_logprobs` are rejected with an error that names `logprobs` in `param` or `message`."""
    names(logprobs_out_of_range, "logprobs")
