"""
Where observations are written down: the address of a recording, an issue or a page, and the day it tells of.

A recording is a public file of requests to the vendor's own endpoint and its responses; that of a page is the month in
which it said so. Used as `OBSERVED("what was seen", *UNKNOWN_MODEL)`.
"""

Evidence = tuple[str, str]

GITHUB = "https://github.com"
BRAINTRUST = f"{GITHUB}/braintrustdata/braintrust-sdk-python/blob/HEAD/py/src/braintrust/wrappers/cassettes"
AGENT = f"{GITHUB}/activeagents/activeagent/blob/HEAD/test/fixtures/vcr_cassettes/integration/open_ai/chat"
RUBY = f"{GITHUB}/crmne/ruby_llm/blob/HEAD/spec/fixtures/vcr_cassettes"
AI = f"{GITHUB}/pydantic/pydantic-ai/blob/HEAD/tests/models/cassettes"
CLIENT = f"{GITHUB}/openai/openai-python/blob/v3.52.0/src/openai"

# OpenAI's errors
WRONG_KEY: Evidence = (
    f"{RUBY}/chat_error_handling_with_openai_gpt-5-nano_raises_appropriate_auth_error.yml",
    "2026-08-19",
)
MASKED_KEY: Evidence = (
    f"{RUBY}/context_context_chat_operations_uses_context-specific_api_keys.yml",
    "2026-06-11",
)
UNKNOWN_MODEL: Evidence = (
    f"{BRAINTRUST}/test_openai_client_async_error.yaml",
    "2025-05-29",
)
NO_MODEL: Evidence = (f"{GITHUB}/danielmiessler/Fabric/issues/239", "2024-03-14")
UNSUPPORTED_PARAMETER: Evidence = (f"{GITHUB}/tailcallhq/forgecode/issues/1081", "2025-07-13")
WRONG_BODY: Evidence = (f"{GITHUB}/home-assistant/core/pull/118577", "2024-05-31")
NOT_JSON: Evidence = (f"{GITHUB}/kdalanon/ChatGPT-AutoHotkey-Utility/issues/14", "2024-09-19")
SERVER_ERROR: Evidence = (f"{GITHUB}/openai/openai-cua-sample-app/issues/54", "2025-05-24")
TOO_MANY_TOKENS: Evidence = (f"{GITHUB}/tailcallhq/forgecode/issues/1185", "2025-07-22")
CONTEXT_EXCEEDED: Evidence = (
    f"{RUBY}/chat_real_error_scenarios_openai_gpt-5-nano_handles_context_length_exceeded_errors.yml",
    "2026-08-19",
)
UNANSWERED_CALL: Evidence = (f"{GITHUB}/minoism/freecc/issues/2", "2025-07-12")
NO_TOOLS: Evidence = (f"{GITHUB}/vllm-project/vllm/pull/39780", "2026-04-14")
EMPTY_CALLS: Evidence = (f"{GITHUB}/mlflow/mlflow/pull/14410", "2025-02-03")
WRONG_MEDIA_TYPE: Evidence = (f"{GITHUB}/trpc-group/trpc-agent-go/issues/1816", "2026-05-18")

