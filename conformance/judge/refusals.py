"""
Refusals: what an error answer says, and what that makes of the checks behind it.

An endpoint that answers with an error may be right, wrong, or led there by us. Three questions tell these apart, in
this order:

1. Is it ours to mend? A rate limit (429), a valid key that is refused (`refuses_key`) and a model that is not served
   (`refuses_model`) say nothing about the endpoint's conformance: `error`.
2. Does it say clearly what it does not offer (`refuses_cleanly`)? A client can act on that. Where the capability is
   neither claimed nor owed, that is `unsupported`.
3. All else is an unexpected status. The status check judges it, and what lies behind it cannot be told.

Both are read from the words of the body, for the status alone does not tell: vendors use 400, 404 and 422 for a missing
route, a refused parameter, an unknown model and a request that they failed to understand. A word too many here hides a
deviation, a word too few accuses an honest endpoint; `tests/test_refusals.py` holds a table of bodies that were seen.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from conformance.wire.exchange import Exchange
from conformance.wire.json_value import Document
from conformance.wire.request import Key
from conformance.wire.response import NotJson
from conformance.wire.text import within
from conformance.wire.verdict import HarnessError, Unsupported

_MODEL_REFUSED = re.compile(
    # "Model m does not support parameter x" refuses the parameter, so `does not` alone is not among these.
    r"model.{0,120}(not found|not exist|doesn't exist|unknown|no such|not available|not accessible|not a valid)"
    r"|model\W{1,20}\S{1,200} is not supported(?=[.]|$)"
    r"|(unknown|invalid|no such|unsupported|not found).{0,40}model",
    re.DOTALL | re.MULTILINE,
)
_KEY_REFUSED = re.compile(r"(incorrect|invalid) api key|api key (is )?(not valid|invalid|incorrect)")
# What a request is about. An error that names one of these complains about the question, not about an option.
_ASKED = frozenset({"messages", "input", "prompt"})
_ATTACHED = ("image_url", "input_audio", "file", "input_image", "input_file")


def examine_refusal(exchange: Exchange, *, claimed: bool) -> None:
    """Raise `HarnessError` for a refusal that is ours to mend, and `Unsupported` for a rightful one."""
    status, said = exchange.status, _said(exchange)
    if status == 429:
        raise HarnessError(f"{exchange.label}: the endpoint limits us (429){said}; lower [limits], or --resume later")
    if exchange.sent.key is Key.VALID and refuses_key(exchange):
        raise HarnessError(f"{exchange.label}: the key was refused ({status}){said}; check the key's variable")
    if refuses_model(exchange):
        raise HarnessError(f"{exchange.label}: the model was refused ({status}){said}; name another with --model")
    if not claimed and refuses_cleanly(exchange):
        raise Unsupported(f"refused with {status}{said}")


def refuses_key(exchange: Exchange) -> bool:
    """Tell whether the answer refuses the key. Some vendors say so with 400, in words."""
    if exchange.status in {401, 403}:
        return True
    return exchange.status == 400 and _KEY_REFUSED.search(_words(exchange)) is not None


def refuses_model(exchange: Exchange) -> bool:
    """Tell whether the answer says that the model we asked for is not served; naming it in passing is not enough."""
    model = exchange.sent.json.get("model") if isinstance(exchange.sent.json, dict) else None
    if exchange.status not in {400, 403, 404} or not isinstance(model, str):
        return False
    words = _words(exchange)
    if "model_not_found" in words:
        return True
    return model.lower() in words and not _names_field(exchange, words) and _MODEL_REFUSED.search(words) is not None


def refuses_cleanly(exchange: Exchange) -> bool:
    """
    Tell whether the answer is a clear refusal of the route or of a parameter.

    404, 405 and 501 are; so is a 400 or 422 whose JSON error names an optional field of the request or says that
    something is not supported. Chat completions are owed by everybody: a 404 there must say what it refuses, too.
    """
    owed = (exchange.sent.method, exchange.sent.operation) == ("POST", "chat/completions")
    if exchange.status in {405, 501} or (exchange.status == 404 and not owed):
        return True
    if exchange.status not in {400, 404, 422}:
        return False
    texts = _words(exchange)
    return bool(texts) and ("support" in texts or _names_field(exchange, texts) or _names_attachment(exchange, texts))


def _names_attachment(exchange: Exchange, texts: str) -> bool:
    """Tell whether a request holds an attachment and the words of the error are about attachments."""
    sent = json.dumps(exchange.sent.json) if exchange.sent.json is not None else ""
    attached = any(f'"type": "{kind}"' in sent for kind in _ATTACHED)
    return attached and re.search(r"multimodal|vision|modalit|text[- ]only", texts) is not None


def _names_field(exchange: Exchange, texts: str) -> bool:
    """Tell whether the words of an error name an optional field of the request, and its `param` not the question."""
    if _param(exchange) in _ASKED:
        return False
    fields = exchange.sent.json if isinstance(exchange.sent.json, dict) else {}
    optional = [name for name in fields if name not in _ASKED | {"model"}]
    return any(re.search(rf"\b{re.escape(name.lower())}\b", texts) for name in optional)


def _param(exchange: Exchange) -> str:
    """Return the field of the request that the error's `param` is about, or "" when it does not say."""
    found = _holder(exchange).get("param")
    return re.split(r"[.\[]", within(found))[0] if isinstance(found, str) else ""


def _words(exchange: Exchange) -> str:
    """Return what an error body says, in small letters, one text a line, as far as it is searched."""
    return within("\n".join(within(text) for text in _texts(exchange))).lower()


def _texts(exchange: Exchange) -> Iterator[str]:
    """Yield what an error body says: message, code, type and param, in whatever shape it comes."""
    holder = _holder(exchange)
    for name in ("error", "message", "detail", "code", "type", "status", "param"):
        found = holder.get(name)
        if isinstance(found, str):
            yield found
        if name == "detail" and isinstance(found, list):
            yield from _forbidden(found)


def _forbidden(details: list[Any]) -> Iterator[str]:
    """Yield the top-level parameters that a validator forbids, from a list of what it found wrong."""
    for detail in details:
        match detail:
            case {"type": "extra_forbidden", "loc": ["body", str(name)]}:
                yield f"{name} is not permitted"


def _holder(exchange: Exchange) -> Document:
    """Return the object of an error body that holds the message; an empty one when there is none."""
    try:
        value = exchange.received.json
    except NotJson:
        return Document({})
    if isinstance(value, list) and value:
        value = value[0]
    inner = Document(value).get("error")
    return Document(inner if isinstance(inner, dict) else value)


def _said(exchange: Exchange) -> str:
    text = next(_texts(exchange), "")
    return f": {text[:160]!r}" if text else ""
