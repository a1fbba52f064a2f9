"""
What an answer about an attachment proves.

Only who reads the file can tell the word in it. An answer without the word proves little about a model that may be
short-sighted or hard of hearing: so it counts against the endpoint only where the attachment did not reach the model,
as `usage.prompt_tokens` tells.
"""

from conformance import Deviation, Exchange, Inconclusive
from conformance.checks.common.chat import CONTENT, require_whole, text_of
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.usage import PROMPT, added, require_counting
from conformance.counterexamples import body, broken

NOTICED = 20
"""No encoder makes fewer tokens of a picture; a note that stands for a dropped one, such as `[image]`, is fewer."""

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""A refusal without the documented shape; for counterexamples."""

_UNREAD = b'{"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}'


def names(observed: Exchange, word: str) -> bool:
    """Tell whether the answer holds a word, in whatever case."""
    return word.casefold() in text_of(observed).casefold()


def require_named(control: Exchange, word: str) -> None:
    """Raise `Inconclusive` when a control does not hold its word, or repeats the question."""
    require_repeated(control, text_of(control), word)


def require_taken(observed: Exchange, word: str, bare: Exchange, field: str, counts: tuple[Exchange, Exchange]) -> None:
    """
    Assert that an attachment is not dropped: that its word is told, or that it costs one token at least.

    That takes no skill. `counts` are the control of the counts: one sentence, and many. Raises `Inconclusive` when
    the word is not told, and nothing is counted.
    """
    if names(observed, word):
        return
    require_counting(*counts)
    if (more := added(observed, bare)) <= 0:
        message = (
            f"the attachment is accepted, and adds {more} prompt tokens: the same question without it costs as much"
        )
        raise Deviation(message, finding=f"ignored:{field}")


def require_read(observed: Exchange, word: str, bare: Exchange, field: str, noticed: int = NOTICED) -> None:
    """
    Assert that an attachment is read; `bare` is the same question without it, `noticed` the fewest tokens it can cost.

    Raises `Inconclusive` when the answer was cut, when nothing is counted, and when the attachment was counted: then
    the model got it.
    """
    if names(observed, word):
        return
    require_whole(observed)
    if not text_of(observed).strip():
        raise Inconclusive("the answer has no text")
    more = added(observed, bare)
    if more >= noticed:
        raise Inconclusive(f"the attachment is counted ({more} prompt tokens), and this model does not tell its word")
    seen = f"adds {more} prompt tokens, and the answer does not hold its word: {text_of(observed)[:80]!r}"
    raise Deviation(f"the attachment {seen}", finding=f"ignored:{field}")


def dropped(observed: Exchange) -> Exchange:
    """Return the answer as if the attachment had been dropped; for counterexamples."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, "Hello.").change(observed))


def unread(observed: Exchange) -> Exchange:
    """Return a good answer that knows nothing of the attachment, whatever came; for counterexamples."""
    return body(None, _UNREAD).change(observed.with_response(status=200))
