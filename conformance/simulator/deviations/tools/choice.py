"""`tool_choice` and `parallel_tool_calls`: ignored, misunderstood, or refused."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

CHOICE = "tools.choice"


@deviation(
    "tool-choice-required-ignored",
    severity="major",
    says="`tool_choice` `required` is treated as `auto`.",
    breaks="Programs that extract data by a forced tool get text.",
    source=("Blaizzy/mlx-vlm#1045", "google-ai-edge/LiteRT-LM#2471"),
    caught_by=("tools.choice.required/chat_completion/required_function_is_called",),
)
def required_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tool_choice") if change.asked(call).get("tool_choice") == "required" else call)


@deviation(
    "tool-choice-named-ignored",
    severity="major",
    says="A `tool_choice` that names a function is treated as `auto`.",
    breaks="Programs that extract data by a named tool.",
    source=("google-ai-edge/LiteRT-LM#2471", "Blaizzy/mlx-vlm#1045"),
    caught_by=(
        "tools.choice.named/*/no_other_function_is_called*",
        "tools.basic/chat_completion/named_function_is_called",
        "tools.stream/chat_stream/named_function_is_called",
    ),
)
def named_ignored(call: Call, handler: Handler) -> Answer:
    named = isinstance(change.asked(call).get("tool_choice"), dict)
    return handler(change.without(call, "tool_choice") if named else call)


@deviation(
    "tool-choice-none-ignored",
    severity="major",
    says="`tool_choice` `none` is treated as `auto`, and the model is given the tools.",
    breaks="Turns that should summarize are calls, and agents loop.",
    source=("ayunis-core/ayunis-core#705", "google-ai-edge/LiteRT-LM#2471"),
    caught_by=(f"{CHOICE}.none/*/choice_none_calls_nothing*",),
)
def none_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tool_choice") if change.asked(call).get("tool_choice") == "none" else call)


@deviation(
    "tool-choice-none-without-tools-400",
    severity="minor",
    says="`tool_choice` without tools is rejected with a validator's list as text, and without the `error` envelope.",
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
    says="`parallel_tool_calls: false` is dropped, and several calls are returned.",
    breaks="Agents that run one tool at a time: they run the first, or what must not run together.",
    source=("SamSaffron/term-llm#276",),
    caught_by=("tools.parallel_false/*/parallel_tool_calls_false_gives_one_call",),
)
def parallel_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "parallel_tool_calls"))


@deviation(
    "own-tool-allowed-tools-ignored",
    severity="major",
    says="`tool_choice` of type `allowed_tools` is treated as `required`: every tool may be called.",
    breaks="Clients that keep the list of tools for the cache and allow a few of them.",
    source=INVENTED,
    caught_by=("tools.other_variants/allowed_time/only_allowed_functions_are_called",),
)
def allowed_ignored(call: Call, handler: Handler) -> Answer:
    choice = change.asked(call).get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return handler(call)
    return handler(change.rewrite(call, lambda value: {**value, "tool_choice": "required"}))
