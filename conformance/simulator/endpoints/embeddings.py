"""`POST /embeddings`: bags of words, so that texts which share words are near each other."""

import base64
import hashlib
import math
import re
import struct
from collections import Counter
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import Rule, array, by_type, fields, integer, invalid_type, one_of, string
from conformance.simulator.media.tokens import count

SIZE = 256
MOST_INPUTS = 2048
MOST_TOKENS = 300_000
_WORD = re.compile(r"\w+")
_LIGHT = 0.2  # the weight of words of up to three letters, which say little about a text's subject

_TOKEN = integer(0, 199_999)


def _input(value: Any, path: str) -> None:
    _KINDS(value, path)
    if isinstance(value, list) and len({type(entry) for entry in value}) > 1:
        raise invalid_type(value, path, "strings only, tokens only or arrays of tokens only")


_ENTRY: Rule = by_type(
    "a string, a token or an array of tokens",
    {str: string(empty=False), int: _TOKEN, list: array(_TOKEN, 1, of="integers")},
)
_KINDS: Rule = by_type(
    "a string or an array", {str: string(empty=False), list: array(_ENTRY, 1, MOST_INPUTS, of="strings or integers")}
)
PARAMETERS = fields(
    {"model": string(empty=False), "input": _input},
    {"dimensions": integer(1, SIZE), "encoding_format": one_of("float", "base64"), "user": string()},
)


def embed(call: Call) -> Answer:
    """Answer an embeddings request."""
    body = json_body(call)
    PARAMETERS(body, "")
    model = models.find(body["model"])
    if model.kind != "embedding":
        raise ApiError(403, "You are not allowed to generate embeddings from this model.", param="model")
    entries = _entries(body["input"])
    sizes = [count(entry) if isinstance(entry, str) else len(entry) for entry in entries]
    if max(sizes) > model.context:
        text = f"This model's maximum context length is {model.context} tokens, but an input has {max(sizes)} tokens."
        raise invalid_request(text, param="input", code="context_length_exceeded")
    if sum(sizes) > MOST_TOKENS:
        text = f"All inputs together have {sum(sizes)} tokens; at most {MOST_TOKENS} are allowed per request."
        raise invalid_request(text, param="input", code="max_tokens_per_request")
    size = body.get("dimensions") or SIZE
    coded = body.get("encoding_format") == "base64"
    vectors = [vector(entry, size) for entry in entries]
    data = [
        {"object": "embedding", "index": index, "embedding": _base64(numbers) if coded else numbers}
        for index, numbers in enumerate(vectors)
    ]
    usage = {"prompt_tokens": sum(sizes), "total_tokens": sum(sizes)}
    return Answer({"object": "list", "data": data, "model": model.id, "usage": usage})


def _entries(value: Any) -> list[str | list[int]]:
    single = isinstance(value, str) or isinstance(value[0], int)
    return [value] if single else list(value)


def vector(entry: str | list[int], size: int) -> list[float]:
    """Return `size` numbers of single precision, a vector of length 1."""
    # The space in front keeps a token's number apart from a word that is the same number.
    words = [f" {token}" for token in entry] if isinstance(entry, list) else _WORD.findall(entry.lower()) or [entry]
    total = [0.0] * SIZE
    for word, times in Counter(words).items():
        weight = times * (1.0 if len(word) > 3 or not word.isascii() else _LIGHT)
        for place, value in enumerate(hashlib.shake_256(word.encode()).digest(SIZE)):
            total[place] += weight * (value - 127.5)
    cut = total[:size]
    length = math.sqrt(math.fsum(value * value for value in cut))
    return list(struct.unpack(f"<{size}f", struct.pack(f"<{size}f", *(value / length for value in cut))))


def _base64(numbers: list[float]) -> str:
    """Return little-endian numbers of single precision in base64, as the official client decodes them."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
