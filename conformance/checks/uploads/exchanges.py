"""
What is sent about uploads: a file in two parts that is completed, one that is cancelled, and one that is too short.

The completed file is deleted in the end. What is neither completed nor cancelled expires within an hour.
"""

import hashlib

from conformance import Exchange, Kind, Request, Target, capability, exchange
from conformance.checks.files.exchanges import FILE_MEDIA, content_for
from conformance.requests import Upload, delete, get, multipart, post, segment

UPLOADS = capability("uploads")

PATH = "/uploads"

created_upload = Kind("created_upload", "announced upload", "POST", "uploads")
part_of_upload = Kind("part_of_upload", "part of an upload", "POST", "uploads/{id}/parts")
ended_upload = Kind("ended_upload", "cancelled upload", "POST", "uploads/{id}/cancel")
FILENAME = "conformance-upload-4f1c.jsonl"
HALF = 40
"""Bytes of the first part."""


def announced(size: int) -> Request:
    """Return the request that announces a file of so many bytes."""
    return post(PATH, {"filename": FILENAME, "purpose": "batch", "bytes": size, "mime_type": "text/jsonl"})


def of(upload: Exchange, below: str) -> str:
    """Return a path below an upload."""
    return f"{PATH}/{segment(upload.at('id', str))}/{below}"


def part(upload: Exchange, content: bytes) -> Request:
    """Return the request that adds a part to an upload."""
    return multipart(of(upload, "parts"), {}, {"data": Upload("part", content)})


@exchange(UPLOADS, cost=0)
def upload_created(target: Target) -> Request:
    """The announcement of an upload of a small JSONL file."""
    return announced(len(content_for(target.model("chat"))))


@exchange(UPLOADS, cost=0)
def first_part(target: Target, upload_created: Exchange) -> Request:
    """The first part of the file, of 40 bytes."""
    return part(upload_created, content_for(target.model("chat"))[:HALF])


@exchange(UPLOADS, cost=0)
def second_part(target: Target, upload_created: Exchange) -> Request:
    """The rest of the file."""
    return part(upload_created, content_for(target.model("chat"))[HALF:])


@exchange(UPLOADS, cost=0)
def upload_completed(
    target: Target,
    upload_created: Exchange,
    first_part: Exchange,
    second_part: Exchange,
) -> Request:
    """The completion of the upload with both parts in order, and the checksum of the file."""
    parts = [first_part.at("id", str), second_part.at("id", str)]
    checksum = hashlib.md5(content_for(target.model("chat")), usedforsecurity=False).hexdigest()
    return post(of(upload_created, "complete"), {"part_ids": parts, "md5": checksum})


@exchange(UPLOADS, cost=0, media=FILE_MEDIA)
def upload_content(upload_completed: Exchange) -> Request:
    """The content of the file that the upload became."""
    return get(f"/files/{segment(upload_completed.at('file.id', str))}/content")


@exchange(UPLOADS, cost=0, last=True)
def upload_file_deleted(upload_completed: Exchange, upload_content: Exchange) -> Request:
    """The deletion of the file that the upload became."""
    del upload_content
    return delete(f"/files/{segment(upload_completed.at('file.id', str))}")


@exchange(UPLOADS, cost=0)
def second_upload(upload_created: Exchange) -> Request:
    """The announcement of an upload that is cancelled."""
    return announced(HALF)


@exchange(UPLOADS, cost=0)
def upload_cancelled(second_upload: Exchange) -> Request:
    """The cancellation of an upload."""
    return Request("POST", of(second_upload, "cancel"))


@exchange(UPLOADS, expects={400, 404, 409, 422}, cost=0, invalid=True)
def part_after_cancel(second_upload: Exchange, upload_cancelled: Exchange) -> Request:
    """A part of an upload that is cancelled."""
    del upload_cancelled
    return part(second_upload, b"x" * HALF)


@exchange(UPLOADS, cost=0)
def short_upload(upload_created: Exchange) -> Request:
    """The announcement of an upload of which a part is missing in the end."""
    del upload_created
    return announced(2 * HALF)


@exchange(UPLOADS, cost=0)
def short_part(short_upload: Exchange) -> Request:
    """Half of the bytes that were announced."""
    return part(short_upload, b"x" * HALF)


@exchange(UPLOADS, expects={400, 422}, cost=0, invalid=True)
def short_completed(short_upload: Exchange, short_part: Exchange) -> Request:
    """The completion of an upload with fewer bytes than announced."""
    return post(of(short_upload, "complete"), {"part_ids": [short_part.at("id", str)]})


@exchange(UPLOADS, expects={200, 400, 404, 409}, cost=0, last=True)
def short_cancelled(short_upload: Exchange, short_completed: Exchange) -> Request:
    """The cancellation of the upload that is too short, which may have ended before."""
    del short_completed
    return Request("POST", of(short_upload, "cancel"))
