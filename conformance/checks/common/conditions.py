"""Conditions on a request, for checks that hold of any response to such a request. Each completes "in which ..."."""

import re
from typing import Any

from conformance import Condition, Request, body_of
from conformance.checks.common.plain_schema import is_plain


def _of(request: Request, *path: str) -> Any:
    """Return the value below the JSON body of a request, or None."""
    value: Any = body_of(request)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _choice(request: Request) -> str:
    """Return the tool choice as a word; an object names a function."""
    if not _of(request, "tools"):
        return "none offered"
    choice = _of(request, "tool_choice")
    if isinstance(choice, dict):
        return "named" if choice.get("type") == "function" else "another object"
    return "auto" if choice is None else str(choice)


def _functions(request: Request) -> list[dict[str, Any]]:
    """Return the functions that a chat request offers."""
    tools = _of(request, "tools") or ()
    return [_function(tool) for tool in tools if isinstance(tool, dict) and tool.get("type") == "function"]


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function")
    return function if isinstance(function, dict) else {}


def _has_parameters(function: dict[str, Any]) -> bool:
    parameters = function.get("parameters")
    return isinstance(parameters, dict) and bool(parameters.get("properties"))


def _answers_a_call(request: Request) -> bool:
    messages = _of(request, "messages") or ()
    return any(isinstance(message, dict) and message.get("role") == "tool" for message in messages)


def _format(request: Request) -> Any:
    return _of(request, "response_format", "type") or _of(request, "text", "format", "type")


def _named_schema(request: Request) -> Any:
    return _of(request, "response_format", "json_schema") or _of(request, "text", "format")


def _names_schema(request: Request) -> bool:
    schema = _named_schema(request)
    return isinstance(schema, dict) and schema.get("strict") is True


def _names_plain_schema(request: Request) -> bool:
    schema = _named_schema(request)
    return isinstance(schema, dict) and is_plain(schema.get("schema"))


ONE_CHOICE = Condition("one choice is requested", lambda request: (_of(request, "n") or 1) == 1)
ONE_PICTURE = Condition("one image is requested", lambda request: (_of(request, "n") or 1) == 1)
BASE64_PICTURES = Condition(
    "images are requested in base64", lambda request: _of(request, "response_format") == "b64_json"
)
PICTURE_URLS = Condition("images are requested as URLs", lambda request: _of(request, "response_format") == "url")
PICTURE_FORMAT = Condition("`output_format` is sent", lambda request: isinstance(_of(request, "output_format"), str))
TRANSPARENT = Condition('`background` is "transparent"', lambda request: _of(request, "background") == "transparent")
SIZE_IN_PIXELS = Condition(
    "`size` is sent in pixels", lambda request: re.fullmatch(r"\d+x\d+", str(_of(request, "size"))) is not None
)
ONE_PROMPT = Condition("one prompt is sent", lambda request: isinstance(_of(request, "prompt"), str))

OFFERS_TOOLS = Condition("tools are offered", lambda request: bool(_of(request, "tools")))
OFFERS_FUNCTION = Condition(
    "a function is offered",
    lambda request: any(
        isinstance(tool, dict) and tool.get("type") == "function" for tool in _of(request, "tools") or ()
    ),
)
OFFERS_FUNCTIONS_ONLY = Condition(
    "functions and no other tools are offered",
    lambda request: 0 < len(_functions(request)) == len(_of(request, "tools")),
)
OFFERS_CUSTOM_TOOL = Condition(
    "a custom tool is offered",
    lambda request: any(isinstance(one, dict) and one.get("type") == "custom" for one in _of(request, "tools") or ()),
)
OFFERS_PARAMETERLESS = Condition(
    "a function without parameters is offered",
    lambda request: not all(_has_parameters(function) for function in _functions(request)),
)
OFFERS_ONE_STRICT = Condition(
    "one strict function is offered",
    lambda request: [_strict(tool) for tool in _of(request, "tools") or ()] == [True],
)
CHOICE_AUTO = Condition("the model may choose a tool", lambda request: _choice(request) == "auto")
CHOICE_NONE = Condition('`tool_choice` is "none"', lambda request: _choice(request) == "none")
CHOICE_REQUIRED = Condition('`tool_choice` is "required"', lambda request: _choice(request) == "required")
CHOICE_NAMED = Condition("`tool_choice` names a function", lambda request: _choice(request) == "named")
CHOICE_BINDS = Condition(
    '`tool_choice` is "required" or names a function', lambda request: _choice(request) in {"required", "named"}
)
ANSWERS_A_CALL = Condition("the result of an earlier call is sent", _answers_a_call)
NO_STOP = Condition("no stop sequence is sent", lambda request: not _of(request, "stop"))

STRICT_SCHEMA = Condition(
    "a strict JSON schema is requested",
    lambda request: _format(request) == "json_schema" and _names_schema(request),
)
PLAIN_SCHEMA = Condition("the schema has types, enums, properties and items alone", _names_plain_schema)
PLAIN_PARAMETERS = Condition(
    "the parameters have types, enums, properties and items alone",
    lambda request: all(is_plain(function.get("parameters")) for function in _functions(request)),
)
JSON_SCHEMA = Condition("a JSON schema is requested", lambda request: _format(request) == "json_schema")
JSON_OBJECT = Condition("a JSON object is requested", lambda request: _format(request) == "json_object")

LOGPROBS = Condition("log probabilities are requested", lambda request: not _declines(request, "logprobs"))
NO_LOGPROBS = Condition("no log probabilities are requested", lambda request: _declines(request, "logprobs"))

