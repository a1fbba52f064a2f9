"""
A conformance test suite and contract-recording harness for OpenAI-compatible HTTP endpoints.

These are the words that a check is written with.
"""

from conformance.definition.assertions import conforms, finish_reasons
from conformance.definition.catalogue import capability
from conformance.definition.check import may, must, should
from conformance.definition.citation import DOC, OBSERVED, RFC, SDK, WHATWG
from conformance.definition.counterexample import (
    DELETE,
    answered,
    body,
    broken,
    broken_chunk,
    bytes_replaced,
    changed,
    every_chunk,
    header,
    leaking,
    rewritten,
)
from conformance.definition.exchange_spec import Until, exchange
from conformance.definition.kind import Condition, Kind, body_of
from conformance.schemas.ad_hoc import violations
from conformance.targets.target import Target
from conformance.wire.capability import MAY, MUST, SHOULD, Capability
from conformance.wire.exchange import DONE, Exchange, Exchanges, Facet
from conformance.wire.json_value import ABSENT, Document
from conformance.wire.request import (
    Key,
    Request,
    Upload,
    assistant,
    delete,
    developer,
    function_tool,
    get,
    multipart,
    post,
    raw,
    system,
    text,
    user,
)
from conformance.wire.verdict import Deviation, Inconclusive

__all__ = [
    "ABSENT",
    "DELETE",
    "DOC",
    "DONE",
    "MAY",
    "MUST",
    "OBSERVED",
    "RFC",
    "SDK",
    "SHOULD",
    "WHATWG",
    "Capability",
    "Condition",
    "Deviation",
    "Document",
    "Exchange",
    "Exchanges",
    "Facet",
    "Inconclusive",
    "Key",
    "Kind",
    "Request",
    "Target",
    "Until",
    "Upload",
    "answered",
    "assistant",
    "body",
    "body_of",
    "broken",
    "broken_chunk",
    "bytes_replaced",
    "capability",
    "changed",
    "conforms",
    "delete",
    "developer",
    "every_chunk",
    "exchange",
    "finish_reasons",
    "function_tool",
    "get",
    "header",
    "leaking",
    "may",
    "multipart",
    "must",
    "post",
    "raw",
    "rewritten",
    "should",
    "system",
    "text",
    "user",
    "violations",
]
