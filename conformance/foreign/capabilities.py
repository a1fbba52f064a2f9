"""Which capabilities a request uses, by its operation and by what stands in it."""

from collections.abc import Callable

from conformance.foreign.bodies import Body, format_of, items_of, objects
from conformance.wire.request import Request

PLAIN = {
    "chat/completions": ("chat.basic", "chat.schema.*", "chat.finish_reason.*", "usage.present"),
    "completions": ("completions.*",),
    "responses": ("responses.basic",),
    "embeddings": ("embeddings.string",),
    "moderations": ("moderations",),
    "models": ("models.list.*",),
    "models/{model}": ("models.retrieve",),
    "images/generations": ("images.generate",),
    "images/edits": ("images.edit",),
    "audio/speech": ("audio.endpoints",),
    "audio/transcriptions": ("audio.endpoints",),
    "audio/translations": ("audio.endpoints",),
    "responses/{response_id}": ("responses.stored",),
}
"""What every request of an operation uses; of others, the first part of the path is looked up in `FAMILIES`."""

FAMILIES = {
    "files": "files.api",
    "uploads": "uploads",
    "batches": "batch.api",
    "vector_stores": "vector_stores*",
    "conversations": "conversations.*",
    "videos": "videos",
    "responses": "responses.advanced",
    "chat": "chat.stored",
}

STREAMED = {
    "chat/completions": ("chat.stream.*",),
    "responses": ("responses.stream", "responses.event_types"),
    "audio/speech": ("audio.speech_stream",),
    "audio/transcriptions": ("audio.transcription_stream",),
}


def _given(*names: str) -> Callable[[Body], bool]:
    return lambda body: any(body.get(name) not in (None, [], {}) for name in names)


def _format(kind: str) -> Callable[[Body], bool]:
    return lambda body: format_of(body).get("type") == kind


def _part(*kinds: str) -> Callable[[Body], bool]:
    return lambda body: any(
        part.get("type") in kinds for item in items_of(body) for part in objects(item.get("content"))
    )


def _role(name: str) -> Callable[[Body], bool]:
    return lambda body: any(item.get("role") == name for item in items_of(body))


def _choice(*words: str) -> Callable[[Body], bool]:
    return lambda body: body.get("tool_choice") in words if words else isinstance(body.get("tool_choice"), dict)


CHAT: tuple[tuple[Callable[[Body], bool], str], ...] = (
    (_given("tools"), "tools.basic"),
    (_choice("auto"), "tools.choice.auto"),
    (_choice("none"), "tools.choice.none"),
    (_choice("required"), "tools.choice.required"),
    (_choice(), "tools.choice.named"),
    (_role("tool"), "tools.roundtrip"),
    (_role("system"), "chat.role.system"),
    (_role("developer"), "chat.role.developer"),
    (_role("assistant"), "chat.multi_turn"),
    (_part("text"), "chat.content_parts_text"),
    (_part("image_url"), "vision.*"),
    (_part("input_audio"), "audio.input"),
    (_part("file"), "files.pdf_other_forms"),
    (_format("json_object"), "structured.json_object"),
    (_format("json_schema"), "structured.json_schema.strict"),
    (_given("reasoning_effort"), "reasoning.effort.*"),
    (_given("max_tokens"), "params.max_tokens"),
    (_given("max_completion_tokens"), "params.max_completion_tokens"),
    (_given("temperature"), "params.temperature"),
    (_given("top_p"), "params.top_p"),
    (_given("stop"), "params.stop"),
    (_given("n"), "params.n"),
    (_given("seed"), "params.seed"),
    (_given("presence_penalty", "frequency_penalty"), "params.penalties"),
    (_given("logprobs"), "params.logprobs"),
    (_given("web_search_options"), "chat.web_search"),
    (_given("store"), "chat.stored"),
)
RESPONSES: tuple[tuple[Callable[[Body], bool], str], ...] = (
    (_given("tools"), "responses.tools"),
    (_given("previous_response_id"), "responses.advanced"),
    (_given("conversation"), "conversations.turns"),
    (_given("reasoning"), "responses.reasoning"),
    (_given("include"), "responses.include"),
    (_given("background"), "responses.background"),
    (_given("store"), "responses.stored"),
    (_given("text"), "responses.text"),
    (_part("input_image", "input_file"), "responses.media"),
)
EMBEDDINGS: tuple[tuple[Callable[[Body], bool], str], ...] = (
    (_given("dimensions"), "embeddings.dimensions"),
    (lambda body: body.get("encoding_format") == "base64", "embeddings.encoding_base64"),
    (lambda body: isinstance(body.get("input"), list), "embeddings.array"),
)
TABLES = {"chat/completions": CHAT, "responses": RESPONSES, "embeddings": EMBEDDINGS}


def capabilities_of(request: Request, operation: str, body: Body) -> set[str]:
    """Return globs of the capabilities that a request uses."""
    found = set(PLAIN.get(operation, ()))
    if not found and (family := FAMILIES.get(operation.partition("/")[0])):
        found.add(family)
    if request.streamed:
        found.update(STREAMED.get(operation, ()))
    found.update(name for holds, name in TABLES.get(operation, ()) if holds(body))
    if operation == "chat/completions" and request.streamed:
        found |= {"tools.stream*"} if body.get("tools") else set()
        found |= {"structured.stream"} if "response_format" in body else set()
    return found
