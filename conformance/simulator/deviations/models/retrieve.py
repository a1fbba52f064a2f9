"""One model by its id: not found, or another one."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.models.list import is_list
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "models-id-with-slash-404",
    severity="major",
    says="A listed model whose id contains a slash is not found, whether or not the slash is encoded.",
    breaks="Clients that look a model up before they use it: it does not exist.",
    source=("BerriAI/litellm#37271",),
    caught_by=("models.retrieve.consistent_with_list/listed_model_retrieved/status",),
)
def slash_not_found(call: Call, handler: Handler) -> Answer:
    def add(value: change.Object) -> None:
        value["data"].insert(0, {**value["data"][0], "id": "vendor/sim-chat"})

    if call.method == "GET" and "/" in call.path.removeprefix("/models/") and call.path.startswith("/models/"):
        return change.instead(handler(call), {"detail": "Not Found"}, 404)
    return change.body(handler(call), add) if is_list(call) else handler(call)


@deviation(
    "models-trailing-slash-treated-as-empty-id",
    severity="minor",
    says="`GET /models/` is treated as one model with an empty name: 400, and the `error` is a string.",
    breaks="Front ends that append a slash to every path.",
    source=("qualcomm/GenieX#640",),
    caught_by=("models.list.trailing_slash/models_with_trailing_slash/*",),
)
def slash_is_empty_id(call: Call, handler: Handler) -> Answer:
    if call.path == "/models/":
        return change.instead(handler(call), {"error": "model name is empty"}, 400)
    return handler(call)


@deviation(
    "models-trailing-slash-redirects-away",
    severity="minor",
    says="`GET /models/` redirects to the front page of the server.",
    breaks="Front ends that append a slash to every path: they read a web page as the list of models.",
    source=INVENTED,
    caught_by=("models.list.trailing_slash/*/slash_lists_redirects_or_gives_404",),
)
def slash_redirects_away(call: Call, handler: Handler) -> Answer:
    if call.path == "/models/":
        return change.instead(handler(call), b"", 301, "text/plain").with_header("location", "/")
    return handler(call)


@deviation(
    "models-unknown-is-retrieved-with-200",
    severity="major",
    says="An unknown model is retrieved with status 200 and an `error` in the body.",
    breaks="Clients that look a model up before they use it: the official one returns an object without an id.",
    source=("https://github.com/QuantumNous/new-api-docs",),
    caught_by=("models.retrieve.unknown/*/status",),
)
def unknown_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    unknown = call.method == "GET" and call.path.startswith("/models/") and answer.status == 404
    return change.status(answer, 200) if unknown else answer


@deviation(
    "models-retrieve-gives-the-first",
    severity="major",
    says="Whatever id is requested, the first model of the list is returned.",
    breaks="Anyone who looks up whether a model exists: each does.",
    source=INVENTED,
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
    says="A prefix of a model's id is served by that model.",
    breaks="Anyone who misspells a model: another one responds, at another price.",
    source=INVENTED,
    caught_by=("models.alias_probe/truncated_model_id/truncated_id_is_not_served",),
)
def shortened_id_served(call: Call, handler: Handler) -> Answer:
    def complete(value: change.Object) -> None:
        if isinstance(name := value.get("model"), str) and name and "sim-chat".startswith(name):
            value["model"] = "sim-chat"

    return handler(change.rewrite(call, complete) if change.is_chat(call) else call)


@deviation(
    "own-model-alone-is-another",
    severity="minor",
    says="A retrieved model has another `owned_by` than in the list.",
    breaks="Anyone who chooses models by their owner.",
    source=INVENTED,
    caught_by=("models.retrieve.consistent_with_list/listed_model_retrieved/fields_equal_those_in_the_list",),
)
def model_alone_is_another(call: Call, handler: Handler) -> Answer:
    alone = call.path.startswith("/models/")
    return change.body(handler(call), lambda value: value.update(owned_by="somebody")) if alone else handler(call)


@deviation(
    "own-model-alone-is-an-alias",
    severity="minor",
    says="A retrieved model has the `id` of the model behind it.",
    breaks="Anyone who keeps models by id.",
    source=INVENTED,
    caught_by=("models.retrieve/model/model_is_the_requested_one",),
)
def model_alone_is_an_alias(call: Call, handler: Handler) -> Answer:
    alone = call.path.startswith("/models/")
    return change.body(handler(call), lambda value: value.update(id="behind-it")) if alone else handler(call)
