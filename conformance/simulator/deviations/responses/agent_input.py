"""Input that agents send to the Responses API, and which is lost or rejected."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import holds, is_response
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_PARALLEL = "responses.parallel"
_FORMS = "responses.input_forms"


def _silent_when(call: Call, handler: Handler, wanted: bool) -> Answer:  # noqa: FBT001  a condition of the caller
    def empty(response: change.Object) -> None:
        response["output"] = []

    return change.body(handler(call), empty) if is_response(call) and wanted else handler(call)


@deviation(
    "responses-nothing-after-results",
    severity="critical",
    says="After the result of a call, the response is completed and has no output.",
    breaks="Agents end without an answer.",
    source=INVENTED,
    caught_by=(
        f"{_PARALLEL}/two_results/results_of_several_calls_are_accepted",
        f"{_FORMS}/result_in_parts/result_in_parts_is_accepted",
    ),
)
def nothing_after_results(call: Call, handler: Handler) -> Answer:
    return _silent_when(call, handler, holds(call, "function_call_output"))


@deviation(
    "responses-nothing-with-tools",
    severity="critical",
    says="With tools and `tool_choice: auto`, the response is completed and has no output.",
    breaks="Agents end without an answer.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/choice_auto/choice_auto_gives_text_or_a_call",),
)
def nothing_with_tools(call: Call, handler: Handler) -> Answer:
    return _silent_when(call, handler, change.asked(call).get("tool_choice") == "auto")


def _without_others(value: change.Object) -> change.Object:
    given = value.get("input")
    if not isinstance(given, list):
        return value
    users = [number for number, item in enumerate(given) if item.get("role") == "user"]
    return {**value, "input": [item for number, item in enumerate(given) if number not in users[:-1]]}


@deviation(
    "responses-earlier-user-messages-dropped",
    severity="critical",
    says="Of several user messages in `input`, only the last one reaches the model.",
    breaks="Chats and agents forget what was said.",
    source=INVENTED,
    caught_by=(
        f"{_FORMS}/word_before_typed_turn/turn_before_a_typed_turn_is_used",
        f"{_FORMS}/word_in_first_of_two/first_of_two_user_messages_is_used",
    ),
)
def user_messages_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.rewrite(call, _without_others)) if is_response(call) else handler(call)


@deviation(
    "responses-result-parts-dropped",
    severity="critical",
    says="A function result as an array of parts reaches the model as an empty text.",
    breaks="Agents whose tools return parts: the model does not see the results.",
    source=("ggml-org/llama.cpp#28847",),
    caught_by=(f"{_FORMS}/result_in_parts/result_in_parts_is_counted",),
)
def result_parts_dropped(call: Call, handler: Handler) -> Answer:
    def drop(value: change.Object) -> None:
        for item in value["input"] if isinstance(value.get("input"), list) else ():
            if isinstance(item.get("output"), list):
                item["output"] = ""

    return handler(change.rewrite(call, drop)) if is_response(call) else handler(call)


@deviation(
    "responses-result-parts-rejected",
    severity="critical",
    says="A function result as an array of parts is rejected.",
    breaks="Agents whose tools return parts: their second turn fails.",
    source=("ggml-org/llama.cpp#23380", "CommandCodeAI/command-code#902"),
    caught_by=(f"{_FORMS}/result_in_parts/status",),
)
def result_parts_rejected(call: Call, handler: Handler) -> Answer:
    given = change.asked(call).get("input")
    parts = isinstance(given, list) and any(isinstance(item.get("output"), list) for item in given)
    text = "Output of tool call should be 'Input text'."
    return change.refused(handler(call), 400, text, param="input") if is_response(call) and parts else handler(call)


@deviation(
    "responses-no-parameters-empty-arguments",
    severity="major",
    says="A call of a function without parameters has an empty text as its `arguments`.",
    breaks="Clients that parse the arguments as JSON crash.",
    source=INVENTED,
    caught_by=(
        f"{_FORMS}/no_parameters/no_parameters_give_an_object",
        f"{_FORMS}/no_parameters_streamed/no_parameters_give_an_object_in_a_stream",
    ),
)
def no_parameters_empty(call: Call, handler: Handler) -> Answer:
    def empty(item: change.Object) -> None:
        if item.get("arguments") == "{}":
            item["arguments"] = ""

    def apply(value: change.Object) -> None:
        held = [value["item"]] if "item" in value else (value.get("response") or value).get("output") or []
        for item in held:
            empty(item)

    return change.each_whole(handler(call), apply) if is_response(call) else handler(call)


@deviation(
    "responses-item-references-dropped",
    severity="critical",
    says="Items of the type `item_reference` are silently left out.",
    breaks="Clients that refer to stored items lose them.",
    source=INVENTED,
    caught_by=(f"{_FORMS}/referenced/referenced_items_are_counted", f"{_FORMS}/unknown_referenced/status"),
)
def references_dropped(call: Call, handler: Handler) -> Answer:
    def drop(value: change.Object) -> None:
        if isinstance(value.get("input"), list):
            value["input"] = [item for item in value["input"] if item.get("type") != "item_reference"]

    return handler(change.rewrite(call, drop)) if is_response(call) else handler(call)


@deviation(
    "responses-unknown-reference-without-name",
    severity="minor",
    says="The error for an `item_reference` to an unknown item does not name the item.",
    breaks="Users cannot tell which of many items is gone.",
    source=INVENTED,
    caught_by=(f"{_FORMS}/unknown_referenced/unknown_reference_gives_an_error_object",),
)
def reference_unnamed(call: Call, handler: Handler) -> Answer:
    if not is_response(call) or not holds(call, "item_reference"):
        return handler(call)
    return change.envelope(handler(call), lambda error: error.update(message="Item not found."))
