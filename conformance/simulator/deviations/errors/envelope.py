"""The shape of a refusal: what stands where an `error` object should."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.errors.common import chat_refusal
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "error-body-is-json-array",
    severity="critical",
    says="The error's body is an array of one element, the object.",
    breaks="Typed clients fail to decode it; the official client has neither code nor param.",
    source=("FuzzAnything/PromptFuzz#42", "n4ze3m/page-assist#418", "Simpleyyt/ai-manus#101"),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def body_is_json_array(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    return change.rebuilt(answer, lambda error: [{"error": error}]) if refused else answer


@deviation(
    "error-code-is-integer-no-type",
    severity="major",
    says="`error.code` is the number of the status; there is a `status` and `details`, and no `type` or `param`.",
    breaks="Clients that look at the type or the name of the code; typed decoders.",
    source=("n4ze3m/page-assist#418", "Vali-98/ChatterUI#227"),
    caught_by=(
        "errors.envelope/error_response/code_is_a_string_or_null",
        "errors.envelope/error_response/type_is_a_string",
        "errors.envelope/error_response/param_and_code_are_present",
    ),
)
def code_is_integer_no_type(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused:
        return answer
    google = {"code": answer.status, "message": change.told(answer)["message"]}
    return change.rebuilt(answer, lambda _: {"error": {**google, "status": "INVALID_ARGUMENT", "details": []}})


@deviation(
    "error-shape-databricks-error-code",
    severity="major",
    says="The body is `error_code` and `message`, without `error` around them.",
    breaks="The official client has neither code nor type, and shows the raw text.",
    source=("pydantic/pydantic-ai#821",),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def shape_databricks(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused:
        return answer
    return change.rebuilt(answer, lambda error: {"error_code": "BAD_REQUEST", "message": error["message"]})


@deviation(
    "error-not-enveloped-vllm",
    severity="major",
    says="`object`, `message`, `type`, `param` and a `code` that is a number stand in the body, without `error`.",
    breaks="The official clients show no message at all.",
    source=("vllm-project/vllm#12886", "foundation-model-stack/fms-guardrails-orchestrator#511"),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def not_enveloped(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused:
        return answer
    flat = {"object": "error", "type": "BadRequestError", "param": None, "code": answer.status}
    return change.rebuilt(answer, lambda error: {**flat, "message": error["message"]})


@deviation(
    "error-flat-message",
    severity="major",
    says="The body is an object with a `message` and nothing else.",
    breaks="Handlers that read `error`: KeyError.",
    source=("ModelTC/LightLLM#1259",),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def flat_message(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    return change.rebuilt(answer, lambda error: {"message": error["message"]}) if refused else answer


@deviation(
    "error-fastapi-detail-404",
    severity="major",
    says="An unknown model gives a 404 whose body is a `detail`.",
    breaks="The official client has no message and no code; fallbacks for unknown models do not start.",
    source=("ray-project/ray#64833", "cubist38/mlx-openai-server#291"),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def detail_with_404(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.NOT_FOUND)
    return change.rebuilt(answer, lambda error: {"detail": error["message"]}) if refused else answer


@deviation(
    "error-param-not-string",
    severity="minor",
    says="`error.param` is the invalid value, whatever its type, and `error.type` a validator's rule.",
    breaks="Typed decoders fail at the error itself.",
    source=("ray-project/ray#64833",),
    caught_by=("errors.envelope/error_response/param_is_a_string_or_null",),
)
def param_not_string(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused or not str(change.told(answer).get("param")).startswith("messages"):
        return answer
    given = change.asked(call).get("messages")
    return change.envelope(answer, lambda error: error.update(param=given, type="list_type"))


@deviation(
    "error-plain-string",
    severity="major",
    says="`error` is a string, the message, and a `code` in words stands beside it.",
    breaks="Handlers that read `error.message`: TypeError.",
    source=("lmstudio-ai/lmstudio-bug-tracker#307", "i-am-bee/beeai-framework#447"),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def plain_string(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    if not refused:
        return answer
    code = "Client specified an invalid argument"
    return change.rebuilt(answer, lambda error: {"code": code, "error": error["message"].replace(" ", "%20")})


@deviation(
    "error-401-no-parsable-body",
    severity="minor",
    says="A rejected key gives a 401 whose body is a `detail`, in which clients find no message.",
    breaks="Users see no reason: an invalid key looks like a budget that is spent.",
    source=("BerriAI/litellm#1554", "BerriAI/litellm#1559"),
    caught_by=(
        "errors.envelope/error_response/error_is_an_object",
        "errors.sdk_mapping/error_response/exception_has_a_type",
    ),
)
def no_parsable_body(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.UNAUTHORIZED)
    return change.rebuilt(answer, lambda error: {"detail": error["message"]}) if refused else answer


@deviation(
    "error-401-anthropic-shape",
    severity="minor",
    says="A rejected key gives an error without `code` and `param`, and a `type` stands beside `error`.",
    breaks="Handlers that look at the code; strict decoders.",
    source=("anomalyco/opencode#47820",),
    caught_by=("errors.envelope/error_response/param_and_code_are_present",),
)
def shape_anthropic(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.UNAUTHORIZED)
    named = {"type": "AuthError", "message": "Invalid API key."}
    return change.rebuilt(answer, lambda _: {"type": "error", "error": named}) if refused else answer


@deviation(
    "error-param-code-empty-string",
    severity="minor",
    says="Where `param` and `code` should be null they are empty strings.",
    breaks="Handlers that look for null; typed lists of codes.",
    source=("QuantumNous/new-api#2078",),
    caught_by=("errors.envelope/error_response/absent_values_are_null",),
)
def param_code_empty(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)

    def empty(error: change.Object) -> None:
        error.update({name: error[name] or "" for name in ("param", "code")})

    return change.envelope(answer, empty) if refused else answer


@deviation(
    "own-refusal-is-a-detail",
    severity="major",
    says='Every rejection is `{"detail": ...}`.',
    breaks="The official client: the message, the type and the code of its errors are lost.",
    source=INVENTED,
    caught_by=(
        "batch.api/batch_of_unknown_file/unknown_file_gives_an_error_object",
        "completions.legacy/unknown_model/unknown_model_gives_an_error_object",
        "endpoints.absent_are_clean/probe/absent_endpoint_gives_an_error_object",
        "errors.envelope/error_response/error_is_an_object",
        "errors.envelope/error_response/message_is_a_string",
        "errors.unknown_path/unknown_path[*]/unknown_path_gives_an_error_object",
        "errors.unknown_path/unsupported_method/unsupported_method_gives_an_error_object",
        "responses.advanced/unknown_previous/unknown_previous_response_gives_an_error_object",
        "responses.basic/nameless_tool/nameless_tool_gives_an_error_object",
        "responses.basic/no_input/missing_input_gives_an_error_object",
        "responses.basic/unknown_model/unknown_model_gives_an_error_object",
        "errors.envelope/error_response/message_is_not_empty",
        "files.other_mime/file_of_unknown_type/rejection_names_the_file",
        "chat.stream.error_before_start/error_response/rejected_stream_has_an_error_object",
        "*/rejected_stream_has_an_error_object",
        "embeddings.errors/chat_model_embedded/chat_model_embeds_or_is_rejected",
        "responses.advanced/*/*_is_not_found",
    ),
)
def refusal_is_a_detail(call: Call, handler: Handler) -> Answer:
    return change.rebuilt(handler(call), lambda error: {"detail": error["message"]})
