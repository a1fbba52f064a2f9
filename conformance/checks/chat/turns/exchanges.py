"""What is sent about conversations in which one role speaks twice in a row, as agents and editors write them."""

from conformance import Request, Target, exchange
from conformance.checks.chat.exchanges import MULTI_TURN
from conformance.checks.common.prompts import ASK_WORD, HELLO, word_is
from conformance.requests import assistant, post, user


@exchange(MULTI_TURN)
def word_in_first_of_two(target: Target) -> Request:
    """Two user messages in a row; the first contains a code word."""
    messages = [user(word_is("TIMBER")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(MULTI_TURN)
def word_before_two_replies(target: Target) -> Request:
    """Two assistant messages in a row, after a message with a code word."""
    said = [user(f"{word_is('GARNET')} {HELLO}"), assistant("Hello!"), assistant("How are you?"), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": said})
