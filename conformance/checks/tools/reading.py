"""How calls are read out of a response, non-streaming or streamed."""

import json
import re
from typing import Any

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.chat import REFUSAL, require_whole, text_of
from conformance.checks.common.usage import prompt_tokens, require_counting
from conformance.wire.operation import template
from conformance.wire.text import within

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
    """Return the calls of a non-streaming response; null or no key is none."""
    found = observed.at(CALLS, list | None, None)
    return list(found or ())


def require_call(observed: Exchange) -> None:
    """Raise `Inconclusive` when there is no call to look at: where one is owed, a check of its own finds that."""
    if not (fragments(observed) if observed.sent.streamed else calls_in(observed)):
        raise Inconclusive("the response has no call")


def require_obedience(observed: Exchange, choice: str) -> None:
    """Raise a deviation when a response that ends by itself has no call. Raises `Inconclusive` for a refusal."""
    require_whole(observed)
    if refuses(observed):
        raise Inconclusive("the model refuses")
    if not (fragments(observed) if observed.sent.streamed else calls_in(observed)):
        raise Deviation(f"`tool_choice` {choice}, and the response has no call", finding="ignored:tool_choice")


def refuses(observed: Exchange) -> bool:
    """Tell whether the model declines to answer, plain or streamed."""
    if not observed.sent.streamed:
        return bool(observed.at(REFUSAL, str | None, None))
    return any(isinstance(said := chunk.get("choices.0.delta.refusal"), str) and said for chunk in observed.chunks)


def fragments(observed: Exchange) -> list[Document]:
    """Return the fragments of calls in a stream, in order."""
    found: list[Document] = []
    for chunk in observed.chunks:
        if chunk.at("choices", list):
            parts = chunk.at(DELTA_CALLS, list | None, None) or ()
            found.extend(Document(part, f"a fragment in {chunk.place}", "fragment of a call") for part in parts)
    return found


def fragments_by_index(observed: Exchange) -> list[list[Document]]:
    """Return the fragments of each call. Raises `Inconclusive` where several calls have the same `index`."""
    calls = grouped(observed)
    if any(len({*told(_beginnings(call), "id")}) > 1 for call in calls):
        raise Inconclusive("several calls share one `index`, which another check finds")
    return calls


def _beginnings(call: list[Document]) -> list[Document]:
    """Return the fragments that name a function or a tool: each call begins with one."""
    names = ("function.name", "custom.name")
    return [one for one in call if any(isinstance(told := one.get(name), str) and told for name in names)]


def grouped(observed: Exchange) -> list[list[Document]]:
    """Return the fragments of each `index`. Raises `Inconclusive` without a call, and without an `index`."""
    require_call(observed)
    calls: dict[int, list[Document]] = {}
    for fragment in fragments(observed):
        index = fragment.get("index")
        if not isinstance(index, int):
            raise Inconclusive("fragments without `index` cannot be joined, which another check finds")
        calls.setdefault(index, []).append(fragment)
    return list(calls.values())


def told(call: list[Document], path: str) -> list[str]:
    """Return the strings that the fragments of one call have at a path, in order, without null and empty ones."""
    texts = [fragment.at(path, str | None, None) for fragment in call]
    return [text for text in texts if text]


def names_called(observed: Exchange) -> list[str]:
    """Return the names of the functions that are called, non-streaming or streamed."""
    if observed.sent.streamed:
        return [_joined_name(told(call, "function.name")) for call in fragments_by_index(observed)]
    return observed.all(f"{CALLS}.*.function.name", str) if calls_in(observed) else []


def _joined_name(pieces: list[str]) -> str:
    """Return a name that is sent in pieces. Raises `Inconclusive` when each piece is the whole name."""
    if len(pieces) > 1 and len(set(pieces)) == 1:
        raise Inconclusive("each fragment repeats the name of the function, which another check finds")
    return "".join(pieces)


def functions_offered(observed: Exchange) -> dict[str, dict[str, Any]]:
    """Return the functions of the request by their names."""
    functions = (tool.get("function") for tool in observed.sent.json.get("tools") or () if isinstance(tool, dict))
    return {str(function.get("name")): function for function in functions if isinstance(function, dict)}


