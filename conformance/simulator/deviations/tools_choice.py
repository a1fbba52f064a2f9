"""Deviations of what a request says about tools: dropped, misunderstood, or refused."""

from typing import Any, NoReturn

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

CHOICE = "tools.choice"
TOOLS = ("tools", "tool_choice", "parallel_tool_calls")


def _functions(call: Call) -> list[dict[str, Any]]:
    """Return the functions that a chat request offers."""
    tools = change.asked(call).get("tools") if change.is_chat(call) else None
    found = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return [function for function in found if isinstance(function, dict)]


def _refuse(message: str) -> NoReturn:
    raise invalid_request(message)


@deviation(
    "tool-choice-required-ignored",
    severity="major",
    says="`tool_choice` `required` is taken for `auto`.",
    breaks="Programs that extract data by a forced tool get text.",
    source=("Blaizzy/mlx-vlm#1045", "google-ai-edge/LiteRT-LM#2471"),
    caught_by=(f"{CHOICE}.required/hello_required/required_function_is_called_whatever_is_asked",),
)
def required_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tool_choice") if change.asked(call).get("tool_choice") == "required" else call)


@deviation(
    "tool-choice-named-ignored",
    severity="major",
    says="A `tool_choice` that names a function is taken for `auto`.",
    breaks="Programs that extract data by a named tool.",
    source=("google-ai-edge/LiteRT-LM#2471", "Blaizzy/mlx-vlm#1045"),
    caught_by=(f"{CHOICE}.named/*/no_other_function_is_called*", f"{CHOICE}.named/*/unsuggested_function_is_called*"),
)
def named_ignored(call: Call, handler: Handler) -> Answer:
    named = isinstance(change.asked(call).get("tool_choice"), dict)
    return handler(change.without(call, "tool_choice") if named else call)


@deviation(
    "tool-choice-none-ignored",
    severity="major",
    says="`tool_choice` `none` is taken for `auto`, and the model is given the tools.",
    breaks="Turns that are to sum up come back as calls, and agents loop.",
    source=("ayunis-core/ayunis-core#705", "google-ai-edge/LiteRT-LM#2471"),
    caught_by=(f"{CHOICE}.none/*/forbidden_function_is_not_called*",),
)
def none_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tool_choice") if change.asked(call).get("tool_choice") == "none" else call)


@deviation(
    "tool-choice-none-without-tools-400",
    severity="minor",
    says="`tool_choice` without tools is refused with a validator's list as text, and without the `error` envelope.",
    breaks="Clients that show the error's message.",
    source=("vllm-project/vllm#9426",),
    caught_by=(f"{CHOICE}.none/none_without_tools/none_without_tools_is_harmless",),
)
def none_without_tools(call: Call, handler: Handler) -> Answer:
    asked = change.asked(call)
    answer = handler(call)
    if "tool_choice" not in asked or asked.get("tools") or not change.is_chat(call):
        return answer
    told = "[{'type': 'value_error', 'loc': ('body',), 'msg': 'Value error, `tool_choice` needs `tools`.'}]"
    error = {"object": "error", "message": told, "type": "BadRequestError", "param": None, "code": 400}
    return change.instead(answer, error, 400)


@deviation(
    "parallel-tool-calls-false-ignored",
    severity="major",
    says="`parallel_tool_calls: false` is dropped, and several calls come back.",
    breaks="Agents that run one tool at a time: they run the first, or what must not run together.",
    source=("SamSaffron/term-llm#276",),
    caught_by=("tools.parallel_false/*/parallel_tool_calls_false_gives_one_call",),
)
def parallel_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "parallel_tool_calls"))


@deviation(
    "tools-ignored-entirely",
    severity="major",
    says="`tools` and `tool_choice` are ignored: 200 and text.",
    breaks="Agents never call anything, and nothing says why.",
    source=("https://docs.parallel.ai/chat-api/sdk-compatibility",),
    caught_by=(
        f"{CHOICE}.required/*/required_function_is_called*",
        "tools.stream/*_function_is_called",
        "tools.other_variants/allowed_time/some_allowed_function_is_called",
        f"{CHOICE}.auto/*/model_is_told_of_the_tools",
        f"{CHOICE}.auto/*/auto_is_the_default",
    ),
)
def tools_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, *TOOLS) if change.is_chat(call) else call)


