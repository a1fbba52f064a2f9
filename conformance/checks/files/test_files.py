"""
The life of a file.

Not checked: `status`, which is deprecated, but for its type; the media type of the content, as no document says. The
shape of errors has checks in `errors`.
"""

from conformance import DOC, MUST, SDK, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common.kinds import file_list, uploaded_file
from conformance.checks.common.pages import assert_listed
from conformance.checks.files.exchanges import (
    FILENAME,
    FILES,
    deleted_file_retrieved,
    file_content,
    file_deleted,
    file_retrieved,
    file_uploaded,
    files_listed,
)
from conformance.counterexamples import DELETE, answered, body, broken


def sent_bytes(file_uploaded: Exchange) -> bytes:
    """Return the file out of the form that was sent. Raises `Inconclusive` where it is not recorded."""
    boundary, _, parts = (file_uploaded.sent.content or b"").partition(b"\r\n")
    head, end, file_content = parts.partition(b'filename="')[2].partition(b"\r\n\r\n")
    if not boundary.startswith(b"--") or not head or not end:
        raise Inconclusive("the uploaded file is not in the recording")
    return file_content.partition(b"\r\n" + boundary)[0]


@must(FILES, says=SDK("FileObject"), counterexample=broken(file_uploaded, "object", "upload"))
def test_uploaded_file_has_the_documented_shape(uploaded_file: Exchange) -> None:
    """The response to an upload is a `FileObject` of the documented shape."""
    conforms(uploaded_file, "FileObject", MUST)


@must(FILES, says=SDK("FileObject.bytes"), counterexample=broken(file_uploaded, "bytes", 1))
def test_size_is_that_of_the_file(uploaded_file: Exchange) -> None:
    """`bytes` of an uploaded file is its size in bytes, not in characters."""
    size = len(sent_bytes(uploaded_file))
    assert uploaded_file.at("bytes", int) == size, f"{size} bytes were sent"


@must(FILES, says=SDK("FileObject.filename"), counterexample=broken(file_uploaded, "filename", "file"))
def test_file_keeps_its_name_and_purpose(file_uploaded: Exchange) -> None:
    """The response to an upload has the `filename` and `purpose` that were sent."""
    assert file_uploaded.at("filename", str) == FILENAME
    assert file_uploaded.at("purpose", str) == "batch"


@must(FILES, says=SDK("FileObject.created_at"), counterexample=broken(file_uploaded, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(uploaded_file: Exchange) -> None:
    """`created_at` of a file is a Unix time in seconds, after 2019; not in milliseconds."""
    assert 1_577_836_800 <= uploaded_file.at("created_at", int) < 100_000_000_000


@must(FILES, says=DOC("listFiles"), counterexample=broken(files_listed, "data", []))
def test_file_is_listed(files_listed: Exchange, file_uploaded: Exchange) -> None:
    """The list of files contains the file that was uploaded."""
    assert_listed(files_listed, file_uploaded)


@must(FILES, says=DOC("ListFilesResponse"), counterexample=broken(files_listed, "object", "files"))
def test_list_has_the_documented_shape(file_list: Exchange) -> None:
    """The list of files has `object` `list`, and each entry of `data` has an `id` that is not empty."""
    assert file_list.at("object", str) == "list"
    assert "" not in file_list.all("data.*.id", str)


@should(FILES, says=DOC("ListFilesResponse"), counterexample=broken(files_listed, "has_more", DELETE))
def test_list_has_has_more(files_listed: Exchange) -> None:  # lists recorded before 2024 have no pages
    """The list of files has `has_more`, a boolean."""
    files_listed.at("has_more", bool)


@must(FILES, says=DOC("retrieveFile"), counterexample=broken(file_retrieved, "bytes", 1))
def test_retrieved_file_is_the_uploaded_one(file_retrieved: Exchange, file_uploaded: Exchange) -> None:
    """A retrieved file is a `FileObject` with the `id`, `bytes`, `filename` and `purpose` of the upload."""
    conforms(file_retrieved, "FileObject", MUST)
    for name in ("id", "bytes", "filename", "purpose"):
        now, then = file_retrieved.get(name), file_uploaded.get(name)
        assert now == then, f"`{name}` is {now!r}, and was {then!r} in the response to the upload"


@must(FILES, says=DOC("downloadFile"), counterexample=body(file_content, b"{}\n"))
def test_content_equals_the_upload(file_content: Exchange, file_uploaded: Exchange) -> None:
    """The content of a file equals the uploaded file, byte for byte."""
    now, then = file_content.received.decoded, sent_bytes(file_uploaded)
    assert now == then, f"{len(now)} bytes are returned, {len(then)} were sent, and they are not equal"


@must(FILES, says=DOC("DeleteFileResponse"), counterexample=broken(file_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(file_deleted: Exchange, file_uploaded: Exchange) -> None:
    """Deleting a file returns `object` `file`, the file's `id`, and `deleted: true`."""
    assert file_deleted.at("object", str) == "file"
    assert file_deleted.at("id", str) == file_uploaded.at("id", str)
    assert file_deleted.at("deleted", bool) is True


@must(FILES, says=DOC("deleteFile"), counterexample=answered(deleted_file_retrieved, 200))
def test_deleted_file_is_not_found(deleted_file_retrieved: Exchange) -> None:
    """Retrieving a deleted file returns status 404, within ten seconds."""
    assert deleted_file_retrieved.status == 404, "it can still be retrieved ten seconds after its deletion"
