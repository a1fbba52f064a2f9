"""Deviations of what stands around a body: media types, buffering, what web pages may see, paths and limits."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation, excluded
from conformance.simulator.http.answer import Answer, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_BURST_S = 1.3  # what a buffer holds back is told from a fast server by this

RATE_LIMIT_WITHOUT_RETRY_AFTER = excluded(
    "rate-limit-429-without-retry-after",
    "headers",
    severity="major",
    says="A 429 says neither in `retry-after` nor in `x-ratelimit-reset-*` when to ask again.",
    source=("etalab-ia/OpenGateLLM#364", "BerriAI/litellm#4695", "majiayu000/litellm-rs#833"),
    why="a 429 comes only to who floods an endpoint, which the suite never does; one that comes by itself is our limit",
)

METADATA_COMMENTS_BEFORE_DONE = excluded(
    "stream-gateway-metadata-comments-before-done",
    "headers",
    severity="minor",
    says="Comments with a gateway's notes stand directly before `data: [DONE]`.",
    source=("diegosouzapw/OmniRoute#7031",),
    why="legal: a comment may stand on any line of an event stream",
)

DATA_NO_SPACE = excluded(
    "sse-data-no-space",
    "headers",
    severity="minor",
    says="No space follows the colon of `data:`.",
    source=(
        "openai/openai-python#498",
        "openclaw/openclaw#129905",
        "dataelement/Clawith#106",
        "odysseus-dev/odysseus#1701",
    ),
    why="legal: the space after the colon is optional",
)

CRLF_LINE_ENDS = excluded(
    "sse-crlf-line-ends",
    "headers",
    severity="minor",
    says="Lines and events end with CRLF.",
    source=("farion1231/cc-switch#1787", "miruamel/xuan#194"),
    why="legal: lines of an event stream may end with CRLF, and those of many frameworks do",
)


@deviation(
    "cors-retry-after-not-exposed",
    severity="minor",
    says="Answers to web pages list no header that a page may read, neither the limits nor the id of the request.",
    breaks="Clients in browsers: they see neither how long to wait nor what to report.",
    source=("Azure/azure-rest-api-specs#24904",),
    caught_by=("headers.cors/listed_from_a_page/page_may_read_the_id",),
)
def retry_after_not_exposed(call: Call, handler: Handler) -> Answer:
    return change.without_header(handler(call), "access-control-expose-headers")


@deviation(
    "nonstream-content-type-event-stream",
    severity="critical",
    says="Without `stream` or any other option JSON comes as an event stream, with `data: [DONE]` behind it.",
    breaks="Everybody: the body is no JSON.",
    source=("decolua/9router#3492", "decolua/9router#3301"),
    caught_by=("chat.basic/*/media_type", "chat.basic/*/body_is_whole"),
)
def plain_as_event_stream(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    plain = change.is_chat(call) and set(change.asked(call)) == {"model", "messages"}
    if not plain or answer.status != 200 or not isinstance(answer.body, dict):
        return answer
    return change.instead(answer, dump(answer.body) + b"\ndata: [DONE]\n\n", media="text/event-stream")


@deviation(
    "stream-accept-header-forces-sse",
    severity="minor",
    says="An `Accept` header that names event streams switches streaming on, against `stream: false`.",
    breaks="Clients that accept both: they get events where they expect JSON.",
    source=("diegosouzapw/OmniRoute#6740",),
    caught_by=("chat.stream.false_explicit/hello_accepting_events/*",),
)
def accept_forces_stream(call: Call, handler: Handler) -> Answer:
    forced = change.is_chat(call) and "text/event-stream" in call.headers.get("accept", "")
    return handler(change.rewrite(call, lambda value: value.update(stream=True)) if forced else call)


@deviation(
    "stream-content-type-json",
    severity="major",
    says="A stream of events comes as `application/json`.",
    breaks="Clients that look at the media type: they wait for the end, and then parse one JSON text.",
    source=("microsoft/foundry-dev-tools#195", "nearai/private-ml-sdk#20"),
    caught_by=("chat.stream.*/media_type",),
)
def stream_as_json(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    named = change.is_chat(call) and change.is_stream(answer)
    return answer.with_header("content-type", "application/json") if named else answer


@deviation(
    "stream-buffered-by-proxy",
    severity="major",
    says="A proxy holds all events back and sends them in one burst when the answer is complete.",
    breaks="Whoever waits for the first word: the wait is as long as the whole answer.",
    source=("ggml-org/llama.cpp#24774", "open-webui/docs#308"),
    caught_by=("chat.stream.incremental/count_far_streamed/text_comes_while_it_is_made",),
)
def buffered_by_proxy(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.buffered(answer, _BURST_S) if change.is_chat(call) else answer


@deviation(
    "error-content-type-octet-stream",
    severity="minor",
    says="A 400 comes as `application/octet-stream`.",
    breaks="Clients that parse errors by their media type: they have no message to show.",
    source=("SaladDay/cc-switch-cli#170",),
    caught_by=("errors.missing_field/wrong_field*/media_type",),
)
def error_as_octets(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    octets = change.is_chat(call) and answer.status == 400
    return answer.with_header("content-type", "application/octet-stream") if octets else answer


@deviation(
    "base-url-slash-required-by-sdk",
    severity="minor",
    says="The models are listed at the path with a slash at its end only; the path that clients ask for gives 404.",
    breaks="The official client, where a hand-made request works.",
    source=("microsoft/foundry-dev-tools#231", "sigoden/aichat#767"),
    caught_by=("models.list.schema/listed/status",),
)
def slash_required(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    bare = call.method == "GET" and call.path == "/models"
    return change.refused(answer, 404, "Invalid URL (GET /v1/models)", code="unknown_url") if bare else answer


@deviation(
    "cors-preflight-stainless-headers",
    severity="major",
    says="A preflight allows two headers, and none of those that the official client adds.",
    breaks="The official client in a browser: no request leaves it.",
    source=(
        "ollama/ollama#4388",
        "pollinations/pollinations#10165",
        "lidge-jun/opencodex#1773",
        "jeromeleong/poe2openai#15",
    ),
    caught_by=("headers.cors/preflight/headers_of_the_client_are_allowed",),
)
def preflight_few_headers(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    few = call.method == "OPTIONS"
    return answer.with_header("access-control-allow-headers", "Authorization, Content-Type") if few else answer


@deviation(
    "cors-options-405",
    severity="minor",
    says="A preflight is refused with 405, and nothing is allowed to any page.",
    breaks="Clients in browsers.",
    source=("paiml/aprender#671", "bricks-cloud/BricksLLM#45", "openvinotoolkit/model_server#3417"),
    caught_by=("headers.cors/preflight/status",),
)
def preflight_refused(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    for name in ("origin", "headers", "methods"):
        answer = change.without_header(answer, f"access-control-allow-{name}")
    if call.method != "OPTIONS":
        return answer
    return change.refused(answer, 405, "Method Not Allowed")
