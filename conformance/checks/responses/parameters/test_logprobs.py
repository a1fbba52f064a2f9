"""
Log probabilities in the Responses API: requested by `include`, and part of every `output_text`.

Not checked: how many alternatives a token has, as there may be fewer than requested; that a probability is below 1 by a
hair (OpenAI's own are rounded).
"""

from collections.abc import Iterable
from typing import Any

from conformance import DOC, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common.conditions import CANDIDATES, INCLUDES_LOGPROBS
from conformance.checks.common.kinds import response, response_stream
from conformance.checks.common.logprobs import assert_not_positive, assert_spelled, require_no_more
from conformance.checks.responses.events import TEXT_DELTA, events_of, joined
from conformance.checks.responses.parameters.exchanges import (
    ALTERNATIVES,
    LOGPROBS,
    count_with_logprobs,
    count_with_logprobs_streamed,
    greeted_with_logprobs,
)
from conformance.checks.responses.reading import broken_item, messages_of, text_of
from conformance.counterexamples import changed, every_chunk

LOGPROB = "content.0.logprobs"


def _documents(listed: Iterable[Any], place: str) -> list[Document]:
    return [Document(one, place=f"token {n} of {place}", owner="Logprob") for n, one in enumerate(listed)]


def entries(observed: Exchange) -> list[Document]:
    """Return the entries of all tokens of a response. Raises `Inconclusive` for none: a check of its own finds that."""
    listed = _all_listed(observed)
    if not listed:
        raise Inconclusive("`logprobs` has no tokens")
    return _documents(listed, observed.label)


def _all_listed(observed: Exchange) -> list[object]:
    return [one for message in messages_of(observed) for part in message.at("content", list) for one in _listed(part)]


def _listed(part: object) -> list[object]:
    found = part.get("logprobs") if isinstance(part, dict) else None
    return found if isinstance(found, list) else []


def _with_alternatives(observed: Exchange, number: int) -> Exchange:
    candidate = {"token": "1", "logprob": -0.5, "bytes": [49]}
    listed = [{**entry.value, "top_logprobs": [candidate] * number} for entry in entries(observed)]  # type: ignore[dict-item]
    return broken_item(count_with_logprobs, "message", LOGPROB, listed).change(observed)


@should(
    LOGPROBS,
    says=SDK("ResponseOutputText.logprobs"),
    counterexample=broken_item(count_with_logprobs, "message", LOGPROB, []),
    when=(INCLUDES_LOGPROBS,),
    witness=(count_with_logprobs, greeted_with_logprobs),
    decides="responses: include message.output_text.logprobs",
)
def test_log_probabilities_are_returned(response: Exchange) -> None:
    """With `message.output_text.logprobs` in `include`, the text of a Responses API response has `logprobs`."""
    if not text_of(response).strip():
        raise Inconclusive("the response has no text")
    if not _all_listed(response):
        raise Deviation("`logprobs` of the text has no tokens", finding="ignored:include")


@must(
    LOGPROBS,
    says=SDK("response_output_text.Logprob"),
    counterexample=broken_item(count_with_logprobs, "message", f"{LOGPROB}.0.logprob", 0.9),
    when=(INCLUDES_LOGPROBS,),
)
def test_log_probabilities_are_not_positive(response: Exchange) -> None:
    """In a Responses API response, every token in `logprobs` has a `logprob` of 0 or less."""
    assert_not_positive([entry.at("logprob", float) for entry in entries(response)])


@should(
    LOGPROBS,
    says=SDK("response_output_text.Logprob.token"),
    counterexample=broken_item(count_with_logprobs, "message", f"{LOGPROB}.0.bytes", [0]),
    when=(INCLUDES_LOGPROBS,),
)
def test_tokens_join_to_the_text(response: Exchange) -> None:
    """The tokens in `logprobs`, joined, contain the text of the Responses API response."""
    assert_spelled(entries(response), text_of(response))


@must(
    LOGPROBS,
    says=DOC("ModelResponseProperties.top_logprobs"),
    counterexample=changed(count_with_logprobs, lambda e: _with_alternatives(e, ALTERNATIVES + 1)),
    when=(INCLUDES_LOGPROBS, CANDIDATES),
)
def test_alternatives_are_at_most_as_requested(response: Exchange) -> None:
    """No token of a Responses API response has more alternatives in `logprobs` than `top_logprobs` requests."""
    require_no_more(response, entries(response))


@should(
    LOGPROBS,
    says=DOC("ModelResponseProperties.top_logprobs"),
    counterexample=changed(count_with_logprobs, lambda e: _with_alternatives(e, 0)),
    when=(INCLUDES_LOGPROBS, CANDIDATES),
    decides="responses: top_logprobs",
)
def test_alternatives_are_returned(response: Exchange) -> None:
    """With `top_logprobs`, at least one token of a Responses API response has alternatives in `logprobs`."""
    found = [len(entry.at("top_logprobs", list)) for entry in entries(response)]
    if not any(found):
        raise Deviation(f"`top_logprobs` is empty for all {len(found)} tokens", finding="ignored:top_logprobs")


@should(
    LOGPROBS,
    says=SDK("ResponseTextDeltaEvent.logprobs"),
    counterexample=every_chunk(count_with_logprobs_streamed, "logprobs", []),
    when=(INCLUDES_LOGPROBS,),
)
def test_log_probabilities_are_streamed(response_stream: Exchange) -> None:
    """With log probabilities in `include`, the tokens of a Responses API stream's deltas contain the joined text."""
    text = joined(response_stream, TEXT_DELTA).strip()
    if not text:
        raise Inconclusive("the stream has no text")
    listed = [one for event in events_of(response_stream, TEXT_DELTA) for one in _listed(event.value)]
    if not listed:
        raise Deviation("no text delta has `logprobs`", finding="ignored:include")
    assert_spelled(_documents(listed, response_stream.label), text)
