"""`encoding_format`, `dimensions` and `user` of embeddings: refused, ignored, or with another effect."""

import base64
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.embeddings.common import change_data, is_embedding
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "embeddings-base64-rejected-400",
    severity="major",
    says="`encoding_format` `base64` is rejected with 400.",
    breaks="The official client requests it by default: its simplest call fails.",
    source=("christopherthompson81/LlamaCpp.Bindings#15",),
    caught_by=("embeddings.encoding_base64/embedded_base64/status",),
)
def base64_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_embedding(call) or change.asked(call).get("encoding_format") != "base64":
        return answer
    return change.refused(answer, 400, "Only 'float' is supported for encoding_format.", param="encoding_format")


@deviation(
    "embeddings-encoding-format-ignored",
    severity="major",
    says="`encoding_format` is ignored: an embedding requested in base64 is an array of numbers.",
    breaks="Clients that decode base64; the official one requests it by default, and copes.",
    source=("https://github.com/QuantumNous/new-api-docs",),
    caught_by=("embeddings.encoding_base64/embeddings/embedding_is_a_string",),
)
def encoding_format_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "encoding_format") if is_embedding(call) else call)


@deviation(
    "embeddings-base64-wrapped-in-list",
    severity="major",
    says="The base64 text of a vector stands in a list of one.",
    breaks="The official client leaves lists alone: its users get one text where they expect numbers.",
    source=("vllm-project/vllm#5935",),
    caught_by=("embeddings.encoding_base64/embeddings/embedding_is_a_string",),
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
    says="An unknown `encoding_format` is treated as `float`.",
    breaks="Anyone who misspells the format does not learn it.",
    source=("sgl-project/sglang#28803",),
    caught_by=("embeddings.errors/unknown_encoding/status",),
)
def bad_encoding_format_accepted(call: Call, handler: Handler) -> Answer:
    known = change.asked(call).get("encoding_format") in {None, "float", "base64"}
    return handler(call if known or not is_embedding(call) else change.without(call, "encoding_format"))


@deviation(
    "embeddings-base64-big-endian",
    severity="major",
    says="The numbers in base64 are big-endian.",
    breaks="The official client reads other numbers, and says nothing.",
    source=INVENTED,
    caught_by=("embeddings.encoding_base64/embedded_base64/both_encodings_are_equal",),
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
    "own-vector-base64-is-cut",
    severity="critical",
    says="A vector in base64 lacks its last byte.",
    breaks="Everyone who reads it as numbers of four bytes.",
    source=INVENTED,
    caught_by=("embeddings.encoding_base64/embeddings/string_is_base64_of_numbers",),
)
def base64_is_cut(call: Call, handler: Handler) -> Answer:
    def apply(one: dict[str, Any]) -> dict[str, Any]:
        vector = one["embedding"]
        if not isinstance(vector, str):
            return one
        return {**one, "embedding": base64.b64encode(base64.b64decode(vector)[:-1]).decode()}

    return change_data(call, handler, lambda data: [apply(one) for one in data])


@deviation(
    "embeddings-dimensions-rejected",
    severity="major",
    says="`dimensions` is rejected with 400, though the model knows several sizes.",
    breaks="Clients that always send `dimensions` fail.",
    source=("mem0ai/mem0#4153", "mem0ai/mem0#3133", "QwenLM/Qwen3-Embedding#85"),
    caught_by=("embeddings.dimensions/embedded_with_dimensions/status",),
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
    breaks="Stores that were made for the shorter size reject the vectors.",
    source=("openvinotoolkit/model_server#4542",),
    caught_by=("embeddings.dimensions/embeddings/embedding_has_the_requested_size",),
)
def dimensions_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "dimensions") if is_embedding(call) else call)


@deviation(
    "own-embedding-parameter-changes-it",
    severity="major",
    says="With `user` or `encoding_format` the numbers of a vector stand in the opposite order.",
    breaks="Anyone who mixes vectors of two clients.",
    source=INVENTED,
    caught_by=("params.accepted_only/embedded_with*/vector_is_not_changed",),
)
def parameter_changes_it(call: Call, handler: Handler) -> Answer:
    if set(change.asked(call)) <= {"model", "input"}:
        return handler(call)
    return change_data(call, handler, lambda data: [{**one, "embedding": one["embedding"][::-1]} for one in data])
