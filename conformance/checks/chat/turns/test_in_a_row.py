"""
Two messages of one role in a row: both are used.

OpenAI's document sets no order of roles. Templates of some models demand that user and assistant take turns; a server
that has such a model joins the messages.
"""

from conformance import DOC, Deviation, Exchange, Inconclusive, should
from conformance.checks.chat.exchanges import MULTI_TURN, word_in_user_message
from conformance.checks.chat.test_answer import says
from conformance.checks.chat.turns.exchanges import word_before_two_replies, word_in_first_of_two
from conformance.checks.common.attachments import dropped
from conformance.checks.common.chat import text_of
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.usage import added
from conformance.counterexamples import changed

SLACK, REPLIES = 2, 6
"""Tokens: by which two code words may differ, and that two short replies take at least."""


def require_not_given(observed: Exchange, control: Exchange, more: int) -> None:
    """
    Raise `Inconclusive` where the message was counted, or nothing tells: then it is the model that does not use it.

    `more`: by so many tokens the prompt is longer than that of the control if nothing is lost.
    """
    if added(observed, control) >= more:
        raise Inconclusive("the message is counted in `usage.prompt_tokens`, and this model does not use it")


@should(MULTI_TURN, says=DOC("createChatCompletion"), counterexample=changed(word_in_first_of_two, dropped))
def test_first_of_two_user_messages_is_used(word_in_first_of_two: Exchange, word_in_user_message: Exchange) -> None:
    """Of two `user` messages in a row in a chat request, the first one is used."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    if says(word_in_first_of_two, "TIMBER"):
        return
    require_not_given(word_in_first_of_two, word_in_user_message, -SLACK)
    raise Deviation("the model repeats code words, but not the one of the first message")


@should(MULTI_TURN, says=DOC("createChatCompletion"), counterexample=changed(word_before_two_replies, dropped))
def test_message_before_two_replies_is_used(word_before_two_replies: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request with two `assistant` messages in a row, the `user` message before them is used."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    if says(word_before_two_replies, "GARNET"):
        return
    require_not_given(word_before_two_replies, word_in_user_message, REPLIES)
    raise Deviation("the model repeats code words, but not the one before two replies")
