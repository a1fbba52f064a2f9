"""
How a gateway treats the endpoint behind it: how often it asks, with whose key, and what it makes of the usage.

Not checked: requests that only count tokens or list models; a key where the endpoint cannot tell whose it is.
"""

from dataclasses import replace

from conformance import DOC, SDK, Deviation, Exchange, Facet, Inconclusive, body_of, may, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.upstream.edits import bounded, each
from conformance.checks.upstream.exchanges import CONDUCT
from conformance.checks.upstream.kinds import DOCUMENTED, translated_chat
from conformance.checks.upstream.native import asked, either, listed, usages
from conformance.counterexamples import broken, changed
from conformance.wire.response import NotJson
from conformance.wire.upstream import Credential, UpstreamRequest, Whose

READS = frozenset({Facet.UPSTREAM})
BAD_FIELD = "type.googleapis.com/google.rpc.BadRequest"


@may(
    CONDUCT,
    says=DOC("createChatCompletion"),
    counterexample=changed(hello, lambda observed: replace(observed, upstream=observed.upstream * 2)),
    reads=READS,
)
def test_one_request_makes_one(translated_chat: Exchange) -> None:
    """One successful chat completion makes one request upstream, or at most `n`."""
    if translated_chat.status >= 400:
        raise Inconclusive("the completion was not successful")
    allowed = max(1, body_of(translated_chat.sent).get("n") or 1)
    number = len(asked(translated_chat))
    if number > allowed:
        said = ", ".join(str(request.status) for request in asked(translated_chat))
        raise Deviation(f"{number} requests are sent upstream for one of the client; their statuses are {said}")


@should(
    CONDUCT,
    says=DOC("createChatCompletion"),
    counterexample=each(
        hello, lambda request: replace(request, credentials=(Credential("authorization", Whose.CLIENT),))
    ),
    reads=READS,
)
def test_key_of_the_client_stays(translated_chat: Exchange) -> None:
    """The client's key of the gateway is not sent upstream; the gateway has a key of its own there."""
    told = [credential for request in asked(translated_chat) for credential in request.credentials]
    passed = [credential.place for credential in told if credential.whose is Whose.CLIENT]
    if passed:
        message = f"the client's key is sent upstream in `{passed[0][:80]}`"
        raise Deviation(message, finding="upstream:client-key-passed-on")
    if not told or any(credential.whose is Whose.UNKNOWN for credential in told):
        raise Inconclusive("the upstream endpoint does not report whose key it was sent")


def refused(request: UpstreamRequest) -> UpstreamRequest:
    """Return a request as one that the endpoint behind has refused for a field that it does not have."""
    message = "Invalid JSON payload received. Unknown name \"const\" at 'tools[0]': Cannot find field."
    details = [{"@type": BAD_FIELD, "fieldViolations": [{"field": "tools[0]", "description": message}]}]
    return replace(request, status=400, returned=bounded({"error": {"message": message, "details": details}}))


@should(
    CONDUCT,
    says=DOC("createChatCompletion"),
    counterexample=each(hello, refused),
    reads=READS,
)
def test_request_is_well_formed(translated_chat: Exchange) -> None:
    """No request for a valid chat completion is rejected upstream for its form, such as an unknown field."""
    if set(body_of(translated_chat.sent)) - DOCUMENTED:
        raise Inconclusive("the request has a field that OpenAI does not document")
    for request in asked(translated_chat):
        if request.status == 400 and (message := _violation(request)):
            raise Deviation(f"the upstream endpoint rejects the request: {message[:200]}")


def _violation(request: UpstreamRequest) -> str:
    """Return what the endpoint behind says of a field that it does not have or that has another type; else nothing."""
    try:
        error = either(request.returned_json, "error")
    except NotJson:
        return ""
    violates = any(listed(either(one, "fieldViolations")) for one in listed(either(error, "details")))
    return str(either(error, "message")) if violates else ""


@should(
    CONDUCT,
    says=SDK("CompletionUsage"),
    counterexample=broken(hello, "usage.prompt_tokens", 1),
    reads=READS,
)
def test_usage_is_that_of_the_model(translated_chat: Exchange) -> None:
    """`usage` has the counts of the upstream endpoint, where reasoning tokens are part of the completion tokens."""
    told = [one for one in usages(translated_chat) if isinstance(either(one, "candidatesTokenCount"), int)]
    if not told or len(asked(translated_chat)) != 1:
        raise Inconclusive("the endpoint behind reports no usage for one request")
    documents = translated_chat.chunks if translated_chat.is_stream else (translated_chat.document,)
    reported = [document for document in documents if isinstance(document.get("usage"), dict)]
    if not reported:
        raise Inconclusive("the response has no `usage`")
    thoughts = either(told[-1], "thoughtsTokenCount")
    completion = either(told[-1], "candidatesTokenCount") + (thoughts if isinstance(thoughts, int) else 0)
    for name, wanted in (
        ("prompt_tokens", either(told[-1], "promptTokenCount")),
        ("completion_tokens", completion),
    ):
        found = reported[-1].get(f"usage.{name}")
        if found != wanted:
            message = f"`usage.{name}` is {found}, and the endpoint behind reports {wanted}"
            raise Deviation(message, finding=f"upstream:usage-{name}")
