"""What a refusal says: of another request, of nothing, or in a web page."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.errors.common import chat_refusal, is_overlong, is_wrong_chat, with_message
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_ROW = "errors.missing_field/invalid_field*"
_MANY = 1_000_000


@deviation(
    "error-client-fault-typed-server-error",
    severity="minor",
    says="Invalid messages are rejected with 400, with the `type` `server_error` and an upstream's text.",
    breaks="Retry layers that look at the type: they send an invalid request again and again.",
    source=("vastsa/PI-Desktop#30",),
    caught_by=("errors.envelope/error_response/type_does_not_blame_the_server",),
)
def client_fault_typed_server_error(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.BAD_REQUEST)
    if not refused or not str(change.told(answer).get("param")).startswith("messages"):
        return answer

    def blame(error: change.Object) -> None:
        error.update(type="server_error", param="", message=f"upstream: 400: {error['message']}")

    return change.envelope(answer, blame)


@deviation(
    "error-detail-not-equivalent",
    severity="minor",
    says="The shape is right, and `code`, `type` and wording are those of another API.",
    breaks="Handlers that look for a code or for words.",
    source=("https://platform.claude.com/docs/en/api/openai-sdk", "https://docs.anthropic.com/ko/api/openai-sdk"),
    caught_by=(
        "errors.unknown_model/unknown_model/code_is_model_not_found",
        "auth.invalid/invalid_key/code_is_invalid_api_key",
    ),
)
def detail_not_equivalent(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused:
        return answer
    if answer.status == HTTPStatus.NOT_FOUND:
        other = {"type": "not_found_error", "message": f"model: {change.asked(call).get('model')}", "code": None}
    elif answer.status == HTTPStatus.UNAUTHORIZED:
        other = {"type": "authentication_error", "message": "invalid x-api-key", "code": None}
    else:
        return answer
    return change.envelope(answer, lambda error: error.update(other))


@deviation(
    "error-of-another-request",
    severity="major",
    says=(
        "An invalid chat completion is rejected with the error of another request, about a field that it does not have."
    ),
    breaks="Anyone who shows the error, or drops the field that `param` names and retries.",
    source=INVENTED,
    caught_by=(f"{_ROW}/error_names_the_field", f"{_ROW}/param_is_the_field"),
)
def error_of_another_request(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    other = {"message": "Invalid value: 'dimensions' must be positive.", "param": "dimensions"}
    return change.envelope(answer, lambda error: error.update(other)) if is_wrong_chat(call, answer) else answer


@deviation(
    "error-message-is-a-page",
    severity="minor",
    says="`error.message` is the HTML page of a proxy; the status is right.",
    breaks="Users, who are shown markup.",
    source=INVENTED,
    caught_by=("errors.envelope/error_response/message_is_not_empty",),
)
def message_is_a_page(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    page = "<html><head><title>400 Bad Request</title></head><body><h1>messages</h1></body></html>"
    return with_message(answer, page) if is_wrong_chat(call, answer) else answer


@deviation(
    "error-message-is-a-list",
    severity="major",
    says="`error.message` is a list of a validator's findings.",
    breaks="Typed clients; anyone who joins it to a text.",
    source=INVENTED,
    caught_by=("errors.envelope/error_response/message_is_a_string",),
)
def message_is_a_list(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    found = [{"loc": ["body", "messages"], "msg": "field required"}]
    wrong = is_wrong_chat(call, answer)
    return change.envelope(answer, lambda error: error.update(message=found)) if wrong else answer


@deviation(
    "error-code-is-status-as-text",
    severity="minor",
    says="Where `error.code` should be null it is the number of the status in quotation marks.",
    breaks="Handlers that look for the name of a code.",
    source=INVENTED,
    caught_by=("errors.envelope/error_response/code_is_a_name",),
)
def code_is_status_as_text(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    number = str(answer.status)
    wrong = is_wrong_chat(call, answer)
    return change.envelope(answer, lambda error: error.update(code=number)) if wrong else answer


@deviation(
    "context-length-wrong-code",
    severity="major",
    says="A prompt that is too long is rejected without the `code` `context_length_exceeded`.",
    breaks="Agents that shorten their history when they see the code: they give up.",
    source=("NVIDIA/TensorRT-LLM#19457", "vllm-project/vllm#12886"),
    caught_by=("errors.context_length/long_prompt/overlong_prompt_is_rejected_with_its_code",),
)
def context_length_wrong_code(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    changed = {"type": "BadRequestError", "code": None}
    return change.envelope(answer, lambda error: error.update(changed)) if is_overlong(call, answer) else answer


@deviation(
    "too-many-tokens-without-a-name",
    severity="minor",
    says="A limit beyond any context is rejected without `param` and `code`.",
    breaks="Clients that lower the limit and retry.",
    source=INVENTED,
    caught_by=("errors.context_length/too_many_tokens/too_many_tokens_are_capped_or_rejected",),
)
def too_many_tokens_unnamed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    limit = change.asked(call).get("max_tokens", change.asked(call).get("max_completion_tokens"))
    many = change.is_chat(call) and isinstance(limit, int) and limit > _MANY
    return change.refused(answer, 400, "Bad request.") if many else answer


@deviation(
    "own-refusal-names-nothing",
    severity="minor",
    says="Every rejection has the same message, `Bad request.`, and `param` null.",
    breaks="Users, who do not learn what is invalid.",
    source=INVENTED,
    caught_by=(
        "errors.context_length/too_many_tokens/too_many_tokens_are_capped_or_rejected",
        "params.accepted_only/hello_with_search/web_search_is_accepted_or_named",
        "params.logprobs/logprobs_out_of_range[*]/error_names_the_field",
        "params.out_of_range/embedded_in_unknown_format/unknown_encoding_format_is_rejected_by_name",
        "params.penalties/penalty_out_of_range[*]/error_names_the_penalty",
        "params.service_tier/hello_unknown_service_tier/unknown_tier_is_rejected_by_name",
        "params.unknown_field/hello_with_unknown_field/unknown_field_is_ignored_or_named",
        "reasoning.effort.other_values/puzzle_effort_other[*]/rejection_names_the_effort",
        "reasoning.effort.other_values/puzzle_effort_unknown/unknown_effort_is_rejected_by_name",
        "reasoning.google_extra_body/effort_and_thinking_config/conflict_is_rejected_by_name",
        "reasoning.google_extra_body/thinking_level/level_is_accepted_or_rejected_by_name",
        "params.out_of_range/*/error_names_the_*",
        "params.out_of_range/*/param_is_the_field",
        "files.other_mime/file_of_unknown_type/rejection_names_the_file",
        "responses.basic/no_input/missing_input_is_named",
    ),
)
def refusal_names_nothing(call: Call, handler: Handler) -> Answer:
    return change.envelope(handler(call), lambda error: error.update(message="Bad request.", param=None))


@deviation(
    "own-refusal-has-no-words",
    severity="minor",
    says="The `message` of every rejection is empty.",
    breaks="Users: they see a status, and nothing else.",
    source=INVENTED,
    caught_by=("errors.envelope/error_response/message_is_not_empty",),
)
def refusal_has_no_words(call: Call, handler: Handler) -> Answer:
    return change.envelope(handler(call), lambda error: error.update(message=""))
