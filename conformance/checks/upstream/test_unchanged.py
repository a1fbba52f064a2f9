"""
A gateway before an endpoint with OpenAI's own API: the JSON body arrives as it was sent.

What belongs to the gateway is left out: the model's name, and what it needs to count tokens (`stream_options`). Not
checked: forms, and requests that a gateway answers by another operation, such as a response by a chat completion.
"""

from typing import Any

from conformance import DOC, Deviation, Exchange, Facet, Inconclusive, may, should
from conformance.checks.embeddings.exchanges import embedded, embedded_with_dimensions
from conformance.checks.upstream.edits import sent_as, without
from conformance.checks.upstream.exchanges import UNCHANGED
from conformance.checks.upstream.kinds import forwarded
from conformance.wire.response import NotJson

READS = frozenset({Facet.UPSTREAM})
_ITS_OWN = frozenset({"model", "stream_options", "user", "metadata"})


def _bodies(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON object of the client, and the one that was sent upstream."""
    path = exchange.sent.operation
    good = [request for request in exchange.upstream if request.api == "openai" and request.status < 400]
    same = [request for request in good if request.path.partition("?")[0].endswith(f"/{path}")]
    if not same:
        raise Inconclusive("the request upstream is one of another operation")
    try:
        body = same[-1].json
    except NotJson as error:
        raise Inconclusive(f"the request upstream cannot be read: {error}") from None
    if not isinstance(body, dict):
        raise Inconclusive("the request upstream is not a JSON object")
    return exchange.sent.json, body


@should(
    UNCHANGED,
    says=DOC("createEmbedding"),
    counterexample=without(embedded_with_dimensions, "dimensions"),
    reads=READS,
)
def test_no_field_is_lost(forwarded: Exchange) -> None:
    """Each field of a request's JSON body is sent upstream to an endpoint of the same API."""
    wanted, found = _bodies(forwarded)
    lost = [name for name in wanted if wanted[name] is not None and name not in found and name not in _ITS_OWN]
    if lost:
        findings = [f"ignored:{name}" for name in lost]
        raise Deviation(f"not sent upstream: {', '.join(lost)[:200]}", finding=findings[0])


@should(
    UNCHANGED,
    says=DOC("createEmbedding"),
    counterexample=sent_as(embedded, "input", "something else"),
    reads=READS,
)
def test_no_field_is_changed(forwarded: Exchange) -> None:
    """Each field of a request's JSON body has the same value upstream, in an endpoint of the same API."""
    wanted, found = _bodies(forwarded)
    changed = [name for name in wanted if name in found and name not in _ITS_OWN and wanted[name] != found[name]]
    if changed:
        name = changed[0]
        message = f"`{name}` has another value upstream: {str(found[name])[:80]}"
        raise Deviation(message, finding=f"upstream:{name}-changed")


@may(
    UNCHANGED,
    says=DOC("createEmbedding"),
    counterexample=sent_as(embedded, "encoding_format", "base64"),
    reads=READS,
)
def test_no_field_is_added(forwarded: Exchange) -> None:
    """No field is sent upstream that the client did not send."""
    wanted, found = _bodies(forwarded)
    added = [name for name in found if name not in wanted and name not in _ITS_OWN and found[name] is not None]
    if added:
        raise Deviation(f"added upstream: {', '.join(added)[:200]}", finding=f"upstream:{added[0]}-added")
