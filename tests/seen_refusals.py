"""
Bodies of refusals of real servers, shortened, each with where and when it was observed, and what it refuses.

They were observed in recordings, in issues of the named repositories, and at servers that we started; names of models
are kept, for the rules look for them.
"""

from dataclasses import dataclass
from typing import Any

from conformance.wire.exchange import Exchange
from conformance.wire.request import Key, Request, get, multipart, post
from tests.fakes import asking, error, observed

PICTURE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}]}
RECORDING = {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}
TEXT = {"type": "text", "text": "Hello."}
PREFLIGHT = Request("OPTIONS", "/chat/completions", key=Key.NONE)
STRING = "Input should be a valid string"
AUDIO = (
    "Input tag 'input_audio' found using 'type' does not match any of the expected tags: 'text', 'image_url', 'file'"
)
GEMINI = "Call ListModels to see the list of available models and their supported methods."


@dataclass(frozen=True)
class Seen:
    """One observed error answer, and what it refuses: `key`, `model`, `part` (a whole optional one), or nothing."""

    where: str
    request: Request
    status: int
    body: Any
    refuses: str = ""

    @property
    def exchange(self) -> Exchange:
        """Return the exchange that was answered like this."""
        return observed(self.body, self.status, request=self.request)


def chat(model: str = "m-1", **more: Any) -> Request:
    return asking(model=model, **more)


def responses(model: str, **more: Any) -> Request:
    return post("/responses", {"model": model, "input": "hello", **more})


def embedding(model: str, **more: Any) -> Request:
    return post("/embeddings", {"model": model, "input": "hello", **more})


