"""
Shells in containers, tools that are searched, and tools under the names of earlier versions.

Not checked: what a command prints; which tools are found.
"""

from conformance import SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.responses.events import end_of, events_of, replaced
from conformance.checks.responses.hosted.exchanges import (
    CONTAINER,
    OLD,
    OLDER,
    SEARCHED_TOOLS,
    older_tool,
    shell_in_container,
    shell_in_container_streamed,
    tools_searched,
)
from conformance.checks.responses.hosted.reading import calls_of
from conformance.checks.responses.reading import items, require_whole, whole
from conformance.checks.responses.tool_kinds.reading import EMPTY, assert_not_dropped
from conformance.counterexamples import broken, changed

OUTPUT, OUTPUT_DONE = "shell_call_output", "response.shell_call_output_content.done"


@may(
    CONTAINER,
    says=SDK("ResponseFunctionShellToolCallOutput.call_id"),
    counterexample=broken(shell_in_container, "output.1.call_id", "another"),
)
def test_output_of_a_shell_belongs_to_its_call(shell_in_container: Exchange) -> None:
    """In the Responses API, each `shell_call_output` of a shell in a container has the `call_id` of a `shell_call`."""
    calls = {call.at("call_id", str) for call in calls_of(shell_in_container)}
    outputs = items(whole(shell_in_container), OUTPUT)
    if not outputs:
        raise Deviation("the commands are not run: `output` has no `shell_call_output` item", finding="ignored:tools")
    for output in outputs:
        assert output.at("call_id", str) in calls, f"{output.place}: its `call_id` is that of no `shell_call`"


@may(
    CONTAINER,
    says=SDK("ResponseShellCallOutputContentDoneEvent.output"),
    counterexample=replaced(OUTPUT_DONE, "output", [], shell_in_container_streamed),
)
def test_output_of_a_shell_is_streamed(shell_in_container_streamed: Exchange) -> None:
    """In a Responses API stream, what a shell prints is in `shell_call_output_content.done` events."""
    end = end_of(shell_in_container_streamed)
    require_whole(end)
    printed = {text for item in items(end, OUTPUT) for text in item.all("output.*.stdout", str)}
    if not printed:
        raise Inconclusive("the shell prints nothing")
    events = events_of(shell_in_container_streamed, OUTPUT_DONE)
    told = {text for event in events for text in event.all("output.*.stdout", str)}
    assert printed <= told, f"of {len(printed)} outputs {len(printed - told)} come in no event"


@may(
    OLDER,
    says=SDK("response.Response.tools"),
    counterexample=changed(older_tool, lambda e: e.with_response(status=200, body=EMPTY, sizes=(len(EMPTY),))),
)
def test_older_tool_is_not_ignored(older_tool: Exchange) -> None:
    """A Responses API tool under the name of an earlier version is called when required, or rejected with a message."""
    if older_tool.status != 200:
        assert older_tool.at("error.message", str), "`error.message` is empty"
        return
    assert_not_dropped(older_tool, OLD[older_tool.case].items)


@may(
    SEARCHED_TOOLS,
    says=SDK("ResponseToolSearchOutputItem.tools"),
    counterexample=broken(tools_searched, "output.1.tools", []),
)
def test_searched_tools_are_listed(tools_searched: Exchange) -> None:
    """In the Responses API, a `tool_search_output` item lists the `tools` that were loaded and are then called."""
    outputs = items(whole(tools_searched), "tool_search_output")
    if not outputs:
        raise Inconclusive("the model searches for no tool")
    loaded = [tool for output in outputs for tool in output.at("tools", list)]
    if not loaded and not items(whole(tools_searched), "function_call"):
        raise Inconclusive("the search finds no tool, which may be due to what the model searches for")
    assert loaded, "`tools` of each `tool_search_output` is empty, and a tool that was to be searched is called"
