"""
What is sent about failures in a batch: two chat completions, one of them without messages, and metadata.

All files are deleted in the end: the input, the output, and the one of errors.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Target, capability, exchange
from conformance.checks.batch.exchanges import CHATS, FINISHED, PATH, batches_listed, line, written_by
from conformance.checks.common.prompts import HELLO
from conformance.checks.files.exchanges import FILE_MEDIA, jsonl
from conformance.requests import Upload, delete, get, multipart, post, segment, user

FAILURES = capability("batch.failures")

GOOD, BAD = "chat-good", "chat-without-messages"
LABELS = {"suite": "conformance", "case": "failures"}


@exchange(FAILURES, cost=0)
def failing_file(target: Target, batches_listed: Exchange) -> Request:
    """The upload of a batch's input file with one good chat completion and one without messages."""
    del batches_listed
    said: dict[str, list[Any]] = {GOOD: [user(HELLO)], BAD: []}
    rows = [line(name, CHATS, {"model": target.model("chat"), "messages": messages}) for name, messages in said.items()]
    return multipart(
        "/files", {"purpose": "batch"}, {"file": Upload("failing.jsonl", jsonl(rows), "application/jsonl")}
    )


@exchange(FAILURES, cost=60)
def failing_batch(failing_file: Exchange) -> Request:
    """The creation of the batch, with metadata."""
    body = {"input_file_id": failing_file.at("id", str), "endpoint": CHATS, "completion_window": "24h"}
    return post(PATH, {**body, "metadata": LABELS})


@exchange(FAILURES, cost=0, until=FINISHED)
def failing_finished(failing_batch: Exchange) -> Request:
    """The batch after its end, or as it is after two minutes."""
    return get(f"{PATH}/{segment(failing_batch.at('id', str))}")


@exchange(FAILURES, cost=0, media=FILE_MEDIA)
def failing_errors(failing_finished: Exchange) -> Request:
    """The file of the errors of the batch."""
    return get(written_by(failing_finished, "error_file_id", "/content"))


@exchange(FAILURES, cost=0, last=True)
def failing_errors_deleted(failing_finished: Exchange, failing_errors: Exchange) -> Request:
    """The deletion of the file of errors."""
    del failing_errors
    return delete(written_by(failing_finished, "error_file_id"))


@exchange(FAILURES, cost=0, last=True)
def failing_output_deleted(failing_finished: Exchange) -> Request:
    """The deletion of the batch's output file."""
    return delete(written_by(failing_finished, "output_file_id"))


@exchange(FAILURES, cost=0, last=True)
def failing_file_deleted(failing_file: Exchange) -> Request:
    """The deletion of the batch's input file."""
    return delete(f"/files/{segment(failing_file.at('id', str))}")
