"""`POST /moderations`: a text is flagged by the words in it, a picture never."""

import re
import uuid
import zlib
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.validation import Rule, anything, array, by_type, fields, string, tagged

_MOST = 32
# Every category of the official client's `Categories`, with the words that it is flagged by.
_WORDS = {
    "harassment": r"idiot|loser",
    "harassment/threatening": r"hurt you|find you",
    "hate": r"inferior people",
    "hate/threatening": r"wipe them out",
    "illicit": r"shoplift\w*|launder money",
    "illicit/violent": r"build a bomb",
    "self-harm": r"hurt myself|self-harm",
    "self-harm/instructions": r"how to hurt myself",
    "self-harm/intent": r"want to hurt myself",
    "sexual": r"erotic\w*",
    "sexual/minors": r"child abuse",
    "violence": r"kill(?:s|ed|ing)?|murder\w*|stab(?:s|bed|bing)?|build a bomb",
    "violence/graphic": r"gore|dismember\w*",
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _WORDS.items()}
_OF_PICTURES = frozenset(name for name in _WORDS if name.partition("/")[0] in {"self-harm", "violence"}) | {"sexual"}
_PART = tagged(
    "type",
    {
        "text": fields({"type": anything, "text": string()}),
        "image_url": fields({"type": anything, "image_url": fields({"url": string(empty=False)})}),
    },
)
_INPUT: Rule = by_type(
    "a string, an array of strings or an array of objects",
    {str: string(), list: array(by_type("a string or an object", {str: string(), dict: _PART}), 1, _MOST)},
)
PARAMETERS = fields({"input": _INPUT}, {"model": string(empty=False)})


def moderate(call: Call) -> Answer:
    """Answer a moderation request: one result for each string, or one for all parts together."""
    body = json_body(call)
    PARAMETERS(body, "")
    model = models.find(body.get("model") or "sim-moderation")
    if model.kind != "moderation":
        raise invalid_request(f"The model '{model.id}' cannot be used for moderation.", param="model")
    given = body["input"]
    entries: list[Any] = [given] if isinstance(given, str) else given
    if len({type(entry) for entry in entries}) > 1:
        raise invalid_request("Strings and objects cannot be mixed in 'input'.", param="input", code="invalid_type")
    if isinstance(entries[0], dict):
        texts = [part["text"] for part in entries if part["type"] == "text"]
        results = [_judge("\n".join(texts), text=bool(texts), picture=len(texts) < len(entries))]
    else:
        results = [judged(entry) for entry in entries]
    return Answer({"id": f"modr-{uuid.uuid4().hex}", "model": model.id, "results": results})


def judged(words: str) -> dict[str, Any]:
    """Return the result of a text."""
    return _judge(words, text=True, picture=False)


def _judge(words: str, *, text: bool, picture: bool) -> dict[str, Any]:
    categories = {name: pattern.search(words) is not None for name, pattern in _PATTERNS.items()}
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": {name: _score(words, name, found=found) for name, found in categories.items()},
        "category_applied_input_types": {
            name: [*(["text"] if text else []), *(["image"] if picture and name in _OF_PICTURES else [])]
            for name in categories
        },
    }


def _score(words: str, category: str, *, found: bool) -> float:
    seed = zlib.crc32(f"{category} {words}".encode()) % 1000
    return round(0.9 + seed / 20_000, 6) if found else round((1 + seed) / 100_000, 6)
