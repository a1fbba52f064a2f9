"""
The life of a conversation: created, retrieved, updated, deleted.

Not checked: how long it is kept; how many items it may begin with.
"""

from conformance import OBSERVED, SDK, Exchange, Inconclusive, must
from conformance.checks.common import evidence
from conformance.checks.common.conditions import METADATA
from conformance.checks.conversations.exchanges import (
    API,
    OTHER_LABELS,
    conversation,
    conversation_of,
    created,
    created_conversation,
    created_empty,
    deleted,
    deleted_conversation,
    empty_deleted,
    retrieved,
    updated,
    updated_conversation,
    updated_retrieved,
)
from conformance.checks.responses.exchanges import LABELS
from conformance.counterexamples import DELETE, broken
from conformance.requests import last_segment


def assert_shape(observed: Exchange) -> None:
    """Assert that a response is a `Conversation`."""
    assert observed.at("object", str) == "conversation"
    assert observed.at("id", str) != ""
    assert observed.at("created_at", int) > 0
    observed.at("metadata", dict | None)


@must(
    API,
    says=SDK("Conversation"),
    counterexample=broken(created_empty, "object", "list"),
)
def test_created_conversation_has_the_documented_shape(created_conversation: Exchange) -> None:
    """Creating a conversation returns `object` `conversation`, `id`, `created_at` and `metadata`."""
    assert_shape(created_conversation)


@must(API, says=SDK("Conversation"), counterexample=broken(retrieved, "created_at", "today"))
def test_conversation_has_the_documented_shape(conversation: Exchange) -> None:
    """A retrieved conversation has `object` `conversation`, `id`, `created_at` and `metadata`."""
    assert_shape(conversation)


@must(API, says=SDK("Conversation.metadata"), counterexample=broken(created, "metadata", {}), when=(METADATA,))
def test_created_conversation_has_its_metadata(created_conversation: Exchange) -> None:
    """Creating a conversation with `metadata` returns them as they were sent."""
    assert created_conversation.at("metadata", dict) == created_conversation.sent.json["metadata"]


@must(API, says=SDK("Conversation.id"), counterexample=broken(retrieved, "id", "conv_another"))
def test_conversation_has_the_requested_id(conversation: Exchange) -> None:
    """A retrieved conversation has the requested `id`."""
    asked, observed = last_segment(conversation.sent), conversation.at("id", str)
    assert observed == asked, f"`id` is {observed!r} where {asked!r} was requested"


@must(API, says=SDK("Conversation.metadata"), counterexample=broken(retrieved, "metadata", {}))
def test_conversation_has_its_metadata(retrieved: Exchange) -> None:
    """A retrieved conversation has the `metadata` that it was created with."""
    assert retrieved.at("metadata", dict) == LABELS


@must(
    API,
    says=SDK("conversation_update_params.ConversationUpdateParams.metadata"),
    counterexample=broken(updated, "metadata.case", "labelled"),
    when=(METADATA,),
)
def test_update_returns_the_new_metadata(updated_conversation: Exchange) -> None:
    """Updating a conversation returns its `id` and the new `metadata`."""
    assert updated_conversation.at("id", str) == conversation_of(updated_conversation)
    assert updated_conversation.at("metadata", dict) == updated_conversation.sent.json["metadata"]


@must(
    API,
    says=SDK("conversation_update_params.ConversationUpdateParams.metadata"),
    counterexample=broken(updated_retrieved, "metadata.case", "labelled"),
)
def test_update_is_stored(updated_retrieved: Exchange, updated: Exchange) -> None:
    """A conversation retrieved after an update has the new `metadata`."""
    if updated.at("metadata", dict) != OTHER_LABELS:
        raise Inconclusive("the update does not return the new `metadata`, which another check finds")
    assert updated_retrieved.at("metadata", dict) == OTHER_LABELS


@must(
    API,
    says=OBSERVED("OpenAI confirms the deletion of a conversation", *evidence.CONVERSATION),
    counterexample=broken(deleted, "deleted", DELETE),
    witness=(deleted, empty_deleted),
)
def test_deletion_is_confirmed(deleted_conversation: Exchange) -> None:
    """Deleting a conversation returns `object` `conversation.deleted`, its `id` and `deleted: true`."""
    assert deleted_conversation.at("object", str) == "conversation.deleted"
    assert deleted_conversation.at("id", str) == conversation_of(deleted_conversation)
    assert deleted_conversation.at("deleted", bool) is True
