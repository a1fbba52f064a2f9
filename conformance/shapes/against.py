"""
How answers stand to OpenAI's schemas: which schema an answer is held against, and what they disagree about.

What OpenAI itself leaves out or adds is no difference: the items of tools that it runs itself, vectors in base64,
the events that a client does not know, the categories that old moderation models lack, and the count of the tokens
of an empty text completion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.schemas.differ import Difference, Kind, differences
from conformance.schemas.schema import Schema, load
from conformance.shapes.answer import Answer, Form
from conformance.wire.json_value import JSON

SCHEMAS: Mapping[tuple[str, Form], str] = {
    ("POST chat/completions", Form.BODY): "ChatCompletion",
    ("POST chat/completions", Form.STREAM): "ChatCompletionChunk",
    ("GET chat/completions/{completion_id}", Form.BODY): "ChatCompletion",
    ("POST completions", Form.BODY): "Completion",
    ("POST embeddings", Form.BODY): "CreateEmbeddingResponse",
    ("POST responses", Form.BODY): "Response",
    ("POST responses", Form.STREAM): "ResponseStreamEvent",
    ("GET responses/{response_id}", Form.BODY): "Response",
    ("GET responses/{response_id}", Form.STREAM): "ResponseStreamEvent",
    ("GET models", Form.BODY): "ModelList",
    ("GET models/{model}", Form.BODY): "Model",
    ("POST moderations", Form.BODY): "ModerationCreateResponse",
    ("POST images/generations", Form.BODY): "ImagesResponse",
    ("POST images/edits", Form.BODY): "ImagesResponse",
    ("POST images/variations", Form.BODY): "ImagesResponse",
    ("POST images/edits", Form.STREAM): "ImageEditStreamEvent",
    ("POST audio/transcriptions", Form.BODY): "Transcription",
    ("POST audio/transcriptions", Form.STREAM): "TranscriptionStreamEvent",
    ("POST files", Form.BODY): "FileObject",
    ("GET files/{file_id}", Form.BODY): "FileObject",
    ("POST uploads", Form.BODY): "Upload",
    ("POST uploads/{id}/parts", Form.BODY): "UploadPart",
    ("POST uploads/{id}/complete", Form.BODY): "Upload",
    ("POST uploads/{id}/cancel", Form.BODY): "Upload",
    ("POST vector_stores", Form.BODY): "VectorStore",
    ("GET vector_stores/{id}", Form.BODY): "VectorStore",
    ("POST batches", Form.BODY): "Batch",
    ("GET batches/{batch_id}", Form.BODY): "Batch",
    ("POST videos", Form.BODY): "Video",
    ("GET videos/{video_id}", Form.BODY): "Video",
}
"""
The schema of each operation that the official client has a type for.

Not that of a streamed text completion: it has the type of a whole one, which OpenAI's own chunks do not fit.
"""

REJECTION = "ErrorResponse"

_OLD_MODERATION = "text-moderation"
_HOSTED = (
    *("code_interpreter_call", "computer_call", "file_search_call", "image_generation_call", "mcp_approval_request"),
    *("mcp_call", "mcp_list_tools", "tool_search_", "web_search_call"),
)
"""How the types of items begin that OpenAI's own tools make; the official client's types of them lag behind."""


def schema_of(answer: Answer) -> str:
    """Return the name of the schema that an answer is held against; empty where there is none for it."""
    if answer.form is Form.REJECTION:
        return REJECTION
    return SCHEMAS.get((answer.operation, answer.form), "")


def disagreements(answer: Answer) -> list[Difference]:
    """
    Return what an answer and its schema disagree about, each place once; nothing where there is no schema.

    Of a stream the pointer of a difference begins with the number of the event.
    """
    name = schema_of(answer)
    if not name or not answer.whole or _is_of_an_old_model(answer):
        return []
    schema = load(name).as_of(answer.day)
    return [difference for value in _compared(answer) for difference in value_differences(value, answer, schema)]


def value_differences(value: tuple[int, JSON], answer: Answer, schema: Schema) -> Iterator[Difference]:
    """Yield what one value of an answer and a schema disagree about."""
    number, content = value
    start = f"/{number}" if answer.form is Form.STREAM else ""
    for difference in differences(content, schema):
        if not _is_openais_own(difference, answer):
            yield replace(difference, pointer=start + difference.pointer)


def _compared(answer: Answer) -> Iterator[tuple[int, JSON]]:
    for number, value in enumerate(answer.values):
        match answer.operation:
            case "POST completions" if answer.form is Form.BODY:
                yield number, _with_counts(value)
            case "POST responses" | "GET responses/{response_id}":
                if not (isinstance(value, dict) and _is_hosted(value.get("item"))):
                    yield number, _without_hosted(value)
            case _:
                yield number, value


def _is_openais_own(difference: Difference, answer: Answer) -> bool:
    if difference.kind is Kind.NO_BRANCH and answer.form is Form.STREAM and not difference.key:
        return True  # an event that the client does not know
    base64 = answer.operation == "POST embeddings" and answer.sent.get("encoding_format") == "base64"
    return base64 and difference.key.startswith("embedding")


def _is_of_an_old_model(answer: Answer) -> bool:
    value = answer.values[0]
    model = value.get("model") if isinstance(value, dict) else None
    return answer.operation == "POST moderations" and str(model).startswith(_OLD_MODERATION)


def _with_counts(value: JSON) -> JSON:
    usage = value.get("usage") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(usage, dict):
        return value
    choices = value.get("choices")
    texts = [choice.get("text") for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []
    return value if any(texts) else {**value, "usage": {"completion_tokens": 0, **usage}}


def _without_hosted(value: JSON) -> JSON:
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("response"), dict):
        return {**value, "response": _without_hosted(value["response"])}
    output = value.get("output")
    return {**value, "output": [item for item in output if not _is_hosted(item)]} if isinstance(output, list) else value


def _is_hosted(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("type")).startswith(_HOSTED)
