"""Uploaded files: their name, their size, their content."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "files-api-missing-on-router",
    severity="major",
    says="The endpoint for files is missing: 404 with an empty `param` and `code`.",
    breaks="Everything that refers to a file by its id.",
    source=("QuantumNous/new-api#2078", "QuantumNous/new-api#1474"),
    caught_by=("files.api/file_uploaded/status",),
)
def files_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith("/files"):
        return answer
    return change.refused(answer, 404, f"Invalid URL ({call.method} /v1{call.path})", param="", code="")


@deviation(
    "files-content-with-other-line-ends",
    severity="minor",
    says="The content of a file is returned with CRLF where LF was sent.",
    breaks="Anyone who compares digests, or uploads binary data.",
    source=INVENTED,
    caught_by=("files.api/file_content/content_equals_the_upload",),
)
def content_with_other_line_ends(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith("/files/") or not isinstance(answer.body, bytes):
        return answer
    return replace(answer, body=answer.body.replace(b"\n", b"\r\n"))


@deviation(
    "files-size-in-letters",
    severity="minor",
    says="`bytes` is the number of characters of a file, not of bytes.",
    breaks="Clients that compare the size with what they downloaded.",
    source=INVENTED,
    caught_by=("files.api/uploaded_file/size_is_that_of_the_file",),
)
def size_in_letters(call: Call, handler: Handler) -> Answer:
    def fewer(value: change.Object) -> None:
        value["bytes"] -= 2

    return change.body(handler(call), fewer) if change.posted(call, "/files") else handler(call)


@deviation(
    "own-file-has-another-name",
    severity="minor",
    says="A file gets the name `upload.bin`, and another id when it is listed or retrieved.",
    breaks="Anyone who finds a file by what was uploaded.",
    source=INVENTED,
    caught_by=(
        "files.api/file_uploaded/file_keeps_its_name_and_purpose",
        "files.api/file_retrieved/retrieved_file_is_the_uploaded_one",
        "files.api/files_listed/file_is_listed",
    ),
)
def file_has_another_name(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if call.method == "POST":
            value["filename"] = "upload.bin"
        elif call.path == "/files":
            value["data"] = [{**one, "id": f"{one['id']}0"} for one in value["data"]]
            value["has_more"] = False
        else:
            value["id"] = f"{value['id']}0"

    files = call.path.startswith("/files") and call.method != "DELETE"
    return change.body(handler(call), apply) if files else handler(call)
