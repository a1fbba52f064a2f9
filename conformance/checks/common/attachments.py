"""
What a response about an attachment proves.

Only a model that reads the file can name the word in it. A response without the word may be the model's lack of skill:
so it counts against the endpoint only where the attachment did not reach the model, as `usage.prompt_tokens` shows.
"""

from conformance import Deviation, Exchange, Inconclusive
from conformance.checks.common.chat import CONTENT, require_whole, text_of
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.usage import PROMPT, added, require_counting
from conformance.counterexamples import body, broken

NOTICED = 20
"""No encoder makes fewer tokens of an image; a note that stands for a dropped one, such as `[image]`, is fewer."""

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""An error without the documented shape; for counterexamples."""

_UNREAD = b'{"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}'


def names(observed: Exchange, word: str) -> bool:
    """Tell whether the response contains a word, in whatever case."""
    return word.casefold() in text_of(observed).casefold()


def require_named(control: Exchange, word: str) -> None:
    """Raise `Inconclusive` when a control does not contain its word, or repeats the prompt."""
    require_repeated(control, text_of(control), word)


def require_taken(observed: Exchange, word: str, bare: Exchange, field: str, counts: tuple[Exchange, Exchange]) -> None:
    """
    Assert that an attachment is not dropped: that its word is named, or that it uses at least one token.

    That takes no skill. `counts` are the control of the counts: one sentence, and many. Raises `Inconclusive` when
    the word is not named, and nothing is counted.
    """
    if names(observed, word):
        return
    require_counting(*counts)
    if (more := added(observed, bare)) <= 0:
        message = f"the attachment is accepted, and adds {more} to `usage.prompt_tokens` of the prompt without it"
        raise Deviation(message, finding=f"ignored:{field}")


def require_read(observed: Exchange, word: str, bare: Exchange, field: str, noticed: int = NOTICED) -> None:
    """
    Assert that an attachment is read; `bare` is the same prompt without it, `noticed` the fewest tokens it can use.

    Raises `Inconclusive` when the response was truncated, when nothing is counted, and when the attachment was counted:
    then it reached the model.
    """
    if names(observed, word):
        return
    require_whole(observed)
    if not text_of(observed).strip():
        raise Inconclusive("the response has no text")
    more = added(observed, bare)
    if more >= noticed:
        raise Inconclusive(f"the attachment is counted ({more} prompt tokens), and this model does not name its word")
    seen = f"adds {more} prompt tokens, and the response lacks its word: {text_of(observed)[:80]!r}"
    raise Deviation(f"the attachment {seen}", finding=f"ignored:{field}")


def dropped(observed: Exchange) -> Exchange:
    """Return the answer as if the attachment had been dropped; for counterexamples."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, "Hello.").change(observed))


def unread(observed: Exchange) -> Exchange:
    """Return a good answer that knows nothing of the attachment, whatever came; for counterexamples."""
    return body(None, _UNREAD).change(observed.with_response(status=200))
