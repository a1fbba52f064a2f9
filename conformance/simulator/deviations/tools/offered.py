"""The tools of a request: dropped, refused, or taken for another kind."""

from typing import Any, NoReturn

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

CHOICE = "tools.choice"
TOOLS = ("tools", "tool_choice", "parallel_tool_calls")


@deviation(
    "tools-ignored-entirely",
    severity="major",
    says="`tools` and `tool_choice` are ignored: 200 and text.",
    breaks="Agents call nothing, and no error says why.",
    source=("https://docs.parallel.ai/chat-api/sdk-compatibility",),
    caught_by=(
        f"{CHOICE}.required/*/required_function_is_called*",
        "tools.stream/*_function_is_called",
        "tools.other_variants/allowed_time/allowed_function_is_called",
        f"{CHOICE}.auto/*/tools_reach_the_model",
        f"{CHOICE}.auto/*/auto_is_the_default",
    ),
)
def tools_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, *TOOLS) if change.is_chat(call) else call)


@deviation(
    "tools-lost-with-content-array",
    severity="major",
    says="When the message is an array of parts the tools do not reach the model, which writes text.",
    breaks="Clients that always send parts never get a call.",
    source=("openclaw/openclaw#64543",),
    caught_by=(
        "tools.choice.auto/weather_in_parts/body_is_whole",
        "tools.choice.auto/weather_in_parts/media_type",
        "tools.choice.auto/weather_in_parts/tools_reach_the_model_with_parts",
        "tools.choice.auto/weather_in_parts/status",
        "tools.choice.required/chat_completion/required_function_is_called",
        "tools.choice.required/weather_in_parts_required/body_is_whole",
        "tools.choice.required/weather_in_parts_required/media_type",
        "tools.choice.required/weather_in_parts_required/status",
    ),
)
def lost_with_parts(call: Call, handler: Handler) -> Answer:
    parts = any(m.get("role") == "user" and isinstance(m.get("content"), list) for m in change.conversation(call))
    return handler(change.without(call, *TOOLS) if parts else call)


