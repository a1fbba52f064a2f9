"""
The life of a stored chat completion.

Not checked: how long it is stored, and how soon it is listed: the list is requested for twenty seconds.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, must
from conformance.assertions import conforms
from conformance.checks.chat.stored.exchanges import (
    LABEL,
    OTHER_LABEL,
    STORED,
    deleted_retrieved,
    stored,
    stored_deleted,
    stored_listed,
    stored_messages,
    stored_retrieved,
    stored_updated,
)
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.kinds import stored_completion, stored_completion_list
from conformance.checks.common.pages import assert_listed
from conformance.checks.common.prompts import HELLO
from conformance.counterexamples import DELETE, answered, broken


@must(
    STORED,
    says=DOC("listChatCompletions"),
    counterexample=broken(stored_listed, "data", []),
    decides="chat/completions: store",
)
def test_stored_completion_is_listed(stored_listed: Exchange, stored: Exchange) -> None:
    """A chat completion created with `store: true` is in the list of stored completions filtered by its `metadata`."""
    assert_listed(stored_listed, stored)


@must(
    STORED,
    says=DOC("listChatCompletions"),
    counterexample=broken(stored_listed, "data.0.metadata", {"case": "another"}),
)
def test_list_is_filtered_by_metadata(stored_listed: Exchange) -> None:
    """The list of stored chat completions filtered by `metadata` has no completion with other `metadata`."""
    if not stored_listed.at("data", list):
        raise Inconclusive("the list is empty, which another check finds")
    labels = {(found or {}).get("case") for found in stored_listed.all("data.*.metadata", dict)}
    assert labels == {LABEL}, f"`metadata.case` is {sorted(map(str, labels))} where {LABEL!r} was requested"


@must(STORED, says=DOC("ChatCompletionList"), counterexample=broken(stored_listed, "has_more", DELETE))
def test_list_has_the_documented_shape(stored_completion_list: Exchange) -> None:
    """A list of stored chat completions has `object` `list`, `has_more`, and matching `first_id` and `last_id`."""
    assert stored_completion_list.at("object", str) == "list"
    stored_completion_list.at("has_more", bool)
    ids = stored_completion_list.all("data.*.id", str)
    if not ids:
        raise Inconclusive("the list is empty, which another check finds")
    assert stored_completion_list.at("first_id", str) == ids[0], "`first_id` is not the id of the first item"
    assert stored_completion_list.at("last_id", str) == ids[-1], "`last_id` is not the id of the last item"


@must(STORED, says=SDK("ChatCompletion"), counterexample=broken(stored_retrieved, "object", "list"))
def test_stored_completion_has_the_documented_shape(stored_completion: Exchange) -> None:
    """A retrieved stored chat completion is a `ChatCompletion`, as declared by the official client."""
    conforms(stored_completion, "ChatCompletion", MUST)


@must(STORED, says=DOC("getChatCompletion"), counterexample=broken(stored_retrieved, CONTENT, "Something else."))
def test_stored_completion_is_unchanged(stored_retrieved: Exchange, stored: Exchange) -> None:
    """A retrieved stored chat completion has the `id` and the `content` of the original response."""
    assert stored_retrieved.at("id", str) == stored.at("id", str)
    now, then = stored_retrieved.at(CONTENT, str | None), stored.at(CONTENT, str | None)
    if now != then:  # for two texts in an `assert` pytest makes a diff, for which time is not bounded
        raise Deviation("the retrieved `content` differs from the original one")


@must(
    STORED,
    says=DOC("getChatCompletion"),
    counterexample=broken(stored_retrieved, "metadata", {}),
    decides="chat/completions: metadata",
)
def test_stored_completion_has_its_metadata(stored_retrieved: Exchange) -> None:
    """A retrieved stored chat completion has the `metadata` that it was created with."""
    assert stored_retrieved.at("metadata", dict) == {"case": LABEL}


@must(STORED, says=DOC("getChatCompletionMessages"), counterexample=broken(stored_messages, "data", []))
def test_messages_are_stored(stored_messages: Exchange) -> None:
    """The messages of a stored chat completion include the `user` message as it was sent."""
    messages = stored_messages.all("data.*", dict)
    said = [message.get("content") for message in messages if message.get("role") == "user"]
    assert HELLO in said, f"none of the {len(messages)} messages is the `user` message that was sent"


@must(STORED, says=DOC("updateChatCompletion"), counterexample=broken(stored_updated, "metadata.case", LABEL))
def test_metadata_can_be_changed(stored_updated: Exchange, stored: Exchange) -> None:
    """Updating a stored chat completion returns its `id` and the new `metadata`."""
    assert stored_updated.at("id", str) == stored.at("id", str)
    label = stored_updated.at("metadata.case", str)
    assert label == OTHER_LABEL, f"`metadata.case` is {label!r} where {OTHER_LABEL!r} was requested"


@must(STORED, says=DOC("deleteChatCompletion"), counterexample=broken(stored_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(stored_deleted: Exchange, stored: Exchange) -> None:
    """Deleting a stored chat completion returns `object` `chat.completion.deleted`, its `id` and `deleted: true`."""
    assert stored_deleted.at("object", str) == "chat.completion.deleted"
    assert stored_deleted.at("id", str) == stored.at("id", str)
    assert stored_deleted.at("deleted", bool) is True


@must(STORED, says=DOC("deleteChatCompletion"), counterexample=answered(deleted_retrieved, 200))
def test_deleted_completion_is_not_found(deleted_retrieved: Exchange) -> None:
    """Retrieving a deleted chat completion returns status 404."""
    assert deleted_retrieved.status == 404, "it can still be retrieved ten seconds after its deletion"