@deviation(
    "tools-lost-with-content-array",
    severity="major",
    says="When the question is a list of parts the model is not told of the tools, and answers with text.",
    breaks="Clients that always send parts never get a call.",
    source=("openclaw/openclaw#64543",),
    caught_by=(f"{CHOICE}.*/weather_in_parts*/*",),
)
def lost_with_parts(call: Call, handler: Handler) -> Answer:
    parts = any(m.get("role") == "user" and isinstance(m.get("content"), list) for m in change.conversation(call))
    return handler(change.without(call, *TOOLS) if parts else call)


@deviation(
    "tools-empty-array-changes-output",
    severity="minor",
    says="`tools: []` is told to the model, which then writes the JSON of a call that nobody offered.",
    breaks="Clients that always send the list: people see JSON.",
    source=("ml-explore/mlx-lm#170",),
    caught_by=(f"{CHOICE}.auto/hello_with_empty_tools/empty_list_of_tools_changes_nothing",),
)
def empty_array(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or change.asked(call).get("tools") != []:
        return handler(call)

    def write(choice: change.Object) -> None:
        if "message" in choice:
            choice["message"]["content"] = '{"name": "say_hello", "arguments": {"to": "you"}}'

    return change.each_choice(handler(change.without(call, "tools")), write)


@deviation(
    "structured-anyof-tool-schema-rejected",
    severity="major",
    says="A tool whose schema has `anyOf` is refused with a 400.",
    breaks="Agents with one such tool: every request fails.",
    source=("anomalyco/opencode#19276",),
    caught_by=("tools.schema_edge/unusual_required[nullable]/status",),
)
def any_of_rejected(call: Call, handler: Handler) -> Answer:
    for function in _functions(call):
        if '"anyOf"' in change.text(function.get("parameters")):
            _refuse("Invalid JSON payload received. Unknown name 'anyOf': the schema should be of type OBJECT.")
    return handler(call)


@deviation(
    "tool-name-charset-stricter",
    severity="minor",
    says="A function whose name begins with a digit or a dash is refused, and the whole request with it.",
    breaks="Clients with tools from servers of tools.",
    source=("kaitranntt/ccs#25",),
    caught_by=("tools.schema_edge/unusual_required[name-with-digit-first]/status",),
)
def charset_stricter(call: Call, handler: Handler) -> Answer:
    for function in _functions(call):
        name = str(function.get("name") or "_")
        if not (name[0].isalpha() or name[0] == "_"):
            _refuse("Invalid function name. It must start with a letter or an underscore.")
    return handler(call)


@deviation(
    "own-tool-allowed-tools-ignored",
    severity="major",
    says="`tool_choice` of type `allowed_tools` is taken for `required`: every tool may be called.",
    breaks="Clients that keep the list of tools for the cache and allow a few of them.",
    source=("own",),
    caught_by=("tools.other_variants/allowed_time/no_function_that_is_not_allowed_is_called",),
)
def allowed_ignored(call: Call, handler: Handler) -> Answer:
    choice = change.asked(call).get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return handler(call)
    return handler(change.rewrite(call, lambda value: {**value, "tool_choice": "required"}))


@deviation(
    "own-tool-custom-as-function",
    severity="major",
    says="A custom tool is called as a function whose argument is the text.",
    breaks="Clients that offered a custom tool: a call of a kind that they never offered.",
    source=("own",),
    caught_by=("tools.other_variants/note_required/custom_tool_is_called",),
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
    source=("own",),
    caught_by=("tools.other_variants/note_required/custom_tool_takes_text",),
)
def custom_input_as_object(call: Call, handler: Handler) -> Answer:
    def wrap(value: change.Object) -> None:
        for found in change.calls(value):
            if "custom" in found:
                found["custom"]["input"] = {"text": found["custom"]["input"]}

    return change.body(handler(call), wrap)


@deviation(
    "own-tool-choice-none-hides-the-end",
    severity="minor",
    says="With `tool_choice` `none` the text ends with `finish_reason` `tool_calls`.",
    breaks="Agents that look for calls and find none.",
    source=("own",),
    caught_by=(f"{CHOICE}.none/weather_forbidden/answer_without_a_call_does_not_end_with_tool_calls",),
)
def none_ends_with_calls(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if change.asked(call).get("tool_choice") != "none":
        return answer
    return change.each_choice(answer, lambda choice: "message" in choice and choice.update(finish_reason="tool_calls"))
