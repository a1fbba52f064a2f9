"""
The life of an upload: announced, sent in parts, completed as a file, or cancelled.

Not checked: `md5`, which few clients send; `expires_at`, but for its type.
"""

from conformance import DOC, MUST, SDK, Exchange, must
from conformance.assertions import conforms
from conformance.checks.files.test_files import sent_bytes
from conformance.checks.uploads.exchanges import (
    FILENAME,
    UPLOADS,
    first_part,
    second_part,
    upload_cancelled,
    upload_completed,
    upload_content,
    upload_created,
)
from conformance.counterexamples import body, broken


@must(UPLOADS, says=SDK("Upload"), counterexample=broken(upload_created, "object", "file"))
def test_upload_has_the_documented_shape(upload_created: Exchange) -> None:
    """The response to an announced upload is an `Upload` of the documented shape."""
    conforms(upload_created, "Upload", MUST)


@must(UPLOADS, says=SDK("Upload.status"), counterexample=broken(upload_created, "status", "completed"))
def test_upload_is_pending(upload_created: Exchange) -> None:
    """An upload that was announced is `pending`, with the `bytes`, `filename` and `purpose` that were sent."""
    assert upload_created.at("status", str) == "pending"
    assert upload_created.at("filename", str) == FILENAME
    assert upload_created.at("purpose", str) == "batch"
    assert upload_created.at("bytes", int) == upload_created.sent.json["bytes"]


@must(UPLOADS, says=SDK("UploadPart"), counterexample=broken(first_part, "upload_id", "another"))
def test_part_belongs_to_its_upload(first_part: Exchange, upload_created: Exchange) -> None:
    """The response to a part of an upload is an `UploadPart` with the id of its upload."""
    conforms(first_part, "UploadPart", MUST)
    assert first_part.at("upload_id", str) == upload_created.at("id", str)


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
    assert found == whole, f"{len(found)} bytes are returned, {len(whole)} were sent, and they are not equal"


@must(UPLOADS, says=DOC("cancelUpload"), counterexample=broken(upload_cancelled, "status", "pending"))
def test_cancelled_upload_is_cancelled(upload_cancelled: Exchange) -> None:
    """A cancelled upload is an `Upload` with `status` `cancelled`."""
    conforms(upload_cancelled, "Upload", MUST)
    assert upload_cancelled.at("status", str) == "cancelled"
