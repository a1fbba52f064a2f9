"""Deviations with tools that no report tells of, and that are plausible all the same."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

BASIC = "tools.basic"
END = "tools.stream.finish_reason"
NONE = "tools.choice.none/weather_forbidden"


@deviation(
    "own-tool-arguments-as-object",
    severity="critical",
    says="The arguments of a plain call are a JSON object, not a text.",
    breaks="Clients that parse them: an object is no text.",
    source=("own",),
    caught_by=(f"{BASIC}/weather_forced/call_has_the_documented_shape",),
)
def arguments_as_object(call: Call, handler: Handler) -> Answer:
    def parse(found: change.Object) -> None:
        for function in [found["function"]] if "function" in found else ():
            function["arguments"] = change.parsed(function["arguments"])

    return change.each_plain_call(handler(call), parse)


@deviation(
    "own-tool-content-left-out",
    severity="minor",
    says="A message with calls has no `content`.",
    breaks="Clients that read the key before they look for calls.",
    source=("own",),
    caught_by=(f"{BASIC}/weather_forced/answer_with_a_call_has_every_documented_key",),
)
def content_left_out(call: Call, handler: Handler) -> Answer:
    def leave_out(message: change.Object) -> None:
        if message.get("tool_calls"):
            message.pop("content", None)

    return change.each_message(handler(call), leave_out)


def _end(answer: Answer, reason: str) -> Answer:
    def end(choice: change.Object) -> None:
        if (choice.get("message") or {}).get("tool_calls"):
            choice["finish_reason"] = reason

    return change.each_choice(answer, end)


@deviation(
    "own-tool-plain-end-is-stop",
    severity="critical",
    says="A plain answer with calls ends with `finish_reason` `stop`; a stream ends as it should.",
    breaks="Agents that go on only at `tool_calls`.",
    source=("own",),
    caught_by=(f"{BASIC}/*/chosen_call_ends_with_tool_calls", f"{BASIC}/*/required_call_ends_with_tool_calls"),
)
def plain_end_is_stop(call: Call, handler: Handler) -> Answer:
    return _end(handler(call), "stop")


@deviation(
    "own-tool-end-of-the-upstream",
    severity="major",
    says="A plain answer with calls ends with the upstream's own word, `tool_use`.",
    breaks="Typed clients, and agents that go on only at `tool_calls`.",
    source=("own",),
    caught_by=(f"{BASIC}/weather_forced/forced_call_ends_with_stop_or_tool_calls", f"{BASIC}/*/*_ends_with_tool_calls"),
)
def end_of_the_upstream(call: Call, handler: Handler) -> Answer:
    return _end(handler(call), "tool_use")


@deviation(
    "own-tool-chosen-call-lost",
    severity="critical",
    says="A call that the model chose is left out, plain and streamed; `finish_reason` is `tool_calls` all the same.",
    breaks="Agents that wait for a call that never comes.",
    source=("own",),
    caught_by=(f"{BASIC}/*/end_by_tool_calls_has_a_call", f"{END}/*/end_by_tool_calls_has_a_call"),
)
def chosen_call_lost(call: Call, handler: Handler) -> Answer:
    if change.asked(call).get("tool_choice", "auto") != "auto":
        return handler(call)

    def lose(choice: change.Object) -> None:
        for name in ("message", "delta"):
            (choice.get(name) or {}).pop("tool_calls", None)

    return change.each_choice(handler(call), lose)


@deviation(
    "own-tool-streamed-name-cut",
    severity="critical",
    says="The name of a streamed call lacks its last letter.",
    breaks="Everybody: there is no such tool.",
    source=("own",),
    caught_by=("tools.stream/*/call_names_the_same_function_as_plain", "tools.choice.named/*_in_a_stream"),
)
def streamed_name_cut(call: Call, handler: Handler) -> Answer:
    def cut(made: list[change.Object]) -> None:
        told = made[0].get("function", {})
        told.update({"name": told["name"][:-1]} if "name" in told else {})

    return change.each_call(handler(call), cut)


@deviation(
    "own-tool-none-is-silent",
    severity="major",
    says="With `tool_choice` `none` the model's call is thrown away, and an empty text is left.",
    breaks="Agents whose last turn is to sum up.",
    source=("own",),
    caught_by=(f"{NONE}/model_speaks_instead",),
)
def none_is_silent(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    forbidden = change.asked(call).get("tool_choice") == "none"
    return change.each_message(answer, lambda message: message.update(content="")) if forbidden else answer


@deviation(
    "own-tool-none-in-the-models-notation",
    severity="major",
    says="With `tool_choice` `none` the call stands in `content`, in the model's own notation.",
    breaks="People see the notation.",
    source=("own",),
    caught_by=(f"{NONE}/forbidden_call_is_not_written_as_text",),
)
def none_in_notation(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if change.asked(call).get("tool_choice") != "none":
        return answer
    written = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
    return change.each_message(answer, lambda message: message.update(content=written))


@deviation(
    "own-tool-without-properties-not-offered",
    severity="major",
    says="The model is not told of functions without parameters: `required` or not, it answers with text.",
    breaks="Agents with such a tool.",
    source=("own",),
    caught_by=("tools.schema_edge/unusual_required[parameters-*]/unusual_function_is_called",),
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
    says="The old `functions` and `function_call` are taken and ignored.",
    breaks="Old clients: no call, and nothing says why.",
    source=("own",),
    caught_by=("tools.other_variants/legacy_forced/old_function_is_called_or_refused",),
)
def old_functions_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "functions", "function_call"))


@deviation(
    "own-tool-signature-refused-unclearly",
    severity="major",
    says="A thinking model's call that comes back without its signature is refused in words that name nothing.",
    breaks="Clients that keep the documented fields only, and people who look for the reason.",
    source=("own",),
    caught_by=("tools.roundtrip.signature/*/call_without_its_signature_is_taken_or_refused_clearly",),
)
def refused_unclearly(call: Call, handler: Handler) -> Answer:
    def blur(value: change.Object) -> None:
        if "signature" in str(value["error"].get("code")):
            value["error"].update(message="Request contains an invalid argument.", param=None, code=None)

    return change.error(handler(call), blur)
