"""
What is sent about files.

The file is one line for a batch, because files of that purpose may be downloaded again. It is never used.
"""

import json
from typing import Any

from conformance import Exchange, Request, Target, Until, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.requests import GONE
from conformance.requests import Upload, delete, get, multipart, segment, user

FILES = capability("files.api")

PATH = "/files"
NO_FILE = "file-000000000000000000004f1c"
FILENAME = "conformance-4f1c.jsonl"

FILE_MEDIA = ("application/", "text/plain", "text/jsonl", "binary/")
"""The media types that the content of a JSONL file may have: no document says."""


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as JSON lines in UTF-8."""
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def content_for(model: str) -> bytes:
    """Return the file that is uploaded; one letter takes two bytes."""
    body = {"model": model, "messages": [user(HELLO)]}
    return jsonl([{"custom_id": "größe-1", "method": "POST", "url": "/v1/chat/completions", "body": body}])


def by_id(file_uploaded: Exchange, below: str = "") -> str:
    """Return the path of the file that was uploaded."""
    return f"{PATH}/{segment(file_uploaded.at('id', str))}{below}"


@exchange(FILES, cost=0)
def file_uploaded(target: Target) -> Request:
    """The upload of a small JSONL file for a batch."""
    file = Upload(FILENAME, content_for(target.model("chat")), "application/jsonl")
    return multipart(PATH, {"purpose": "batch"}, {"file": file})


@exchange(FILES, cost=0)
def files_listed(file_uploaded: Exchange) -> Request:
    """The list of files."""
    return get(PATH)


@exchange(FILES, cost=0)
def file_retrieved(file_uploaded: Exchange) -> Request:
    """The uploaded file, retrieved by its id."""
    return get(by_id(file_uploaded))


@exchange(FILES, cost=0, media=FILE_MEDIA)
def file_content(file_uploaded: Exchange) -> Request:
    """The content of the uploaded file."""
    return get(by_id(file_uploaded, "/content"))


@exchange(FILES, expects={400, 422}, cost=0, roles=(), invalid=True)
def upload_without_purpose(file_uploaded: Exchange) -> Request:
    """The upload of a file without a `purpose`."""
    return multipart(PATH, {}, {"file": Upload(FILENAME, b"{}\n", "application/jsonl")})


@exchange(FILES, expects=404, cost=0, roles=(), invalid=True)
def unknown_file(file_uploaded: Exchange) -> Request:
    """A file that does not exist."""
    return get(f"{PATH}/{NO_FILE}")


@exchange(FILES, cost=0, last=True)
def file_deleted(file_uploaded: Exchange) -> Request:
    """The deletion of the uploaded file."""
    return delete(by_id(file_uploaded))


@exchange(FILES, expects={200, 404}, cost=0, last=True, until=GONE)
def deleted_file_retrieved(file_uploaded: Exchange, file_deleted: Exchange) -> Request:
    """The deleted file, retrieved by its id."""
    return get(by_id(file_uploaded))
