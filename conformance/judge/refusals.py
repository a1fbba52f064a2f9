"""
Refusals: what an error answer says, and what that makes of the checks behind it.

An endpoint that answers with an error may be right, wrong, or led there by us. Three questions tell these apart, in
this order:

1. Is it ours to mend? A rate limit (429), an account that lacks something (`refuses_account`), a valid key that is
   refused (`refuses_key`) and a model that is not served (`refuses_model`) say nothing about the endpoint's
   conformance: `error`. Nor does the rejection of so small a limit that a model has no room to reason
   (`rejects_small_limit`).
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
from conformance.wire.verdict import HarnessError, Inconclusive, Unsupported

_MODEL_REFUSED = re.compile(
    # "Model m does not support parameter x" refuses the parameter, so `does not` alone is not among these.
    r"model.{0,120}(not found|not exist|doesn't exist|unknown|no such|not available|not accessible|not a valid)"
    r"|model\W{1,20}\S{1,200} is not supported(?=[.]|$)"
    r"|\b(unknown|invalid|no such|unsupported|not found)\b.{0,40}model",
    re.DOTALL | re.MULTILINE,
)
_KEY_REFUSED = re.compile(r"(incorrect|invalid) api key|api key (is )?(not valid|invalid|incorrect)")
_KEY_WORDS = re.compile(r"api.?key|credential|permission|authenti|authoriz|access (is )?denied|forbidden|access token")
_PERMISSION = re.compile(r"\bpermissions?\b|scope|revoked|deactivated|forbidden|access (is )?denied|not allowed")
_OF_PREFLIGHT = frozenset({"chat/completions", "models", "embeddings"})
_ACCOUNT_REFUSED = re.compile(
    r"organization must be verified|verify organization|access to propagate|zero data retention|insufficient_quota"
    r"|exceeded your current quota|check your plan and billing|billing_(not_active|hard_limit)|billing (hard limit"
    r"|details)|enable billing|account is not active|insufficient (balance|credits|funds)|credit balance is too low"
)
_LIMIT_TOO_SMALL = re.compile(r"higher max_\w{0,20}tokens|output limit was reached|increase.{0,30}max_\w{0,20}tokens")
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
# "Contact support" refuses nothing, so the word alone is not enough.
_UNSUPPORTED = re.compile(
    r"unsupported|n[o']t (be |currently |yet )?support|only support|no support for|supported values?"
    r"|only [\w ]{1,40}(are|is) supported"
)
_PART_UNSUPPORTED = re.compile(r"(does not|doesn't|do not) support|not supported (in|with|by|for|on)|only supported")
_ROLE_REFUSED = re.compile(
    r"does not support '(system|developer)' with this model"
    r"|(system|developer) (role|messages?) (is |are )?not supported"
)
# What a request is about. An error that names one of these complains about the question, not about an option.
_ASKED = frozenset({"messages", "input", "prompt"})
# A model without `logprobs` refuses them by that name, whichever of the two was sent.
_SWITCHED_ON_BY = {"top_logprobs": "logprobs"}
# A validator's words for a part or a tool of a type that it does not know.
_TAG_REFUSED = re.compile(r"input tag '(\w{1,40})' found using .{1,20} does not match any of the expected tags")
_BASIC = frozenset({"text", "function", "message", "input_text", "json_schema", "json_object"})
_SEARCHED = 100_000
_ATTACHED = ("image_url", "input_audio", "file", "input_image", "input_file")


def examine_refusal(exchange: Exchange, *, claimed: bool) -> None:
    """
    Raise `HarnessError` for a refusal that is ours to mend, and `Unsupported` for a rightful one.

    Raises `Inconclusive` for a limit that is too small for the model.
    """
    status, said = exchange.status, _said(exchange)
    if refuses_account(exchange):
        raise HarnessError(
            f"{exchange.label}: the account was rejected ({status}){said}; mend its settings at the vendor"
        )
    if status == 429:
        raise HarnessError(f"{exchange.label}: the endpoint limits us (429){said}; lower [limits], or --resume later")
    if exchange.sent.key in {Key.VALID, Key.OTHER} and refuses_key(exchange):
        if not _refuses_a_good_key(exchange):
            raise HarnessError(f"{exchange.label}: the key was rejected ({status}){said}; check the key's variable")
        if not claimed:
            raise Unsupported(f"this route rejects the key that other routes accept: {status}{said}")
        return
    if refuses_model(exchange):
        raise HarnessError(f"{exchange.label}: the model was rejected ({status}){said}; name another with --model")
    if rejects_small_limit(exchange):
        raise Inconclusive(f"{exchange.label}: so small a limit is rejected ({status}){said}")
    if exchange.served_sibling:
        return  # the parameter is offered, so what is refused is a documented value of it
    if refuses_role(exchange) or (not claimed and refuses_cleanly(exchange)):
        raise Unsupported(f"rejected with {status}{said}")


def refuses_key(exchange: Exchange) -> bool:
    """
    Tell whether the answer refuses the key. Some vendors say so with 400, in words.

    The same key was served in the preflight, or nothing else would have been sent. So 403 refuses it only in words of
    keys and permissions: it may as well refuse a parameter, as o4-mini does `logprobs`.
    """
    if exchange.status == 401:
        return True
    if exchange.status == 403:
        return not _names_field(exchange, _words(exchange)) and _KEY_WORDS.search(_said_in_full(exchange)) is not None
    return exchange.status == 400 and _KEY_REFUSED.search(_words(exchange)) is not None


def _refuses_a_good_key(exchange: Exchange) -> bool:
    """
    Tell whether a route has no use for a key that is right: the preflight was served with it.

    A gateway that hands the key to another upstream in another way answers so. Words of permissions are about the key.
    """
    return exchange.sent.operation not in _OF_PREFLIGHT and not _PERMISSION.search(_said_in_full(exchange))


def refuses_account(exchange: Exchange) -> bool:
    """Tell whether the answer asks for something of the account: to be verified, to be paid, to keep data."""
    if exchange.status not in {400, 402, 403, 404, 429} or exchange.sent.key is not Key.VALID:
        return False
    words = _words(exchange)
    if exchange.status == 429 and "insufficient_quota" not in words:
        return False  # some say in the same words that a minute's requests are used up
    return _ACCOUNT_REFUSED.search(words) is not None


def rejects_small_limit(exchange: Exchange) -> bool:
    """Tell whether the answer says that the model needs more room than the limit that was sent."""
    limited = isinstance(exchange.sent.json, dict) and any(name in exchange.sent.json for name in _LIMITS)
    return limited and exchange.status in {400, 422} and _LIMIT_TOO_SMALL.search(_words(exchange)) is not None


def refuses_role(exchange: Exchange) -> bool:
    """Tell whether the model has no such role as a message has: a property of the model, not of the endpoint."""
    return exchange.status in {400, 422} and _ROLE_REFUSED.search(_words(exchange)) is not None


def refuses_model(exchange: Exchange) -> bool:
    """Tell whether the answer says that the model we asked for is not served; naming it in passing is not enough."""
    model = exchange.sent.json.get("model") if isinstance(exchange.sent.json, dict) else None
    if exchange.status not in {400, 403, 404} or not isinstance(model, str):
        return False
    words = _words(exchange)
    if "model_not_found" in words:
        return True
    if model.lower() not in words or _names_field(exchange, words) or _PART_UNSUPPORTED.search(words):
        return False
    return _MODEL_REFUSED.search(words) is not None


def refuses_cleanly(exchange: Exchange) -> bool:
    """
    Tell whether the answer is a clear refusal of the route or of a parameter.

    404, 405 and 501 are, and any 4xx to a preflight of a page; so is a 400, 403 or 422 whose JSON error names an
    optional field of the request, or the model that it is not offered with, or says that something is not supported, or
    that what was sent in an optional shape must have another. Chat completions are owed by everybody: a 404 there must
    say what it refuses, too.
    """
    owed = (exchange.sent.method, exchange.sent.operation) == ("POST", "chat/completions")
    if exchange.status in {405, 501} or (exchange.status == 404 and not owed):
        return True
    if exchange.sent.method == "OPTIONS" and 400 <= exchange.status < 500:
        return True  # no page is let in: the operator's choice
    if exchange.status not in {400, 403, 404, 422}:
        return False
    if _refuses_shape(exchange):
        return True
    texts = _words(exchange)
    if not owed and _param(exchange) == "model":
        return True
    return bool(texts) and (
        _UNSUPPORTED.search(texts) is not None or _names_field(exchange, texts) or _names_attachment(exchange, texts)
    )


def _refuses_shape(exchange: Exchange) -> bool:
    """Tell whether a validator's words leave no room for an optional shape that was sent: tokens, a part, a tool."""
    sent, said = exchange.sent.json, _said_in_full(exchange)
    if not isinstance(sent, dict):
        return False
    if isinstance(sent.get("input"), list) and _are_numbers(sent["input"]):
        return "valid string" in said
    tag = _TAG_REFUSED.search(said)
    text = json.dumps(sent)
    if tag is not None:
        return tag[1] not in _BASIC and f'"type": "{tag[1]}"' in text
    return '"type": "custom"' in text and "should be 'function'" in said


