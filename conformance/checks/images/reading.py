"""
How pictures are found in an answer.

The endpoints for images have one place for them. A chat has none that OpenAI documents: other endpoints have several,
and all that hold the picture itself are as good. What stands behind a URL is never fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.tools.reading import CONTENT
from conformance.media.base64 import decode_base64, find_data_url
from conformance.media.image import Picture, read_picture

IMAGES = "choices.0.message.images"

_URL = re.compile(r"https?://[^\s()<>\"']{4,2000}", re.IGNORECASE)
_MARKDOWN = re.compile(r"!\[[^\]\n]{0,300}\]\(\s*<?$")
_BARE_BASE64 = re.compile(r"\s*(?:iVBORw0KGgo|/9j/|UklGR|R0lGOD)[A-Za-z0-9+/=\s]+\Z")
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


def picture_of(content: bytes, what: str) -> Picture:
    """Return a picture that is whole. Raises `Deviation`."""
    picture = read_picture(content)
    if picture is None:
        raise Deviation(f"{what} begins with {content[:8].hex(' ')}: no picture", finding="broken:picture")
    if not picture.whole:
        raise Deviation(f"{what} is a {picture.kind} that ends too early", finding="broken:picture")
    return picture


def pictures_in(observed: Exchange) -> list[Picture]:
    """
    Return the pictures in `data`.

    Raises `Deviation` for what is no picture, `Inconclusive` for URLs, whose pictures are not looked at, and for none.
    """
    return [picture_of(content, f"`data.{index}`") for index, content in enumerate(contents_in(observed))]


def contents_in(observed: Exchange) -> list[bytes]:
    """Return the bytes of the pictures in `data`, decoded from base64."""
    data = observed.at("data", list | None, None) or []
    texts = [observed.at(f"data.{index}.b64_json", str | None, None) for index in range(len(data))]
    if not data:
        raise Inconclusive("there is no picture: another check finds that")
    if not all(texts):
        raise Inconclusive("the pictures come behind URLs, and the suite fetches none")
    contents = [decode_base64(each or "") for each in texts]
    if not all(contents):
        raise Deviation("`b64_json` is no base64", finding="broken:picture")
    return [content for content in contents if content]