SEEN = [
    # The model.
    Seen(
        "OpenAI, chat, 2025-05-29",
        chat("non-existent-model"),
        404,
        error("The model `non-existent-model` does not exist or you do not have access to it.", code="model_not_found"),
        "model",
    ),
    Seen(
        "OpenAI, Responses, 2026-04-18",
        responses("this-model-does-not-exist"),
        400,
        error("The requested model 'this-model-does-not-exist' does not exist.", code="model_not_found", param="model"),
        "model",
    ),
    Seen(
        "Groq, chat, undated",
        chat("llama-3.3-70b-versatlie", n=1),
        404,
        error("The model `llama-3.3-70b-versatlie` does not exist or you do not have access to it."),
        "model",
    ),
    Seen(
        "Voyage, embeddings, undated",
        embedding("nonexistent", truncation=True),
        400,
        {"detail": "Model nonexistent is not supported. Supported models are ['voyage-large-2', 'voyage-2']."},
        "model",
    ),
    Seen(
        "LiteLLM 1.106.2, chat, 2026-11-21",
        chat("no-such-model-xyz", max_tokens=32),
        400,
        error("/chat/completions: Invalid model name passed in model=no-such-model-xyz. Call `/v1/models`."),
        "model",
    ),
    Seen(
        "Portkey before Gemini, chat, 2026-11-21",
        chat("no-such-model-xyz", max_tokens=32),
        404,
        error(f"google error: models/no-such-model-xyz is not found for API version v1beta, or is not. {GEMINI}"),
        "model",
    ),
    # A whole optional part: a parameter, an attachment, a route.
    Seen(
        "xAI, chat, 2026-02-08, open-webui#21266",
        chat("grok-4-1-fast-reasoning", presence_penalty=0.5),
        400,
        {
            "code": "invalid-argument",
            "error": "Model grok-4-1-fast-reasoning does not support parameter presencePenalty.",
        },
        "part",
    ),
    Seen(
        "OpenAI, chat, undated",
        chat("gpt-4o", web_search_options={}),
        400,
        error("Web search options not supported with this model.", param="web_search_options"),
        "part",
    ),
    Seen(
        "OpenAI, chat with a developer message, undated",
        chat("o1-mini", n=1),
        400,
        error(
            "Unsupported value: 'messages[0].role' does not support 'developer' with this model.", param="messages[0]"
        ),
        "part",
    ),
    Seen(
        "Mistral, chat, 2025-11-13, php-mistral#76",
        chat("mistral-small-latest", tools=[]),
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "tools"], "msg": "Extra inputs are not permitted"}]},
        "part",
    ),
    Seen(
        "vLLM, chat, 2025-04-17, MaxKB#2912",
        chat(max_completion_tokens=800),
        400,
        {
            "object": "error",
            "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs'}]",
            "type": "BadRequestError",
            "code": 400,
        },
        "part",
    ),
    Seen(
        "vLLM, chat with an image, 2025-08-08, dots.ocr#61",
        post("/chat/completions", {"model": "facebook/opt-125m", "messages": [PICTURE]}),
        400,
        {"object": "error", "message": "facebook/opt-125m is not a multimodal model None", "type": "BadRequestError"},
        "part",
    ),
    Seen(
        "llama.cpp, embeddings, 2026-11-21",
        embedding("tiny-chat"),
        501,
        {"error": {"code": 501, "message": "This server does not support embeddings.", "type": "not_supported_error"}},
        "part",
    ),
    Seen("LiteLLM 1.106.2, no such route, 2026-11-21", post("/no/such", {}), 404, {"detail": "Not Found"}, "part"),
    Seen(
        "OpenAI, o4-mini, deepeval#2184",
        chat("o4-mini", logprobs=True),
        403,
        error("You are not allowed to request logprobs from this model"),
        "part",
    ),
    Seen(
        "OpenAI, gpt-5, ComfyUI-Griptape#312",
        chat("gpt-5", max_tokens=8),
        400,
        error(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
            code="unsupported_parameter",
            param="max_tokens",
        ),
        "part",
    ),
    Seen(
        "a gateway, an image model asked through chat",
        chat("gpt-image-2"),
        400,
        error("The model `gpt-image-2` does not support this endpoint.", param="model"),
        "part",
    ),
    Seen(
        "OpenAI, variations of an image with another model than dall-e-2",
        multipart("/images/variations", {"model": "gpt-image-2"}, {}),
        400,
        error("Invalid value: 'gpt-image-2'. Value must be 'dall-e-2'.", param="model"),
        "part",
    ),
    Seen("vLLM 0.32.0, preflight, 2026-11-26", PREFLIGHT, 400, b"Disallowed CORS origin", "part"),
    Seen("a gateway, preflight", PREFLIGHT, 403, {"detail": "No pages."}, "part"),
    Seen(
        "infinity 0.0.78, tokens embedded, 2026-11-26",
        post("/embeddings", {"model": "m-1", "input": [[1, 2], [3]]}),
        422,
        {"detail": [{"type": "string_type", "loc": ["body", "text", "input", 0], "msg": STRING}]},
        "part",
    ),
    Seen(
        "Llama Stack 0.7.3, recording, 2026-11-26",
        post("/chat/completions", {"model": "m-1", "messages": [RECORDING]}),
        400,
        {"error": {"detail": {"errors": [{"loc": ["body", "messages"], "msg": AUDIO, "type": "union_tag_invalid"}]}}},
        "part",
    ),
    Seen(
        "Llama Stack 0.7.3, custom tool, 2026-11-26",
        chat(tools=[{"type": "custom", "custom": {"name": "note"}}]),
        400,
        {"error": {"detail": {"errors": [{"loc": ["body", "tools", 0, "type"], "msg": "Input should be 'function'"}]}}},
        "part",
    ),
    # The key.
    Seen("a gateway", chat("m-1"), 403, error("You do not have permission to do this."), "key"),
    Seen("Mistral, chat, 2026-08-19", chat("mistral-small-latest"), 401, {"detail": "Invalid API Key"}, "key"),
    Seen(
        "xAI, Responses, 2026-08-10",
        responses("grok-4.3", store=False),
        400,
        {
            "code": "invalid-argument",
            "error": "Incorrect API key provided. You can obtain one from https://console.x.ai.",
        },
        "key",
    ),
    Seen(
        "Gemini, list of models, 2026-11-21",
        get("/models"),
        400,
        {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID"}},
        "key",
    ),
    # The question, a wrong value, a failure: nothing is refused that one could do without.
    Seen(
        "OpenAI, Responses, 2026-08-19",
        responses("gpt-5-nano", include=[], store=False),
        400,
        error("Your input exceeds the context window of this model. Please adjust your input.", param="input"),
    ),
    Seen(
        "OpenAI, Responses, undated: an option's name as a type of item",
        responses("gpt-5", reasoning={}),
        400,
        error("Item 'rs_1' of type 'reasoning' was provided without its required following item.", param="input"),
    ),
    Seen(
        "a validator, a text of another type",
        embedding("m-1", dimensions=7),
        422,
        {"detail": [{"type": "string_type", "loc": ["body", "input"], "msg": STRING}]},
    ),
    Seen(
        "a validator, a text part",
        post("/chat/completions", {"model": "m-1", "messages": [{"role": "user", "content": [TEXT]}]}),
        422,
        {"detail": [{"msg": "Input tag 'text' found using 'type' does not match any of the expected tags: 'x'"}]},
    ),
    Seen(
        "OpenAI, completions, 2025-08-13",
        post("/completions", {"model": "gpt-3.5-turbo-instruct", "prompt": [123456], "seed": 1}),
        400,
        error("Invalid token in prompt: 123456. Minimum value is 0, maximum value is 100257 (inclusive)."),
    ),
    Seen(
        "DeepSeek, chat, 2026-06-08",
        chat("deepseek-chat", stream=False),
        400,
        error("This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens."),
    ),
    Seen(
        "DeepSeek, Responses, undated",
        responses("deepseek-v4-flash", stream=False),
        400,
        error("No tool output found for tool call call-a."),
    ),
    Seen(
        "Mistral, chat, 2024-05-29, mistralai_client_dart#44: a field of a message",
        chat("mistral-small-latest", tool_calls=[]),
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "messages", 0, "user", "tool_calls"], "msg": "Extra"}]},
    ),
    Seen(
        "LiteLLM 1.106.2, chat with a wrong role, 2026-11-21",
        chat("gemini-2.5-flash", max_tokens=32),
        500,
        error("litellm.APIConnectionError: Invalid Message passed in - {'role': 'wizard', 'content': 'hi'}."),
    ),
    Seen("aimock, chat, 2026-11-21", chat("gpt-4o-mini"), 404, error("No fixture matched", code="no_fixture_match")),
]
