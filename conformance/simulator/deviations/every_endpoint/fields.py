"""Fields that many endpoints share: times, ids, the model, the sum of tokens."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_TIMES = ("created", "created_at")


def _time(answer: Answer, new: Any) -> Answer:
    def apply(value: change.Object) -> None:
        listed = value.get("data")
        for found in [value, *(listed if isinstance(listed, list) else ())]:
            found.update({name: new(found[name]) for name in _TIMES if isinstance(found.get(name), int)})

    return change.body(answer, apply)


@deviation(
    "own-times-in-milliseconds",
    severity="major",
    says="`created` and `created_at` of all endpoints count milliseconds.",
    breaks="Clients that show or sort by the time: all of it is fifty thousand years ahead.",
    source=INVENTED,
    caught_by=("*/created_is_in_seconds", "*/created_at_is_in_seconds"),
)
def times_in_milliseconds(call: Call, handler: Handler) -> Answer:
    return _time(handler(call), lambda number: number * 1000)


@deviation(
    "own-times-are-text",
    severity="major",
    says="`created` and `created_at` of all endpoints are ISO 8601 texts.",
    breaks="Typed clients, which expect a number.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion/body_has_the_documented_shape",
        "batch.api/created_batch/created_batch_has_the_documented_shape",
        "batch.api/batch/retrieved_batch_has_the_documented_shape",
        "batch.api/batch_list/list_has_the_documented_shape",
        "chat.stored/stored_completion/stored_completion_has_the_documented_shape",
        "files.api/uploaded_file/uploaded_file_has_the_documented_shape",
        "images.*/*_has_the_documented_shape",
        "models.retrieve/model/model_has_the_documented_shape",
        "params.n/chat_completion/every_choice_has_the_documented_shape",
        "responses.*/*_has_the_documented_shape",
        "videos/*/*_has_the_documented_shape",
    ),
)
def times_are_text(call: Call, handler: Handler) -> Answer:
    return _time(handler(call), lambda _number: "2026-01-02T03:04:05Z")


@deviation(
    "own-id-is-empty",
    severity="major",
    says="`id` is an empty string where something is created or listed.",
    breaks="Anyone who logs by id, or retrieves the object again.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion/id_is_not_empty",
        "models.list.schema/model_list/ids_are_not_empty",
        "moderations/moderation/id_is_not_empty",
        "responses.basic/response/id_is_not_empty",
        "videos/created_video/id_is_not_empty",
    ),
)
def id_is_empty(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for found in value["data"] if call.path == "/models" else [value]:
            found["id"] = ""

    made = call.path in {"/models", "/completions", "/moderations", "/responses", "/videos"}
    listed = call.method == "GET" and call.path != "/models"
    return change.body(handler(call), apply) if made and not listed else handler(call)


@deviation(
    "own-model-is-another",
    severity="major",
    says="`model` names a model that was not requested.",
    breaks="Anyone who counts costs, or compares responses, by model.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion/model_is_the_requested_model",
        "embeddings.string/embeddings/model_is_the_requested_one",
        "moderations/moderation/model_is_the_requested_one",
        "responses.basic/response/model_is_the_requested_model",
        "videos/created_video/model_is_the_requested_one",
    ),
)
def model_is_another(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "model" in value:
            value["model"] = "somebody/else"

    return handler(call) if change.is_chat(call) else change.body(handler(call), apply)


@deviation(
    "own-total-is-one-more",
    severity="minor",
    says="`total_tokens` is one more than the sum of its parts.",
    breaks="Anyone who checks a bill.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/*/total_tokens_is_the_sum",
        "embeddings.string/embeddings/total_is_the_prompt",
        "images.generate/generated_images/total_tokens_is_the_sum",
        "responses.basic/response/total_tokens_is_the_sum",
        "responses.stream/response_stream/last_response_counts_the_tokens",
    ),
)
def total_is_one_more(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        usage = value.get("usage") or (value.get("response") or {}).get("usage")
        if usage and "total_tokens" in usage:
            usage["total_tokens"] += 1

    return handler(call) if change.is_chat(call) else change.each_whole(handler(call), apply)
