"""Deviations of errors: the shape of a refusal, its status, and what it calls itself."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OBJECT = ("errors.envelope/every/error_is_an_object", "errors.sdk_mapping/every/exception_has_a_type")


def _chat_refusal(call: Call, handler: Handler, number: int = 0) -> tuple[Answer, bool]:
    """Return the answer, and whether it refuses a chat (with that status, if one is named)."""
    answer = handler(call)
    refused = change.is_chat(call) and bool(change.told(answer))
    return answer, refused and number in (0, answer.status)


@deviation(
    "error-body-is-json-array",
    severity="critical",
    says="The error's body is an array of one element, the object.",
    breaks="Typed clients fail to decode it; the official client has neither code nor param.",
    source=("FuzzAnything/PromptFuzz#42", "n4ze3m/page-assist#418", "Simpleyyt/ai-manus#101"),
    caught_by=_OBJECT,
)
def body_is_json_array(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    return change.rebuilt(answer, lambda error: [{"error": error}]) if refused else answer


@deviation(
    "error-code-is-integer-no-type",
    severity="major",
    says="`error.code` is the number of the status; there is a `status` and `details`, and no `type` or `param`.",
    breaks="Clients that look at the type or the name of the code; typed decoders.",
    source=("n4ze3m/page-assist#418", "Vali-98/ChatterUI#227"),
    caught_by=(
        "errors.envelope/every/code_is_a_string_or_null",
        "errors.envelope/every/type_is_a_string",
        "errors.envelope/every/param_and_code_are_always_there",
    ),
)
def code_is_integer_no_type(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    if not refused:
        return answer
    google = {"code": answer.status, "message": change.told(answer)["message"]}
    return change.rebuilt(answer, lambda _: {"error": {**google, "status": "INVALID_ARGUMENT", "details": []}})


@deviation(
    "stream-options-without-stream-error",
    severity="minor",
    says="A router adds `stream_options` to a request with `stream: false`, and its upstream refuses that with 400.",
    breaks="Whoever says that no stream is wanted.",
    source=("decolua/9router#3081",),
    caught_by=("chat.stream.false_explicit/hello_unstreamed/status",),
)
def options_without_stream(call: Call, handler: Handler) -> Answer:
    def add(value: change.Object) -> None:
        if value.get("stream") is False:
            value["stream_options"] = {"include_usage": True}

    return handler(change.rewrite(call, add) if change.is_chat(call) else call)


@deviation(
    "error-shape-databricks-error-code",
    severity="major",
    says="The body is `error_code` and `message`, without `error` around them.",
    breaks="The official client has neither code nor type, and shows the raw text.",
    source=("pydantic/pydantic-ai#821",),
    caught_by=_OBJECT,
)
def shape_databricks(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    if not refused:
        return answer
    return change.rebuilt(answer, lambda error: {"error_code": "BAD_REQUEST", "message": error["message"]})


@deviation(
    "error-200-with-error-body",
    severity="critical",
    says="Status 200 was sent before the upstream was asked; its failure is the whole body, with `code` 502.",
    breaks="The official client returns an object without choices; nothing is tried again.",
    source=(
        "nodetool-ai/nodetool#5755",
        "SWE-agent/mini-swe-agent#902",
        "langchain-ai/langchainjs#11418",
        "Aider-AI/aider#3550",
    ),
    caught_by=("errors.unknown_model/unknown_model/status", "errors.envelope/every/success_holds_no_error"),
)
def error_with_200(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler, HTTPStatus.NOT_FOUND)
    if not refused:
        return answer
    return change.instead(answer, {"error": {"message": change.told(answer)["message"], "code": 502}})


@deviation(
    "error-200-context-overflow",
    severity="major",
    says="A prompt that is too long is refused in the body, with status 200.",
    breaks="Clients that read it as an answer.",
    source=("langgenius/dify-plugin-sdks#74",),
    caught_by=("errors.context_length/long_prompt/long_prompt_is_answered_whole_or_refused",),
)
def context_overflow_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 200) if _is_overlong(call, answer) else answer


def _is_overlong(call: Call, answer: Answer) -> bool:
    return change.is_chat(call) and change.told(answer).get("code") == "context_length_exceeded"


@deviation(
    "context-length-wrong-code",
    severity="major",
    says="A prompt that is too long is refused without the `code` of its own.",
    breaks="Agents that shorten their history when they see the code: they give up.",
    source=("NVIDIA/TensorRT-LLM#19457", "vllm-project/vllm#12886"),
    caught_by=("errors.context_length/long_prompt/overlong_prompt_is_refused_by_its_code",),
)
def context_length_wrong_code(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    changed = {"type": "BadRequestError", "code": None}
    return change.envelope(answer, lambda error: error.update(changed)) if _is_overlong(call, answer) else answer


@deviation(
    "error-not-enveloped-vllm",
    severity="major",
    says="`object`, `message`, `type`, `param` and a `code` that is a number stand in the body, without `error`.",
    breaks="The official clients show no message at all.",
    source=("vllm-project/vllm#12886", "foundation-model-stack/fms-guardrails-orchestrator#511"),
    caught_by=_OBJECT,
)
def not_enveloped(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
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
    caught_by=_OBJECT,
)
def flat_message(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    return change.rebuilt(answer, lambda error: {"message": error["message"]}) if refused else answer


@deviation(
    "error-fastapi-detail-404",
    severity="major",
    says="An unknown model gives a 404 whose body is a `detail`.",
    breaks="The official client has no message and no code; fallbacks for unknown models do not start.",
    source=("ray-project/ray#64833", "cubist38/mlx-openai-server#291"),
    caught_by=_OBJECT,
)
def detail_with_404(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler, HTTPStatus.NOT_FOUND)
    return change.rebuilt(answer, lambda error: {"detail": error["message"]}) if refused else answer


@deviation(
    "error-param-not-string",
    severity="minor",
    says="`error.param` is the value that was wrong, whatever its type, and `error.type` a validator's rule.",
    breaks="Typed decoders fail at the error itself.",
    source=("ray-project/ray#64833",),
    caught_by=("errors.envelope/every/param_is_a_string_or_null",),
)
def param_not_string(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
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
    caught_by=_OBJECT,
)
def plain_string(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    if not refused:
        return answer
    code = "Client specified an invalid argument"
    return change.rebuilt(answer, lambda error: {"code": code, "error": error["message"].replace(" ", "%20")})


@deviation(
    "error-401-no-parsable-body",
    severity="minor",
    says="A refused key gives a 401 whose body is a `detail`, in which clients find no message.",
    breaks="Users see no reason: a wrong key looks like a budget that is spent.",
    source=("BerriAI/litellm#1554", "BerriAI/litellm#1559"),
    caught_by=_OBJECT,
)
def no_parsable_body(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler, HTTPStatus.UNAUTHORIZED)
    return change.rebuilt(answer, lambda error: {"detail": error["message"]}) if refused else answer


@deviation(
    "error-401-anthropic-shape",
    severity="minor",
    says="A refused key gives an error without `code` and `param`, and a `type` stands beside `error`.",
    breaks="Handlers that look at the code; strict decoders.",
    source=("anomalyco/opencode#47820",),
    caught_by=("errors.envelope/every/param_and_code_are_always_there",),
)
def shape_anthropic(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler, HTTPStatus.UNAUTHORIZED)
    named = {"type": "AuthError", "message": "Invalid API key."}
    return change.rebuilt(answer, lambda _: {"type": "error", "error": named}) if refused else answer


@deviation(
    "images-error-type-string-none",
    severity="minor",
    says='Errors of pictures have the `type` "None", the `param` "None" and the `code` "400".',
    breaks="Handlers that ask for null, or for the name of a code.",
    source=("AgnesAI-Labs/AgnesAI-Models#69",),
    caught_by=("images.generate/every/absent_values_of_a_refused_painting_are_null",),
)
def image_error_type_none(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/images/generations"):
        return answer
    words = {"type": "None", "param": "None", "code": str(answer.status)}
    return change.envelope(answer, lambda error: error.update(words))


@deviation(
    "error-param-code-empty-string",
    severity="minor",
    says="Where `param` and `code` should be null they are empty strings.",
    breaks="Handlers that ask for null; typed lists of codes.",
    source=("QuantumNous/new-api#2078",),
    caught_by=("errors.envelope/every/absent_values_are_null",),
)
def param_code_empty(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)

    def empty(error: change.Object) -> None:
        error.update({name: error[name] or "" for name in ("param", "code")})

    return change.envelope(answer, empty) if refused else answer


@deviation(
    "error-client-fault-typed-server-error",
    severity="minor",
    says="Wrong messages are refused with 400, with the `type` `server_error` and an upstream's text.",
    breaks="Retry layers that look at the type: they send a wrong request again and again.",
    source=("vastsa/PI-Desktop#30",),
    caught_by=("errors.envelope/every/type_does_not_blame_the_server",),
)
def client_fault_typed_server_error(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler, HTTPStatus.BAD_REQUEST)
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
        "auth.invalid/refused_key/code_is_invalid_api_key",
    ),
)
def detail_not_equivalent(call: Call, handler: Handler) -> Answer:
    answer, refused = _chat_refusal(call, handler)
    if not refused:
        return answer
    if answer.status == HTTPStatus.NOT_FOUND:
        other = {"type": "not_found_error", "message": f"model: {change.asked(call).get('model')}", "code": None}
    elif answer.status == HTTPStatus.UNAUTHORIZED:
        other = {"type": "authentication_error", "message": "invalid x-api-key", "code": None}
    else:
        return answer
    return change.envelope(answer, lambda error: error.update(other))
