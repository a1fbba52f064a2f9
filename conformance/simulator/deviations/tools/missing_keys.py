"""Non-streaming calls that lack a documented key."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.tools.common import each_function
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_SHAPE = "tools.basic/chat_completion/call_has_the_documented_shape"


@deviation(
    "own-tool-type-missing",
    severity="major",
    says="A call in a non-streaming response has no `type`.",
    breaks="Clients that tell functions from custom tools by it; the call sent back is rejected by strict endpoints.",
    source=INVENTED,
    caught_by=(_SHAPE,),
)
def type_missing(call: Call, handler: Handler) -> Answer:
    return change.each_plain_call(handler(call), lambda found: found.pop("type", None))


@deviation(
    "own-tool-arguments-missing",
    severity="critical",
    says="The function of a call in a non-streaming response has no `arguments`.",
    breaks="Everyone who reads them: a KeyError, or a tool that runs without its parameters.",
    source=INVENTED,
    caught_by=(_SHAPE,),
)
def arguments_missing(call: Call, handler: Handler) -> Answer:
    return each_function(handler(call), lambda function: function.pop("arguments", None))
