"""
How images are found in a chat completion.

OpenAI documents no place for them: other endpoints have several, and all that contain the image itself are as good.
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
    """An image in a chat completion: its shape and bytes; no bytes behind a URL and where they are not base64."""

    shape: str
    content: bytes | None
    media_type: str = ""
    remote: bool = False


def found_in(observed: Exchange) -> Found | None:
    """Return the first image in the message of a chat completion, or None."""
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
    """Yield the image of one part: a URL somewhere in it, or base64 under one of the usual names."""
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
    """Return the decoded image. Raises `Deviation` when it is not an image, `Inconclusive` behind a URL."""
    if found.remote:
        raise Inconclusive(f"the image is returned as {found.shape}, and the suite does not fetch URLs")
    if not found.content:
        raise Deviation(f"the image is returned as {found.shape}, and is not valid base64", finding="broken:picture")
    return picture_of(found.content, f"the image is returned as {found.shape}, and")
