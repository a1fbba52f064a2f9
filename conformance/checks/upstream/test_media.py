"""
Images, recordings and files of a chat in the native request that a gateway makes of them.

Not checked: an image by its URL, which a gateway may pass on or fetch; a file by its id; whether an image is made
smaller on the way where its bytes differ.
"""

from typing import Any

from conformance import DOC, Deviation, Exchange, Facet, Inconclusive, should
from conformance.checks.upstream.edits import sent_as
from conformance.checks.upstream.exchanges import MEDIA
from conformance.checks.upstream.kinds import WITH_FILES, parts_of, translated_chat
from conformance.checks.upstream.native import either, native_of
from conformance.checks.vision.exchanges import image_png

READS = frozenset({Facet.UPSTREAM})
_SAME = {"image/jpg": "image/jpeg", "audio/mpeg": "audio/mp3", "audio/x-wav": "audio/wav", "audio/wave": "audio/wav"}
BLOB = "contents.0.parts.1.inlineData"


def _media_type(value: Any) -> str:
    plain = str(value).partition(";")[0].strip().lower()
    return _SAME.get(plain, plain)


def _sent(exchange: Exchange) -> list[tuple[str, str, str]]:
    """Return the type of the part, the media type and the base64 of each image, recording and file in the request."""
    found = []
    for part in parts_of(exchange.sent, "image_url"):
        found += _in_url("image_url", (part.get("image_url") or {}).get("url"))
    for part in parts_of(exchange.sent, "file"):
        found += _in_url("file", (part.get("file") or {}).get("file_data"))
    for part in parts_of(exchange.sent, "input_audio"):
        audio = part.get("input_audio") or {}
        found.append(("input_audio", _media_type(f"audio/{audio.get('format')}"), str(audio.get("data"))))
    if not found:
        raise Inconclusive("nothing is sent in the request itself, only by URL or id")
    return found


def _in_url(kind: str, url: Any) -> list[tuple[str, str, str]]:
    head, mark, data = str(url).partition(";base64,")
    return [(kind, _media_type(head.removeprefix("data:")), data)] if mark and head.startswith("data:") else []


def _blobs(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the media type and the base64 of each `inlineData` that was sent upstream."""
    told = native_of(exchange).all("inlineData")
    return [(_media_type(either(one, "mimeType")), str(either(one, "data"))) for one in told]


@should(
    MEDIA,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=sent_as(image_png, "contents.0.parts.1", {"text": "[image]"}),
    when=(WITH_FILES,),
    reads=READS,
)
def test_media_are_sent(translated_chat: Exchange) -> None:
    """Each image, recording and file in a message is sent upstream, in `inlineData` or as an uploaded file."""
    wanted, native = _sent(translated_chat), native_of(translated_chat)
    found = len(native.all("inlineData")) + len(native.all("fileData"))
    if found < len(wanted):
        kind = wanted[-1][0]
        message = f"{len(wanted) - found} of {len(wanted)} parts of the type `{kind}` are not sent upstream"
        raise Deviation(message, finding=f"ignored:{kind}")


@should(
    MEDIA,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=sent_as(image_png, f"{BLOB}.mimeType", "application/octet-stream"),
    when=(WITH_FILES,),
    reads=READS,
)
def test_media_keep_their_type(translated_chat: Exchange) -> None:
    """What is sent upstream in `inlineData` with its own bytes has the media type of the request."""
    blobs = {data: kind for kind, data in _blobs(translated_chat)}
    both = [(kind, media_type, data) for kind, media_type, data in _sent(translated_chat) if data in blobs]
    if not both:
        raise Inconclusive("no part is sent upstream with the bytes of the request")
    for kind, media_type, data in both:
        if blobs[data] != media_type:
            message = f"a part of the type `{kind}` is {media_type}, and its `mimeType` upstream is {blobs[data][:80]}"
            raise Deviation(message, finding=f"upstream:{kind}-media-type")


@should(
    MEDIA,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=sent_as(image_png, f"{BLOB}.data", "AAAA"),
    when=(WITH_FILES,),
    reads=READS,
)
def test_media_are_sent_whole(translated_chat: Exchange) -> None:
    """The bytes of a recording, a file or an image are sent upstream, an image perhaps in another format or size."""
    blobs = _blobs(translated_chat)
    wanted = _sent(translated_chat)
    if len(blobs) < len(wanted):
        raise Inconclusive("not all parts are sent upstream in `inlineData`")
    datas = {data for _, data in blobs}
    for kind, _, data in wanted:
        if data in datas:
            continue
        if kind == "image_url" and all(len(other) > _SHORTEST for other in datas):
            raise Inconclusive("the image has other bytes upstream, and may be the same in another size")
        raise Deviation(f"a part of the type `{kind}` has other bytes upstream", finding=f"broken:{kind}")


_SHORTEST = 60
"""No image has fewer letters of base64."""
