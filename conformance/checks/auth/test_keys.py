"""
Valid, missing and invalid keys.

That a rejected key gives 401 is the status check of its exchange, at SHOULD: the official client raises
`AuthenticationError` for nothing else. Here it is judged whether anything is served at all.

Not checked: the list of models without a key, as servers may publish it; the `code` of a missing key, for which OpenAI
has none. That a rejected key is not returned, and the shape of the error: the checks of errors.
"""

from collections.abc import Callable

from conformance import OBSERVED, RFC, SDK, Deviation, Exchange, Exchanges, Inconclusive, capability, may, must, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.errors import error_of
from conformance.checks.errors.exchanges import SDK_MAPPING, invalid_key
from conformance.counterexamples import answered, broken, changed, header
from conformance.wire.client_behavior import retries

BEARER = capability("auth.bearer_valid")
MISSING = capability("auth.missing")
INVALID = capability("auth.invalid")

SCHEME = "www-authenticate"

SERVED = b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}}]}'


def refusal(sent: Exchanges, case: str) -> Exchange:
    """Return the response to one of the two keys. Raises `Inconclusive` when it cannot be judged."""
    for observed in sent:
        if observed.case == case:
            return observed
    raise Inconclusive(f"the response to the request `{case}` cannot be judged")


def served(case: str) -> Callable[[Exchange], Exchange]:
    """Return the change that lets one of the two requests be answered."""
    return lambda e: e.with_response(status=200, body=SERVED) if e.case == case else e


def is_refused(observed: Exchange) -> None:
    """Assert that a request was rejected as the request's fault, not the server's."""
    status = observed.status
    if not 400 <= status < 500:
        # The same cause as that of a wrong status.
        message = f"status {status} where 401 is expected"
        raise Deviation(message, finding=f"{SDK_MAPPING.id}/status", places=(observed.label,))


@must(BEARER, says=SDK("ChatCompletion.choices"), counterexample=answered(hello, 407), any_status=True)
def test_valid_key_is_accepted(hello: Exchange) -> None:
    """A valid key is not rejected: no status 402, 407 or 511, and no `error.code` `invalid_api_key`."""
    if hello.status in {402, 407, 511}:
        raise Deviation(f"status {hello.status}", finding=f"{hello.capability}/status")
    code = hello.get("error.code")
    assert code != "invalid_api_key", f"status {hello.status}, and the body says `{code}`"


@must(MISSING, says=RFC(9110, "15.5.2"), counterexample=changed(invalid_key, served("no-key")), any_status=True)
def test_missing_key_is_rejected(invalid_key: Exchanges) -> None:
    """A chat completion requested without a key is rejected with a 4xx status."""
    is_refused(refusal(invalid_key, "no-key"))


@must(INVALID, says=RFC(9110, "15.5.2"), counterexample=changed(invalid_key, served("wrong-key")), any_status=True)
def test_invalid_key_is_rejected(invalid_key: Exchanges) -> None:
    """A chat completion requested with an invalid key is rejected with a 4xx status."""
    is_refused(refusal(invalid_key, "wrong-key"))


@should(
    INVALID,
    says=OBSERVED("OpenAI rejects an invalid key with `code` `invalid_api_key`", *evidence.WRONG_KEY),
    counterexample=broken(invalid_key, "error.code", None),
)
def test_code_is_invalid_api_key(invalid_key: Exchanges) -> None:
    """The rejection of an invalid key has the `error.code` `invalid_api_key`."""
    code = error_of(refusal(invalid_key, "wrong-key")).get("code")
    assert code == "invalid_api_key", f"`error.code` is {code!r}"


@should(
    INVALID,
    says=OBSERVED(
        "the official client retries after 408, 409, 429 and 5xx, unless `x-should-retry` is `false`",
        *evidence.RETRIES,
    ),
    counterexample=answered(invalid_key, 503),
    any_status=True,
)
def test_client_does_not_retry(invalid_key: Exchanges) -> None:
    """An invalid key is rejected with a status that the official client does not retry: not 408, 409 or 5xx."""
    observed = refusal(invalid_key, "wrong-key")
    limited = observed.status == 429  # honest where many invalid keys were sent
    if retries(observed.status) and not limited and observed.header("x-should-retry") != "false":
        # The same cause as that of a wrong status.
        raise Deviation(f"the official client retries after {observed.status}", finding=f"{SDK_MAPPING.id}/status")


def unchallenged(observed: Exchange) -> Exchange:
    """Return the refusal of a request without a key as if it named no scheme."""
    return header(None, SCHEME, None).change(observed) if observed.case == "no-key" else observed


@may(MISSING, says=RFC(9110, "11.6.1"), counterexample=changed(invalid_key, unchallenged))
def test_401_names_the_scheme(invalid_key: Exchanges) -> None:
    """If the 401 for an invalid key has a `WWW-Authenticate` scheme, the 401 for a missing key has one too."""
    missing, wrong = refusal(invalid_key, "no-key"), refusal(invalid_key, "wrong-key")
    if missing.status != 401:
        raise Inconclusive(f"a request without a key is rejected with {missing.status}, not 401")
    if (missing.header(SCHEME) or "").strip():
        return
    if wrong.status != 401 or not (wrong.header(SCHEME) or "").strip():
        raise Inconclusive("no 401 of a chat completion has `WWW-Authenticate`, and none of OpenAI's has it")
    raise Deviation(f"`{SCHEME}` of the 401 for a missing key is {missing.header(SCHEME)!r}")
