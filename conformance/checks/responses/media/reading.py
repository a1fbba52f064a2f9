"""
What a response about an attachment proves.

Only a model that reads the file can name the word in it. A response without the word may be the model's lack of skill:
so it counts against the endpoint only where `usage.input_tokens` shows that the attachment did not reach the model.
"""

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.attachments import NOTICED
from conformance.checks.responses.events import end_of
from conformance.checks.responses.reading import input_tokens, items, require_counting, require_whole, texts, whole
from conformance.counterexamples import broken, changed, rewritten
from conformance.definition.counterexample import Counterexample
from conformance.definition.exchange_spec import ExchangeSpec

COUNTED = "usage.input_tokens"
IMAGE, FILE = "input_image", "input_file"


def response_in(observed: Exchange) -> Document:
    """Return the response, or that which a stream ends with."""
    return end_of(observed) if observed.sent.streamed else whole(observed)


def require_seen(observed: Exchange, word: str, bare: Exchange, field: str, counts: tuple[Exchange, Exchange]) -> None:
    """
    Assert that an attachment reaches the model: that its word is named, or that it adds to `usage.input_tokens`.

    An image adds what any encoder makes of it, a document one token at least. `bare` is the same request without the
    attachment; `counts` are the control of the counts, a short input and a longer one. Raises `Inconclusive` where the
    word is not named and the attachment is counted, or nothing is.
    """
    response = response_in(observed)
    said = "".join(texts(response))
    if word.casefold() in said.casefold():
        return
    require_whole(response)
    if items(response, "function_call") or not said.strip():
        raise Inconclusive("the response has no text, or calls a function")
    require_counting(*counts)
    tokens = response.get(COUNTED)
    if not isinstance(tokens, int):
        raise Inconclusive(f"the response has no `{COUNTED}`")
    added = tokens - input_tokens(bare)
    if added >= (NOTICED if field == IMAGE else 1):
        raise Inconclusive(f"the attachment is counted ({added} input tokens), and this model does not name its word")
    seen = f"adds {added} to `{COUNTED}`, and the response lacks its word: {said[:80]!r}"
    raise Deviation(f"the attachment is accepted, {seen}", finding=f"ignored:{field}")


def unseen(spec: ExchangeSpec) -> Counterexample:
    """Let a response know nothing of the attachment; for counterexamples."""

    def change(observed: Exchange) -> Exchange:
        output = [{"type": "message", "id": "msg_1", "role": "assistant", "content": [_part()], "status": "completed"}]
        return broken(None, COUNTED, 1).change(broken(None, "output", output).change(observed))

    return changed(spec, change)


def unseen_in_stream(spec: ExchangeSpec) -> Counterexample:
    """Let the response that a stream ends with know nothing of the attachment; for counterexamples."""

    def forget(events: list[dict[str, object]]) -> list[dict[str, object]]:
        end = dict(events[-1]["response"])  # type: ignore[call-overload]
        end["output"] = [{"type": "message", "content": [_part()]}]
        end["usage"] = {**end["usage"], "input_tokens": 1}
        return [*events[:-1], {**events[-1], "response": end}]

    return rewritten(spec, forget)


def _part() -> dict[str, object]:
    return {"type": "output_text", "text": "Hello.", "annotations": [], "logprobs": []}