def _are_numbers(value: list[Any]) -> bool:
    inner = [number for one in value for number in (one if isinstance(one, list) else [one])]
    return bool(inner) and all(isinstance(number, int) for number in inner)


def _names_attachment(exchange: Exchange, texts: str) -> bool:
    """Tell whether a request holds an attachment and the words of the error are about attachments."""
    sent = json.dumps(exchange.sent.json) if exchange.sent.json is not None else ""
    attached = any(f'"type": "{kind}"' in sent for kind in _ATTACHED)
    return attached and re.search(r"multimodal|vision|modalit|text[- ]only", texts) is not None


def _names_field(exchange: Exchange, texts: str) -> bool:
    """Tell whether the words of an error name an optional field of the request, and its `param` not the question."""
    if _param(exchange) in _ASKED:
        return False
    sent = _fields(exchange)
    optional = [name for name in (*sent, *map(_SWITCHED_ON_BY.get, sent)) if name and name not in _ASKED | {"model"}]
    return any(re.search(rf"\b{re.escape(name.lower())}\b", texts) for name in optional)


def _fields(exchange: Exchange) -> list[str]:
    """Return the names of the fields of a request: of its JSON object, or of its form."""
    sent = exchange.sent
    if isinstance(sent.json, dict):
        return list(sent.json)
    form = sent.content or b""
    return [name.decode() for name in re.findall(rb'form-data; name="(\w{1,60})"', form[:_SEARCHED])]


def _said_in_full(exchange: Exchange) -> str:
    """Return what a refusal says in any form: a gateway's page, too."""
    return within(exchange.received.body[:_SEARCHED].decode(errors="replace")).lower()


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
