"""The assistant's call and the result in a later turn: which messages are taken."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.tools.common import callers_of, results_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

HISTORY = "tools.basic/weather_history"
TOLD = "tools.basic/weather_result/status"
MISSING: Any = object()


@deviation(
    "tool-history-messages-rejected",
    severity="critical",
    says="Messages of role `tool` are rejected with a 400.",
    breaks="Every loop with tools, at its second turn.",
    source=("kenlasko/monize#396", "thinking-machines-lab/tinker-cookbook#701"),
    caught_by=(TOLD, f"{HISTORY}*/status", "tools.roundtrip*/*/status", "tools.parallel/*/status"),
)
def messages_rejected(call: Call, handler: Handler) -> Answer:
    if results_of(call):
        raise invalid_request("Invalid role: expected 'system', 'user' or 'assistant'.")
    return handler(call)


def _refuse_content(call: Call, content: Any, text: str) -> None:
    if any(message.get("content", MISSING) == content for message in callers_of(call)):
        raise invalid_request(text)


@deviation(
    "tool-history-content-null-rejected",
    severity="critical",
    says="An assistant message with calls and `content` null, as the endpoint itself sends it, is rejected.",
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
    says="An assistant message with calls and empty `content` is rejected.",
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
    says="An assistant message with calls and without `content` is rejected.",
    breaks="Clients that leave null keys out.",
    source=("jekalmin/extended_openai_conversation#456",),
    caught_by=(f"{HISTORY}[content-absent]/status",),
)
def content_absent_rejected(call: Call, handler: Handler) -> Answer:
    _refuse_content(call, MISSING, "messages.1.content: Field required")
    return handler(call)


@deviation(
    "gemini-extra-content-thought-signature-required",
    severity="critical",
    says="Each call carries a signature in a key of its own, and a history without it is rejected.",
    breaks="Clients that send back the documented fields only: every loop fails at its second turn.",
    source=("langchain-ai/langchain#37347", "tinyhumansai/openhuman#3548", "NVIDIA-NeMo/Gym#2374"),
    caught_by=(
        "tools.roundtrip/result_after_standard_fields/status",
        "tools.roundtrip/*/status",
        f"{HISTORY}*/status",
        "tools.parallel/*/status",
    ),
)
def signature_required(call: Call, handler: Handler) -> Answer:
    for message in callers_of(call):
        if "extra_content" not in message["tool_calls"][0]:
            raise invalid_request("Function call is missing a thought_signature in functionCall parts.")

    def bare(value: change.Object) -> None:
        for message in value["messages"]:
            for made in message.get("tool_calls") or ():
                made.pop("extra_content", None)

    def sign(value: change.Object) -> None:
        for made in change.calls(value)[:1]:
            made["extra_content"] = {"google": {"thought_signature": "c2lnbmVk"}}

    return change.body(handler(change.rewrite(call, bare) if callers_of(call) else call), sign)


@deviation(
    "own-tool-signature-refused-unclearly",
    severity="major",
    says="A reasoning model's call sent back without its signature is rejected with an error that does not name it.",
    breaks="Clients that send back the documented fields only, and users who look for the reason.",
    source=INVENTED,
    caught_by=("tools.roundtrip.signature/result_without_signature/missing_signature_is_accepted_or_named",),
)
def refused_unclearly(call: Call, handler: Handler) -> Answer:
    def blur(value: change.Object) -> None:
        if "signature" in str(value["error"].get("code")):
            value["error"].update(message="Request contains an invalid argument.", param=None, code=None)

    if not change.is_chat(call) or change.asked(call).get("model") != "sim-thinking":
        return handler(call)
    answer = handler(change.rewrite(call, lambda value: value.update(model="sim-signing")))
    answer = change.each_whole(answer, lambda value: value.update(model="sim-thinking"))
    return change.error(answer, blur)


@deviation(
    "tool-message-name-required",
    severity="critical",
    says="A message of role `tool` without the optional `name` is rejected.",
    breaks="Clients that send the documented fields only.",
    source=(
        "NousResearch/hermes-agent#19728",
        "FoundationAgents/OpenManus#824",
        "ollama/ollama#14214",
        "su-kaka/gcli2api#200",
    ),
    caught_by=(TOLD, f"{HISTORY}*/status", "tools.roundtrip*/*/status", "tools.parallel/*/status"),
)
def name_required(call: Call, handler: Handler) -> Answer:
    if any(not message.get("name") for message in results_of(call)):
        raise invalid_request(
            "GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be empty."
        )
    return handler(call)


@deviation(
    "tool-content-array-rejected",
    severity="major",
    says="A result as an array of text parts is rejected.",
    breaks="Clients that always send parts.",
    source=("Neroued/ninfer#57", "MoonshotAI/kimi-cli#1771"),
    caught_by=("tools.roundtrip/result_in_parts/status",),
)
def parts_rejected(call: Call, handler: Handler) -> Answer:
    if any(isinstance(message.get("content"), list) for message in results_of(call)):
        raise invalid_request("tool messages must contain string content")
    return handler(call)


@deviation(
    "tool-result-count-strict",
    severity="minor",
    says="A call without its result is rejected in Google's shape, and the error does not say which call.",
    breaks="Clients that would correct the history.",
    source=("microsoft/vscode#299295",),
    caught_by=("tools.parallel/result_missing/rejection_names_the_call_without_result",),
)
def count_strict(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if answer.status != 400 or not callers_of(call):
        return answer
    text = "Please ensure that the number of function response parts is equal to the number of function call parts."
    return change.instead(answer, [{"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}}], 400)
