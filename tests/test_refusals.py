"""
What an error answer refuses: the key, the model, a whole optional part, or nothing.

`SEEN` holds bodies of real servers, shortened, each with where and when it was observed (in recordings, in
issues of the named repositories, at servers that we started); names of models are kept, for the rules look for them.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from conformance.judge.refusals import examine_refusal, refuses_cleanly, refuses_key, refuses_model, refuses_role
from conformance.wire.exchange import Exchange
from conformance.wire.request import Key, Request, get, multipart, post
from conformance.wire.verdict import HarnessError, Inconclusive, Unsupported
from tests.fakes import asking, error, observed

PICTURE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}]}
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


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.where)
def test_a_real_answer_refuses_what_it_says(seen: Seen) -> None:
    found = seen.exchange
    assert refuses_key(found) is (seen.refuses == "key")
    assert refuses_model(found) is (seen.refuses == "model")
    if seen.refuses != "model":
        assert refuses_cleanly(found) is (seen.refuses == "part")


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.where)
def test_only_a_part_that_nobody_promised_is_unsupported(seen: Seen) -> None:
    if seen.refuses in {"key", "model"}:
        with pytest.raises(HarnessError, match=f"the {seen.refuses} was refused"):
            examine_refusal(seen.exchange, claimed=False)
    elif seen.refuses == "part":
        with pytest.raises(Unsupported, match=f"refused with {seen.status}"):
            examine_refusal(seen.exchange, claimed=False)
    else:
        examine_refusal(seen.exchange, claimed=False)
    if seen.refuses in {"part", ""} and not refuses_role(seen.exchange):
        examine_refusal(seen.exchange, claimed=True)


@pytest.mark.parametrize(
    "message",
    [
        "Your organization must be verified to stream this model.",
        "If you just verified, it can take up to 15 minutes for access to propagate.",
        "You exceeded your current quota, please check your plan and billing details.",
        "Previous response cannot be used for this organization due to Zero Data Retention.",
    ],
)
@pytest.mark.parametrize("claimed", [True, False])
def test_what_an_account_lacks_is_ours_to_mend(message: str, *, claimed: bool) -> None:
    refused = observed(error(message, param="stream"), 400, request=asking(stream=True))
    with pytest.raises(HarnessError, match="the account was refused"):
        examine_refusal(refused, claimed=claimed)


def test_a_limit_without_room_to_reason_proves_nothing() -> None:
    """As gpt-5 says (goclaw#245)."""
    text = (
        "Could not finish the message because max_tokens or model output limit was reached. Try with higher max_tokens."
    )
    with pytest.raises(Inconclusive, match="so small a limit is rejected"):
        examine_refusal(observed(error(text), 400, request=asking(max_completion_tokens=8)), claimed=True)
    examine_refusal(observed(error(text), 400), claimed=True)


def test_a_role_that_the_model_has_not_is_unsupported_whatever_is_claimed() -> None:
    """As o1-mini says."""
    text = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
    with pytest.raises(Unsupported):
        examine_refusal(observed(error(text, param="messages[0].role"), 400), claimed=True)


def test_contacting_support_is_not_a_refusal() -> None:
    assert not refuses_cleanly(observed(error("Something is wrong. Please contact support."), 400))


def test_forbidden_without_words_of_a_key_is_not_its_refusal() -> None:
    assert not refuses_key(observed(b"", 403))
    assert refuses_key(observed(b"<h1>Forbidden</h1>", 403, "text/html"))


def test_a_rate_limit_is_ours_whatever_it_says() -> None:
    """As seen at Azure on 2026-08-19."""
    said = {"error": {"code": "RateLimitReached", "message": "Your requests to grok-4 have exceeded rate limit."}}
    for claimed in (True, False):
        with pytest.raises(HarnessError, match=r"limits us \(429\): 'Your requests"):
            examine_refusal(observed(said, 429), claimed=claimed)


@pytest.mark.parametrize("key", [Key.WRONG, Key.NONE])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_key_that_we_made_up_may_be_refused(key: Key, status: int) -> None:
    refused = observed({"error": "Incorrect API key provided."}, status, request=get("/models", key=key))
    examine_refusal(refused, claimed=False)


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported parameter `seed` for model m-1",
        "`seed` is not available: model m-1 has no such option",
        "model m-1: unknown parameter seed",
    ],
)
def test_a_refused_parameter_is_no_refused_model(message: str) -> None:
    refused = observed(error(message), 400, request=asking(seed=1))
    assert (refuses_model(refused), refuses_cleanly(refused)) == (False, True)
    without = observed(error(message), 400, request=asking())
    assert refuses_model(without), "the parameter was not sent, so it is not what is refused"


