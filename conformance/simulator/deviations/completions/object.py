"""Legacy completions that are labeled as something else, or have more in them than was requested."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-completion-object-of-another-route",
    severity="minor",
    says="The `object` of a legacy completion is `text.completion`.",
    breaks="Typed clients, for which it is a literal.",
    source=INVENTED,
    caught_by=("completions.legacy/completion/body_has_the_documented_shape",),
)
def object_of_another(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/completions"):
        return answer
    return change.body(answer, lambda value: {**value, "object": "text.completion"})


@deviation(
    "own-completion-returns-all-of-best-of",
    severity="major",
    says="All candidates of `best_of` are returned as choices, not only the best.",
    breaks="Clients that join all choices: the text is duplicated.",
    source=INVENTED,
    caught_by=("completions.legacy/completion/there_is_one_choice",),
)
def all_of_best_of(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    number = change.asked(call).get("best_of")
    if not change.posted(call, "/completions") or not isinstance(number, int):
        return answer
    return change.body(answer, lambda value: {**value, "choices": value["choices"] * number})
