"""Moderations: categories, scores, and how many results come."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import unknown_url
from conformance.simulator.http.registry import Handler


@deviation(
    "moderations-endpoint-missing",
    severity="minor",
    says="The endpoint for moderations is missing: 404.",
    breaks="Clients that classify texts before they use them: `NotFoundError`. Legal, unless the endpoint promises it.",
    source=("pollinations/pollinations#13423",),
    caught_by=("moderations/moderated/status",),
)
def moderations_missing(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/moderations"):
        raise unknown_url(call.method, f"/v1{call.path}")
    return handler(call)


@deviation(
    "moderations-provider-specific-categories",
    severity="minor",
    says="`categories` and `category_scores` have the names of another vendor's safety model.",
    breaks="Anyone who reads a documented category: None, or KeyError.",
    source=("ogx-ai/ogx#2994",),
    caught_by=("moderations/moderation/body_has_the_documented_shape",),
)
def provider_categories(call: Call, handler: Handler) -> Answer:
    names = ("S1 Violent Crimes", "S9 Indiscriminate Weapons", "S10 Hate")

    def rename(value: change.Object) -> None:
        for result in value.get("results", ()):
            result["categories"] = dict.fromkeys(names, False)
            result["category_scores"] = dict.fromkeys(names, 0.0)
            result["category_applied_input_types"] = {}

    return change.body(handler(call), rename) if call.path == "/moderations" else handler(call)


@deviation(
    "moderations-first-text-only",
    severity="critical",
    says="Of several texts only the first is classified, without an error.",
    breaks="Anyone who pairs texts with results: most texts pass unseen.",
    source=INVENTED,
    caught_by=("moderations/moderation/each_text_gives_a_result",),
)
def first_text_only(call: Call, handler: Handler) -> Answer:
    def keep(value: change.Object) -> None:
        value["results"] = value["results"][:1]

    return change.body(handler(call), keep) if call.path == "/moderations" else handler(call)


@deviation(
    "moderations-scores-in-percent",
    severity="major",
    says="Scores are in percent, and `flagged` is true although no category is.",
    breaks="Anyone who compares scores with a threshold: everything is beyond it.",
    source=INVENTED,
    caught_by=(
        "moderations/moderation/scores_are_between_0_and_1",
        "moderations/moderation/flagged_follows_from_the_categories",
    ),
)
def scores_in_percent(call: Call, handler: Handler) -> Answer:
    def hundredfold(value: change.Object) -> None:
        for result in value["results"]:
            result["flagged"] = True
            result["category_scores"] = {name: score * 10_000 for name, score in result["category_scores"].items()}

    return change.body(handler(call), hundredfold) if call.path == "/moderations" else handler(call)


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
    source=INVENTED,
    caught_by=("moderations/moderation/flagged_is_a_boolean", "moderations/moderation/categories_are_booleans"),
)
def is_a_number(call: Call, handler: Handler) -> Answer:
    def apply(result: change.Object) -> change.Object:
        categories = {name: int(value) for name, value in result["categories"].items()}
        return {**result, "flagged": int(result["flagged"]), "categories": categories}

    return _results(call, handler, lambda results: [apply(result) for result in results])


@deviation(
    "own-moderation-result-too-many",
    severity="major",
    says="The last result is duplicated.",
    breaks="Anyone who joins texts and results.",
    source=INVENTED,
    caught_by=("moderations/moderation/one_text_gives_one_result", "moderations/moderation/parts_give_one_result"),
)
def result_too_many(call: Call, handler: Handler) -> Answer:
    return _results(call, handler, lambda results: [*results, results[-1]])


@deviation(
    "own-moderation-score-missing",
    severity="major",
    says="`category_scores` lacks one of the `categories`.",
    breaks="Clients that look the score of a category up.",
    source=INVENTED,
    caught_by=("moderations/moderation/each_category_has_a_score",),
)
def score_missing(call: Call, handler: Handler) -> Answer:
    def apply(result: change.Object) -> change.Object:
        return {**result, "category_scores": dict(list(result["category_scores"].items())[1:])}

    return _results(call, handler, lambda results: [apply(result) for result in results])


@deviation(
    "own-moderation-default-model-nameless",
    severity="minor",
    says="If the request has no `model`, that of the response is empty.",
    breaks="Anyone who logs which model was used.",
    source=INVENTED,
    caught_by=("moderations/moderation/default_model_is_named",),
)
def default_model_nameless(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, "/moderations") or "model" in change.asked(call):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(model=""))
