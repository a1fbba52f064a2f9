"""Deviations of every endpoint at once that we made up: times, ids, lists, sums, deletions, refusals."""

from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
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
    source=_OWN,
    caught_by=("*/created_is_in_seconds", "*/created_at_is_in_seconds"),
)
def times_in_milliseconds(call: Call, handler: Handler) -> Answer:
    return _time(handler(call), lambda number: number * 1000)


@deviation(
    "own-times-are-text",
    severity="major",
    says="`created` and `created_at` of all endpoints are ISO 8601 texts.",
    breaks="Typed clients, which expect a number.",
    source=_OWN,
    caught_by=(
        "completions.legacy/completed/body_has_the_documented_shape",
        "batch.api/chats_batch/created_batch_has_the_documented_shape",
        "batch.api/chats_finished/retrieved_batch_has_the_documented_shape",
        "batch.api/listed/list_has_the_documented_shape",
        "chat.stored/kept_retrieved/kept_completion_has_the_documented_shape",
        "files.api/uploaded/uploaded_file_has_the_documented_shape",
        "images.*/*_has_the_documented_shape",
        "models.retrieve/retrieved/model_has_the_documented_shape",
        "params.n/two_choices/every_choice_has_the_documented_shape",
        "responses.*/*_has_the_documented_shape",
        "videos/*/*_has_the_documented_shape",
    ),
)
def times_are_text(call: Call, handler: Handler) -> Answer:
    return _time(handler(call), lambda _number: "2026-01-02T03:04:05Z")


