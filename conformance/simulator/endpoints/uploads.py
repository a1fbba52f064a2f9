"""`/uploads`: a file in parts. Create, add parts, complete or cancel; what is completed is a file of `/files`."""

import hashlib
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.simulator.catalog import files
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.multipart import form
from conformance.simulator.http.validation import array, fields, integer, missing, one_of, string

_HOUR_S = 3600
_LARGEST = 8 * 1024**3
_LARGEST_PART = 64 * 1024 * 1024
_EXPIRES = fields({"anchor": one_of("created_at"), "seconds": integer(3600, 2_592_000)})
CREATE = fields(
    {
        "bytes": integer(1, _LARGEST),
        "filename": string(512, empty=False),
        "mime_type": string(empty=False),
        "purpose": one_of("assistants", "batch", "fine-tune", "user_data", "vision"),
    },
    {"expires_after": _EXPIRES},
)
COMPLETE = fields({"part_ids": array(string(empty=False), 1, of="strings")}, {"md5": string()})


@dataclass(frozen=True, slots=True)
class Pending:
    """An upload as it is told, and the parts that have come, by id."""

    upload: dict[str, Any]
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)


def create(call: Call) -> Answer:
    """Answer `POST /uploads`."""
    body = json_body(call)
    CREATE(body, "")
    now = int(time.time())
    name = f"upload_{uuid.uuid4().hex[:24]}"
    upload = {
        "id": name,
        "object": "upload",
        "bytes": body["bytes"],
        "created_at": now,
        "expires_at": now + _HOUR_S,
        "filename": body["filename"],
        "purpose": body["purpose"],
        "status": "pending",
        "file": None,
    }
    call.state.shelf(Pending).put(name, Pending(upload))
    return Answer(upload)


def add_part(call: Call) -> Answer:
    """Answer `POST /uploads/{id}/parts`."""
    pending = _pending(call)
    sent = next((part for part in form(call) if part.name == "data" and part.filename is not None), None)
    if sent is None:
        raise missing("data")
    if len(sent.content) > _LARGEST_PART:
        raise invalid_request(f"A part has at most {_LARGEST_PART} bytes.", param="data")
    name = f"part_{uuid.uuid4().hex[:24]}"
    call.state.shelf(Pending).change(
        pending.upload["id"], lambda old: replace(old, parts={**old.parts, name: sent.content})
    )
    told = {"id": name, "object": "upload.part", "created_at": int(time.time()), "upload_id": pending.upload["id"]}
    return Answer(told)


def complete(call: Call) -> Answer:
    """Answer `POST /uploads/{id}/complete`: the parts, in the order given, are the file."""
    pending = _pending(call)
    body = json_body(call)
    COMPLETE(body, "")
    unknown = [name for name in body["part_ids"] if name not in pending.parts]
    if unknown:
        raise invalid_request(f"No such part: {unknown[0][:200]}", param="part_ids")
    content = b"".join(pending.parts[name] for name in body["part_ids"])
    if len(content) != pending.upload["bytes"]:
        text = f"The upload has {len(content)} bytes, and {pending.upload['bytes']} were announced."
        raise invalid_request(text, param="part_ids")
    if "md5" in body and body["md5"] != hashlib.md5(content, usedforsecurity=False).hexdigest():
        raise invalid_request("The checksum of the upload is another one.", param="md5")
    upload = pending.upload
    file = files.keep(call.state, upload["filename"], upload["purpose"], content).describe()
    return _ended(call, {**upload, "status": "completed", "file": file})


def cancel(call: Call) -> Answer:
    """Answer `POST /uploads/{id}/cancel`."""
    return _ended(call, {**_pending(call).upload, "status": "cancelled"})


def _ended(call: Call, upload: dict[str, Any]) -> Answer:
    call.state.shelf(Pending).put(upload["id"], Pending(upload))
    return Answer(upload)


def _pending(call: Call) -> Pending:
    name = call.arguments["id"]
    found = call.state.shelf(Pending).get(name)
    if found is None:
        raise ApiError(404, f"No such Upload object: {name[:200]}", param="upload_id")
    if found.upload["status"] != "pending":
        raise invalid_request(f"The upload is {found.upload['status']}.", param="upload_id")
    return found
