"""Holding a value against the JSON Schema that a request carries."""

from typing import Any

from conformance import Inconclusive
from conformance.assertions import violations


def broken_rules(value: Any, schema: Any) -> list[str]:
    """Return where a value breaks a schema of the request. Raises `Inconclusive` when that is not a JSON Schema."""
    try:
        return violations(value, schema)
    except (TypeError, ValueError) as error:
        raise Inconclusive(f"the schema in the request cannot be read: {error}") from None
