"""
Reads what is attached to a conversation: pictures, documents and recordings, each checked as OpenAI checks it.

Nothing is ever fetched: every http or https URL but `REMOTE` is refused as one that could not be downloaded. OpenAI
takes no document in an `image_url`; a model with `lenient` does, because other endpoints document it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from conformance.simulator.http.errors import ApiError, invalid_request, invalid_value
from conformance.simulator.media.data_url import BadBase64, decode_base64, split_data_url
from conformance.simulator.media.documents import read_document
from conformance.simulator.media.pictures import colour_name, read_picture
from conformance.simulator.media.recordings import read_recording
from conformance.simulator.media.sniff import BrokenFile, sniff
from conformance.simulator.media.tokens import count

LARGEST = 20 * 1024 * 1024
REMOTE = "https://pictures.simulator.example/word.png"
"""Where the suite's own picture lies, as if it had been fetched (a host that can never exist, RFC 6761)."""
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_DOCUMENTS = ("application/pdf", "text/plain", "text/csv")
_WORD_PNG = "checks/common/fixtures/word.png"
_SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg"}
_SAME = {"image/jpg": "image/jpeg", "audio/x-wav": "audio/wav", "audio/mp3": "audio/mpeg"}
_WORD = re.compile(r"\bcode word(?:\s+is)?\s*[:,=]?\s*[\"'“«`]?(\w+)", re.IGNORECASE)
_TOKENS_PER_SECOND = 10

