"""
What hides the length of a token from those who can only see how long an event is: a text of some letters beside it.

OpenAI sends it unless `include_obfuscation` is false: all but one of 609 recorded streams since August 2025.
"""

from collections.abc import Mapping
from typing import Any

_LETTERS = "aZ3kQ9xT1mW7bR5c"


def wanted(stream_options: Mapping[str, Any] | None) -> bool:
    """Return whether a request wants it: null and a missing option stand for yes."""
    return (stream_options or {}).get("include_obfuscation") is not False


def padding(text: str) -> str:
    """Return what fills a text up to a multiple of 16 characters."""
    return _LETTERS[: -len(text) % len(_LETTERS)]
