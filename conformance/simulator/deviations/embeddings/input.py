"""What is embedded: which inputs are taken, cut or refused, and how they are counted."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.embeddings.common import is_embedding
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.media.tokens import count, pieces

MOST = 100
ROOM = 512


def holds_tokens(call: Call) -> bool:
    """Tell whether a call asks for the embedding of tokens, of one text or of several."""
    given = change.asked(call).get("input")
    return is_embedding(call) and isinstance(given, list) and any(isinstance(entry, (int, list)) for entry in given)


@deviation(
    "embeddings-token-array-400",
    severity="major",
    says="Token ids as `input` are rejected with 400.",
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
    says="Token ids as `input` get status 200 and no embedding.",
    breaks="Indexing stops, and nothing says why.",
    source=("NorthlandPositronics/Cogtrix#2069",),
    caught_by=("embeddings.tokens/tokens_embedded[*/tokens_have_an_embedding",),
)
def token_array_200_empty(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: {**value, "data": []}) if holds_tokens(call) else answer


@deviation(
    "embeddings-token-array-500",
    severity="minor",
    says="Token ids of one text as `input` get status 500.",
    breaks="Clients retry what can never work.",
    source=("microsoft/aoai-api-simulator#87",),
    caught_by=("embeddings.tokens/tokens_embedded[one-text]/status",),
)
def token_array_500(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    flat = holds_tokens(call) and not any(isinstance(entry, list) for entry in change.asked(call)["input"])
    return change.refused(answer, 500, "Internal Server Error", kind="server_error") if flat else answer


@deviation(
    "embeddings-batch-over-100-rejected",
    severity="major",
    says="More than 100 texts in one request are rejected with 400.",
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
    says="A text that is too long is truncated silently: status 200, and the embedding of its beginning.",
    breaks="Searchers: what stands at the end of a document is never found.",
    source=("danny-avila/rag_api#161",),
    caught_by=("embeddings.errors/embedded_too_long/long_texts_are_not_truncated",),
)
def input_truncated_silently(call: Call, handler: Handler) -> Answer:
    def cut(entry: Any) -> Any:
        return "".join(pieces(entry)[:ROOM]) if isinstance(entry, str) and count(entry) > ROOM else entry

    def shorten(value: change.Object) -> None:
        given = value.get("input")
        value["input"] = [cut(entry) for entry in given] if isinstance(given, list) else cut(given)

    return handler(change.rewrite(call, shorten) if is_embedding(call) and "input" in change.asked(call) else call)


@deviation(
    "embeddings-usage-of-one-text",
    severity="minor",
    says="`usage` counts the first of several texts.",
    breaks="Anyone who pays by it: the sum is too low.",
    source=INVENTED,
    caught_by=("embeddings.array/embedded_batch/all_texts_are_counted",),
)
def usage_of_one_text(call: Call, handler: Handler) -> Answer:
    answer, given = handler(call), change.asked(call).get("input")
    if not is_embedding(call) or not isinstance(given, list) or not all(isinstance(entry, str) for entry in given):
        return answer
    alone = count(given[0]) if given else 0
    return change.body(answer, lambda value: {**value, "usage": {"prompt_tokens": alone, "total_tokens": alone}})
