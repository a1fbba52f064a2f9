"""`/files`: upload, list, retrieve, content, delete. Shapes are those of the official client's `FileObject`."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.multipart import form, values_of
from conformance.simulator.http.paging import page
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import fields, integer, invalid_type, missing, one_of, string

_PURPOSE = one_of("assistants", "batch", "evals", "fine-tune", "user_data", "vision")
_NOT_READABLE = frozenset({"assistants", "user_data", "vision"})
_EXPIRES = fields({"anchor": one_of("created_at"), "seconds": integer(3600, 2_592_000)})
_SECONDS = "expires_after[seconds]"
_NESTED = re.compile(r"(\w+)\[(\w+)\]")
_FORM = fields({"purpose": _PURPOSE}, {"expires_after": _EXPIRES})


@dataclass(frozen=True, slots=True)
class File:
    """A file that was uploaded, or that a batch wrote. `expires_at` is in seconds since 1970."""

    id: str
    filename: str
    purpose: str
    created: int
    content: bytes = field(repr=False)
    expires_at: int | None = None

    def describe(self) -> dict[str, Any]:
        """Return the file as OpenAI describes it."""
        return {
            "object": "file",
            "id": self.id,
            "purpose": self.purpose,
            "filename": self.filename,
            "bytes": len(self.content),
            "created_at": self.created,
            "expires_at": self.expires_at,
            "status": "processed",
            "status_details": None,
        }


def keep(state: State, filename: str, purpose: str, content: bytes, seconds: int | None = None) -> File:
    """Keep a file, for some seconds as far as it says."""
    created = state.shelf(File).moment()
    expires_at = None if seconds is None else created + seconds
    file = File(f"file-{uuid.uuid4().hex[:24]}", filename, purpose, created, content, expires_at)
    state.shelf(File).put(file.id, file, len(content))
    return file


def find(call: Call) -> File:
    """Return the file that a path names."""
    name = call.arguments["id"]
    file = call.state.shelf(File).get(name)
    if file is None:
        raise _not_found(name)
    return file


def uploads_of(state: State) -> Callable[[str], bytes | None]:
    """Return what gives the content of an uploaded file, or None, by its id."""

    def content_of(name: str) -> bytes | None:
        file = state.shelf(File).get(name)
        return None if file is None else file.content

    return content_of


def upload(call: Call) -> Answer:
    """Answer `POST /files`."""
    parts = form(call)
    body = nested(values_of(parts, {_SECONDS: "integer"}))
    sent = next((part for part in parts if part.filename is not None and part.name == "file"), None)
    if "file" in body:
        raise invalid_type(body["file"], "file", "a file")
    _FORM(body, "")
    if sent is None:
        raise missing("file")
    name = sent.filename or ""
    string(512, empty=False)(name, "file.filename")
    seconds = (body.get("expires_after") or {}).get("seconds")
    return Answer(keep(call.state, name, body["purpose"], sent.content, seconds).describe())


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a form with objects for keys such as `expires_after[anchor]`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        match = _NESTED.fullmatch(key)
        if match is None:
            found[key] = value
        elif isinstance(found.setdefault(match[1], {}), dict):
            found[match[1]][match[2]] = value
    return found


def listing(call: Call) -> Answer:
    """Answer `GET /files`, of one purpose or of all."""
    purpose = call.query.get("purpose")
    found = [file.describe() for file in call.state.shelf(File).all() if purpose in {None, file.purpose}]
    listed = page(call, found, size=10_000, most=10_000)
    return Answer({name: listed[name] for name in ("object", "data", "has_more", "first_id", "last_id")})


def retrieve(call: Call) -> Answer:
    """Answer `GET /files/{id}`."""
    return Answer(find(call).describe())


def content(call: Call) -> Answer:
    """Answer `GET /files/{id}/content`; as at OpenAI, files that were given to the model are not given back."""
    file = find(call)
    if file.purpose in _NOT_READABLE:
        raise invalid_request(f"Not allowed to download files of purpose: {file.purpose}")
    return Answer(file.content, headers=(("content-type", "application/octet-stream"),))


def delete(call: Call) -> Answer:
    """Answer `DELETE /files/{id}`."""
    name = call.arguments["id"]
    if call.state.shelf(File).take(name) is None:
        raise _not_found(name)
    return Answer({"object": "file", "deleted": True, "id": name})


def _not_found(name: str) -> ApiError:
    return ApiError(404, f"No such File object: {name[:200]}", param="id")
