"""Plain answers with calls: ids, names, and the message around them."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.tools.common import each_function
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

BASIC = "tools.basic"


@deviation(
    "tool-calls-empty-array-in-response",
    severity="major",
    says="A response without calls has `tool_calls: []`.",
    breaks="Clients that look whether the key is there; sent back, the message is rejected by strict endpoints.",
    source=("openai/openai-node#1341", "mlflow/mlflow#14410", "run-llama/llama_index#16408"),
    caught_by=("tools.basic/chat_completion/tool_calls_is_not_an_empty_array",),
)
def empty_array(call: Call, handler: Handler) -> Answer:
    return change.each_message(handler(call), lambda message: message.setdefault("tool_calls", []))


@deviation(
    "tool-calls-null-in-response",
    severity="minor",
    says="Messages and deltas without calls have `tool_calls: null`.",
    breaks="Clients that go through `get('tool_calls', [])`: null is not an array.",
    source=("chr15m/runprompt#34", "lidge-jun/opencodex#1468"),
    caught_by=("tools.stream/chat_stream/text_has_no_empty_calls",),
)
def null_calls(call: Call, handler: Handler) -> Answer:
    def fill(choice: change.Object) -> None:
        for name in ("message", "delta"):
            if isinstance(choice.get(name), dict):
                choice[name].setdefault("tool_calls", None)

    return change.each_choice(handler(call), fill)


@deviation(
    "tool-call-id-derived-from-name",
    severity="major",
    says="The `id` of a call is made of the function's name, so that two calls have the same.",
    breaks="Results are matched to the wrong call, and strict endpoints reject the history.",
    source=("brainlid/langchain#620", "mozilla-ai/any-llm#1148"),
    caught_by=(
        "tools.parallel/chat_completion/calls_have_different_ids",
        "tools.basic/chat_completion/later_call_has_another_id",
    ),
)
def id_of_name(call: Call, handler: Handler) -> Answer:
    def name(value: change.Object) -> None:
        for found in change.calls(value):
            found["id"] = f"call-{found[found['type']]['name']}"

    return change.body(handler(call), name)


@deviation(
    "own-tool-id-empty",
    severity="critical",
    says="The `id` of a call is an empty string.",
    breaks="Everyone who sends a result back: it answers no call.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/call_has_an_id",),
)
def id_empty(call: Call, handler: Handler) -> Answer:
    return change.each_plain_call(handler(call), lambda found: found.update(id=""))


@deviation(
    "own-tool-name-with-namespace",
    severity="critical",
    says="The name of a called function has a prefix, `functions.`, that the request does not have.",
    breaks="Everyone: there is no such function.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/call_names_an_offered_function",),
)
def name_with_namespace(call: Call, handler: Handler) -> Answer:
    return each_function(handler(call), lambda function: function.update(name=f"functions.{function['name']}"))


@deviation(
    "own-tool-name-cut-at-63",
    severity="major",
    says="The name of a function is cut after 63 letters, one less than the documented length.",
    breaks="Tools with long names, as servers of tools make them.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/call_names_an_offered_function",),
)
def name_cut(call: Call, handler: Handler) -> Answer:
    return each_function(handler(call), lambda function: function.update(name=function["name"][:63]))


@deviation(
    "own-tool-content-left-out",
    severity="minor",
    says="A message with calls has no `content`.",
    breaks="Clients that read the key before they look for calls.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/message_with_calls_has_content",),
)
def content_left_out(call: Call, handler: Handler) -> Answer:
    def leave_out(message: change.Object) -> None:
        if message.get("tool_calls"):
            message.pop("content", None)

    return change.each_message(handler(call), leave_out)


@deviation(
    "own-tool-id-is-the-name",
    severity="major",
    says="The `id` of a call is the name of its function.",
    breaks="Agents that match results to calls by `id`: two calls of one function share it.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/id_of_a_call_is_not_the_name",),
)
def id_is_the_name(call: Call, handler: Handler) -> Answer:
    def name(made: change.Object) -> None:
        if "function" in made:
            made["id"] = made["function"]["name"]

    return change.each_plain_call(handler(call), name)
