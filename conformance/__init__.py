"""
A conformance test suite and contract-recording harness for OpenAI-compatible HTTP endpoints.

These are the words that a check is written with.
"""

from conformance.capability import MAY, MUST, SHOULD, Capability
from conformance.conform import conforms, finish_reasons
from conformance.counterexample import (
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
from conformance.document import ABSENT, Document
from conformance.exchange import DONE, Exchange, Exchanges
from conformance.request import (
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
from conformance.requirement import DOC, OBSERVED, RFC, SDK, WHATWG, may, must, should
from conformance.spec import Until, exchange
from conformance.target import Target
from conformance.validate import violations
from conformance.verdict import Deviation, Inconclusive

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
    "Deviation",
    "Document",
    "Exchange",
    "Exchanges",
    "Inconclusive",
    "Key",
    "Request",
    "Target",
    "Until",
    "Upload",
    "answered",
    "assistant",
    "body",
    "broken",
    "broken_chunk",
    "bytes_replaced",
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