USAGE_REQUESTED = Condition(
    "`include_usage` is true", lambda request: _of(request, "stream_options", "include_usage") is True
)
USAGE_DECLINED = Condition(
    "`include_usage` is false", lambda request: _of(request, "stream_options", "include_usage") is False
)
USAGE_NOT_MENTIONED = Condition(
    "`include_usage` is not sent", lambda request: _of(request, "stream_options", "include_usage") is None
)

MAX_TOKENS = Condition("`max_tokens` is sent", lambda request: isinstance(_of(request, "max_tokens"), int))
MAX_COMPLETION_TOKENS = Condition(
    "`max_completion_tokens` is sent", lambda request: isinstance(_of(request, "max_completion_tokens"), int)
)
MAX_OUTPUT_TOKENS = Condition(
    "`max_output_tokens` is sent", lambda request: isinstance(_of(request, "max_output_tokens"), int)
)
SERVICE_TIER = Condition("`service_tier` is sent", lambda request: isinstance(_of(request, "service_tier"), str))

INPUT_IS_A_STRING = Condition("`input` is a string", lambda request: isinstance(_of(request, "input"), str))
INPUT_IS_TEXTS = Condition("`input` is an array of strings", lambda request: _all_are(_of(request, "input"), str))
INPUT_IS_PARTS = Condition("`input` is an array of parts", lambda request: _all_are(_of(request, "input"), dict))
NAMES_A_MODEL = Condition("a model is named", lambda request: isinstance(_of(request, "model"), str))
FLOATS = Condition(
    "embeddings are requested as numbers", lambda request: _of(request, "encoding_format") in {None, "float"}
)
BASE64 = Condition("embeddings are requested in base64", lambda request: _of(request, "encoding_format") == "base64")
DIMENSIONS = Condition("`dimensions` is sent", lambda request: isinstance(_of(request, "dimensions"), int))

FORMAT = Condition("`response_format` is sent", lambda request: isinstance(_of(request, "response_format"), str))
NO_FORMAT = Condition("`response_format` is not sent", lambda request: _of(request, "response_format") is None)

REPEATED = (
    "temperature",
    "top_p",
    "truncation",
    "prompt_cache_key",
    "user",
    "parallel_tool_calls",
)
"""Parameters that OpenAI's responses repeat unchanged."""
SETTING = Condition(
    "a parameter is sent that responses repeat",
    lambda request: any(_of(request, name) is not None for name in REPEATED),
)
INCLUDES_LOGPROBS = Condition(
    "log probabilities are included",
    lambda request: "message.output_text.logprobs" in (_of(request, "include") or ()),
)
INSTRUCTIONS = Condition("`instructions` is sent", lambda request: isinstance(_of(request, "instructions"), str))
METADATA = Condition("`metadata` is sent", lambda request: bool(_of(request, "metadata")))
EFFORT = Condition("`reasoning.effort` is sent", lambda request: isinstance(_of(request, "reasoning", "effort"), str))
ENCRYPTED_REASONING = Condition(
    "encrypted reasoning is requested",
    lambda request: "reasoning.encrypted_content" in (_of(request, "include") or ()),
)
PREVIOUS_RESPONSE = Condition(
    "`previous_response_id` is sent", lambda request: isinstance(_of(request, "previous_response_id"), str)
)
CONVERSATION = Condition("`conversation` is sent", lambda request: _of(request, "conversation") is not None)
BACKGROUND = Condition("the response is created in the background", lambda request: _of(request, "background") is True)
FOREGROUND = Condition("the response is not created in the background", lambda request: not _of(request, "background"))

WEB_SEARCH = Condition("`web_search_options` is sent", lambda request: _of(request, "web_search_options") is not None)
BEST_OF = Condition(
    "`best_of` and `n` are sent", lambda request: _number(request, "best_of") >= _number(request, "n") > 0
)
IMAGE_IN_INPUT = Condition(
    "an image is among the parts of `input`",
    lambda request: any(
        isinstance(part, dict) and part.get("type") == "image_url" for part in _of(request, "input") or ()
    ),
)
STREAM_REQUESTED = Condition("a stream is requested", lambda request: request.streamed)
STREAM_FALSE = Condition("`stream` is false", lambda request: _of(request, "stream") is False)
SEVERAL_CHOICES = Condition("several choices are requested", lambda request: _number(request, "n") > 1)
SEVERAL_PROMPTS = Condition(
    "several prompts are sent",
    lambda request: (
        isinstance(prompts := _of(request, "prompt"), list) and [type(one) for one in prompts[1:2]] == [str]
    ),
)
CANDIDATES = Condition(
    "alternative tokens are requested",
    lambda request: max(_number(request, "logprobs"), _number(request, "top_logprobs")) > 0,
)

PATH_OF_THE_API = Condition(
    "the path is one of the API, and not that of a file's content",
    lambda request: not request.path.endswith(("/", "/content")),
)


def _declines(request: Request, field: str) -> bool:
    """Tell whether a field is not sent, null or false; 0 is a number of its own right."""
    value = _of(request, field)
    return value is None or value is False


def _number(request: Request, field: str) -> int:
    """Return an integer of the body, or 0."""
    value = _of(request, field)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _all_are(value: Any, kind: type) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, kind) for entry in value)


def _strict(tool: Any) -> bool:
    function = tool.get("function") if isinstance(tool, dict) else None
    return isinstance(function, dict) and function.get("strict") is True