@deviation(
    "own-id-is-empty",
    severity="major",
    says="`id` is an empty text where something is made or listed.",
    breaks="Whoever logs by id, or asks for the thing again.",
    source=_OWN,
    caught_by=(
        "completions.legacy/completed/id_is_not_empty",
        "models.list.schema/listed/ids_are_not_empty",
        "moderations/moderated/id_is_not_empty",
        "responses.basic/greeted/id_is_not_empty",
        "videos/filmed/id_is_not_empty",
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
    says="`model` names a model that nobody asked for.",
    breaks="Whoever counts costs, or compares answers, by model.",
    source=_OWN,
    caught_by=(
        "completions.legacy/completed/model_names_the_model_asked_for",
        "embeddings.string/embedded/model_names_the_model_asked_for",
        "moderations/moderated_by_name/model_is_the_one_asked_for",
        "responses.basic/greeted/model_names_the_model_asked_for",
        "videos/filmed/model_names_the_model_asked_for",
    ),
)
def model_is_another(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "model" in value:
            value["model"] = "somebody/else"

    return handler(call) if change.is_chat(call) else change.body(handler(call), apply)


@deviation(
    "own-deleted-is-false",
    severity="major",
    says="What was deleted is said not to be: `deleted` is false.",
    breaks="Clients that look: they try again, and get 404.",
    source=_OWN,
    caught_by=("*/deletion_*is_confirmed",),
)
def deleted_is_false(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: value.update(deleted=False)) if call.method == "DELETE" else answer


@deviation(
    "own-deletion-is-only-said",
    severity="critical",
    says="A deletion is confirmed, and what was deleted is still served.",
    breaks="Everybody who deletes for privacy: the data stay.",
    source=_OWN,
    caught_by=(
        "chat.stored/kept_gone/deleted_completion_is_not_found",
        "files.api/gone/deleted_file_is_not_found",
        "responses.advanced/told_gone/status",
    ),
)
def deletion_is_only_said(call: Call, handler: Handler) -> Answer:
    if call.method != "DELETE":
        return handler(call)

    def confirm(value: change.Object) -> change.Object:
        kind = value["object"] if value["object"] in {"file", "response"} else f"{value['object']}.deleted"
        return {"id": value["id"], "object": kind, "deleted": True}

    return change.body(handler(replace(call, method="GET")), confirm)


@deviation(
    "own-list-without-has-more",
    severity="major",
    says="Lists do not have `has_more`.",
    breaks="The official client's pages: they end after the first one, or never.",
    source=_OWN,
    caught_by=(
        "*/listed/list_says_whether_there_is_more",
        "chat.stored/kept_listed/list_has_the_documented_shape",
        "responses.advanced/items_listed/input_items_are_a_list",
    ),
)
def list_without_has_more(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: {k: v for k, v in value.items() if k != "has_more"})


@deviation(
    "own-list-is-an-array",
    severity="minor",
    says="`object` of lists is `array`.",
    breaks="Clients that tell a list from a thing by `object`.",
    source=_OWN,
    caught_by=(
        "*.api/listed/list_has_the_documented_shape",
        "videos/listed/list_has_the_documented_shape",
    ),
)
def list_is_an_array(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if value.get("object") == "list":
            value["object"] = "array"

    return change.body(handler(call), apply) if call.method == "GET" else handler(call)


@deviation(
    "own-list-forgets-the-newest",
    severity="major",
    says="The list of stored chats names another id for what was made last.",
    breaks="Whoever looks whether a chat was kept.",
    source=_OWN,
    caught_by=("chat.stored/kept_listed/kept_completion_is_listed",),
)
def list_forgets_the_newest(call: Call, handler: Handler) -> Answer:
    if call.method != "GET" or call.path != "/chat/completions":
        return handler(call)

    def apply(value: change.Object) -> None:
        newest = max(value["data"], key=lambda one: one["created"], default=None)
        value["data"] = [{**one, "id": f"{one['id']}0"} if one == newest else one for one in value["data"]]

    return change.body(handler(call), apply)


@deviation(
    "own-total-is-one-more",
    severity="minor",
    says="`total_tokens` is one more than the sum of its parts.",
    breaks="Whoever checks a bill.",
    source=_OWN,
    caught_by=(
        "completions.legacy/*/total_tokens_is_the_sum",
        "embeddings.string/embedded/total_is_the_prompt",
        "images.generate/painted/total_tokens_is_the_sum",
        "responses.basic/greeted/total_tokens_is_the_sum",
        "responses.stream/greeted_streamed/last_response_counts_the_tokens",
    ),
)
def total_is_one_more(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        usage = value.get("usage") or (value.get("response") or {}).get("usage")
        if usage and "total_tokens" in usage:
            usage["total_tokens"] += 1

    return handler(call) if change.is_chat(call) else change.each_whole(handler(call), apply)


@deviation(
    "own-refusal-is-a-detail",
    severity="major",
    says='Every refusal is `{"detail": ...}`.',
    breaks="The official client: the message, the type and the code of its errors are gone.",
    source=_OWN,
    caught_by=(
        "*/*_gives_an_error_object",
        "*/*_is_explained",
        "files.other_mime/unknown_type_of_file/unknown_type_of_file_is_named",
        "*/*_with_an_error_object",
        "*/refused_stream_has_an_error_object",
        "embeddings.errors/chat_model_embedded/chat_model_embeds_or_is_refused",
        "responses.advanced/*/*_is_not_found",
    ),
)
def refusal_is_a_detail(call: Call, handler: Handler) -> Answer:
    return change.rebuilt(handler(call), lambda error: {"detail": error["message"]})


@deviation(
    "own-refusal-names-nothing",
    severity="minor",
    says="Every refusal has the same words, `Bad request.`, and `param` null.",
    breaks="People: nobody learns what was wrong.",
    source=_OWN,
    caught_by=(
        "*/*_by_name",
        "params.out_of_range/*/error_names_the_*",
        "params.out_of_range/*/param_is_the_field",
        "files.other_mime/unknown_type_of_file/unknown_type_of_file_is_named",
        "responses.basic/no_input/missing_input_is_named",
    ),
)
def refusal_names_nothing(call: Call, handler: Handler) -> Answer:
    return change.envelope(handler(call), lambda error: error.update(message="Bad request.", param=None))


@deviation(
    "own-refusal-has-no-words",
    severity="minor",
    says="The `message` of every refusal is empty.",
    breaks="People: they see a status, and nothing else.",
    source=_OWN,
    caught_by=("*/*_is_explained",),
)
def refusal_has_no_words(call: Call, handler: Handler) -> Answer:
    return change.envelope(handler(call), lambda error: error.update(message=""))


@deviation(
    "own-optional-field-silences",
    severity="critical",
    says="A field that is not one of the commonest makes the answer an empty text.",
    breaks="Everybody who sets it: the answer is paid for, and says nothing.",
    source=_OWN,
    caught_by=(
        "params.accepted_only/accepted*/parameter_does_no_harm",
        "params.penalties/hello_penalised/presence_penalty_does_no_harm",
    ),
)
def optional_field_silences(call: Call, handler: Handler) -> Answer:
    common = {"model", "messages", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "stream", "stop", "n"}
    answer = handler(call)
    if not change.is_chat(call) or set(change.asked(call)) <= common:
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))