Kind = Literal["picture", "document", "recording"]
Uploads = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What the model makes of one attachment of the message with that index.

    `word` is the code word in it, `colour` a picture's; `tokens` is what it costs beside the price of its part.
    """

    kind: Kind
    message: int
    description: str
    word: str | None = None
    colour: str | None = None
    tokens: int = 0


def no_uploads(_name: str) -> bytes | None:
    """Know no uploaded file."""


def read_attachments(
    messages: list[dict[str, Any]], uploads: Uploads = no_uploads, *, lenient: bool = False
) -> tuple[Seen, ...]:
    """Return what is attached to a valid conversation, in order, or raise what OpenAI would answer."""
    return tuple(_all(messages, uploads, lenient=lenient))


def _all(messages: list[dict[str, Any]], uploads: Uploads, *, lenient: bool) -> Iterator[Seen]:
    for index, message in enumerate(messages):
        content = message.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            path = f"messages[{index}].content[{place}].{part['type']}"
            match part["type"]:
                case "image_url":
                    yield see_url(part["image_url"]["url"], index, f"{path}.url", lenient=lenient)
                case "input_audio":
                    yield _hear_part(part["input_audio"], index, path)
                case "file":
                    yield _read_part(part["file"], index, path, uploads)


def see_url(url: str, message: int, path: str, *, lenient: bool = False) -> Seen:
    """Return what is seen behind the URL of a picture."""
    if url == REMOTE:
        return see(files("conformance").joinpath(_WORD_PNG).read_bytes(), message, path)
    if re.match(r"https?://", url, re.IGNORECASE):
        raise invalid_request(f"Failed to download image from {url[:200]}.", param=path, code="invalid_image_url")
    parts = split_data_url(url)
    if parts is None:
        text = "Invalid image URL. Expected a URL that starts with 'https://' or a data URL in base64."
        raise invalid_request(text, param=path, code="invalid_image_url")
    media_type, data = _SAME.get(parts[0], parts[0]), parts[1]
    if lenient and media_type in _DOCUMENTS:
        return read_bytes(_decode(data, path, "invalid_base64_image"), media_type, message, path)
    if not media_type.startswith("image/"):
        text = "Invalid MIME type. Only image types are supported."
        raise invalid_request(text, param=path, code="invalid_image_format")
    if media_type not in _PICTURES:
        raise _unsupported_picture(path, "unsupported_image")
    content = _decode(data, path, "invalid_base64_image")
    if not content:
        raise invalid_request("The image is empty.", param=path, code="empty_image_file")
    if len(content) > LARGEST:
        text = f"The image is larger than {LARGEST // 1024 // 1024} MB."
        raise invalid_request(text, param=path, code="image_file_too_large")
    if sniff(content) != media_type:
        raise _unsupported_picture(path, "image_parse_error")
    return see(content, message, path)


def see(content: bytes, message: int, path: str) -> Seen:
    """Return what is seen in the bytes of a picture."""
    try:
        picture = read_picture(content)
    except BrokenFile as error:
        text = f"You uploaded an unsupported image. Please make sure your image is valid: {error}."
        raise invalid_request(text, param=path, code="image_parse_error") from None
    word = code_word_in(picture.comment)
    colour = colour_name(picture.colour) if picture.colour else None
    size = f"a picture of {picture.width} by {picture.height} pixels"
    shown = f" that shows the word {word}" if word else f", {colour} at its top left corner" if colour else ""
    return Seen("picture", message, f"{size}{shown}", word, colour)


def code_word_in(text: str) -> str | None:
    """Return the code word that a comment or a document tells."""
    match = _WORD.search(text)
    return match[1] if match else None


def _unsupported_picture(path: str, code: str) -> ApiError:
    text = "You uploaded an unsupported image. Please make sure your image has one of the following formats:"
    return invalid_request(f"{text} ['png', 'jpeg', 'gif', 'webp'].", param=path, code=code)


def _decode(data: str, path: str, code: str) -> bytes:
    try:
        return decode_base64(data)
    except BadBase64:
        raise invalid_request(f"Invalid base64 in '{path}'.", param=path, code=code) from None


def _hear_part(audio: dict[str, Any], message: int, path: str) -> Seen:
    path = f"{path}.data"
    content = _decode(audio["data"], path, "invalid_value")
    if sniff(content) != _SOUNDS[audio["format"]]:
        raise invalid_value(path, f"The audio data you provided is not of format '{audio['format']}'.")
    try:
        recording = read_recording(content)
    except BrokenFile as error:
        raise invalid_value(path, f"The audio data you provided cannot be read: {error}.") from None
    word = code_word_in(recording.comment)
    said = f" in which the word {word} is spoken" if word else ""
    tokens = max(1, round(recording.seconds * _TOKENS_PER_SECOND))
    return Seen("recording", message, f"a recording of {recording.seconds:.1f} seconds{said}", word, tokens=tokens)


def _read_part(file: dict[str, Any], message: int, path: str, uploads: Uploads) -> Seen:
    if file.get("file_id") is not None:
        content = uploads(file["file_id"])
        if content is None:
            text = f"No such File object: {file['file_id'][:80]}"
            raise invalid_request(text, param=f"{path}.file_id", code="invalid_value")
        return read_bytes(content, sniff(content) or "text/plain", message, f"{path}.file_id")
    if file.get("file_data") is None:
        text = f"Missing required parameter: '{path}.file_id'."
        raise invalid_request(text, param=f"{path}.file_id", code="missing_required_parameter")
    if not file.get("filename"):
        text = f"Missing required parameter: '{path}.filename'."
        raise invalid_request(text, param=f"{path}.filename", code="missing_required_parameter")
    path = f"{path}.file_data"
    parts = split_data_url(file["file_data"])
    if parts is None:
        raise invalid_value(path, f"Invalid '{path}': expected a data URL in base64 (data:<mime>;base64,<data>).")
    return read_bytes(_decode(parts[1], path, "invalid_value"), parts[0], message, path)


def read_bytes(content: bytes, media_type: str, message: int, path: str) -> Seen:
    """Return what is read in the bytes of a document."""
    if media_type not in _DOCUMENTS:
        text = f"Invalid file data: the MIME type '{media_type[:80]}' is not supported."
        raise invalid_value(path, f"{text} Supported are: {', '.join(_DOCUMENTS)}.")
    if len(content) > LARGEST:
        raise invalid_request(f"The file is larger than {LARGEST // 1024 // 1024} MB.", param=path)
    if (sniff(content) == "application/pdf") != (media_type == "application/pdf"):
        raise invalid_value(path, f"Invalid file data: it is not of the MIME type '{media_type}'.")
    try:
        text = read_document(content)
    except BrokenFile as error:
        raise invalid_value(path, f"Invalid file data: {error}.") from None
    word = code_word_in(text)
    named = f" that names the code word {word}" if word else ""
    return Seen("document", message, f"a document of {len(text.split())} words{named}", word, tokens=count(text))
