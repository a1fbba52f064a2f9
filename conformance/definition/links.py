"""
Addresses of the texts that checks cite: a page for each place, so that whoever is accused can read it.

The official client's types are found by their module: `ChatCompletionChunk` is declared in `chat_completion_chunk.py`.
Where a module declares several types, a citation names it: `chat_completion.Choice.finish_reason`.
"""

import os
import re
from functools import cache
from importlib.util import find_spec

CLIENT = "https://github.com/openai/openai-python/blob"
REFERENCE = "https://platform.openai.com/docs/api-reference"
ERRORS = "https://platform.openai.com/docs/guides/error-codes"

_TYPES = "openai/types"
_OTHERS = frozenset({"beta", "live", "realtime"})

_PAGES = (
    ("ChatCompletionStream|CreateChatCompletionStreamResponse|ChatCompletionMessageToolCallChunk", "chat-streaming"),
    ("ChatCompletionList|listChatCompletions", "chat/list"),
    ("ChatCompletionResponseMessage|ChatCompletionMessageToolCall", "chat/object"),
    ("deleteChatCompletion", "chat/delete"),
    ("getChatCompletionMessages", "chat/getMessages"),
    ("getChatCompletion", "chat/get"),
    ("updateChatCompletion", "chat/update"),
    ("[a-z]+Conversation", "conversations"),
    ("createChatCompletion|CreateChatCompletion|ChatCompletion", "chat/create"),
    ("CompletionUsage", "chat/object"),
    ("FunctionObject|Metadata|ParallelToolCalls|ResponseFormat|StopConfiguration", "chat/create"),
    ("createEmbedding|CreateEmbedding|Embedding", "embeddings"),
    ("createCompletion|CreateCompletion", "completions"),
    ("[a-zA-Z]*Model(s|sResponse)?$", "models"),
    ("[a-zA-Z]*Moderation", "moderations"),
    ("[a-zA-Z]*Batch", "batch"),
    ("createImage|CreateImage|Image(s|Gen)", "images"),
    ("[a-zA-Z]*(Speech|Transcription|Translation|TranscriptTextUsage)", "audio"),
    ("[a-zA-Z]*Video", "videos"),
    ("[a-zA-Z]*Upload", "uploads"),
    ("[a-zA-Z]*VectorStore", "vector-stores"),
    ("([a-z]+File|CreateFile|ListFiles|DeleteFile|OpenAIFile)", "files"),
    ("Error(Response)?$", "errors"),
    ("Response|[a-zA-Z]*Response|Compact|Getinputtokencounts|listInputItems|EasyInput|Input|Output", "responses"),
    ("Function|ToolChoice|TextResponseFormat|Reasoning|Item", "responses"),
)
"""How the names of schemas and operations of a topic begin, and its page below `REFERENCE`; the first match counts."""


def client_type(name: str, version: str) -> str:
    """Return the address of a type of the official client: its file at that version; its types where it has none."""
    first, _, second = name.partition(".")
    stem = first if second and first.islower() else _snake(first)
    path = _modules().get(stem, "")
    return f"{CLIENT}/v{version}/src/{path or _TYPES}"


@cache
def reference_page(name: str) -> str:
    """Return the page of OpenAI's API reference that holds a schema or an operation; its first page where none does."""
    schema = name.partition(".")[0]
    page = next((page for begin, page in _PAGES if re.match(begin, schema)), "")
    if page == "errors":
        return ERRORS
    return f"{REFERENCE}/{page}" if page else REFERENCE


@cache
def _modules() -> dict[str, str]:
    """Return the modules of the official client's types by their name: `chat_completion` and its path."""
    client = find_spec("openai")
    (package,) = (client and client.submodule_search_locations) or [""]
    above = len(package) - len("openai")
    inside = [
        f"{folder[above:]}/{name}"
        for folder, _, names in os.walk(f"{package}/types")
        for name in names
        if name.endswith(".py")
    ]
    found: dict[str, str] = {}
    # What is sent over HTTP comes before the same name in a beta or in a WebSocket's protocol.
    for path in sorted(inside, key=lambda path: (bool(_OTHERS & {*path.split("/")}), path.count("/"), path)):
        found.setdefault(path.rpartition("/")[2].removesuffix(".py"), path)
    return found


def _snake(name: str) -> str:
    """Return the name of the module that declares a type: `chat_completion` for `ChatCompletion`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
