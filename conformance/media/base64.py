"""Base64, and data URLs (RFC 2397), as they stand in answers."""

import base64
import binascii
import re
from dataclasses import dataclass

_DATA_URL = re.compile(
    r"data:([a-z]{1,20}/[a-z0-9.+-]{1,40})(?:;[^;,\s]{1,80}+){0,8};base64,([A-Za-z0-9+/=_-]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DataUrl:
    """A data URL within a text: its media type in lower case, its bytes (None: not base64), and where it begins."""

    media_type: str
    content: bytes | None
    start: int


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of a text in base64, with or without line ends; None for any other text."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def find_data_url(text: str, kind: str) -> DataUrl | None:
    """Return the first data URL of a kind of media (`image`) in a text, or None."""
    for match in _DATA_URL.finditer(text):
        if match[1].lower().startswith(f"{kind}/"):
            return DataUrl(match[1].lower(), decode_base64(match[2]), match.start())
    return None
