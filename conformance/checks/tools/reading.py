"""How calls are read out of an answer, plain or streamed."""

import json
from typing import Any

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.chat import CONTENT, REASON, require_whole, text_of
from conformance.checks.common.usage import prompt_tokens

CALLS = "choices.0.message.tool_calls"
DELTA_CALLS = "choices.0.delta.tool_calls"

MARKUP = (
    "<tool_call>",
    "<function=",
    "<function_call>",
    "<|python_tag|>",
    "<|tool_call",
    "[TOOL_CALLS]",
    "<\uff5ctool\u2581call",
)
"""How models write calls by themselves: what a server reads, and a client never sees."""


def calls_in(observed: Exchange) -> list[Any]:
    """Return the calls of a plain answer; null or no key is none."""
    found = observed.at(CALLS, list | None, None)
    return list(found or ())


def require_call(observed: Exchange) -> None:
    """Raise `Inconclusive` when there is no call to look at: where one is owed, a check of its own finds that."""
    if not (fragments(observed) if observed.sent.streamed else calls_in(observed)):
        raise Inconclusive("the answer holds no call")


def fragments(observed: Exchange) -> list[Document]:
    """Return the fragments of calls that a stream holds, in order."""
    found: list[Document] = []
    for chunk in observed.chunks:
        if chunk.at("choices", list):
            parts = chunk.at(DELTA_CALLS, list | None, None) or ()
            found.extend(Document(part, f"a fragment in {chunk.place}", "fragment of a call") for part in parts)
    return found


def fragments_by_index(observed: Exchange) -> list[list[Document]]:
    """Return the fragments of each call. Raises `Inconclusive` without a call, and when fragments have no `index`."""
    require_call(observed)
    calls: dict[int, list[Document]] = {}
    for fragment in fragments(observed):
        index = fragment.get("index")
        if not isinstance(index, int):
            raise Inconclusive("fragments without `index` cannot be put together")
        calls.setdefault(index, []).append(fragment)
    return list(calls.values())


def told(call: list[Document], path: str) -> list[str]:
    """Return what the fragments of one call say at a path, in order; null and the empty text say nothing."""
    texts = [fragment.at(path, str | None, None) for fragment in call]
    return [text for text in texts if text]


def names_called(observed: Exchange) -> list[str]:
    """Return the names of the functions that are called, plain or streamed."""
    if observed.sent.streamed:
        return ["".join(told(call, "function.name")) for call in fragments_by_index(observed)]
    return observed.all(f"{CALLS}.*.function.name", str) if calls_in(observed) else []


def assert_read(later: Exchange, first: Exchange, what: str) -> None:
    """Assert that what one request says more than another adds to `usage.prompt_tokens`: that it is read."""
    with_it, without = prompt_tokens(later), prompt_tokens(first)
    if with_it <= without:
        message = f"{with_it} prompt tokens with {what}, {without} without"
        raise Deviation(message, finding=f"unread:{later.sent.operation}")


def says_something(observed: Exchange) -> bool:
    """Tell whether the answer has text. Raises `Inconclusive` when it calls again, or ends early."""
    if calls_in(observed):
        raise Inconclusive("the model calls again instead of answering")
    require_whole(observed)
    return text_of(observed).strip() != ""


def markup_in(text: str) -> str:
    """Return the mark of a model's own notation for calls that a text holds, or an empty text."""
    return next((mark for mark in MARKUP if mark in text), "")


def is_written_call(text: str, names: list[str]) -> bool:
    """
    Tell whether a text is the JSON of a call, perhaps within a fence: a function's name with its arguments.

    `names` are the functions that are offered; none stands for any.
    """
    bare = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return False
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
    if not isinstance(value, dict) or not {"arguments", "parameters"} & value.keys():
        return False
    return value.get("name") in names if names else isinstance(value.get("name"), str)
