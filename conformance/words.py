"""The words that a check is made of, as `conformance` itself offers them; imported when the first one is used."""

from conformance.definition.catalogue import capability
from conformance.definition.check import may, must, should
from conformance.definition.citation import DOC, OBSERVED, RFC, SDK, WHATWG
from conformance.definition.exchange_spec import Until, exchange
from conformance.definition.kind import Condition, Kind, body_of
from conformance.targets.target import Target
from conformance.wire.capability import MAY, MUST, SHOULD, Capability
from conformance.wire.exchange import DONE, Exchange, Exchanges, Facet
from conformance.wire.json_value import ABSENT, Document
from conformance.wire.request import Key, Request
from conformance.wire.verdict import Deviation, Inconclusive

__all__ = [
    "ABSENT",
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
    "body_of",
    "capability",
    "exchange",
    "may",
    "must",
    "should",
]
