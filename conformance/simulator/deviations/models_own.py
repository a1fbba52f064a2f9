"""Plausible deviations of models and moderations that nobody reported yet: twice, the wrong one, too few, swapped."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "models-listed-twice",
    severity="minor",
    says="Each model is listed once for each of two upstreams.",
    breaks="Menus that use the id as a key.",
    source=("own",),
    caught_by=("models.list.schema/listed/ids_are_distinct",),
)
def listed_twice(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), _twice) if call.path == "/models" else handler(call)


def _twice(value: change.Object) -> None:
    value["data"] = value["data"] * 2


@deviation(
    "models-retrieve-gives-the-first",
    severity="major",
    says="Whatever id is asked for, the first model of the list is told.",
    breaks="Who looks up whether a model exists: each does.",
    source=("own",),
    caught_by=(
        "models.retrieve.consistent_with_list/*/listed_model_is_retrievable",
        "models.retrieve.unknown/*/status",
    ),
)
def first_model(call: Call, handler: Handler) -> Answer:
    if call.method == "GET" and call.path.startswith("/models/"):
        return handler(change.moved(call, "/models/sim-chat"))
    return handler(call)


@deviation(
    "models-shortened-id-is-served",
    severity="minor",
    says="A model's id is completed: its first letters are enough.",
    breaks="Who misspells a model: another one answers, at another price.",
    source=("own",),
    caught_by=("models.alias_probe/shortened_id/shortened_id_is_not_served",),
)
def shortened_id_served(call: Call, handler: Handler) -> Answer:
    def complete(value: change.Object) -> None:
        if isinstance(name := value.get("model"), str) and name and "sim-chat".startswith(name):
            value["model"] = "sim-chat"

    return handler(change.rewrite(call, complete) if change.is_chat(call) else call)


@deviation(
    "moderations-first-text-only",
    severity="critical",
    says="Of several texts the first alone is judged, and no error says so.",
    breaks="Who pairs texts with results: most texts pass unseen.",
    source=("own",),
    caught_by=("moderations/several_moderated/each_text_gives_a_result",),
)
def first_text_only(call: Call, handler: Handler) -> Answer:
    def keep(value: change.Object) -> None:
        value["results"] = value["results"][:1]

    return change.body(handler(call), keep) if call.path == "/moderations" else handler(call)


@deviation(
    "moderations-scores-in-percent",
    severity="major",
    says="Scores are in percent, and `flagged` is true although no category is.",
    breaks="Who compares scores with a threshold: everything is beyond it.",
    source=("own",),
    caught_by=(
        "moderations/moderated/scores_are_between_0_and_1",
        "moderations/several_moderated/flagged_is_whether_any_category_is",
    ),
)
def scores_in_percent(call: Call, handler: Handler) -> Answer:
    def hundredfold(value: change.Object) -> None:
        for result in value["results"]:
            result["flagged"] = True
            result["category_scores"] = {name: score * 10_000 for name, score in result["category_scores"].items()}

    return change.body(handler(call), hundredfold) if call.path == "/moderations" else handler(call)
