"""Data URLs and base64, as strictly as a service reads them."""

import base64
import binascii
import re

_DATA_URL = re.compile(r"data:(?P<media_type>[^;,]*)(?:;[^;,]+)*?;base64,(?P<data>.*)", re.DOTALL | re.IGNORECASE)


class BadBase64(Exception):
    """Text that is no base64."""


def decode_base64(text: str) -> bytes:
    """Return the bytes of a text in base64; line ends are allowed, any other odd character is not."""
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise BadBase64 from None


def split_data_url(url: str) -> tuple[str, str] | None:
    """Return the media type and the base64 of a data URL; None for any other text."""
    match = _DATA_URL.fullmatch(url)
    return (match["media_type"].strip().lower(), match["data"].strip()) if match else None


def data_url(media_type: str, content: bytes) -> str:
    """Return a data URL."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
