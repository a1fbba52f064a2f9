"""
What is sent about the boundary to the native API behind a gateway: its own tools, and functions of the same name.

`native.generate_content` (the native path beside the OpenAI one, with the same key) has no exchange: requests go to
paths below the base URL, and a native path stands beside it.
"""

from typing import Any

from conformance import Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO, WEATHER
from conformance.checks.tools.offers import PARAMETERS, named
from conformance.requests import function_tool, post, user

SEARCH_AND_CODE = capability("native.search_and_code")

NATIVE_TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"type": "web_search"},
    "googleSearch": {"googleSearch": {}},
    "code_interpreter": {"type": "code_interpreter", "container": {"type": "auto"}},
    "codeExecution": {"codeExecution": {}},
}
"""As other APIs write them. None of them is a tool of chat completions."""


@exchange(SEARCH_AND_CODE, expects={200, 400, 404, 422, 501}, each=NATIVE_TOOLS, cost=150)
def hello_with_native_tool(target: Target, row: dict[str, Any]) -> Request:
    """A short greeting with a tool of another API, which it does not need."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)], "tools": [row]})


NAMESAKES = {name: name for name in ("googleSearch", "codeExecution")}


@exchange(SEARCH_AND_CODE, each=NAMESAKES, cost=150)
def same_name_forced(target: Target, row: str) -> Request:
    """A function of the client with the name of a native tool, named in `tool_choice`."""
    tool = function_tool(row, "Get the weather in a city.", PARAMETERS)
    body = {"model": target.model("chat"), "messages": [user(WEATHER)], "tools": [tool], "tool_choice": named(row)}
    return post("/chat/completions", body)
