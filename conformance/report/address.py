"""Addresses of documents that a report may link to: plain ones, as our own sources are."""

import re

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%?=&;,:@+#!$*()-]*)?")
_LONGEST = 300


def address(url: str) -> str:
    """Return the address if it is a plain one with https, else nothing: a log may come from anywhere."""
    return url if len(url) <= _LONGEST and _ADDRESS.fullmatch(url) else ""
