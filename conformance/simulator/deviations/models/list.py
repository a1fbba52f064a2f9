"""The list of models: its shape, its names, and the path where it is."""

import time

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import model_not_found
from conformance.simulator.http.registry import Handler

_TEXT = "text/plain; charset=utf-8"


def is_list(call: Call) -> bool:
    """Tell whether a call asks for the list of models."""
    return call.method == "GET" and call.path == "/models"


@deviation(
    "models-created-zero-owner-empty",
    severity="minor",
    says="Every model has `created` 0 and an empty `owned_by`.",
    breaks="Lists that are sorted by date or grouped by owner.",
    source=("PublicAffairs/openai-gemini#92",),
    caught_by=(
        "models.catalog_report/model_list/created_is_plausible",
        "models.catalog_report/model_list/owned_by_is_not_empty",
    ),
)
def created_zero(call: Call, handler: Handler) -> Answer:
    def blank(value: change.Object) -> None:
        for model in value.get("data") or (value,):
            model.update(created=0, owned_by="")

    return change.body(handler(call), blank) if call.path.startswith("/models") else handler(call)


@deviation(
    "models-created-is-the-time-of-the-request",
    severity="minor",
    says="`created` of each model is another one in each list.",
    breaks="Caches that compare lists, and lists that are sorted by date.",
    source=("https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-context.cpp",),
    caught_by=("models.catalog_report/model_list/created_is_not_the_time_of_the_request",),
)
def created_now(call: Call, handler: Handler) -> Answer:
    def born(value: change.Object) -> None:
        for model in value.get("data") or ():
            # Finer than a second, so that two lists of one run differ however quickly they are requested.
            model["created"] = 1_700_000_000 + time.monotonic_ns() // 100_000 % 50_000_000

    return change.body(handler(call), born) if is_list(call) else handler(call)


@deviation(
    "models-native-shape-instead-of-data",
    severity="major",
    says="The list is that of another API: `models` with a `name` each, and `nextPageToken`.",
    breaks="The official client has no `data` to iterate; menus of models stay empty.",
    source=("JohnnyZ93/oai-compatible-copilot#127",),
    caught_by=(
        "models.list.schema/model_list/list_has_the_documented_shape",
        "transport.base_url/model_list/models_are_listed_below_the_base_url",
    ),
)
def native_shape(call: Call, handler: Handler) -> Answer:
    def native(value: change.Object) -> change.Object:
        return {"models": [{"name": f"models/{one['id']}"} for one in value["data"]], "nextPageToken": "Ch9tb2RlbHM"}

    return change.body(handler(call), native) if is_list(call) else handler(call)


LIST_WITHOUT_AUTH = excluded(
    "models-list-without-auth",
    severity="minor",
    says="The list of models is served without a key, and with an invalid one.",
    source=("anomalyco/opencode#47820",),
    why="legal: an endpoint may publish what it serves, and several honest ones do",
)


@deviation(
    "models-served-name-mismatch-404",
    severity="minor",
    says="The list has the names of the loaded files; requests with these names get 404.",
    breaks="Clients that take a model from the list: 404, and no message about the model.",
    source=("vllm-project/vllm#58025",),
    caught_by=("models.list.contains_configured/*/chat_model_is_listed",),
)
def served_name_mismatch(call: Call, handler: Handler) -> Answer:
    def rename(value: change.Object) -> None:
        for model in value["data"]:
            model["id"] = f"/weights/{model['id'].replace('sim-', 'simulated_')}.gguf"

    if str(change.asked(call).get("model")).startswith("/weights/"):
        return change.instead(handler(call), {"detail": "Not Found"}, 404)
    return change.body(handler(call), rename) if is_list(call) else handler(call)


@deviation(
    "models-endpoint-404",
    severity="major",
    says="The list of models is missing: 404 in plain text.",
    breaks="Clients that begin with the list: they start no session, or keep no settings.",
    source=(
        "tinyhumansai/openhuman#3401",
        "tinyhumansai/openhuman#2939",
        "yihong0618/bilingual_book_maker#527",
        "ogx-ai/ogx#5586",
    ),
    caught_by=("models.list.schema/models_listed/status",),
)
def endpoint_not_found(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/models"):
        return change.instead(handler(call), b"404 page not found", 404, _TEXT)
    return handler(call)


@deviation(
    "models-list-empty-while-key-valid",
    severity="minor",
    says="The list of models is empty, and no model is found by its id, although chat completions are served.",
    breaks="Menus of models: nothing can be selected, and no error says why.",
    source=("Bytez-com/docs#59",),
    caught_by=("models.list.schema/model_list/list_is_not_empty", "models.list.contains_configured/*"),
)
def list_empty(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/models/"):
        raise model_not_found(call.path.removeprefix("/models/"))
    return change.body(handler(call), lambda value: {**value, "data": []}) if is_list(call) else handler(call)


def _twice(value: change.Object) -> None:
    value["data"] = value["data"] * 2


@deviation(
    "models-listed-twice",
    severity="minor",
    says="Each model is listed once for each of two upstreams.",
    breaks="Menus that use the id as a key.",
    source=INVENTED,
    caught_by=("models.list.schema/model_list/ids_are_distinct",),
)
def listed_twice(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), _twice) if call.path == "/models" else handler(call)


@deviation(
    "models-are-redirected",
    severity="major",
    says="The list of models redirects to the same path with a slash.",
    breaks="Clients that do not follow, or that lose their key on the way.",
    source=INVENTED,
    caught_by=("transport.no_redirect/any_response/nothing_is_redirected", "models.list.schema/models_listed/status"),
)
def models_are_redirected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models":
        return answer
    return change.instead(answer, b"", 301, "text/plain").with_header("location", "/v1/models/")


@deviation(
    "models-are-sent-elsewhere",
    severity="minor",
    says="The list of models redirects with 308 to the same path with a slash.",
    breaks="Clients that do not follow.",
    source=INVENTED,
    caught_by=(
        "transport.no_redirect/any_response/nothing_is_redirected_by_307_or_308",
        "models.list.schema/models_listed/status",
    ),
)
def models_are_sent_elsewhere(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models":
        return answer
    return change.instead(answer, b"", 308, "text/plain").with_header("location", "/v1/models/")


@deviation(
    "base-url-slash-required-by-sdk",
    severity="minor",
    says="The list of models is served only with a trailing slash; the path that clients request gives 404.",
    breaks="The official client, where a hand-made request works.",
    source=("microsoft/foundry-dev-tools#231", "sigoden/aichat#767"),
    caught_by=("models.list.schema/models_listed/status",),
)
def slash_required(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    bare = call.method == "GET" and call.path == "/models"
    return change.refused(answer, 404, "Invalid URL (GET /v1/models)") if bare else answer
