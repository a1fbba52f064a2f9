"""Deviations of the list of models, and of one model by its id."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import model_not_found
from conformance.simulator.http.registry import Handler

_TEXT = "text/plain; charset=utf-8"


def _is_list(call: Call) -> bool:
    return call.method == "GET" and call.path == "/models"


@deviation(
    "models-created-zero-owner-empty",
    severity="minor",
    says="Every model has `created` 0 and an empty `owned_by`.",
    breaks="Lists that are sorted by date or grouped by owner.",
    source=("PublicAffairs/openai-gemini#92",),
    caught_by=("models.catalog_report/listed/created_is_told", "models.catalog_report/listed/owner_is_told"),
)
def created_zero(call: Call, handler: Handler) -> Answer:
    def blank(value: change.Object) -> None:
        for model in value.get("data") or (value,):
            model.update(created=0, owned_by="")

    return change.body(handler(call), blank) if call.path.startswith("/models") else handler(call)


@deviation(
    "models-native-shape-instead-of-data",
    severity="major",
    says="The list is that of another API: `models` with a `name` each, and `nextPageToken`.",
    breaks="The official client has no `data` to iterate; menus of models stay empty.",
    source=("JohnnyZ93/oai-compatible-copilot#127",),
    caught_by=("models.list.schema/listed/list_has_the_documented_shape", "transport.base_url/listed/*"),
)
def native_shape(call: Call, handler: Handler) -> Answer:
    def native(value: change.Object) -> change.Object:
        return {"models": [{"name": f"models/{one['id']}"} for one in value["data"]], "nextPageToken": "Ch9tb2RlbHM"}

    return change.body(handler(call), native) if _is_list(call) else handler(call)


LIST_WITHOUT_AUTH = excluded(
    "models-list-without-auth",
    "models",
    severity="minor",
    says="The list of models is served without a key, and with a wrong one.",
    source=("anomalyco/opencode#47820",),
    why="legal: an endpoint may publish what it serves, and several honest ones do",
)


@deviation(
    "models-id-with-slash-404",
    severity="major",
    says="A listed model whose id holds a slash is not found, whether or not the slash is encoded.",
    breaks="Clients that look a model up before they use it: it does not exist.",
    source=("BerriAI/litellm#37271",),
    caught_by=("models.retrieve.consistent_with_list/retrieved_last/status",),
)
def slash_not_found(call: Call, handler: Handler) -> Answer:
    def add(value: change.Object) -> None:
        value["data"].insert(0, {**value["data"][0], "id": "vendor/sim-chat"})

    if call.method == "GET" and "/" in call.path.removeprefix("/models/") and call.path.startswith("/models/"):
        return change.instead(handler(call), {"detail": "Not Found"}, 404)
    return change.body(handler(call), add) if _is_list(call) else handler(call)


@deviation(
    "models-served-name-mismatch-404",
    severity="minor",
    says="The list names the files that were loaded; under these names nothing is served, not even the route.",
    breaks="Who takes a model from the list: 404, and no word about the model.",
    source=("vllm-project/vllm#58025",),
    caught_by=("models.list.contains_configured/*/chat_model_is_listed",),
)
def served_name_mismatch(call: Call, handler: Handler) -> Answer:
    def rename(value: change.Object) -> None:
        for model in value["data"]:
            model["id"] = f"/weights/{model['id'].replace('sim-', 'simulated_')}.gguf"

    if str(change.asked(call).get("model")).startswith("/weights/"):
        return change.instead(handler(call), {"detail": "Not Found"}, 404)
    return change.body(handler(call), rename) if _is_list(call) else handler(call)


@deviation(
    "models-endpoint-404",
    severity="major",
    says="There is no list of models: 404 with a plain text.",
    breaks="Clients that begin with the list: they start no session, or keep no settings.",
    source=(
        "tinyhumansai/openhuman#3401",
        "tinyhumansai/openhuman#2939",
        "yihong0618/bilingual_book_maker#527",
        "ogx-ai/ogx#5586",
    ),
    caught_by=("models.list.schema/listed/status",),
)
def endpoint_not_found(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/models"):
        return change.instead(handler(call), b"404 page not found", 404, _TEXT)
    return handler(call)


@deviation(
    "models-trailing-slash-treated-as-empty-id",
    severity="minor",
    says="`GET /models/` is taken for one model with an empty name: 400, and the `error` is a string.",
    breaks="Front ends that put a slash behind every path.",
    source=("qualcomm/GenieX#640",),
    caught_by=("models.list.trailing_slash/listed_with_slash/*",),
)
def slash_is_empty_id(call: Call, handler: Handler) -> Answer:
    if call.path == "/models/":
        return change.instead(handler(call), {"error": "model name is empty"}, 400)
    return handler(call)


@deviation(
    "models-list-empty-while-key-valid",
    severity="minor",
    says="The list is empty, and no model is found by its id, although chats are served.",
    breaks="Menus of models: nothing can be chosen, and nothing says why.",
    source=("Bytez-com/docs#59",),
    caught_by=("models.list.schema/listed/list_is_not_empty", "models.list.contains_configured/*"),
)
def list_empty(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/models/"):
        raise model_not_found(call.path.removeprefix("/models/"))
    return change.body(handler(call), lambda value: {**value, "data": []}) if _is_list(call) else handler(call)
