"""Deviations of the second turn: calls and their results come back."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.registry import Handler

HISTORY = "tools.basic/weather_history"
TOLD = "tools.basic/weather_told/status"
MISSING: Any = object()


def _callers(call: Call) -> list[change.Object]:
    """Return the messages of the conversation that hold calls."""
    return [message for message in change.conversation(call) if message.get("tool_calls")]


def _results(call: Call) -> list[change.Object]:
    return [message for message in change.conversation(call) if message.get("role") == "tool"]


def _refuse_content(call: Call, content: Any, text: str) -> None:
    if any(message.get("content", MISSING) == content for message in _callers(call)):
        raise invalid_request(text)


@deviation(
    "tool-history-messages-rejected",
    severity="critical",
    says="Messages of role `tool` are refused with a 400.",
    breaks="Every loop with tools, at its second turn.",
    source=("kenlasko/monize#396", "thinking-machines-lab/tinker-cookbook#701"),
    caught_by=(TOLD, f"{HISTORY}*/status", "tools.roundtrip*/*/status", "tools.parallel/*/status"),
)
def messages_rejected(call: Call, handler: Handler) -> Answer:
    if _results(call):
        raise invalid_request("Invalid role: expected 'system', 'user' or 'assistant'.")
    return handler(call)


@deviation(
    "tool-history-content-null-rejected",
    severity="critical",
    says="An assistant message with calls and `content` null, as the endpoint itself sends it, is refused.",
    breaks="Every loop with tools whose client sends the message back as it came.",
    source=(
        "lmstudio-ai/lmstudio-bug-tracker#261",
        "mistralai/mistral-common#324",
        "SAIL-Research-Lab/cheetahclaws#72",
    ),
    caught_by=(f"{HISTORY}[content-null]/status", TOLD, "tools.roundtrip*/*/status", "tools.parallel/*/status"),
)
def content_null_rejected(call: Call, handler: Handler) -> Answer:
    _refuse_content(call, None, "'content' field must be a string or an array of objects")
    return handler(call)


@deviation(
    "tool-history-content-empty-string-rejected",
    severity="major",
    says="An assistant message with calls and empty `content` is refused.",
    breaks="Clients that write the empty text for no text.",
    source=("vercel/ai#13505", "vercel/ai#15378"),
    caught_by=(f"{HISTORY}[content-empty]/status",),
)
def content_empty_rejected(call: Call, handler: Handler) -> Answer:
    _refuse_content(call, "", "ValidationException: text content blocks must be non-empty")
    return handler(call)


@deviation(
    "tool-history-content-key-absent-rejected",
    severity="major",
    says="An assistant message with calls and without `content` is refused.",
    breaks="Clients that leave null keys out.",
    source=("jekalmin/extended_openai_conversation#456",),
    caught_by=(f"{HISTORY}[content-absent]/status",),
)
def content_absent_rejected(call: Call, handler: Handler) -> Answer:
    _refuse_content(call, MISSING, "messages.1.content: Field required")
    return handler(call)


@deviation(
    "tool-history-null-content-message-dropped",
    severity="major",
    says="A message with `content` null is left out of the conversation, and the results of its calls with it.",
    breaks="Agents: the model never learns what the tool said, and calls again.",
    source=("cubist38/mlx-openai-server#205",),
    caught_by=(f"{HISTORY}[content-null]/history_is_counted", "tools.basic/weather_told/result_is_counted"),
)
def message_dropped(call: Call, handler: Handler) -> Answer:
    lost = [
        made["id"]
        for message in _callers(call)
        if message.get("content", MISSING) is None
        for made in message["tool_calls"]
    ]

    def drop(value: change.Object) -> change.Object:
        kept = [
            message
            for message in value["messages"]
            if not (message.get("tool_calls") and message.get("content", MISSING) is None)
            and message.get("tool_call_id") not in lost
        ]
        return {**value, "messages": kept}

    return handler(change.rewrite(call, drop) if lost else call)


@deviation(
    "tool-message-name-required",
    severity="critical",
    says="A message of role `tool` without the optional `name` is refused.",
    breaks="Every loop with tools that keeps to the documented fields.",
    source=(
        "NousResearch/hermes-agent#19728",
        "FoundationAgents/OpenManus#824",
        "ollama/ollama#14214",
        "su-kaka/gcli2api#200",
    ),
    caught_by=(TOLD, f"{HISTORY}*/status", "tools.roundtrip*/*/status", "tools.parallel/*/status"),
)
def name_required(call: Call, handler: Handler) -> Answer:
    if any(not message.get("name") for message in _results(call)):
        raise invalid_request(
            "GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be empty."
        )
    return handler(call)


@deviation(
    "tool-content-array-rejected",
    severity="major",
    says="A result as a list of text parts is refused.",
    breaks="Clients that always send parts.",
    source=("Neroued/ninfer#57", "MoonshotAI/kimi-cli#1771"),
    caught_by=("tools.roundtrip/result_in_parts/status",),
)
def parts_rejected(call: Call, handler: Handler) -> Answer:
    if any(isinstance(message.get("content"), list) for message in _results(call)):
        raise invalid_request("tool messages must contain string content")
    return handler(call)


@deviation(
    "gemini-extra-content-thought-signature-required",
    severity="critical",
    says="Each call carries a signature in a key of its own, and a history without it is refused.",
    breaks="Clients that keep the documented fields only: every loop fails at its second turn.",
    source=("langchain-ai/langchain#37347", "tinyhumansai/openhuman#3548", "NVIDIA-NeMo/Gym#2374"),
    caught_by=(
        "tools.roundtrip/weather_told_bare/status",
        "tools.roundtrip/*/status",
        f"{HISTORY}*/status",
        "tools.parallel/*/status",
    ),
)
def signature_required(call: Call, handler: Handler) -> Answer:
    for message in _callers(call):
        if "extra_content" not in message["tool_calls"][0]:
            raise invalid_request("Function call is missing a thought_signature in functionCall parts.")

    def bare(value: change.Object) -> None:
        for message in value["messages"]:
            for made in message.get("tool_calls") or ():
                made.pop("extra_content", None)

    def sign(value: change.Object) -> None:
        for made in change.calls(value)[:1]:
            made["extra_content"] = {"google": {"thought_signature": "c2lnbmVk"}}

    return change.body(handler(change.rewrite(call, bare) if _callers(call) else call), sign)


@deviation(
    "tool-result-count-strict",
    severity="minor",
    says="A call without its result is refused in Google's shape, and the error does not say which call.",
    breaks="Clients that would mend the history.",
    source=("microsoft/vscode#299295",),
    caught_by=("tools.parallel/result_missing/refusal_names_the_call_without_result",),
)
def count_strict(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if answer.status != 400 or not _callers(call):
        return answer
    text = "Please ensure that the number of function response parts is equal to the number of function call parts."
    return change.instead(answer, [{"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}}], 400)


@deviation(
    "own-tool-results-matched-by-order",
    severity="critical",
    says="Results must come in the order of the calls; in another order they are refused.",
    breaks="Agents that run tools at the same time and send each result when it is there.",
    source=("own",),
    caught_by=("tools.parallel/two_calls_history/status",),
)
def matched_by_order(call: Call, handler: Handler) -> Answer:
    made = [found["id"] for message in _callers(call) for found in message["tool_calls"]]
    told = [message.get("tool_call_id") for message in _results(call)]
    if sorted(made) == sorted(map(str, told)) and made != told:
        raise ApiError(400, "The order of the tool messages does not match the order of the tool calls.")
    return handler(call)


@deviation(
    "own-tool-only-last-result-read",
    severity="critical",
    says="Of several calls and results only the last pair reaches the model.",
    breaks="Agents: the model answers as if it had asked for one thing only.",
    source=("own",),
    caught_by=("tools.parallel/two_calls_history/second_call_is_read_too",),
)
def last_result_only(call: Call, handler: Handler) -> Answer:
    lost = [made["id"] for message in _callers(call) for made in message["tool_calls"][:-1]]

    def drop(value: change.Object) -> change.Object:
        for message in value["messages"]:
            if message.get("tool_calls"):
                message["tool_calls"] = message["tool_calls"][-1:]
        return {**value, "messages": [one for one in value["messages"] if one.get("tool_call_id") not in lost]}

    return handler(change.rewrite(call, drop) if lost else call)


@deviation(
    "own-tool-result-parts-unread",
    severity="critical",
    says="A result as a list of text parts is taken, and its text never reaches the model.",
    breaks="Agents whose client sends parts: the model makes the result up.",
    source=("own",),
    caught_by=("tools.roundtrip/result_in_parts/result_in_parts_is_read",),
)
def parts_unread(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for message in value["messages"]:
            if message.get("role") == "tool" and isinstance(message.get("content"), list):
                message["content"] = ""

    return handler(change.rewrite(call, empty) if _results(call) else call)


@deviation(
    "own-tool-result-unread",
    severity="critical",
    says="The text of a tool's result never reaches the model.",
    breaks="Everybody: the model makes the result up.",
    source=("own",),
    caught_by=("tools.roundtrip/word_of_result/word_in_the_result_is_heard",),
)
def result_unread(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for message in value["messages"]:
            if message.get("role") == "tool":
                message["content"] = ""

    return handler(change.rewrite(call, empty) if _results(call) else call)


@deviation(
    "own-tool-silent-after-result",
    severity="critical",
    says="The answer to a tool's result has an empty text.",
    breaks="Agents that end with an empty answer.",
    source=("own",),
    caught_by=(
        "tools.basic/*/result_is_answered",
        f"{HISTORY}*/call_of_a_history_is_answered",
        "tools.*/*answered",
        "tools.roundtrip*/*_told/*",
        "tools.roundtrip/weather_told_bare/*",
    ),
)
def silent(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    said = change.conversation(call)
    if not said or said[-1].get("role") != "tool":
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))
