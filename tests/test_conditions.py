"""Conditions on requests: each holds of a request that meets it, and of no other."""

from typing import Any

import pytest

from conformance import Condition, Request
from conformance.checks.common import conditions
from conformance.requests import get, post

TOOL = {"type": "function", "function": {"name": "f"}}
STRICT = {"type": "function", "function": {"name": "f", "strict": True}}
PARAMETRISED = {"type": "function", "function": {"name": "f", "parameters": {"properties": {"a": {}}}}}
SCHEMA = {"type": "json_schema", "json_schema": {"strict": True, "schema": {}}}
DEEP = {"properties": {"pattern": {"items": {"pattern": "^a$"}}}}
UNUSUAL = {"type": "function", "function": {"name": "f", "parameters": DEEP}}

CASES = {
    "ONE_CHOICE": ({"n": 1}, {"n": 2}),
    "ONE_PROMPT": ({"prompt": "a"}, {"prompt": ["a", "b"]}),
    "OFFERS_TOOLS": ({"tools": [TOOL]}, {"tools": []}),
    "OFFERS_FUNCTION": ({"tools": [TOOL]}, {"tools": [{"type": "web_search"}]}),
    "OFFERS_FUNCTIONS_ONLY": ({"tools": [TOOL]}, {"tools": [TOOL, {"type": "custom"}]}),
    "OFFERS_CUSTOM_TOOL": ({"tools": [TOOL, {"type": "custom"}]}, {"tools": [TOOL]}),
    "OFFERS_PARAMETERLESS": ({"tools": [TOOL]}, {"tools": [PARAMETRISED]}),
    "OFFERS_ONE_STRICT": ({"tools": [STRICT]}, {"tools": [STRICT, TOOL]}),
    "CHOICE_AUTO": ({"tools": [TOOL]}, {"tools": [TOOL], "tool_choice": "none"}),
    "CHOICE_NONE": ({"tools": [TOOL], "tool_choice": "none"}, {"tool_choice": "none"}),
    "CHOICE_REQUIRED": ({"tools": [TOOL], "tool_choice": "required"}, {"tools": [TOOL]}),
    "CHOICE_NAMED": (
        {"tools": [TOOL], "tool_choice": {"type": "function"}},
        {"tools": [TOOL], "tool_choice": {"type": "allowed_tools"}},
    ),
    "CHOICE_BINDS": ({"tools": [TOOL], "tool_choice": {"type": "function"}}, {"tools": [TOOL]}),
    "ANSWERS_A_CALL": ({"messages": [{"role": "tool"}]}, {"messages": [{"role": "user"}]}),
    "NO_STOP": ({"stop": None}, {"stop": ["."]}),
    "STRICT_SCHEMA": ({"response_format": SCHEMA}, {"response_format": {"type": "json_schema", "json_schema": {}}}),
    "PLAIN_SCHEMA": ({"response_format": SCHEMA}, {"text": {"format": {"schema": DEEP}}}),
    "PLAIN_PARAMETERS": (
        {"tools": [PARAMETRISED]},
        {"tools": [{"type": "function", "function": {"parameters": DEEP}}]},
    ),
    "JSON_SCHEMA": ({"text": {"format": {"type": "json_schema"}}}, {"response_format": {"type": "text"}}),
    "JSON_OBJECT": ({"response_format": {"type": "json_object"}}, {"response_format": SCHEMA}),
    "LOGPROBS": ({"logprobs": True}, {"logprobs": False}),
    "NO_LOGPROBS": ({}, {"logprobs": 0}),
    "USAGE_REQUESTED": ({"stream_options": {"include_usage": True}}, {}),
    "USAGE_DECLINED": ({"stream_options": {"include_usage": False}}, {}),
    "USAGE_NOT_MENTIONED": ({"stream_options": {}}, {"stream_options": {"include_usage": False}}),
    "MAX_TOKENS": ({"max_tokens": 1}, {"max_completion_tokens": 1}),
    "MAX_COMPLETION_TOKENS": ({"max_completion_tokens": 1}, {"max_tokens": 1}),
    "MAX_OUTPUT_TOKENS": ({"max_output_tokens": 16}, {}),
    "SERVICE_TIER": ({"service_tier": "auto"}, {"service_tier": None}),
    "INPUT_IS_A_STRING": ({"input": "a"}, {"input": ["a"]}),
    "FLOATS": ({}, {"encoding_format": "base64"}),
    "BASE64": ({"encoding_format": "base64"}, {}),
    "DIMENSIONS": ({"dimensions": 64}, {}),
    "SETTING": ({"user": "a"}, {"service_tier": "default"}),
    "INCLUDES_LOGPROBS": ({"include": ["message.output_text.logprobs"]}, {"include": []}),
    "INSTRUCTIONS": ({"instructions": "Be brief."}, {}),
    "METADATA": ({"metadata": {"a": "b"}}, {"metadata": {}}),
    "EFFORT": ({"reasoning": {"effort": "low"}}, {"reasoning": {}}),
    "ENCRYPTED_REASONING": (
        {"include": ["reasoning.encrypted_content"]},
        {"include": ["message.output_text.logprobs"]},
    ),
    "PREVIOUS_RESPONSE": ({"previous_response_id": "resp_1"}, {"previous_response_id": None}),
    "CONVERSATION": ({"conversation": {"id": "conv_1"}}, {"conversation": None}),
    "BACKGROUND": ({"background": True}, {}),
    "WEB_SEARCH": ({"web_search_options": {}}, {}),
    "BEST_OF": ({"best_of": 3, "n": 2}, {"best_of": 3}),
    "IMAGE_IN_INPUT": ({"input": [{"type": "image_url"}]}, {"input": [{"type": "text"}]}),
    "FOREGROUND": ({}, {"background": True}),
    "ONE_PICTURE": ({}, {"n": 2}),
    "BASE64_PICTURES": ({"response_format": "b64_json"}, {"response_format": "url"}),
    "PICTURE_URLS": ({"response_format": "url"}, {}),
    "PICTURE_FORMAT": ({"output_format": "webp"}, {}),
    "TRANSPARENT": ({"background": "transparent"}, {"background": "auto"}),
    "SIZE_IN_PIXELS": ({"size": "64x48"}, {"size": "auto"}),
    "INPUT_IS_TEXTS": ({"input": ["a"]}, {"input": [1, 2]}),
    "INPUT_IS_PARTS": ({"input": [{"type": "text"}]}, {"input": ["a"]}),
    "NAMES_A_MODEL": ({"model": "m-1"}, {}),
    "FORMAT": ({"response_format": "wav"}, {"response_format": {"type": "text"}}),
    "NO_FORMAT": ({}, {"response_format": "wav"}),
    "PATH_OF_THE_API": (get("/files/f-1"), get("/files/f-1/content")),
    "STREAM_REQUESTED": ({"stream": True}, {"stream": False}),
    "STREAM_FALSE": ({"stream": False}, {}),
    "SEVERAL_CHOICES": ({"n": 2}, {"n": 1}),
    "SEVERAL_PROMPTS": ({"prompt": ["a", "b"]}, {"prompt": [1, 2]}),
    "CANDIDATES": ({"logprobs": True, "top_logprobs": 2}, {"logprobs": True}),
}


def test_every_condition_has_its_cases() -> None:
    assert set(CASES) == {name for name, value in vars(conditions).items() if isinstance(value, Condition)}


@pytest.mark.parametrize("name", CASES)
def test_a_condition_tells_two_requests_apart(name: str) -> None:
    condition = getattr(conditions, name)
    meets, does_not = CASES[name]
    assert condition.holds(_asking(meets))
    assert not condition.holds(_asking(does_not))


def _asking(what: Any) -> Request:
    return what if isinstance(what, Request) else post("/x", what)


@pytest.mark.parametrize("value", [None, "text", ["a"], {"stream_options": "x", "tools": "x", "response_format": 1}])
def test_no_condition_breaks_on_an_odd_body(value: object) -> None:
    for name in CASES:
        getattr(conditions, name).holds(post("/x", value))
