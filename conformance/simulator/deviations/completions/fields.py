"""Fields of legacy completions: candidates, suffix, and what is out of range."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

FIELDS = "completions.fields"
PATH = "/completions"


@deviation(
    "completions-best-of-without-n",
    severity="major",
    says="With `best_of` only the best candidate is returned, whatever `n` is.",
    breaks="Clients that show several candidates.",
    source=INVENTED,
    caught_by=(f"{FIELDS}/completion/n_of_best_of_are_returned",),
)
def best_of_without_n(call: Call, handler: Handler) -> Answer:
    alone = change.posted(call, PATH) and "best_of" in change.asked(call)
    return handler(change.without(call, "n") if alone else call)


@deviation(
    "completions-suffix-rejected-namelessly",
    severity="minor",
    says="`suffix` is rejected with an error that does not name it.",
    breaks="Editors that complete in the middle: they cannot tell what to leave out.",
    source=INVENTED,
    caught_by=(f"{FIELDS}/completed_with_suffix/suffix_is_accepted_or_named",),
)
def suffix_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH) or "suffix" not in change.asked(call):
        return answer
    return change.refused(answer, 400, "This request is not supported.")


@deviation(
    "completions-errors-name-nothing",
    severity="minor",
    says="An invalid value of a text completion is rejected without the name of its field.",
    breaks="Users who must guess which field is meant.",
    source=INVENTED,
    caught_by=(f"{FIELDS}/invalid_completion*/error_names_the_field",),
)
def errors_name_nothing(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, PATH):
        return handler(call)
    return change.envelope(handler(call), lambda error: error.update(message="Bad request.", param=None, code=None))
