"""
How pictures are found in an answer of a chat.

OpenAI documents no place for them: other endpoints have several, and all that hold the picture itself are as good.
What stands behind a URL is never fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.chat import CONTENT
from conformance.checks.images.reading import picture_of
from conformance.media.base64 import decode_base64, find_data_url
from conformance.media.image import Picture

IMAGES = "choices.0.message.images"

_URL = re.compile(r"https?://[^\s()<>\"']{4,2000}", re.IGNORECASE)
_MARKDOWN = re.compile(r"!\[[^\]\n]{0,300}\]\(\s*<?$")
_BARE_BASE64 = re.compile(r"\s*(?:iVBORw0KGgo|/9j/|UklGR|R0lGOD)[A-Za-z0-9+/=\s]++\Z")
_BEFORE = 320
"""How many characters before a URL may belong to its Markdown."""


@dataclass(frozen=True, slots=True)
class Found:
    """A picture in a chat's answer: in which shape, and its bytes; None behind a URL and where they are no base64."""

    shape: str
    content: bytes | None
    media_type: str = ""
    remote: bool = False


def found_in(observed: Exchange) -> Found | None:
    """Return the first picture in the message of a chat's answer, or None."""
    return next(_all(observed), None)


def _all(observed: Exchange) -> Iterator[Found]:
    images, content = observed.get(IMAGES), observed.get(CONTENT)
    for item in images if isinstance(images, list) else ():
        yield from _in_part(item, "`images[]`")
    for item in content if isinstance(content, list) else ():
        yield from _in_part(item, "content parts")
    if isinstance(content, str):
        yield from _in_text(content)


def _in_part(part: Any, shape: str) -> Iterator[Found]:
    """Yield the picture of one part: a URL somewhere in it, or base64 under one of the usual names."""
    holder = Document(part)
    for path in ("image_url.url", "image_url", "url", "b64_json", "data", "image", "inline_data.data"):
        value = part if isinstance(part, str) else holder.get(path)
        if isinstance(value, str) and value:
            yield next(_in_text(value, shape), None) or Found(shape, decode_base64(value))
            return


def _in_text(content: str, shape: str = "") -> Iterator[Found]:
    if url := find_data_url(content, "image"):
        kind = shape or f"{_dressed(content, url.start)} data URL"
        yield Found(kind, url.content, url.media_type)
    elif _BARE_BASE64.match(content):
        yield Found(shape or "bare base64", decode_base64(content))
    else:
        for match in _URL.finditer(content):
            dressed = _dressed(content, match.start())
            if shape or dressed == "Markdown":
                yield Found(shape or "Markdown https URL", None, remote=True)


def _dressed(content: str, start: int) -> str:
    return "Markdown" if _MARKDOWN.search(content[max(0, start - _BEFORE) : start]) else "bare"


def decoded(found: Found) -> Picture:
    """Return the picture in a chat's answer. Raises `Deviation` when it is none, `Inconclusive` behind a URL."""
    if found.remote:
        raise Inconclusive(f"the picture comes as {found.shape}, and the suite fetches no URL")
    if not found.content:
        raise Deviation(f"the picture comes as {found.shape}, and is no base64", finding="broken:picture")
    return picture_of(found.content, f"the picture comes as {found.shape}, and")
