"""
The base URL, redirects, and the encoding of JSON.

Not checked: the base URL with a slash at its end, as the official client sends the same request for both spellings;
that a request may be redirected on paths which no client of the API requests, and to where a file's content is stored;
`charset` on `application/json` where it says `utf-8` (it means nothing there, and does no harm).
"""

from conformance import DOC, RFC, SDK, Deviation, Exchange, Facet, Inconclusive, must, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.chat.stream.exchanges import hello_streamed
from conformance.checks.common.conditions import PATH_OF_THE_API
from conformance.checks.common.kinds import any_response, chat_completion, model_list
from conformance.checks.errors.exchanges import invalid_json, unknown_model, unknown_path
from conformance.checks.models.exchanges import model_retrieved, models_listed
from conformance.checks.transport.exchanges import BASE_URL, JSON, NO_REDIRECT
from conformance.counterexamples import answered, body, changed, header

ASKED = (hello, hello_streamed, models_listed, model_retrieved)
JSON_RESPONSES = (hello, models_listed, model_retrieved, unknown_model, unknown_path, invalid_json)


@must(BASE_URL, says=SDK("ChatCompletion.choices"), counterexample=body(hello, b'{"status": "ok"}'))
def test_chat_is_served_below_the_base_url(chat_completion: Exchange) -> None:
    """`POST {base URL}/chat/completions` returns a body with `choices`."""
    chat_completion.at("choices", list)


@must(BASE_URL, says=DOC("ListModelsResponse.data"), counterexample=body(models_listed, b'{"status": "ok"}'))
def test_models_are_listed_below_the_base_url(model_list: Exchange) -> None:
    """`GET {base URL}/models` returns a body with `data`."""
    model_list.at("data", list)


@must(
    NO_REDIRECT,
    says=RFC(9110, "15.4.2"),
    counterexample=answered(hello, 301),
    when=(PATH_OF_THE_API,),
    witness=ASKED,
    reads=frozenset({Facet.HEADERS}),
    any_status=True,
)
def test_nothing_is_redirected(any_response: Exchange) -> None:
    """No request is redirected by 301, 302 or 303, which turn a POST into a GET."""
    _is_not_sent_elsewhere(any_response, {301, 302, 303})


@should(
    NO_REDIRECT,
    says=RFC(9110, "15.4.9"),
    counterexample=answered(hello, 308),
    when=(PATH_OF_THE_API,),
    witness=ASKED,
    reads=frozenset({Facet.HEADERS}),
    any_status=True,
)
def test_nothing_is_redirected_by_307_or_308(any_response: Exchange) -> None:
    """No request is redirected by 307 or 308, as clients do not send the key to another host."""
    _is_not_sent_elsewhere(any_response, {307, 308})


def _is_not_sent_elsewhere(observed: Exchange, statuses: set[int]) -> None:
    if observed.status in statuses:
        asked, place = observed.sent, observed.header("location")
        # The same cause as that of a wrong status.
        raise Deviation(
            f"{asked.method} {asked.path} is redirected ({observed.status}) to {place!r}",
            finding=f"{observed.capability}/status",
        )


@should(
    JSON,
    says=RFC(8259, "11"),
    counterexample=header(hello, "content-type", "application/json; charset=iso-8859-1"),
    when=(PATH_OF_THE_API,),
    witness=JSON_RESPONSES,
    reads=frozenset({Facet.HEADERS}),
)
def test_charset_of_json_is_utf_8(any_response: Exchange) -> None:
    """The `Content-Type` of JSON names no other `charset` than `utf-8`."""
    require_json(any_response)
    charset = _charset(any_response)
    assert charset in {None, "utf-8"}, f"the `charset` is {charset!r}"


def require_json(observed: Exchange) -> None:
    """Raise `Inconclusive` for a response that does not say that it is JSON."""
    if observed.received.media_type != "application/json":
        raise Inconclusive(f"the media type is {observed.received.media_type or 'absent'}")


def _charset(observed: Exchange) -> str | None:
    parameters = (observed.header("content-type") or "").lower().split(";")[1:]
    pairs = (parameter.strip().partition("=") for parameter in parameters)
    return next((value.strip(' "').replace("utf8", "utf-8") for name, _, value in pairs if name == "charset"), None)


@must(
    JSON,
    says=RFC(8259, "8.1"),
    counterexample=changed(hello, lambda e: e.with_response(body=b"\xef\xbb\xbf" + e.received.body)),
    when=(PATH_OF_THE_API,),
    witness=JSON_RESPONSES,
    reads=frozenset({Facet.HEADERS, Facet.BYTES}),
    any_status=True,
)
def test_json_has_no_byte_order_mark(any_response: Exchange) -> None:
    """JSON in a response does not begin with a byte order mark, which many parsers reject."""
    require_json(any_response)
    assert not any_response.received.decoded.startswith(b"\xef\xbb\xbf"), "the body begins with a byte order mark"