def arguments_told(observed: Exchange, *, parameters: bool) -> list[str]:
    """
    Return the arguments of each call of a function that has parameters, or of one that has none.

    Raises `Inconclusive` when no such function is called.
    """
    found = [text for name, text in _calls(observed) if _takes_parameters(observed, name) is parameters]
    if not found:
        raise Inconclusive(f"no function {'with' if parameters else 'without'} parameters is called")
    return found


def _calls(observed: Exchange) -> list[tuple[str, str]]:
    """Return the name and the arguments of each call of a function, non-streaming or streamed."""
    if observed.sent.streamed:
        calls = fragments_by_index(observed)
        return [("".join(told(call, "function.name")), "".join(told(call, "function.arguments"))) for call in calls]
    places = [f"{CALLS}.{number}.function" for number in range(len(calls_in(observed)))]
    return [(observed.at(f"{place}.name", str), observed.at(f"{place}.arguments", str)) for place in places]


def _takes_parameters(observed: Exchange, name: str) -> bool:
    """Tell whether a function has parameters; of a name that was not offered, whether all offered functions have."""
    offered = functions_offered(observed)
    meant = [offered[name]] if name in offered else list(offered.values())
    schemas = [function.get("parameters") for function in meant]
    return all(isinstance(schema, dict) and schema.get("properties") for schema in schemas)


def asked(observed: Exchange) -> str:
    """Return the messages of a request as JSON: what a model may repeat by itself."""
    return json.dumps(observed.sent.json.get("messages"), ensure_ascii=False)


def assert_unmarked(observed: Exchange) -> None:
    """
    Assert that a text has no complete call in the model's own markup.

    Raises `Inconclusive` where the request contains the markup, and for what a parser could not read as a call.
    """
    text = within(text_of(observed))
    mark = markup_in(text)
    if not mark:
        return
    if mark in asked(observed):
        raise Inconclusive("the request itself contains the markup for calls")
    if not is_marked_call(text.partition(mark)[2], mark, [*functions_offered(observed)]):
        raise Inconclusive(f"the text contains {mark!r}, and no complete call of an offered function after it")
    raise Deviation(f"`content` has a complete call after {mark!r}, and `tool_calls` has none")


def is_marked_call(inside: str, mark: str, names: list[str]) -> bool:
    """Tell whether the text after a mark is a complete call of a function that is offered, as a parser reads it."""
    if mark == "<function=":
        return inside.startswith(tuple(f"{name}>" for name in names)) and "</function>" in inside
    before, brace, after = inside.partition("{")
    named = any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", before) for name in names)
    try:
        value, _ = json.JSONDecoder().raw_decode(brace + after)
    except (ValueError, RecursionError):
        return any(re.search(rf"(?<![\w-]){re.escape(name)}\([^()]*\)", inside) for name in names)
    return isinstance(value, dict) and (named or _calls_one_of(value, names))


def assert_read(later: Exchange, first: Exchange, what: str, counts: tuple[Exchange, Exchange]) -> None:
    """
    Assert that what one request has more than another adds to `usage.prompt_tokens`: that it reaches the model.

    `counts` are the control: one sentence, and many. Raises `Inconclusive` when nothing is counted.
    """
    require_counting(*counts)
    with_it, without = prompt_tokens(later), prompt_tokens(first)
    if with_it <= without:
        message = f"`usage.prompt_tokens` is {with_it} with {what}, {without} without"
        raise Deviation(message, finding=f"unread:{template(later.sent.path)}")


def says_something(observed: Exchange) -> bool:
    """Tell whether the response has text. Raises `Inconclusive` when it calls again, or is truncated."""
    if calls_in(observed):
        raise Inconclusive("the model calls a function again instead of writing text")
    require_whole(observed)
    return text_of(observed).strip() != ""


def markup_in(text: str) -> str:
    """Return the mark of a model's own markup for calls in a text, or an empty string."""
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
    return isinstance(value, dict) and _calls_one_of(value, names)


def _calls_one_of(value: dict[str, Any], names: list[str]) -> bool:
    inner = value.get("function")
    made = inner if isinstance(inner, dict) else value
    if not {"arguments", "parameters"} & made.keys():
        return False
    return made.get("name") in names if names else isinstance(made.get("name"), str)


def all_strict(observed: Exchange) -> bool:
    """Tell whether every function of the request is strict."""
    return all(function.get("strict") is True for function in functions_offered(observed).values())
