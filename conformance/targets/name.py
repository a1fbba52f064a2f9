"""The name of a target: it becomes a part of paths, so nothing else is taken for one, wherever it was read."""

import re
from typing import Annotated

from pydantic import Field

PATTERN = r"^[a-z0-9][a-z0-9.-]{0,60}$"
LONGEST = 61

Name = Annotated[str, Field(pattern=PATTERN)]
"""A name that was read from a log or a recording of others."""


def is_name(text: str) -> bool:
    """Tell whether a text may name a target: small letters, digits, dots and hyphens; the first is no dot or hyphen."""
    return re.fullmatch(PATTERN, text) is not None and not text.endswith("\n")
