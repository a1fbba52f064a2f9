"""Deviations of embeddings: which inputs are taken, how many vectors come, and what numbers they hold."""

import base64
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.media.tokens import count, pieces

PATH = "/embeddings"
MOST = 100
"""Texts in one request."""

ROOM = 512
"""Tokens of one text, as many a small model reads."""


def is_embedding(call: Call) -> bool:
    """Tell whether a call asks for embeddings."""
    return change.posted(call, PATH)


def holds_tokens(call: Call) -> bool:
    """Tell whether a call asks for the embedding of tokens, of one text or of several."""
    given = change.asked(call).get("input")
    return is_embedding(call) and isinstance(given, list) and any(isinstance(entry, (int, list)) for entry in given)


@deviation(
    "embeddings-base64-rejected-400",
    severity="major",
    says="`encoding_format` `base64` is refused with 400.",
    breaks="The official client asks for it unless told otherwise: its plainest call fails.",
    source=("christopherthompson81/LlamaCpp.Bindings#15",),
    caught_by=("embeddings.encoding_base64/embedded_base64/status",),
)
def base64_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_embedding(call) or change.asked(call).get("encoding_format") != "base64":
        return answer
    return change.refused(answer, 400, "Only 'float' is supported for encoding_format.", param="encoding_format")


@deviation(
    "embeddings-base64-wrapped-in-list",
    severity="major",
    says="The base64 text of a vector stands in a list of one.",
    breaks="The official client leaves lists alone: its users get one text where they expect numbers.",
    source=("vllm-project/vllm#5935",),
    caught_by=("embeddings.encoding_base64/embedded_base64/vector_is_text",),
)
def base64_wrapped_in_list(call: Call, handler: Handler) -> Answer:
    def wrap(value: change.Object) -> None:
        for item in value["data"]:
            if isinstance(item["embedding"], str):
                item["embedding"] = [item["embedding"]]

    return change.body(handler(call), wrap) if is_embedding(call) else handler(call)


@deviation(
    "embeddings-bad-encoding-format-accepted",
    severity="minor",
    says="An unknown `encoding_format` is taken as `float`.",
    breaks="Who misspells the format does not learn it.",
    source=("sgl-project/sglang#28803",),
    caught_by=("embeddings.errors/unknown_encoding/status",),
)
def bad_encoding_format_accepted(call: Call, handler: Handler) -> Answer:
    known = change.asked(call).get("encoding_format") in {None, "float", "base64"}
    return handler(call if known or not is_embedding(call) else change.without(call, "encoding_format"))


