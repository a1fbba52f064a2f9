"""
The base URL, redirects, and the encoding of JSON.

Not checked: the base URL with a slash at its end, as the official client sends the same request for both spellings;
that a request may be redirected on paths which no client of the API asks for; `charset` on `application/json` where it
says `utf-8` (it means nothing there, and does no harm).
"""

from conformance import RFC, SDK, Deviation, Exchange, Exchanges, answered, body, changed, header, must
from conformance.checks.chat.exchanges import hello
from conformance.checks.chat.stream.exchanges import hello_streamed
from conformance.checks.errors.exchanges import unknown_model, unknown_path, wrong_json
from conformance.checks.models.exchanges import REDIRECTED, listed, retrieved
from conformance.checks.transport.exchanges import BASE_URL, JSON, NO_REDIRECT

ASKED = (hello, hello_streamed, listed, retrieved)
JSON_ANSWERS = (hello, listed, retrieved, unknown_model, unknown_path, wrong_json)


@must(BASE_URL, says=SDK("ChatCompletion.choices"), counterexample=body(hello, b'{"status": "ok"}'))
def test_chat_is_answered_below_the_base_url(hello: Exchange) -> None:
    """What answers a chat below the base URL is the API: the body has `choices`."""
    hello.at("choices", list)


@must(BASE_URL, says=SDK("ModelList.data"), counterexample=body(listed, b'{"status": "ok"}'))
def test_models_are_listed_below_the_base_url(listed: Exchange) -> None:
    """What answers for the models below the same base URL is the API: the body has `data`."""
    listed.at("data", list)


@must(NO_REDIRECT, says=RFC(9110, "15.4.2"), counterexample=answered(None, 301), over=ASKED, any_status=True)
def test_nothing_is_redirected(sent: Exchanges) -> None:
    """No request is redirected: a 301 or 302 turns a POST into a GET, and any may lose the key."""
    moved = [observed for observed in sent if observed.status in REDIRECTED]
    if moved:
        first = moved[0]
        # The same cause as that of a wrong status.
        findings = tuple(dict.fromkeys(f"{observed.capability}/status" for observed in moved))
        raise Deviation(
            f"{first.sent.method} {first.sent.path} is redirected ({first.status}) to {first.header('location')!r}, "
            f"so in {len(moved)} of {len(sent)} answers",
            findings=findings,
        )


@must(
    JSON,
    says=RFC(8259, "8.1"),
    counterexample=header(None, "content-type", "application/json; charset=iso-8859-1"),
    over=JSON_ANSWERS,
)
def test_charset_of_json_is_utf_8(sent: Exchanges) -> None:
    """If `Content-Type` names a charset beside JSON, in a success or in a refusal, it is `utf-8`."""
    found = {observed.label: charset for observed in sent if (charset := _charset(observed)) not in {None, "utf-8"}}
    assert not found, f"charset {next(iter(found.values()))!r} in {len(found)} of {len(sent)}: {next(iter(found))}"


def _charset(observed: Exchange) -> str | None:
    parameters = (observed.header("content-type") or "").lower().split(";")[1:]
    pairs = (parameter.strip().partition("=") for parameter in parameters)
    return next((value.strip(' "').replace("utf8", "utf-8") for name, _, value in pairs if name == "charset"), None)


@must(
    JSON,
    says=RFC(8259, "8.1"),
    counterexample=changed(None, lambda e: e.with_answer(body=b"\xef\xbb\xbf" + e.received.body)),
    over=JSON_ANSWERS,
    any_status=True,
)
def test_json_begins_without_a_mark(sent: Exchanges) -> None:
    """No JSON text begins with a byte order mark, which many parsers refuse."""
    marked = [observed.label for observed in sent if observed.received.decoded.startswith(b"\xef\xbb\xbf")]
    assert not marked, f"a byte order mark begins {len(marked)} of {len(sent)} answers: {marked[0]}"
