"""
Schemas of types, enums, properties and items alone: those that every response with structured output is held to.

Each other keyword (`pattern`, `$ref`, `anyOf`, ...) has checks of its own, so that whoever lacks one is not said to
lack all.
"""

from typing import Any

_PLAIN = frozenset(
    {"type", "enum", "properties", "required", "additionalProperties", "items", "title", "description", "$schema"}
)


def is_plain(schema: Any) -> bool:
    """Tell whether a schema uses no other keywords, however deep. What is not an object holds none."""
    left = [schema]
    while left:
        node = left.pop()
        if not isinstance(node, dict):
            continue
        if not _PLAIN.issuperset(node):
            return False
        inner = node.get("properties")
        left += [
            *(inner.values() if isinstance(inner, dict) else ()),
            node.get("items"),
            node.get("additionalProperties"),
        ]
    return True
