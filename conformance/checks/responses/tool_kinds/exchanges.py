"""
What is sent about tools that are not plain functions.

Each tool is the only one, and a call is required: where the response has none, the tool was dropped.
"""

from dataclasses import dataclass
from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO, WEATHER
from conformance.checks.responses.exchanges import TOOL, ask, weather_called

CUSTOM = capability("responses.custom_tools")
HOSTED = capability("responses.hosted_tools")

NOTE = "write_note"
CODE = "[A-Z]{3}-[0-9]{3}"
"""What no greeting is by chance: a text that fits was held to the grammar."""
LARK = 'start: LETTERS "-" DIGITS\nLETTERS: /[A-Z]{3}/\nDIGITS: /[0-9]{3}/\n'
SPACE = "reports"


def custom(**optional: Any) -> dict[str, Any]:
    """Return a custom tool."""
    return {"type": "custom", "name": NOTE, "description": "Write a short note.", **optional}


def grammar(syntax: str, definition: str) -> dict[str, Any]:
    """Return the format of a custom tool that holds its input to a grammar."""
    return {"type": "grammar", "syntax": syntax, "definition": definition}


@exchange(CUSTOM, cost=150)
def custom_called(target: Target) -> Request:
    """A required call of a custom tool, whose input is free text."""
    return ask(target, HELLO, tools=[custom()], tool_choice="required")


@exchange(CUSTOM, cost=150)
def custom_streamed(target: Target) -> Request:
    """A required call of a custom tool, streamed."""
    return ask(target, HELLO, tools=[custom()], tool_choice="required", stream=True)


@exchange(CUSTOM, each={"regex": CODE, "lark": LARK}, cost=200)
def custom_with_grammar(target: Target, row: str) -> Request:
    """A required call of a custom tool whose input must match a grammar, once as a regular expression, once in Lark."""
    syntax = "lark" if "start:" in row else "regex"
    return ask(target, HELLO, tools=[custom(format=grammar(syntax, row))], tool_choice="required")


@exchange(CUSTOM, expects={400, 422}, cost=5, invalid=True)
def broken_grammar(target: Target, custom_with_grammar: Exchange) -> Request:
    """A custom tool with a regular expression that is not closed."""
    return ask(target, HELLO, tools=[custom(format=grammar("regex", "[A-Z"))], tool_choice="required")


@exchange(CUSTOM, cost=200)
def namespaced(target: Target, weather_called: Exchange) -> Request:
    """A function within a `namespace`, whose call is required; outside of one it is called."""
    space = {"type": "namespace", "name": SPACE, "description": "Reports about cities.", "tools": [TOOL]}
    return ask(target, WEATHER, tools=[space], tool_choice="required")


@dataclass(frozen=True, slots=True)
class Hosted:
    """A hosted tool: how it is offered, how its call is required, and which items are one."""

    tool: dict[str, Any]
    choice: Any
    items: tuple[str, ...]
    question: str = "What is 6 times 7? Use the tool."


SERVED = {
    "web_search": Hosted({"type": "web_search", "search_context_size": "low"}, "required", ("web_search_call",)),
    "code_interpreter": Hosted(
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "code_interpreter"},
        ("code_interpreter_call",),
    ),
    "image_generation": Hosted(
        {"type": "image_generation", "quality": "low", "size": "1024x1024"},
        {"type": "image_generation"},
        ("image_generation_call",),
        "Paint a plain red square.",
    ),
    "shell": Hosted(
        {"type": "shell", "environment": {"type": "local"}},
        {"type": "shell"},
        ("shell_call",),
        "List the files. Use the tool.",
    ),
    "apply_patch": Hosted(
        {"type": "apply_patch"},
        {"type": "apply_patch"},
        ("apply_patch_call",),
        "Create the file note.txt with the text hello. Use the tool.",
    ),
    "computer": Hosted({"type": "computer"}, {"type": "computer"}, ("computer_call",), "Take a screenshot."),
}
MADE_UP = {
    "file_search": Hosted(
        {"type": "file_search", "vector_store_ids": ["vs_00000000000000000000000000000000"]},
        {"type": "file_search"},
        ("file_search_call",),
    ),
    "mcp": Hosted(
        {"type": "mcp", "server_label": "nowhere", "server_url": "https://example.invalid/mcp"},
        "required",
        ("mcp_list_tools", "mcp_call", "mcp_approval_request"),
    ),
}
"""Tools over something that does not exist: `.invalid` can never be a host (RFC 6761)."""


@exchange(HOSTED, each=SERVED, cost=1500)
def hosted_called(target: Target, row: Hosted) -> Request:
    """A hosted tool whose call is required."""
    return ask(target, row.question, tools=[row.tool], tool_choice=row.choice)


@exchange(HOSTED, each={"web_search": SERVED["web_search"], "shell": SERVED["shell"]}, cost=1500)
def hosted_streamed(target: Target, row: Hosted) -> Request:
    """A hosted tool whose call is required, streamed."""
    return ask(target, row.question, tools=[row.tool], tool_choice=row.choice, stream=True)


@exchange(HOSTED, each=MADE_UP, expects={200, 400, 403, 404, 422, 424}, cost=300)
def made_up_source(target: Target, row: Hosted) -> Request:
    """A hosted tool over a vector store or a server that does not exist."""
    return ask(target, row.question, tools=[row.tool], tool_choice=row.choice)
