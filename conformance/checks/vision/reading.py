"""
What an answer about an attachment proves.

Only who reads the file can tell the word in it. An answer without the word proves little about a model that may be
short-sighted or hard of hearing: so it counts against the endpoint only where the attachment did not reach the model,
as far as `usage.prompt_tokens` tells.
"""

from conformance import Deviation, Exchange, Inconclusive, body, broken
from conformance.checks.chat.stream.reading import counted, joined
from conformance.checks.tools.reading import CONTENT, require_whole

COUNT = "usage.prompt_tokens"
NOTICED = 20
"""No encoder makes fewer tokens of a picture; a note that stands for a dropped one, such as `[image]`, is fewer."""

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""A refusal without the documented shape; for counterexamples."""

_UNREAD = b'{"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}'


def text_in(observed: Exchange) -> str:
    """Return the text of an answer, plain or streamed; null is none."""
    return joined(observed) if observed.sent.streamed else observed.at(CONTENT, str | None, None) or ""


def names(observed: Exchange, word: str) -> bool:
    """Tell whether the answer holds a word, in whatever case."""
    return word.casefold() in text_in(observed).casefold()


def tokens(observed: Exchange) -> int | None:
    """Return `usage.prompt_tokens`, or None without a usage: whether it comes is another requirement."""
    if observed.sent.streamed:
        usages = counted(observed)
        return usages[-1].at(COUNT, int | None, None) if usages else None
    found: int | None = observed.at(COUNT, int | None, None)
    return found


def added(observed: Exchange, bare: Exchange) -> int | None:
    """Return by how many prompt tokens a question grows, or None when nobody tells."""
    more, less = tokens(observed), tokens(bare)
    return None if more is None or less is None else more - less


def require_named(control: Exchange, word: str) -> None:
    """Raise `Inconclusive` when a control does not hold its word."""
    if not names(control, word):
        raise Inconclusive(f"the control {control.label} is not answered with its word")


def require_read(observed: Exchange, word: str, bare: Exchange, field: str, noticed: int = NOTICED) -> None:
    """
    Assert that an attachment is read; `bare` is the same question without it, `noticed` the fewest tokens it can cost.

    Raises `Inconclusive` when the answer was cut, and when the attachment was counted: then the model got it.
    """
    if names(observed, word):
        return
    require_whole(observed)
    if not text_in(observed).strip():
        raise Inconclusive("the answer has no text")
    more = added(observed, bare)
    if more is not None and more >= noticed:
        raise Inconclusive(f"the attachment is counted ({more} prompt tokens), and this model does not tell its word")
    told = "" if more is None else f", which adds {more} prompt tokens"
    message = f"the answer does not hold the word in the attachment{told}: {text_in(observed)[:80]!r}"
    raise Deviation(message, finding=f"ignored:{field}")


def dropped(observed: Exchange) -> Exchange:
    """Return the answer as if the attachment had been dropped; for counterexamples."""
    return broken(None, COUNT, 1).change(broken(None, CONTENT, "Hello.").change(observed))


def unread(observed: Exchange) -> Exchange:
    """Return a good answer that knows nothing of the attachment, whatever came; for counterexamples."""
    return body(None, _UNREAD).change(observed.with_answer(status=200))