@pytest.mark.parametrize(
    ("body", "status", "refused"),
    [
        (error("The model `m-1` does not exist"), 404, True),
        (error("x", code="model_not_found"), 400, True),
        ({"detail": "Model m-1 not found"}, 404, True),
        ({"error": "model 'M-1' not found, try pulling it first"}, 404, True),
        ([{"error": {"message": "models/m-1 is not found for API version v1"}}], 404, True),
        (error("Your project does not have access to it", code="model_not_found"), 403, True),
        (error("Not Found"), 404, False),
        (error("The model `m-1` does not exist"), 500, False),
        (error("model m-1 is great"), 400, False),
        (error("`seed` is not available with model m-1"), 400, False),
        (error("The model `other` does not exist"), 404, False),
        (b"m-1 model not found", 404, False),
        ([], 404, False),
        (None, 404, False),
    ],
)
def test_a_refused_model_is_recognised(body: Any, status: int, *, refused: bool) -> None:
    assert refuses_model(observed(body, status, request=asking(seed=1))) is refused


def test_a_request_without_a_model_has_none_that_could_be_refused() -> None:
    for request in (get("/models"), post("/x", [1]), post("/x", {"model": 7})):
        assert not refuses_model(
            observed(error("The model does not exist", code="model_not_found"), 404, request=request)
        )


@pytest.mark.parametrize(
    ("body", "status", "clean"),
    [
        (b"", 404, True),
        (b"<p>", 405, True),
        (error("not implemented"), 501, True),
        (error("Unsupported parameter", param="seed"), 400, True),
        ({"detail": [{"loc": ["body", "seed"]}]}, 422, False),
        ({"detail": "seed: extra field"}, 422, True),
        (error("Invalid value", param="seed"), 422, True),
        (error("messages is wrong"), 400, False),
        (b"not JSON, seed", 400, False),
        (error("seed"), 500, False),
    ],
)
def test_a_clean_refusal_is_recognised(body: Any, status: int, *, clean: bool) -> None:
    request = post("/embeddings", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, status, request=request)) is clean


@pytest.mark.parametrize(
    ("body", "clean"), [(b"", False), (error("No fixture matched"), False), (error("seed?"), True)]
)
def test_chat_completions_are_not_absent(body: Any, *, clean: bool) -> None:
    request = post("/chat/completions", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, 404, request=request)) is clean


@pytest.mark.parametrize("asked", ["messages", "input", "prompt"])
def test_a_complaint_about_the_question_refuses_no_option(asked: str) -> None:
    request = post("/x", {"model": "m-1", asked: "hello", "seed": 1})
    for said in (error(f"Invalid '{asked}': it is empty"), error("seed is a bad word", param=f"{asked}[0].content")):
        assert not refuses_cleanly(observed(said, 400, request=request))


def test_a_refused_value_is_not_unsupported_where_its_sibling_is_served() -> None:
    said = error("`tool_choice` 'required' is not supported", param="tool_choice")
    refused = observed(said, 400, request=asking(tool_choice="required"))
    with pytest.raises(Unsupported):
        examine_refusal(refused, claimed=False)
    examine_refusal(replace(refused, served_sibling="tools.basic/weather_auto"), claimed=False)
