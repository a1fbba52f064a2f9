"""
The shape of a recording: what is left of its bodies for those who must not keep what people wrote.

A text in a body becomes as many `x`. What the protocol itself says stays: keys, numbers, the values of a few keys if
they look like a word of the protocol, and the beginning of ids. A body that is neither JSON nor a stream of events
becomes the count of its bytes. The result cannot be judged.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.files import remove
from conformance.record import cassette
from conformance.record.recording import CassetteError, Kept, Recording
from conformance.record.spool import EXCHANGES
from conformance.wire.response import Response

OWN = frozenset({"object", "type", "role", "finish_reason", "status", "model", "code", "event"})
IDS = frozenset({"id", "call_id", "tool_call_id", "item_id", "response_id", "previous_response_id", "file_id"})

_WORD = re.compile(r"[\w.:/@$\[\]+-]{1,64}", re.ASCII)
_ID = re.compile(r"[A-Za-z]{1,16}[-_]")
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_BOM = b"\xef\xbb\xbf"


def rewrite(folder: Path) -> list[str]:
    """
    Leave of all recordings in a run's folder their shapes; what cannot be read is taken away.

    Return one sentence for each that could not be rewritten, empty if all is well.
    """
    said = []
    for path in sorted((folder / EXCHANGES).rglob("*.json")):
        try:
            _rewrite(path, folder)
        except OSError as error:
            said.append(f"{path}: its bodies could not be replaced by their shapes: {error.strerror or error}")
    return said


def _rewrite(path: Path, folder: Path) -> None:
    try:
        recording = cassette.read(path, folder)
    except CassetteError:
        remove(path)
    else:
        if recording.provenance.kept is not Kept.SHAPES:
            cassette.write(path, shaped(recording), ())


def shaped(recording: Recording) -> Recording:
    """Return a recording with the shapes of its bodies."""
    sent, response = recording.sent, recording.response
    kinds = {name.lower(): value.partition(";")[0].strip().lower() for name, value in sent.headers}
    return Recording(
        replace(sent, body=shape(sent.body, kinds.get("content-type", ""))),
        replace(response, body=_of_response(response, requested=sent.streamed)),
        recording.provenance.model_copy(update={"kept": Kept.SHAPES}),
    )


def _of_response(response: Response, *, requested: bool) -> bytes:
    """Return the shape of a response's body; `requested`: a stream was asked for, whatever the media type says."""
    body = response.decoded
    return _events(body) if response.is_stream(requested=requested) else shape(body, response.media_type)


def shape(body: bytes, media_type: str) -> bytes:
    """Return the shape of a body that is not a stream, or says that it is one."""
    if not body:
        return body
    if media_type == "text/event-stream":
        return _events(body)
    found = _json(body)
    return found if found is not None else f"[{len(body):,} bytes]".encode()


def _json(text: bytes | str) -> bytes | None:
    """Return the shape of a JSON text, or None for what is none or cannot be read."""
    try:
        return json.dumps(_value(json.loads(text)), ensure_ascii=True).encode()
    except (ValueError, RecursionError):
        return None


def _value(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {_key(name): _value(below, name) for name, below in value.items()}
        case list():
            return [_value(item, key) for item in value]
        case str():
            return _text(value, key)
        case _:
            return value


def _key(name: str) -> str:
    return name if _WORD.fullmatch(name) else "x" * len(name)


def _text(value: str, key: str) -> str:
    if key in OWN and _WORD.fullmatch(value):
        return value
    begun = _ID.match(value) if key in IDS else None
    start = begun[0] if begun else ""
    return start + "x" * (len(value) - len(start))


def _events(body: bytes) -> bytes:
    """Return the shape of server-sent events: the same lines with the same ends."""
    start = _BOM if body.startswith(_BOM) else b""
    lines = _LINE.finditer(body, len(start))
    return start + b"".join(_line(match[1]) + match[2] for match in lines)


def _line(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    if colon and not name:
        return colon + _hidden(value)
    if not colon or name not in _FIELDS:
        return _hidden(line)
    blank = b" " if value.startswith(b" ") else b""
    return name + colon + blank + _FIELDS[name](value.removeprefix(b" "))


def _data(value: bytes) -> bytes:
    found = _json(value.decode("utf-8", "replace"))
    if found is not None:
        return found
    return value if value == b"[DONE]" else _hidden(value)


def _word(value: bytes) -> bytes:
    return value if _WORD.fullmatch(value.decode("utf-8", "replace")) else _hidden(value)


def _hidden(value: bytes) -> bytes:
    return b"x" * len(value)


_FIELDS: dict[bytes, Callable[[bytes], bytes]] = {b"data": _data, b"event": _word, b"retry": _word, b"id": _hidden}
