"""
A client secret of the Realtime API, or its rejection.

Not checked: a session, which needs another protocol; the name of the model that a session has by default.
"""

from conformance import SDK, Exchange, Inconclusive, must, should
from conformance.checks.common.errors import NO_ERROR_OBJECT_UNROUTED, refused_with_object
from conformance.checks.realtime.exchanges import REALTIME, client_secret
from conformance.counterexamples import DELETE, broken, changed

SECRET = SDK("ClientSecretCreateResponse")


def bare(observed: Exchange) -> Exchange:
    """Reject with text."""
    return observed.with_response(status=404, body=b'{"detail": "Not Found"}')


@must(REALTIME, says=SECRET, counterexample=broken(client_secret, "value", DELETE))
def test_secret_has_a_value_and_an_end(client_secret: Exchange) -> None:
    """A client secret of the Realtime API has a `value`, `expires_at` in seconds, and a `session`."""
    if client_secret.status != 200:
        raise Inconclusive("no client secret is created")
    assert client_secret.at("value", str), "`value` is empty"
    client_secret.at("session", dict)
    end = client_secret.at("expires_at", int)
    assert 1_577_836_800 <= end < 100_000_000_000, f"`expires_at` is {end}, which is not a Unix time in seconds"


@should(REALTIME, says=SDK("ErrorObject"), counterexample=changed(client_secret, bare))
def test_secret_is_created_or_rejected(client_secret: Exchange) -> None:
    """A client secret of the Realtime API is created, or its request is rejected with an `error` object."""
    if client_secret.status != 200:
        refused_with_object(client_secret, NO_ERROR_OBJECT_UNROUTED)
