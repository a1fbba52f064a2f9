"""
The native API at the door: the key, the path, the method, and the answer.

A path counts by its tail: gateways put a version in front, none, or two.
"""

import hmac
import json
import logging
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Scope

from conformance.simulator.gemini import models, others
from conformance.simulator.gemini.errors import GeminiError, bad_field, bad_key, error_answer, no_key, unknown_model
from conformance.simulator.gemini.generate import count, generate
from conformance.simulator.gemini.stream import stream
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.state import State

_METHOD = re.compile(r"/models/([^/:]+):(\w+)/?\Z")
_MODEL = re.compile(r"/models/([^/:]+)/?\Z")
_HEADERS = (("server", "scaffolding on HTTPServer2"), ("vary", "Origin, X-Origin, Referer"))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GeminiFront:
    """What answers a native request, whole. Without a key it takes any that is not empty."""

    api_key: str | None = field(repr=False)
    state: State = field(default_factory=State, repr=False)

    def answer(self, scope: Scope, content: bytes) -> Answer:
        """Return the answer to a request with that body."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        call = Call(scope["method"], scope["path"], query, headers, content, state=self.state)
        try:
            self._authorise(call)
            answer = _serve(call)
        except ApiError as error:
            answer = error_answer(error)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an envelope
            _log.exception("bug in the simulator")
            answer = error_answer(GeminiError(500, "An internal error has occurred."))
        named = answer if answer.header("content-type") else answer.with_header("content-type", "application/json")
        return Answer(named.body, named.status, (*named.headers, *_HEADERS))

    def _authorise(self, call: Call) -> None:
        """Take the key from `x-goog-api-key`, from `?key=`, or as a bearer token."""
        bearer = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        given = call.headers.get("x-goog-api-key") or call.query.get("key") or bearer
        if not given:
            raise no_key()
        if self.api_key is not None and not hmac.compare_digest(given.encode(), self.api_key.encode()):
            raise bad_key()


def _serve(call: Call) -> Answer:
    if call.method == "GET" and call.path.rstrip("/").endswith("/models"):
        return Answer(models.listing())
    if call.method == "GET" and (named := _MODEL.search(call.path)):
        return Answer(models.described(named[1]))
    asked = _METHOD.search(call.path)
    if call.method != "POST" or asked is None:
        raise GeminiError(404, f"The requested URL {call.path[:200]} was not found on this server.")
    return _call(call, asked[1], asked[2], _json(call.content))


def _call(call: Call, name: str, method: str, body: Any) -> Answer:
    model = models.find(name, method)
    offered = model.methods
    match method:
        case "generateContent" if method in offered:
            return Answer(_generated(call, body, model))
        case "streamGenerateContent" if "generateContent" in offered:
            return stream(_generated(call, body, model), sse=call.query.get("alt") == "sse")
        case "countTokens" if method in offered:
            return Answer(count(body, model))
        case "embedContent" if method in offered:
            return Answer(others.embed(body))
        case "batchEmbedContents" if "embedContent" in offered:
            return Answer(others.embed_batch(body))
        case "predict" if method in offered:
            return Answer(others.predict(call, body))
        case _:
            raise unknown_model(name, method)


def _generated(call: Call, body: Any, model: models.GeminiModel) -> dict[str, Any]:
    return others.read_aloud(call, body, model) if model.behind == "sim-speech" else generate(call, body, model)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content or b"{}")
    except (ValueError, RecursionError) as error:
        raise bad_field("", f"Invalid JSON payload received. {str(error)[:200]}") from None
