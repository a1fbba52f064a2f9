"""How the tokens of thoughts are counted."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

COUNTED = "completion_tokens_details"


def _details(value: change.Object) -> change.Object:
    """Return the details of a usage, or an empty object."""
    found = (value.get("usage") or {}).get(COUNTED)
    return found if isinstance(found, dict) else {}


@deviation(
    "own-thinking-counted-beside-completion",
    severity="major",
    says="`reasoning_tokens` are not among the `completion_tokens`, and both are in the total.",
    breaks="Clients that bill by `completion_tokens`.",
    source=INVENTED,
    caught_by=("usage.details/chat_completion/reasoning_is_part_of_the_completion",),
)
def counted_beside(call: Call, handler: Handler) -> Answer:
    def count(value: change.Object) -> None:
        if spent := _details(value).get("reasoning_tokens"):
            value["usage"]["completion_tokens"] -= spent

    return change.body(handler(call), count)


@deviation(
    "own-thinking-uncounted",
    severity="minor",
    says="Reasoning is returned, and `reasoning_tokens` is 0.",
    breaks="Clients that show what reasoning costs.",
    source=INVENTED,
    caught_by=("reasoning.tokens_reported/*/returned_reasoning_is_counted",),
)
def uncounted(call: Call, handler: Handler) -> Answer:
    told = bool(change.asked(call).get("reasoning_effort"))

    def hide(value: change.Object) -> None:
        if (details := _details(value)).get("reasoning_tokens"):
            details["reasoning_tokens"] = 0
            for message in change.messages(value) if told else ():
                message["reasoning_content"] = "I read the question once more."

    return change.body(handler(call), hide)


@deviation(
    "own-thinking-details-missing",
    severity="minor",
    says="A reasoning model's usage has no `completion_tokens_details`.",
    breaks="Clients that count reasoning and text separately.",
    source=INVENTED,
    caught_by=("reasoning.tokens_reported/*/reasoning_tokens_are_reported",),
)
def details_missing(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: (value.get("usage") or {}).pop(COUNTED, None) and None)