@deviation(
    "embeddings-index-zero-omitted",
    severity="critical",
    says="An `index` of 0 is left out.",
    breaks="Clients that put vectors in their places: the first text has none, and one text alone never works.",
    source=("samfoy/pi-session-search#13", "doobidoo/mcp-memory-service#612"),
    caught_by=("embeddings.string/embedded/body_has_the_documented_shape", "*/embedded/index_starts_at_zero"),
)
def index_zero_omitted(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        for item in value["data"]:
            if item["index"] == 0:
                del item["index"]

    return change.body(handler(call), leave_out) if is_embedding(call) else handler(call)


@deviation(
    "embeddings-token-array-400",
    severity="major",
    says="Tokens as `input` are refused with 400.",
    breaks="Frameworks that make the tokens themselves fail with their default settings.",
    source=("veniceai/api-docs#423", "huggingface/text-embeddings-inference#273", "abetlen/llama-cpp-python#547"),
    caught_by=("embeddings.tokens/tokens_embedded[*/status",),
)
def token_array_400(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    text = "Invalid input: expected a string, or an array of strings."
    return change.refused(answer, 400, text, param="input") if holds_tokens(call) else answer


@deviation(
    "embeddings-token-array-200-empty",
    severity="critical",
    says="Tokens as `input` are answered with 200 and no vector.",
    breaks="Indexing stops, and nothing says why.",
    source=("NorthlandPositronics/Cogtrix#2069",),
    caught_by=("embeddings.tokens/tokens_embedded[*/tokens_have_a_vector",),
)
def token_array_200_empty(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: {**value, "data": []}) if holds_tokens(call) else answer


@deviation(
    "embeddings-token-array-500",
    severity="minor",
    says="Tokens of one text as `input` are answered with 500.",
    breaks="Clients try again, and again, what can never work.",
    source=("microsoft/aoai-api-simulator#87",),
    caught_by=("embeddings.tokens/tokens_embedded[one-text]/status",),
)
def token_array_500(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    flat = holds_tokens(call) and not any(isinstance(entry, list) for entry in change.asked(call)["input"])
    return change.refused(answer, 500, "Internal Server Error", kind="server_error") if flat else answer


@deviation(
    "embeddings-dimensions-rejected",
    severity="major",
    says="`dimensions` is refused with 400, though the model knows several sizes.",
    breaks="Clients that always send `dimensions` fail.",
    source=("mem0ai/mem0#4153", "mem0ai/mem0#3133", "QwenLM/Qwen3-Embedding#85"),
    caught_by=("embeddings.dimensions/embedded_short/status",),
)
def dimensions_rejected(call: Call, handler: Handler) -> Answer:
    answer, sent = handler(call), change.asked(call)
    if not is_embedding(call) or sent.get("dimensions") is None:
        return answer
    text = f'Model "{sent.get("model")}" does not support matryoshka representation, so its dimensions are fixed.'
    return change.refused(answer, 400, text, kind="BadRequestError", code=400)


@deviation(
    "embeddings-dimensions-ignored",
    severity="major",
    says="`dimensions` is ignored: the vector has its own size.",
    breaks="Stores that were made for the shorter size refuse the vectors.",
    source=("openvinotoolkit/model_server#4542",),
    caught_by=("embeddings.dimensions/embedded_short/vector_has_the_size_asked_for",),
)
def dimensions_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "dimensions") if is_embedding(call) else call)


@deviation(
    "embeddings-batch-over-100-rejected",
    severity="major",
    says="More than 100 texts in one request are refused with 400.",
    breaks="Indexers that send as many as OpenAI takes fail.",
    source=("geldata/gel#9032",),
    caught_by=("embeddings.array/embedded_many/status",),
)
def batch_over_100_rejected(call: Call, handler: Handler) -> Answer:
    answer, given = handler(call), change.asked(call).get("input")
    if not is_embedding(call) or not isinstance(given, list) or len(given) <= MOST:
        return answer
    text = f"* BatchEmbedContentsRequest.requests: at most {MOST} requests can be in one batch"
    return change.refused(answer, 400, text, kind="INVALID_ARGUMENT", code=400)


@deviation(
    "embeddings-input-truncated-silently",
    severity="minor",
    says="A text that is too long is cut, and the vector of its beginning comes with 200.",
    breaks="Searchers: what stands at the end of a document is never found.",
    source=("danny-avila/rag_api#161",),
    caught_by=("embeddings.errors/embedded_too_long/long_texts_are_not_cut",),
)
def input_truncated_silently(call: Call, handler: Handler) -> Answer:
    def cut(entry: Any) -> Any:
        return "".join(pieces(entry)[:ROOM]) if isinstance(entry, str) and count(entry) > ROOM else entry

    def shorten(value: change.Object) -> None:
        given = value.get("input")
        value["input"] = [cut(entry) for entry in given] if isinstance(given, list) else cut(given)

    return handler(change.rewrite(call, shorten) if is_embedding(call) and "input" in change.asked(call) else call)


@deviation(
    "embeddings-vectors-of-neighbours",
    severity="critical",
    says="Each text gets the vector of the next one, the last text that of the first; `index` is as it should be.",
    breaks="Every search: a text is found by what another one says.",
    source=("own",),
    caught_by=("embeddings.array/embedded_batch/text_has_the_same_vector_as_alone",),
)
def vectors_of_neighbours(call: Call, handler: Handler) -> Answer:
    def turn(value: change.Object) -> None:
        vectors = [item["embedding"] for item in value["data"]]
        for item, vector in zip(value["data"], vectors[1:] + vectors[:1], strict=True):
            item["embedding"] = vector

    return change.body(handler(call), turn) if is_embedding(call) else handler(call)


@deviation(
    "embeddings-base64-big-endian",
    severity="major",
    says="The numbers in base64 are big-endian.",
    breaks="The official client reads other numbers, and says nothing.",
    source=("own",),
    caught_by=("embeddings.encoding_base64/embedded_base64/both_encodings_hold_one_vector",),
)
def base64_big_endian(call: Call, handler: Handler) -> Answer:
    def turned(text: str) -> str:
        content = base64.b64decode(text)
        return base64.b64encode(b"".join(content[at : at + 4][::-1] for at in range(0, len(content), 4))).decode()

    def turn(value: change.Object) -> None:
        for item in value["data"]:
            if isinstance(item["embedding"], str):
                item["embedding"] = turned(item["embedding"])

    return change.body(handler(call), turn) if is_embedding(call) else handler(call)


@deviation(
    "embeddings-usage-of-one-text",
    severity="minor",
    says="`usage` counts the first of several texts.",
    breaks="Who pays by it: the sum is too low.",
    source=("own",),
    caught_by=("embeddings.array/embedded_batch/all_texts_are_counted",),
)
def usage_of_one_text(call: Call, handler: Handler) -> Answer:
    answer, given = handler(call), change.asked(call).get("input")
    if not is_embedding(call) or not isinstance(given, list) or not all(isinstance(entry, str) for entry in given):
        return answer
    alone = count(given[0]) if given else 0
    return change.body(answer, lambda value: {**value, "usage": {"prompt_tokens": alone, "total_tokens": alone}})
