"""
Responses that continue a conversation: they know its items, and add to them.

Not checked: whether a response with `store: false` adds to it.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.common.conditions import CONVERSATION
from conformance.checks.common.kinds import response
from conformance.checks.conversations.exchanges import (
    TOLD,
    TURNS,
    asked_in_created,
    first_turn,
    first_turn_listed,
    second_turn,
    turn_counted,
)
from conformance.checks.responses.exchanges import tokens_counted, word_in_input
from conformance.checks.responses.reading import require_skill, says
from conformance.checks.responses.stored.exchanges import longer_counted
from conformance.checks.responses.stored.test_counting import assert_more
from conformance.checks.responses.stored.test_input_items import text_of
from conformance.counterexamples import broken


@must(
    TURNS,
    says=SDK("Response.conversation"),
    counterexample=broken(first_turn, "conversation", None),
    when=(CONVERSATION,),
    decides="responses: conversation",
)
def test_response_names_its_conversation(response: Exchange) -> None:
    """With `conversation`, `conversation.id` of a Responses API response is the requested one."""
    asked = response.sent.json["conversation"]
    assert response.at("conversation.id", str) == (asked.get("id") if isinstance(asked, dict) else asked)


@must(TURNS, says=SDK("Response.conversation"), counterexample=broken(asked_in_created, "output", []))
def test_items_are_known(asked_in_created: Exchange, word_in_input: Exchange) -> None:
    """With `conversation`, the model can use information given in the items that it was created with."""
    require_skill(word_in_input)
    assert says(asked_in_created, "MEADOW"), "the model repeats code words, but not the one in the conversation"


@must(TURNS, says=SDK("Response.conversation"), counterexample=broken(second_turn, "output", []))
def test_earlier_turn_is_known(second_turn: Exchange, word_in_input: Exchange) -> None:
    """With `conversation`, the model can use information given in an earlier turn of the same conversation."""
    require_skill(word_in_input)
    assert says(second_turn, "ORCHARD"), "the model repeats code words, but not the one in the earlier turn"


@must(TURNS, says=SDK("Response.conversation"), counterexample=broken(first_turn_listed, "data", []))
def test_turn_is_added_to_the_items(first_turn_listed: Exchange, first_turn: Exchange) -> None:
    """With `conversation`, the input and the output message of a response are added to the conversation's items."""
    texts = [text_of(item) for item in first_turn_listed.all("data.*", dict)]
    assert TOLD in texts, f"none of the {len(texts)} items has the text of the input"
    said = [text_of(item) for item in first_turn.all("output.*", dict) if item.get("type") == "message"]
    if not said:
        raise Inconclusive("the response has no message")
    missing = [text for text in said if text not in texts]
    assert not missing, f"{len(missing)} of {len(said)} messages of the output are not among the conversation's items"


@must(TURNS, says=DOC("Getinputtokencounts"), counterexample=broken(turn_counted, "input_tokens", 1))
def test_conversation_is_counted(turn_counted: Exchange, tokens_counted: Exchange, longer_counted: Exchange) -> None:
    """`POST /responses/input_tokens` with `conversation` counts the tokens of its items."""
    assert_more(turn_counted, tokens_counted, longer_counted, "a conversation")
