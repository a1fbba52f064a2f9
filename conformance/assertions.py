"""Assertions that many checks make: a body has the shape of a schema, a stream its finish reasons."""

from conformance.definition.assertions import conforms, finish_reasons
from conformance.schemas.ad_hoc import violations

__all__ = [
    "conforms",
    "finish_reasons",
    "violations",
]
