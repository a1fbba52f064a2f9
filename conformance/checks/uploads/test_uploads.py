"""
The life of an upload: announced, sent in parts, completed as a file, or cancelled.

Not checked: that a wrong `md5` is rejected, which would leave an upload behind; `expires_at`, but for its type.
"""

from urllib.parse import unquote

from conformance import DOC, MUST, SDK, Deviation, Exchange, body_of, must
from conformance.assertions import conforms
from conformance.checks.files.test_files import sent_bytes
from conformance.checks.uploads.exchanges import (
    FILENAME,
    UPLOADS,
    created_upload,
    ended_upload,
    first_part,
    part_of_upload,
    second_part,
    upload_cancelled,
    upload_completed,
    upload_content,
    upload_created,
)
from conformance.counterexamples import body, broken


@must(UPLOADS, says=SDK("Upload"), counterexample=broken(upload_created, "object", "file"))
def test_upload_has_the_documented_shape(created_upload: Exchange) -> None:
    """The response to an announced upload is an `Upload` of the documented shape."""
    conforms(created_upload, "Upload", MUST)


@must(UPLOADS, says=SDK("Upload.status"), counterexample=broken(upload_created, "status", "completed"))
def test_upload_is_pending(created_upload: Exchange) -> None:
    """An upload that was announced is `pending`, with the `bytes`, `filename` and `purpose` that were sent."""
    assert created_upload.at("status", str) == "pending"
    for name in ("bytes", "filename", "purpose"):
        now, then = created_upload.get(name), body_of(created_upload.sent).get(name)
        assert now == then, f"`{name}` is {now!r}, and {then!r} was sent"


@must(UPLOADS, says=SDK("UploadPart"), counterexample=broken(first_part, "upload_id", "another"))
def test_part_belongs_to_its_upload(part_of_upload: Exchange) -> None:
    """The response to a part of an upload is an `UploadPart` with the id of its upload."""
    conforms(part_of_upload, "UploadPart", MUST)
    named = unquote(part_of_upload.sent.operation.split("/")[1])
    assert part_of_upload.at("upload_id", str) == named, f"the part was sent to the upload `{named[:60]}`"


@must(UPLOADS, says=SDK("Upload.file"), counterexample=broken(upload_completed, "file", None))
def test_completed_upload_is_a_file(upload_completed: Exchange, upload_created: Exchange) -> None:
    """A completed upload is `completed`, and its `file` is a `FileObject` of the announced `bytes`."""
    assert upload_completed.at("status", str) == "completed"
    conforms(upload_completed.document, "Upload", MUST)
    assert upload_completed.at("file.bytes", int) == upload_created.at("bytes", int)
    assert upload_completed.at("file.filename", str) == FILENAME


@must(UPLOADS, says=DOC("completeUpload"), counterexample=body(upload_content, b"{}\n"))
def test_file_is_its_parts_in_order(upload_content: Exchange, first_part: Exchange, second_part: Exchange) -> None:
    """The file of a completed upload is its parts, in the order of `part_ids`, byte for byte."""
    whole = sent_bytes(first_part) + sent_bytes(second_part)
    found = upload_content.received.decoded
    if found != whole:  # an `assert` would make a diff
        raise Deviation(f"{len(found)} bytes are returned, {len(whole)} were sent, and they are not equal")


@must(UPLOADS, says=DOC("cancelUpload"), counterexample=broken(upload_cancelled, "status", "pending"))
def test_cancelled_upload_is_cancelled(ended_upload: Exchange) -> None:
    """A cancelled upload is an `Upload` with `status` `cancelled`."""
    conforms(ended_upload, "Upload", MUST)
    assert ended_upload.at("status", str) == "cancelled"