@deviation(
    "tools-empty-array-changes-output",
    severity="minor",
    says="`tools: []` reaches the model, which then writes the JSON of a call that was not offered.",
    breaks="Clients that always send the list: people see JSON.",
    source=("ml-explore/mlx-lm#170",),
    caught_by=(f"{CHOICE}.auto/hello_with_empty_tools/empty_tools_have_no_effect",),
)
def empty_array(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or change.asked(call).get("tools") != []:
        return handler(call)

    def write(choice: change.Object) -> None:
        if "message" in choice:
            choice["message"]["content"] = '{"name": "say_hello", "arguments": {"to": "you"}}'

    return change.each_choice(handler(change.without(call, "tools")), write)


def _functions(call: Call) -> list[dict[str, Any]]:
    """Return the functions that a chat request offers."""
    tools = change.asked(call).get("tools") if change.is_chat(call) else None
    found = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return [function for function in found if isinstance(function, dict)]


def _refuse(message: str) -> NoReturn:
    raise invalid_request(message)


@deviation(
    "structured-anyof-tool-schema-rejected",
    severity="major",
    says="A tool whose schema has `anyOf` is rejected with a 400.",
    breaks="Agents with one such tool: every request fails.",
    source=("anomalyco/opencode#19276",),
    caught_by=("tools.schema_edge/unusual_tool_required[nullable]/status",),
)
def any_of_rejected(call: Call, handler: Handler) -> Answer:
    for function in _functions(call):
        if '"anyOf"' in change.text(function.get("parameters")):
            _refuse("Invalid JSON payload received. Unknown name 'anyOf': the schema should be of type OBJECT.")
    return handler(call)


@deviation(
    "tool-name-charset-stricter",
    severity="minor",
    says="A function whose name begins with a digit or a dash is rejected, and the whole request with it.",
    breaks="Clients with tools from servers of tools.",
    source=("kaitranntt/ccs#25",),
    caught_by=("tools.schema_edge/unusual_tool_required[name-with-digit-first]/status",),
)
def charset_stricter(call: Call, handler: Handler) -> Answer:
    for function in _functions(call):
        name = str(function.get("name") or "_")
        if not (name[0].isalpha() or name[0] == "_"):
            _refuse("Invalid function name. It must start with a letter or an underscore.")
    return handler(call)


@deviation(
    "own-tool-custom-as-function",
    severity="major",
    says="A custom tool is called as a function whose argument is the text.",
    breaks="Clients that offered a custom tool: a call of a type that they did not offer.",
    source=INVENTED,
    caught_by=("tools.other_variants/custom_tool_required/custom_tool_is_called",),
)
def custom_as_function(call: Call, handler: Handler) -> Answer:
    def turn(value: change.Object) -> None:
        for found in change.calls(value):
            if custom := found.pop("custom", None):
                arguments = change.text({"input": custom["input"]})
                found.update(type="function", function={"name": custom["name"], "arguments": arguments})

    return change.body(handler(call), turn)


@deviation(
    "own-tool-custom-input-as-object",
    severity="minor",
    says="`custom.input` of a call is an object with the text in it.",
    breaks="Typed clients.",
    source=INVENTED,
    caught_by=("tools.other_variants/chat_completion/custom_input_is_a_string",),
)
def custom_input_as_object(call: Call, handler: Handler) -> Answer:
    def wrap(value: change.Object) -> None:
        for found in change.calls(value):
            if "custom" in found:
                found["custom"]["input"] = {"text": found["custom"]["input"]}

    return change.body(handler(call), wrap)


@deviation(
    "own-tool-without-properties-not-offered",
    severity="major",
    says="Functions without parameters do not reach the model: `required` or not, it writes text.",
    breaks="Agents with such a tool.",
    source=INVENTED,
    caught_by=("tools.schema_edge/unusual_tool_required[parameters-*]/unusual_function_is_called",),
)
def without_properties(call: Call, handler: Handler) -> Answer:
    tools = change.asked(call).get("tools")
    if not change.is_chat(call) or not isinstance(tools, list):
        return handler(call)

    def has_parameters(tool: change.Object) -> bool:
        return bool(((tool.get("function") or {}).get("parameters") or {}).get("properties"))

    kept = [tool for tool in tools if not isinstance(tool, dict) or "function" not in tool or has_parameters(tool)]
    if kept or not tools:
        return handler(change.rewrite(call, lambda value: {**value, "tools": kept}))
    return handler(change.without(call, "tools", "tool_choice"))


@deviation(
    "own-tool-old-functions-ignored",
    severity="minor",
    says="The legacy `functions` and `function_call` are accepted and ignored.",
    breaks="Old clients: no call, and no error says why.",
    source=INVENTED,
    caught_by=("tools.other_variants/legacy_function_forced/legacy_function_is_called_or_rejected",),
)
def old_functions_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "functions", "function_call"))


@deviation(
    "own-native-tool-handed-over",
    severity="major",
    says="A tool of another API is treated as a function, and the response calls it.",
    breaks="Agents: they have no such function.",
    source=INVENTED,
    caught_by=("native.search_and_code/hello_with_native_tool[*]/tool_is_rejected_or_run",),
)
def native_tool_handed_over(call: Call, handler: Handler) -> Answer:
    tools = change.asked(call).get("tools")
    if not change.is_chat(call) or not isinstance(tools, list) or not tools or "function" in tools[0]:
        return handler(call)
    name = next(iter(tools[0].values())) if "type" in tools[0] else next(iter(tools[0]))
    function = {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    choice = {"type": "function", "function": {"name": name}}
    return handler(change.rewrite(call, lambda value: value.update(tools=[function], tool_choice=choice)))


@deviation(
    "own-native-name-taken-away",
    severity="major",
    says="A function of the client with the name of a native tool is dropped.",
    breaks="Agents whose functions happen to be called so.",
    source=INVENTED,
    caught_by=("native.search_and_code/same_name_forced[*]/function_with_that_name_is_called",),
)
def native_name_taken_away(call: Call, handler: Handler) -> Answer:
    said = change.text(change.asked(call).get("tool_choice"))
    taken = "googleSearch" in said or "codeExecution" in said
    return handler(change.without(call, "tools", "tool_choice") if taken and change.is_chat(call) else call)
