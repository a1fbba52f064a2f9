"""
What is sent about hosted tools in full: what `include` adds to their items, files to search, images on the way.

Each tool is the only one that is served, and its call is required. What such a tool costs beside tokens is a few cents;
nothing of this is part of a run by default.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.responses.exchanges import TOOL, ask
from conformance.checks.responses.tool_kinds.exchanges import SERVED, Hosted
from conformance.checks.vector_stores.files.exchanges import QUESTION, harbor_ready, store_to_fill

FILE_SEARCH = capability("responses.file_search")
INCLUDE = capability("responses.include")
CONTAINER = capability("responses.shell_in_container")
OLDER = capability("responses.older_tools")
SEARCHED_TOOLS = capability("responses.tool_search")

RESULTS = "file_search_call.results"
PARTIAL_IMAGES = 2


OLD = {
    "web_search_preview": Hosted({"type": "web_search_preview"}, "required", ("web_search_call",)),
    "web_search_preview_2025_03_11": Hosted(
        {"type": "web_search_preview_2025_03_11"}, "required", ("web_search_call",)
    ),
    "web_search_2025_08_26": Hosted({"type": "web_search_2025_08_26"}, "required", ("web_search_call",)),
    "local_shell": Hosted({"type": "local_shell"}, "required", ("local_shell_call",), "List the files. Use the tool."),
    "computer_use_preview": Hosted(
        {"type": "computer_use_preview", "display_width": 800, "display_height": 600, "environment": "browser"},
        "required",
        ("computer_call",),
        "Take a screenshot.",
    ),
}
SHELL = {"type": "shell", "environment": {"type": "container_auto"}}
PICTURE = {**SERVED["image_generation"].tool, "partial_images": PARTIAL_IMAGES}
LATER = {**TOOL, "defer_loading": True}


def asked_of_files(target: Target, store: Exchange, **optional: Any) -> Request:
    """Return a question about a file in a vector store, with its results."""
    tool = {"type": "file_search", "vector_store_ids": [store.at("id", str)], "max_num_results": 3}
    choice = {"type": "file_search"}
    return ask(target, QUESTION, tools=[tool], tool_choice=choice, include=[RESULTS], **optional)


@exchange(FILE_SEARCH, cost=1500)
def file_searched(target: Target, store_to_fill: Exchange, harbor_ready: Exchange) -> Request:
    """A required search of a vector store with a file, and `include` of its results."""
    del harbor_ready
    return asked_of_files(target, store_to_fill)


@exchange(FILE_SEARCH, cost=1500)
def file_searched_streamed(target: Target, store_to_fill: Exchange, file_searched: Exchange) -> Request:
    """A required search of a vector store with a file, streamed."""
    del file_searched
    return asked_of_files(target, store_to_fill, stream=True)


def including(target: Target, tool: Hosted, value: str) -> Request:
    """Return a required call of a hosted tool with an `include` about its items."""
    return ask(target, tool.question, tools=[tool.tool], tool_choice=tool.choice, include=[value])


@exchange(INCLUDE, cost=1500)
def sources_included(target: Target) -> Request:
    """A required web search with `include` of its sources."""
    return including(target, SERVED["web_search"], "web_search_call.action.sources")


@exchange(INCLUDE, expects={200, 400, 403}, cost=1500)
def results_included(target: Target) -> Request:
    """A required web search with `include` of its results, which may be rejected: OpenAI does so for some accounts."""
    return including(target, SERVED["web_search"], "web_search_call.results")


@exchange(INCLUDE, cost=1500)
def outputs_included(target: Target) -> Request:
    """A required call of the code interpreter with `include` of its outputs."""
    return including(target, SERVED["code_interpreter"], "code_interpreter_call.outputs")


@exchange(INCLUDE, cost=2500)
def image_on_the_way(target: Target) -> Request:
    """A required generation of an image, streamed, with `partial_images: 2`."""
    drawn = SERVED["image_generation"]
    return ask(target, drawn.question, tools=[PICTURE], tool_choice=drawn.choice, stream=True)


@exchange(CONTAINER, cost=1500)
def shell_in_container(target: Target) -> Request:
    """A required call of a shell that the endpoint runs in a container."""
    return ask(target, SERVED["shell"].question, tools=[SHELL], tool_choice={"type": "shell"})


@exchange(CONTAINER, cost=1500)
def shell_in_container_streamed(target: Target, shell_in_container: Exchange) -> Request:
    """A required call of a shell that the endpoint runs in a container, streamed."""
    del shell_in_container
    return ask(target, SERVED["shell"].question, tools=[SHELL], tool_choice={"type": "shell"}, stream=True)


@exchange(OLDER, each=OLD, expects={200, 400, 403, 404, 422}, cost=1500)
def older_tool(target: Target, row: Hosted) -> Request:
    """A hosted tool under a name of an earlier version, whose call is required; it may be rejected."""
    return ask(target, row.question, tools=[row.tool], tool_choice=row.choice)


@exchange(SEARCHED_TOOLS, cost=600)
def tools_searched(target: Target) -> Request:
    """A function that is only loaded when it is searched for, and the tool that searches."""
    question = "What is the weather in Paris? Search for a tool, and use it."
    return ask(target, question, tools=[{"type": "tool_search"}, LATER], tool_choice="required")
