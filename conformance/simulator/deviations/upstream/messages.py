"""Messages that arrive upstream in another place, under another name, or not at all."""

from conformance.simulator.deviations.change import Object
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.upstream.common import native, parts_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CHECKS = "upstream.messages/translated_chat"


@deviation(
    "upstream-system-as-user-turn",
    severity="major",
    says="The system message is sent upstream as the first turn of the user.",
    breaks="Everyone who relies on the rank of instructions: a user can talk the model out of them.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/first_system_message_is_the_instruction",),
)
def system_as_user(call: Call, handler: Handler) -> Answer:
    def move(body: Object) -> None:
        told = body.pop("systemInstruction", None)
        if told:
            body["contents"].insert(0, {"role": "user", "parts": told["parts"]})

    return native(handler(call), move)


@deviation(
    "upstream-second-system-message-lost",
    severity="major",
    says="Only the first system message is sent upstream.",
    breaks="Frameworks that add instructions of their own beside those of the application.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/further_system_messages_are_sent",),
)
def second_system_lost(call: Call, handler: Handler) -> Answer:
    def cut(body: Object) -> None:
        if "systemInstruction" in body:
            del body["systemInstruction"]["parts"][1:]

    return native(handler(call), cut)


@deviation(
    "upstream-history-lost",
    severity="critical",
    says="Only the last turn of a conversation is sent upstream.",
    breaks="Every conversation: the model knows nothing of what was said before.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/texts_are_sent_in_order",),
)
def history_lost(call: Call, handler: Handler) -> Answer:
    return native(handler(call), lambda body: body.update(contents=body["contents"][-1:]))


@deviation(
    "upstream-roles-all-user",
    severity="major",
    says="All turns are sent upstream as the user's.",
    breaks="The model takes its own words for those of the user.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/texts_keep_their_role",),
)
def all_user(call: Call, handler: Handler) -> Answer:
    def rename(body: Object) -> None:
        for content in body["contents"]:
            content["role"] = "user"

    return native(handler(call), rename)


@deviation(
    "upstream-call-arguments-lost",
    severity="major",
    says="Earlier calls are sent upstream without their arguments.",
    breaks="Agents: the model does not know what it has asked for, and asks again.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/earlier_calls_are_sent_whole",),
)
def arguments_lost(call: Call, handler: Handler) -> Answer:
    def empty(body: Object) -> None:
        for part in parts_of(body):
            if "functionCall" in part:
                part["functionCall"]["args"] = {}

    return native(handler(call), empty)


@deviation(
    "upstream-result-content-lost",
    severity="critical",
    says="Results of functions are sent upstream without their content.",
    breaks="Agents: the model never learns what its tool has found.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/results_are_sent_whole",),
)
def results_lost(call: Call, handler: Handler) -> Answer:
    def empty(body: Object) -> None:
        for part in parts_of(body):
            if "functionResponse" in part:
                part["functionResponse"]["response"] = {}

    return native(handler(call), empty)


@deviation(
    "upstream-result-under-filler-name",
    severity="major",
    says="All results are sent upstream under one made-up name, `gateway-tool-filler-name`.",
    breaks="Agents with several tools: the model cannot tell which result is whose.",
    source=("https://github.com/Portkey-AI/gateway/blob/main/src/providers/google/chatComplete.ts",),
    caught_by=(f"{_CHECKS}/results_name_their_function",),
)
def filler_name(call: Call, handler: Handler) -> Answer:
    def rename(body: Object) -> None:
        for part in parts_of(body):
            if "functionResponse" in part:
                part["functionResponse"]["name"] = "gateway-tool-filler-name"

    return native(handler(call), rename)
