"""
Preflight: whether base URL, key and model fit, before anything else is sent.

If not, nothing else is sent, and every check is an error with this one reason. The message says what to try.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from conformance.judge.refusals import refuses_account, refuses_model
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending
from conformance.wire.text import escaped
from conformance.wire.verdict import Deviation, Inconclusive

SHOWN_MODELS = 8


def diagnose(target: Target, asked: Iterable[Exchange]) -> str | None:
    """
    Return why the target cannot be measured, or None.

    `asked` are the exchanges of the preflight. One that names a model and is answered well settles it.
    """
    exchanges = list(asked)
    speaking = [e for e in exchanges if e.request is not None and isinstance(e.request.json, dict)]
    if any(_answers_well(exchange) for exchange in speaking or exchanges):
        return None
    for exchange in [*speaking, *exchanges]:
        if problem := _problem(target, exchange, exchanges):
            return f"preflight of {target.name}: {problem}"
    return None


def _answers_well(exchange: Exchange) -> bool:
    return exchange.expected and exchange.ending.whole and "json" in exchange.received.media_type


def _problem(target: Target, exchange: Exchange, others: list[Exchange]) -> str | None:
    if exchange.ending is Ending.UNSENT:
        return None
    if exchange.response is None:
        return _silence(target.base_url, exchange)
    if not exchange.ending.whole:
        return f"{exchange.label} does not end: {exchange.reason}"
    if 300 <= exchange.status < 400:
        place = _place(exchange.header("location") or "")
        return f"{target.base_url} redirects ({exchange.status}) to {place}; it is not followed. {_url_hint(target)}"
    if exchange.received.media_type == "text/html":
        return f"{target.base_url} returns a web page (HTML, status {exchange.status}). {_url_hint(target)}"
    if refused := _credentials(target, exchange):
        return refused
    if exchange.status == 429:
        return "the endpoint limits us (429). Wait, or lower [limits] per_minute, and use --resume"
    if refuses_model(exchange):
        return f"the model `{_model(exchange)}` is rejected ({exchange.status}). {_models_hint(others)}"
    if all(other.response is not None and other.status in {404, 405} for other in others):
        return f"{target.base_url} serves none of our paths ({exchange.status}). {_url_hint(target)}"
    return None


def _credentials(target: Target, exchange: Exchange) -> str | None:
    """Return how the account or the key is rejected, or None."""
    if refuses_account(exchange):
        return f"the account is rejected ({exchange.status}). Mend its settings at the vendor"
    if exchange.status == 401 or (exchange.status == 403 and not refuses_model(exchange)):
        return f"the key is rejected ({exchange.status}). {_key_hint(target)}"
    return None


def _silence(base_url: str, exchange: Exchange) -> str:
    """Return why there is no response, and what to look at."""
    match exchange.ending:
        case Ending.NOT_HTTP:
            hint = "Is it an HTTP server, and is the scheme (http or https) right?"
            return f"{base_url} does not respond in HTTP/1.1: {exchange.reason}. {hint}"
        case Ending.CLOSED:
            hint = "Check the scheme (http or https), whether a client certificate is wanted, and the server's log"
            return f"{base_url} accepts our request and closes the connection: {exchange.reason}. {hint}"
        case _:
            return f"nothing is received from {base_url}: {exchange.reason}. {_reach_hint(exchange.reason)}"


def _place(location: str) -> str:
    """Return where a redirect goes, without its query: it may hold a key."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "what is not a URL"
    host = parts.netloc.rpartition("@")[2]
    return escaped(f"{parts.scheme}://{host}{parts.path}", 120) if host else "elsewhere"


def _reach_hint(reason: str) -> str:
    if "certificate" in reason.lower() or "ssl" in reason.lower():
        return "This is a TLS failure: check the scheme (http or https) and the certificate"
    return "Is the server running, and is the base URL right?"


def _url_hint(target: Target) -> str:
    path = urlsplit(target.base_url).path
    tail = "without its path" if path.endswith("/v1") else "with /v1 at its end"
    return f"Check the base URL; perhaps it is right {tail}"


def _key_hint(target: Target) -> str:
    if target.key_env:
        return f"Check the key in {target.key_env}"
    return "Name the variable that holds the key with --api-key-env"


def _model(exchange: Exchange) -> str:
    return str(exchange.sent.json.get("model", ""))[:80]


def _models_hint(others: list[Exchange]) -> str:
    seen: list[str] = []
    for exchange in others:
        if exchange.request is None or exchange.request.method != "GET" or not exchange.expected:
            continue
        try:
            seen = [escaped(name, 80) for name in exchange.all("data.*.id", str)]
        except (Deviation, Inconclusive):
            continue
    if not seen:
        return "Name another with --model"
    more = ", ..." if len(seen) > SHOWN_MODELS else ""
    return f"Name another with --model; the endpoint lists: {', '.join(seen[:SHOWN_MODELS])}{more}"
