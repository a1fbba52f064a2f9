"""
What errors must not contain: keys, the inside of the server, the names of hosts behind it.

Only patterns that no honest message has are looked for, in the first 64 kB of a body. Not checked: addresses and paths
as such, because an endpoint may well name its own.
"""

import json
import re
from collections.abc import Callable

from conformance import OBSERVED, RFC, Deviation, Exchange, Exchanges, Facet, Inconclusive, Request, must, should
from conformance.checks.common import evidence
from conformance.checks.common.kinds import any_response
from conformance.checks.endpoints.exchanges import probe
from conformance.checks.errors.exchanges import (
    NO_LEAK,
    invalid_key,
    too_many_tokens,
    unknown_model,
    unknown_path,
    unsupported_method,
)
from conformance.checks.errors.test_envelope import REFUSALS
from conformance.counterexamples import body, leaking
from conformance.wire.leaks import HOSTS, TRACES, key_in
from conformance.wire.request import WRONG_KEY
from conformance.wire.text import within

WRONG = (*REFUSALS, unknown_path, unsupported_method, too_many_tokens, probe)
"""What is sent in any case: whatever goes wrong, on whatever path."""

BODY = frozenset({Facet.BYTES})


def find(observed: Exchange, what: str, look: Callable[[str], str | None]) -> None:
    """Raise a deviation when `look` finds something in an error that was not sent. It is never shown whole."""
    if observed.status < 400:
        raise Inconclusive("what a model writes may contain anything: only error responses are read")
    seen = look(within(_text(observed.received.decoded)))
    if seen and seen not in _asked(observed.sent):
        raise Deviation(f"the error response of {observed.label} contains {what}: {seen[:24]!r}")


def _asked(request: Request) -> str:
    content = request.content if request.content is not None else json.dumps(request.json).encode()
    return _text(content)


def _text(content: bytes) -> str:
    """Return a body as text; a quotation mark within a JSON string is one all the same."""
    return content.decode("utf-8", "replace").replace('\\"', '"')


def _first(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def look(text: str) -> str | None:
        match = pattern.search(text)
        return match[0] if match else None

    return look


@must(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=leaking(unknown_model),
    witness=WRONG,
    reads=frozenset({Facet.HEADERS, Facet.BYTES}),
    any_status=True,
)
def test_key_is_not_returned(any_response: Exchange) -> None:
    """No response contains the API key of the request, in a header or body, in plain text or encoded."""
    assert not any_response.leaked, "the API key of the request is in the response"


@should(
    NO_LEAK,
    says=OBSERVED("OpenAI returns an invalid key with asterisks in its middle", *evidence.MASKED_KEY),
    counterexample=body(invalid_key, f'{{"error": {{"message": "Bad key {WRONG_KEY}"}}}}'.encode()),
    any_status=True,
)
def test_invalid_key_is_not_returned_whole(invalid_key: Exchanges) -> None:
    """The rejection of an invalid key does not contain that key in full."""
    leaks = [observed.label for observed in invalid_key if WRONG_KEY in _text(observed.received.decoded)]
    assert not leaks, f"the response of {leaks[0]} contains the rejected key: {WRONG_KEY[:24]!r}"


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(unknown_model, b'{"error": {"message": "Upstream refused AIza%b"}}' % (b"a1B2c3D" * 5)),
    witness=WRONG,
    reads=BODY,
    any_status=True,
)
def test_no_other_key_is_returned(any_response: Exchange) -> None:
    """An error response does not contain what looks like an API key for another service."""
    find(any_response, "what looks like a key", key_in)


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(unknown_model, rb'{"error": {"message": "File \"/srv/app.py\", line 7, in handle"}}'),
    witness=WRONG,
    reads=BODY,
    any_status=True,
)
def test_no_stack_trace_is_returned(any_response: Exchange) -> None:
    """An error response does not contain a stack trace."""
    find(any_response, "a stack trace", _first(TRACES))


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(unknown_model, b'{"error": {"message": "no route to gateway.models.svc.cluster.local"}}'),
    witness=WRONG,
    reads=BODY,
    any_status=True,
)
def test_no_internal_host_is_returned(any_response: Exchange) -> None:
    """An error response does not contain the name of an internal host."""
    find(any_response, "an internal host", _first(HOSTS))