# OpenAI's responses
HEADERS: Evidence = (
    f"{RUBY}/embedding_basic_functionality_openai_text-embedding-3-small_can_handle_a_single_text.yml",
    "2026-08-19",
)
CALL: Evidence = (
    f"{BRAINTRUST}/test_tool_execution_creates_spans.yaml",
    "2026-01-06",
)
CALLS_STREAMED: Evidence = (
    f"{GITHUB}/posit-dev/chatlas/blob/HEAD/tests/_vcr/test_provider_openai_completions/test_openai_tool_variations.yaml",
    "2026-05-06",
)
ARGUMENTS_STREAMED: Evidence = (
    f"{GITHUB}/DataDog/dd-trace-py/blob/HEAD/tests/contrib/openai/cassettes/v1/chat_completion_tool_call_streamed.yaml",
    "2023-10-23",
)
NAMED_CALL: Evidence = (
    f"{GITHUB}/DataDog/dd-apm-test-agent/blob/HEAD/vcr-cassettes/openai/openai_chat_completions_post_7c2d1ac5.yaml",
    "2025-06-25",
)
NAMED_CALL_STREAMED: Evidence = (
    f"{GITHUB}/DataDog/dd-apm-test-agent/blob/HEAD/vcr-cassettes/openai/openai_chat_completions_post_82a4bb3c.yaml",
    "2025-06-25",
)
TEXT_BESIDE_TOOLS: Evidence = (
    f"{AGENT}/native_format_test/test_agent_functions_with_streaming.yml",
    "2025-10-26",
)
COMPLETION_STREAMED: Evidence = (
    f"{GITHUB}/DataDog/dd-trace-py/blob/HEAD/tests/cassettes/openai/openai_completions_post_1dd33b11.json",
    "2025-08-13",
)
RESPONSE: Evidence = (
    f"{RUBY}/chat_function_calling_openai_gpt-5-nano_can_use_tools_without_parameters.yml",
    "2026-08-19",
)
RESPONSE_STREAMED: Evidence = (
    f"{RUBY}/chat_function_calling_openai_gpt-5-nano_can_use_tools_with_multi-turn_streaming_conversations.yml",
    "2026-08-19",
)
STREAM_RESUMED: Evidence = (
    f"{AI}/test_openai_responses/test_background_mode_streaming_starting_after_vcr.yaml",
    "2026-02-23",
)
SEARCHED: Evidence = (
    f"{GITHUB}/posit-dev/chatlas/blob/HEAD/tests/_vcr/test_provider_openai/test_openai_web_search.yaml",
    "2026-07-30",
)
MODERATED: Evidence = (f"{AI}/test_openai_responses/test_openai_responses_moderation.yaml", "2026-07-21")
CONVERSATION: Evidence = (
    f"{AI}/test_openai_responses/test_openai_conversation_id_auto_respects_pydantic_ai_conversation_id.yaml",
    "2026-05-01",
)
BROKEN_OFFER: Evidence = (f"{GITHUB}/espressif/esp-webrtc-solution/issues/17", "2025-02-19")
WEBSOCKET: Evidence = (f"{GITHUB}/experientiallabs/experiential/pull/706", "2026-09-01")
CANCELLED_TWICE: Evidence = ("https://platform.openai.com/docs/guides/background", "2026-11")
STRICT_SCHEMAS: Evidence = ("https://platform.openai.com/docs/guides/structured-outputs", "2026-02")
PRICE_OF_AN_IMAGE: Evidence = ("https://platform.openai.com/docs/guides/images-vision", "2026-11")

# The official client
RETRIES: Evidence = (f"{CLIENT}/_base_client.py", "2026-11")
DELTAS: Evidence = (f"{CLIENT}/lib/streaming/_deltas.py", "2026-11")
BASE64: Evidence = (f"{CLIENT}/resources/embeddings.py", "2026-11")
TRANSLATIONS: Evidence = (f"{CLIENT}/resources/audio/translations.py", "2026-11")
BROWSER: Evidence = (f"{GITHUB}/openai/openai-node/blob/HEAD/README.md", "2026-11")

# Other vendors
THOUGHTS: Evidence = (
    f"{RUBY}/chat_deepseek_thinking_control_returns_reasoning_content_for_effort_high.yml",
    "2026-08-10",
)
SWITCH_OF_THOUGHTS: Evidence = (f"{GITHUB}/vanna-ai/vanna/issues/918", "2025-07-02")
BUDGET_OF_THOUGHTS: Evidence = ("https://ai.google.dev/gemini-api/docs/openai", "2026-11")
SUFFIX_OF_THOUGHTS: Evidence = (f"{GITHUB}/QuantumNous/new-api/pull/1231", "2025-06-15")
SIGNATURE_OF_THOUGHTS: Evidence = ("https://ai.google.dev/gemini-api/docs/thought-signatures", "2026-11")
FILE_IN_IMAGE_URL: Evidence = ("https://docs.crazyrouter.com/en/chat/gemini/openai-compat", "2026-02-26")
INPUT_FILE_IN_CHAT: Evidence = ("https://docs.requesty.ai/api-reference/endpoint/chat-completions-create", "2026-11")
IMAGE_IN_CHAT: Evidence = (f"{GITHUB}/BerriAI/litellm/pull/9646", "2025-03-30")
OUTPUT_OF_A_BATCH: Evidence = (
    "https://platform.openai.com/docs/api-reference/batch/request-output",
    "2026-11",
)
