"""Deviations of moderations that we made up."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)


def _results(call: Call, handler: Handler, apply: Any) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/moderations"):
        return answer
    return change.body(answer, lambda value: {**value, "results": apply(value["results"])})


@deviation(
    "own-moderation-is-a-number",
    severity="major",
    says="`flagged` and the categories are 0 or 1.",
    breaks="Typed clients; `is True` is never so.",
    source=_OWN,
    caught_by=("moderations/moderated/flagged_is_a_boolean", "moderations/moderated/categories_are_booleans"),
)
def is_a_number(call: Call, handler: Handler) -> Answer:
    def apply(result: change.Object) -> change.Object:
        categories = {name: int(value) for name, value in result["categories"].items()}
        return {**result, "flagged": int(result["flagged"]), "categories": categories}

    return _results(call, handler, lambda results: [apply(result) for result in results])


@deviation(
    "own-moderation-result-too-many",
    severity="major",
    says="The last result comes twice.",
    breaks="Whoever joins texts and results.",
    source=_OWN,
    caught_by=("moderations/moderated/one_text_gives_one_result", "moderations/part_moderated/parts_give_one_result"),
)
def result_too_many(call: Call, handler: Handler) -> Answer:
    return _results(call, handler, lambda results: [*results, results[-1]])


@deviation(
    "own-moderation-score-missing",
    severity="major",
    says="`category_scores` lacks one of the `categories`.",
    breaks="Clients that look the score of a category up.",
    source=_OWN,
    caught_by=("moderations/several_moderated/each_category_has_a_score",),
)
def score_missing(call: Call, handler: Handler) -> Answer:
    def apply(result: change.Object) -> change.Object:
        return {**result, "category_scores": dict(list(result["category_scores"].items())[1:])}

    return _results(call, handler, lambda results: [apply(result) for result in results])


@deviation(
    "own-moderation-default-model-nameless",
    severity="minor",
    says="Where no model was asked for, `model` is empty.",
    breaks="Whoever keeps which model judged.",
    source=_OWN,
    caught_by=("moderations/moderated/default_model_is_named",),
)
def default_model_nameless(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, "/moderations") or "model" in change.asked(call):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(model=""))
