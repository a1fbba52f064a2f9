"""
What errors must not tell: keys, the inside of the server, the names of hosts behind it.

Only patterns that no honest message has are looked for. Not checked: addresses and paths as such, because an endpoint
may well name its own.
"""

import re
from collections.abc import Callable

from conformance import OBSERVED, RFC, Deviation, Exchange, Exchanges, body, leaking, must, should
from conformance.checks.endpoints.exchanges import probe
from conformance.checks.errors.exchanges import NO_LEAK, refused_key, too_many_tokens, unknown_path, wrong_method
from conformance.checks.errors.test_envelope import REFUSALS
from conformance.wire.leaks import HOSTS, TRACES, key_in
from conformance.wire.request import WRONG_KEY

ANSWERS = (*REFUSALS, unknown_path, wrong_method, too_many_tokens, probe)


def find(sent: Exchanges, what: str, look: Callable[[str], str | None]) -> None:
    """Raise one deviation when `look` finds something in the text of an answer. A finding is never shown whole."""
    found = {observed.label: seen for observed in sent if (seen := look(_text(observed)))}
    if found:
        label, seen = next(iter(found.items()))
        raise Deviation(f"{label} tells {what}: {seen[:24]!r} (so in {len(found)} of {len(sent)} answers)")


def _text(observed: Exchange) -> str:
    """Return the body as text; a quotation mark within a JSON string is one all the same."""
    return observed.received.decoded.decode("utf-8", "replace").replace('\\"', '"')


def _first(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def look(text: str) -> str | None:
        match = pattern.search(text)
        return match[0] if match else None

    return look


@must(NO_LEAK, says=RFC(9457, "5"), counterexample=leaking(None), over=ANSWERS, any_status=True)
def test_our_key_is_not_sent_back(sent: Exchanges) -> None:
    """No answer to a wrong request holds our key, in a header or in the body, plain or encoded."""
    told = [observed.label for observed in sent if observed.leaked]
    assert not told, f"our key is in {len(told)} of {len(sent)} answers: {told[0]}"


@should(
    NO_LEAK,
    says=OBSERVED("OpenAI shows a refused key with asterisks in its middle"),
    counterexample=body(refused_key, f'{{"error": {{"message": "Bad key {WRONG_KEY}"}}}}'.encode()),
    over=(refused_key,),
    any_status=True,
)
def test_refused_key_is_not_repeated_whole(sent: Exchanges) -> None:
    """A key that is refused is not repeated in full."""
    find(sent, "the key that it refused", lambda text: WRONG_KEY if WRONG_KEY in text else None)


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(None, b'{"error": {"message": "Upstream refused AIza%b"}}' % (b"a1B2c3D" * 5)),
    over=ANSWERS,
    any_status=True,
)
def test_no_key_of_another_is_told(sent: Exchanges) -> None:
    """No answer holds what looks like a whole key to somebody else's API."""
    find(sent, "what looks like a key", key_in)


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(None, rb'{"error": {"message": "File \"/srv/app.py\", line 7, in handle"}}'),
    over=ANSWERS,
    any_status=True,
)
def test_no_stack_trace_is_told(sent: Exchanges) -> None:
    """No answer holds a stack trace."""
    find(sent, "a stack trace", _first(TRACES))


@should(
    NO_LEAK,
    says=RFC(9457, "5"),
    counterexample=body(None, b'{"error": {"message": "no route to gateway.models.svc.cluster.local"}}'),
    over=ANSWERS,
    any_status=True,
)
def test_no_internal_host_is_told(sent: Exchanges) -> None:
    """No answer names a host of the network behind the endpoint."""
    find(sent, "an internal host", _first(HOSTS))
