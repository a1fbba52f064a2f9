"""Counterexamples: the smallest changes of a good response that must make a check deviate."""

from conformance.definition.counterexample import (
    DELETE,
    Counterexample,
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

__all__ = [
    "DELETE",
    "Counterexample",
    "answered",
    "body",
    "broken",
    "broken_chunk",
    "bytes_replaced",
    "changed",
    "every_chunk",
    "header",
    "leaking",
    "rewritten",
]
