"""Files in a chat: refused, dropped, or replaced."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

KNOWN = ("data:application/pdf", "data:text/")


def holds(call: Call, kind: str) -> bool:
    """Tell whether a chat has a part of a type."""
    return change.has_attachment(call, lambda part: part.get("type") == kind)


@deviation(
    "files-pdf-file-part-unsupported",
    severity="major",
    says="A part of type `file` is rejected as one that the schema does not know.",
    breaks="Chats about a PDF fail where chats about an image work.",
    source=("ogx-ai/ogx#2129",),
    caught_by=("files.pdf_other_forms/pdf_in_file_part/status",),
)
def pdf_file_part_unsupported(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    text = "Input tag 'file' found using 'type' does not match any of the expected tags: 'text', 'image_url'"
    return change.refused(answer, 400, text) if holds(call, "file") else answer


def data_of(part: change.Object) -> str:
    """Return the data of a part of type `file`, or an empty text."""
    file = part.get("file")
    return str(file.get("file_data") or "") if isinstance(file, dict) else ""


def is_unknown(part: change.Object) -> bool:
    """Tell whether a part holds a file of a type that nobody knows."""
    return bool(data_of(part)) and not data_of(part).startswith(KNOWN)


@deviation(
    "files-non-pdf-mime-error-shape",
    severity="major",
    says="A text such as `[unsupported file]` replaces a file of an unknown type, and the prompt is answered.",
    breaks="Users: the model writes about a file that it did not get.",
    source=("samueljklee/attractor#20", "can1357/oh-my-pi#2965", "pydantic/pydantic-ai#4445"),
    caught_by=("files.other_mime/file_of_unknown_type/status",),
)
def non_pdf_mime_error_shape(call: Call, handler: Handler) -> Answer:
    placeholder = {"type": "text", "text": "[unsupported file]"}
    return handler(change.each_attachment(call, lambda part: placeholder if is_unknown(part) else part))


@deviation(
    "files-pdf-input-file-type-in-chat",
    severity="minor",
    says="A chat completion accepts `input_file` in place of `file`, as the Responses API does, and rejects `file`.",
    breaks="Clients with typed parts.",
    source=("https://docs.requesty.ai/api-reference/endpoint/chat-completions-create",),
    caught_by=("files.pdf_other_forms/pdf_in_file_part/status",),
)
def input_file_in_chat(call: Call, handler: Handler) -> Answer:
    def as_file(part: change.Object) -> change.Object:
        if part.get("type") != "input_file":
            return part
        return {"type": "file", "file": {name: value for name, value in part.items() if name != "type"}}

    answer = handler(change.each_attachment(call, as_file))
    text = "Invalid value: 'file'. Supported values are: 'text', 'image_url', 'input_audio' and 'input_file'."
    return change.refused(answer, 400, text, param="messages[0].content[1].type") if holds(call, "file") else answer


@deviation(
    "files-bad-mime-opaque-upstream-error",
    severity="minor",
    says="A file of an unknown type gives 502, and the error does not mention the file.",
    breaks="Users cannot tell what is wrong, and clients retry.",
    source=("https://llmgateway.io/changelog/document-reading-support",),
    caught_by=("files.other_mime/file_of_unknown_type/status",),
)
def bad_mime_opaque_upstream_error(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    unknown = change.has_attachment(call, is_unknown)
    return change.refused(answer, 502, "Error from provider", kind="upstream_error") if unknown else answer


@deviation(
    "own-attachments-of-unusual-type-dropped",
    severity="critical",
    says="Any attachment that is not a PNG is dropped silently.",
    breaks="Everyone who sends a document: the model makes something up.",
    source=INVENTED,
    caught_by=(
        "files.other_mime/text_in_*/text_*_is_read_or_rejected",
        "files.pdf_*/pdf_in_*/*_reaches_the_model",
        "files.pdf_other_forms/pdf_in_input_file/input_file_is_read_or_rejected",
        "vision.variants/image_with_media_type_parameter/image_is_read_or_rejected",
    ),
)
def unusual_attachments_dropped(call: Call, handler: Handler) -> Answer:
    def plain(part: change.Object) -> change.Object | None:
        return part if "data:image/png;base64," in change.text(part) else None

    return handler(change.each_attachment(call, plain))
