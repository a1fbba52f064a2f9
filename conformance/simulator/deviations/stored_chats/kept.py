"""Stored chats: whether what is kept is what was said, and is listed."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_STORED = "chat.stored"


@deviation(
    "own-stored-chat-is-another",
    severity="critical",
    says="A stored chat completion is retrieved without metadata, with another text and other messages.",
    breaks="Anyone who shows an earlier conversation.",
    source=INVENTED,
    caught_by=(
        f"{_STORED}/stored_listed/list_is_filtered_by_metadata",
        f"{_STORED}/stored_messages/messages_are_stored",
        f"{_STORED}/stored_updated/metadata_can_be_changed",
        f"{_STORED}/stored_retrieved/stored_completion_has_its_metadata",
        f"{_STORED}/stored_retrieved/stored_completion_is_unchanged",
    ),
)
def stored_chat_is_another(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for one in [value, *value.get("data", ())]:
            if "metadata" in one:
                one["metadata"] = {}
            if "role" in one:
                one["content"] = "(deleted)"
            for message in change.messages(one):
                message["content"] = "(deleted)"

    return (
        change.body(handler(call), apply)
        if call.path.startswith("/chat/") and not change.is_chat(call)
        else handler(call)
    )


@deviation(
    "own-list-forgets-the-newest",
    severity="major",
    says="The list of stored chat completions has another id for the newest one.",
    breaks="Clients that look whether a chat completion was stored.",
    source=INVENTED,
    caught_by=("chat.stored/stored_listed/stored_completion_is_listed",),
)
def list_forgets_the_newest(call: Call, handler: Handler) -> Answer:
    if call.method != "GET" or call.path != "/chat/completions":
        return handler(call)

    def apply(value: change.Object) -> None:
        newest = max(value["data"], key=lambda one: one["created"], default=None)
        value["data"] = [{**one, "id": f"{one['id']}0"} if one == newest else one for one in value["data"]]

    return change.body(handler(call), apply)
