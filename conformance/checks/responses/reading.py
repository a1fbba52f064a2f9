"""How the checks read a response: its items, its text, its token counts."""

from dataclasses import replace
from typing import Any

from conformance import ABSENT, Document, Exchange, Inconclusive
from conformance.checks.common.echo import require_repeated
from conformance.counterexamples import broken, changed
from conformance.definition.counterexample import Counterexample
from conformance.definition.exchange_spec import ExchangeSpec

USAGE = ("input_tokens", "output_tokens", "total_tokens")
INCOMPLETE_REASONS = frozenset({"content_filter", "max_messages", "max_output_tokens", "steered"})
"""The values of `incomplete_details.reason` that the official client declares."""

OF_HOSTED_TOOLS = frozenset(
    {
        "code_interpreter_call",
        "computer_call",
        "computer_call_output",
        "file_search_call",
        "image_generation_call",
        "mcp_approval_request",
        "mcp_call",
        "mcp_list_tools",
        "shell_call_output",
        "tool_search_call",
        "tool_search_output",
        "web_search_call",
    }
)
"""Types of items whose shape is not judged: OpenAI itself departs from what its client declares of them."""


def whole(observed: Exchange) -> Document:
    """Return the body of a non-streaming response."""
    return Document(observed.document.value, owner="Response")


def without_hosted(response: Document) -> Document:
    """Return a response without the items of hosted tools."""
    if not isinstance(response.value, dict) or not isinstance(response.get("output"), list):
        return response
    output = [item for item in response.at("output", list) if not is_hosted(item)]
    return replace(response, value={**response.value, "output": output})


def is_hosted(item: Any) -> bool:
    """Tell whether an item is one of a hosted tool."""
    return isinstance(item, dict) and item.get("type") in OF_HOSTED_TOOLS


def items(response: Document, kind: str) -> list[Document]:
    """Return the items of a response that are of one type, in order."""
    found = []
    for number in range(len(response.at("output", list))):
        item = response.at(f"output.{number}", dict)
        if item.get("type") == kind:
            found.append(Document(item, place=f"item {number} of `output`", owner=f"Response/output/{kind}"))
    return found


def texts(response: Document) -> list[str]:
    """Return the text of every `output_text` part of every message, in order."""
    parts: list[str] = []
    for message in items(response, "message"):
        kinds = message.all("content.*.type", str)
        parts += [message.at(f"content.{n}.text", str) for n, kind in enumerate(kinds) if kind == "output_text"]
    return parts


def has_text_or_call(response: Document) -> bool:
    """Tell whether a response has text, a refusal or a call. Raises `Inconclusive` when it was cut off."""
    require_whole(response)
    said = [part for message in items(response, "message") for part in message.all("content.*", dict)]
    if any(str(part.get("text") or part.get("refusal") or "").strip() for part in said):
        return True
    return any(items(response, kind) for kind in ("function_call", "custom_tool_call"))


def text_of(observed: Exchange) -> str:
    """Return the whole text of a non-streaming response."""
    return "".join(texts(whole(observed)))


def says(observed: Exchange, word: str) -> bool:
    """Tell whether the text of a response contains a word."""
    return word in text_of(observed).upper()


def require_skill(control: Exchange) -> None:
    """Raise `Inconclusive` when the model cannot repeat the word from the question itself."""
    require_repeated(control, text_of(control), "IVORY")


def input_tokens(observed: Exchange) -> int:
    """Return `usage.input_tokens`. Raises `Inconclusive` without a usage: whether it comes is another requirement."""
    if observed.get("usage.input_tokens") in (ABSENT, None):
        raise Inconclusive("the response has no `usage.input_tokens`")
    tokens = observed.at("usage.input_tokens", int)
    if tokens <= 0:
        raise Inconclusive("`usage.input_tokens` is 0, which another check finds")
    return tokens


def require_counting(short: Exchange, longer: Exchange) -> None:
    """Raise `Inconclusive` unless a longer input counts more: a constant is not a count."""
    least, most = input_tokens(short), input_tokens(longer)
    if most <= least:
        raise Inconclusive(f"`usage.input_tokens` does not count: {least} for a short input, {most} for a longer one")


def repeated(observed: Exchange, path: str) -> Any:
    """Return a setting as the response repeats it. Raises `Inconclusive` when it does not: many may be left out."""
    value = observed.get(path)
    if value is ABSENT:
        raise Inconclusive(f"the response does not have `{path}`")
    return value


def final_text(response: Document) -> str:
    """Return the text of the last message. Raises `Inconclusive` when a limit ended it, or when it holds none."""
    require_whole(response)
    messages = items(response, "message")
    kinds = messages[-1].all("content.*.type", str) if messages else []
    if set(kinds) != {"output_text"}:
        raise Inconclusive("the response does not end with text, but with a call, a refusal or nothing")
    return "".join(messages[-1].all("content.*.text", str))


def messages_of(observed: Exchange) -> list[Document]:
    """Return the messages of a non-streaming response. Raises `Inconclusive` for none: it may only call or reason."""
    found = items(whole(observed), "message")
    if not found:
        raise Inconclusive("the response has no `message` item")
    return found


def require_done(observed: Exchange) -> None:
    """Raise `Inconclusive` when a non-streaming response is not completed."""
    if observed.at("status", str) != "completed":
        raise Inconclusive("the `status` of the response is not `completed`")


def require_whole(response: Document) -> None:
    """Raise `Inconclusive` when a limit or a filter ended the response, which may then be cut anywhere."""
    if response.get("status") == "incomplete":
        raise Inconclusive("the response was cut off: its `status` is `incomplete`")


def calls(response: Document) -> list[Document]:
    """Return the calls of functions. Raises `Inconclusive` for none: where one is owed, a check of its own finds it."""
    found = items(response, "function_call")
    if not found:
        raise Inconclusive("the response has no `function_call` item")
    return found


def broken_item(spec: ExchangeSpec, kind: str, path: str, new: Any) -> Counterexample:
    """Set one value of the first item of a type; for counterexamples."""

    def change(observed: Exchange) -> Exchange:
        number = [item.get("type") for item in observed.all("output.*", dict)].index(kind)
        return broken(None, f"output.{number}.{path}", new).change(observed)

    return changed(spec, change)


def says_something(observed: Exchange) -> bool:
    """Tell whether the response has text. Raises `Inconclusive` when it has another call, or is cut off."""
    if items(whole(observed), "function_call"):
        raise Inconclusive("the model returns another call instead of text")
    require_whole(whole(observed))
    return bool(text_of(observed).strip())
