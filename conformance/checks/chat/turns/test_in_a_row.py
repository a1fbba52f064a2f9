"""
Two messages of one role in a row: both are used.

OpenAI's document sets no order of roles. Templates of some models demand that user and assistant take turns; a server
that has such a model joins the messages.
"""

from conformance import DOC, Exchange, should
from conformance.checks.chat.exchanges import MULTI_TURN, word_in_user_message
from conformance.checks.chat.test_answer import says
from conformance.checks.chat.turns.exchanges import word_before_two_replies, word_in_first_of_two
from conformance.checks.common.chat import CONTENT, text_of
from conformance.checks.common.echo import require_repeated
from conformance.counterexamples import broken


@should(MULTI_TURN, says=DOC("createChatCompletion"), counterexample=broken(word_in_first_of_two, CONTENT, "Hello."))
def test_first_of_two_user_messages_is_used(word_in_first_of_two: Exchange, word_in_user_message: Exchange) -> None:
    """Of two `user` messages in a row in a chat request, the first one is used."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_in_first_of_two, "TIMBER"), "the model repeats code words, but not the one of the first message"


@should(MULTI_TURN, says=DOC("createChatCompletion"), counterexample=broken(word_before_two_replies, CONTENT, "Hello."))
def test_message_before_two_replies_is_used(word_before_two_replies: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request with two `assistant` messages in a row, the `user` message before them is used."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_before_two_replies, "GARNET"), "the model repeats code words, but not the one before two replies"
