"""Deviations of what an endpoint keeps that we made up: files, batches, stored chats, videos, models."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_BATCH = "batch.api"
_STORED = "chat.stored"


@deviation(
    "own-batch-names-defaults",
    severity="minor",
    says="A batch names another endpoint and another window than were sent.",
    breaks="Whoever keeps a list of batches.",
    source=_OWN,
    caught_by=(f"{_BATCH}/chats_batch/batch_names_what_was_asked_for",),
)
def batch_names_defaults(call: Call, handler: Handler) -> Answer:
    made = change.posted(call, "/batches")
    return change.body(handler(call), lambda value: value.update(endpoint="/v1/completions")) if made else handler(call)


@deviation(
    "own-batch-ends-as-expired",
    severity="major",
    says="A new batch is `cancelling`, a finished one `expired`, and one that is cancelled `in_progress`.",
    breaks="Clients that wait for the end.",
    source=_OWN,
    caught_by=(
        f"{_BATCH}/chats_batch/created_batch_is_on_its_way",
        f"{_BATCH}/chats_finished/batch_is_completed",
        f"{_BATCH}/embeddings_cancelled/batch_is_cancelled",
    ),
)
def batch_ends_as_expired(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if call.path == "/batches":
            value["status"] = "cancelling"
        elif call.path.endswith("/cancel"):
            value["status"] = "in_progress"
        elif value["status"] == "completed":
            value["status"] = "expired"

    other = call.path.startswith("/batches") and (call.method, call.path) != ("GET", "/batches")
    return change.body(handler(call), apply) if other else handler(call)


def _output(call: Call, handler: Handler, apply: object) -> Answer:
    answer = handler(call)
    if not call.path.endswith("/content") or not isinstance(answer.body, bytes) or b'"custom_id"' not in answer.body:
        return answer
    lines = [json.loads(line) for line in answer.body.splitlines() if line.strip()]
    if not lines or "response" not in lines[0]:
        return answer
    return change.instead(answer, apply(lines))  # type: ignore[operator]


@deviation(
    "own-batch-output-is-one-array",
    severity="major",
    says="The output of a batch is one JSON array.",
    breaks="Whoever reads it line by line.",
    source=_OWN,
    caught_by=(f"{_BATCH}/chats_output/output_is_json_lines",),
)
def output_is_one_array(call: Call, handler: Handler) -> Answer:
    return _output(call, handler, lambda lines: change.text(lines).encode())


@deviation(
    "own-batch-output-has-a-late-duplicate",
    severity="major",
    says="The output of a batch ends with its first line once more; no line has a status, or a whole answer.",
    breaks="Whoever counts lines.",
    source=_OWN,
    caught_by=(
        f"{_BATCH}/chats_output/each_request_is_answered_once",
        f"{_BATCH}/chats_output/answers_have_a_status",
    ),
)
def output_has_a_late_duplicate(call: Call, handler: Handler) -> Answer:
    def apply(lines: list[change.Object]) -> bytes:
        for line in lines:
            line["response"].pop("status_code", None)
        return "\n".join(change.text(line) for line in [*lines, lines[0]]).encode()

    return _output(call, handler, apply)


@deviation(
    "own-batch-output-has-bare-texts",
    severity="major",
    says="In the output of a batch an answer is the text alone, without the object around it.",
    breaks="Whoever reads an answer as the endpoint gives it.",
    source=_OWN,
    caught_by=(f"{_BATCH}/chats_output/answers_are_those_of_the_endpoint",),
)
def output_has_bare_texts(call: Call, handler: Handler) -> Answer:
    def apply(lines: list[change.Object]) -> bytes:
        for line in lines:
            line["response"]["body"] = {"text": "Hello!"}
        return "\n".join(change.text(line) for line in lines).encode()

    return _output(call, handler, apply)


@deviation(
    "own-file-has-another-name",
    severity="minor",
    says="A file gets the name `upload.bin`, and another id when it is listed or retrieved.",
    breaks="Whoever finds a file by what was uploaded.",
    source=_OWN,
    caught_by=(
        "files.api/uploaded/file_keeps_its_name_and_purpose",
        "files.api/retrieved/retrieved_file_is_the_uploaded_one",
        "files.api/listed/file_is_listed",
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


@deviation(
    "own-stored-chat-is-another",
    severity="critical",
    says="A stored chat is retrieved without metadata and with another text, and its messages with other words.",
    breaks="Whoever shows an earlier conversation.",
    source=_OWN,
    caught_by=(
        f"{_STORED}/kept_listed/list_is_filtered_by_metadata",
        f"{_STORED}/kept_messages/messages_are_kept",
        f"{_STORED}/kept_relabelled/metadata_can_be_changed",
        f"{_STORED}/kept_retrieved/kept_completion_has_its_metadata",
        f"{_STORED}/kept_retrieved/kept_completion_says_the_same",
    ),
)
def stored_chat_is_another(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for one in [value, *value.get("data", ())]:
            if "metadata" in one:
                one["metadata"] = {}
            if "role" in one:
                one["content"] = "(deleted)"
            for message in change.messages(one):
                message["content"] = "(deleted)"

    return (
        change.body(handler(call), apply)
        if call.path.startswith("/chat/") and not change.is_chat(call)
        else handler(call)
    )


@deviation(
    "own-model-alone-is-another",
    severity="minor",
    says="A model that is retrieved belongs to somebody else than in the list.",
    breaks="Whoever chooses models by their owner.",
    source=_OWN,
    caught_by=("models.retrieve.consistent_with_list/listed/retrieved_model_equals_the_listed_one",),
)
def model_alone_is_another(call: Call, handler: Handler) -> Answer:
    alone = call.path.startswith("/models/")
    return change.body(handler(call), lambda value: value.update(owned_by="somebody")) if alone else handler(call)


@deviation(
    "own-model-alone-is-an-alias",
    severity="minor",
    says="A model that is retrieved has the `id` of the model behind it.",
    breaks="Whoever keeps models by id.",
    source=_OWN,
    caught_by=("models.retrieve/retrieved/model_is_the_one_asked_for",),
)
def model_alone_is_an_alias(call: Call, handler: Handler) -> Answer:
    alone = call.path.startswith("/models/")
    return change.body(handler(call), lambda value: value.update(id="behind-it")) if alone else handler(call)


@deviation(
    "own-video-is-half-made",
    severity="major",
    says="A finished video has `progress` 50 and a later time, and its content is empty.",
    breaks="Clients that show progress, and whoever watches.",
    source=_OWN,
    caught_by=(
        "videos/content/content_is_not_empty",
        "videos/finished/completed_video_has_all_its_progress",
        "videos/finished/retrieved_video_is_the_one_asked_for",
    ),
)
def video_is_half_made(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "GET" or not call.path.startswith("/videos/"):
        return answer
    if isinstance(answer.body, bytes):
        return change.instead(answer, b"")
    return change.body(answer, lambda value: value.update(progress=50, created_at=value["created_at"] + 1))


@deviation(
    "own-video-fails-at-once",
    severity="critical",
    says="A new video is `failed`, with status 200.",
    breaks="Clients that look at the status of HTTP.",
    source=_OWN,
    caught_by=("videos/filmed/new_video_has_not_failed",),
)
def video_fails_at_once(call: Call, handler: Handler) -> Answer:
    error = {"code": "moderation_blocked", "message": "No."}
    made = change.posted(call, "/videos")
    return (
        change.body(handler(call), lambda value: value.update(status="failed", error=error)) if made else handler(call)
    )


@deviation(
    "own-video-progress-beyond-a-hundred",
    severity="minor",
    says="`progress` of a new video is 255.",
    breaks="Bars of progress.",
    source=_OWN,
    caught_by=("videos/filmed/new_video_has_every_documented_key",),
)
def progress_beyond_a_hundred(call: Call, handler: Handler) -> Answer:
    made = change.posted(call, "/videos")
    return change.body(handler(call), lambda value: value.update(progress=255)) if made else handler(call)
