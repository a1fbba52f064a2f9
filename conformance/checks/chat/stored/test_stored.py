"""
The life of a chat completion that is kept.

Not checked: how long it is kept, and how soon it can be found: the list is asked for twenty seconds.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, must
from conformance.assertions import conforms
from conformance.checks.chat.stored.exchanges import (
    LABEL,
    OTHER_LABEL,
    STORED,
    kept,
    kept_deleted,
    kept_gone,
    kept_listed,
    kept_messages,
    kept_relabelled,
    kept_retrieved,
)
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.kinds import stored_completion, stored_completion_list
from conformance.checks.common.prompts import HELLO
from conformance.counterexamples import DELETE, answered, broken


@must(
    STORED,
    says=DOC("listChatCompletions"),
    counterexample=broken(kept_listed, "data", []),
    decides="chat/completions: store",
)
def test_kept_completion_is_listed(kept_listed: Exchange, kept: Exchange) -> None:
    """The list of kept completions with some metadata holds the one that was kept with it."""
    ids = kept_listed.all("data.*.id", str)
    if kept.at("id", str) not in ids and kept_listed.get("has_more") is True:
        raise Inconclusive(f"it is not among the first {len(ids)}, and the list has more")
    assert kept.at("id", str) in ids, f"it is not among {len(ids)} listed completions"


@must(
    STORED,
    says=DOC("listChatCompletions"),
    counterexample=broken(kept_listed, "data.0.metadata", {"case": "another"}),
)
def test_list_is_filtered_by_metadata(kept_listed: Exchange) -> None:
    """The list by metadata holds no completion with other metadata."""
    if not kept_listed.at("data", list):
        raise Inconclusive("the list is empty, which another check finds")
    labels = {(found or {}).get("case") for found in kept_listed.all("data.*.metadata", dict)}
    assert labels == {LABEL}, f"`metadata.case` is {sorted(map(str, labels))} where {LABEL!r} was asked for"


@must(STORED, says=DOC("ChatCompletionList"), counterexample=broken(kept_listed, "has_more", DELETE))
def test_list_has_the_documented_shape(stored_completion_list: Exchange) -> None:
    """The list is a `list` with `has_more`, and with the ids of its first and last completion."""
    assert stored_completion_list.at("object", str) == "list"
    stored_completion_list.at("has_more", bool)
    ids = stored_completion_list.all("data.*.id", str)
    if not ids:
        raise Inconclusive("the list is empty, which another check finds")
    assert stored_completion_list.at("first_id", str) == ids[0], "`first_id` is not the first completion's"
    assert stored_completion_list.at("last_id", str) == ids[-1], "`last_id` is not the last completion's"


@must(STORED, says=SDK("ChatCompletion"), counterexample=broken(kept_retrieved, "object", "list"))
def test_kept_completion_has_the_documented_shape(stored_completion: Exchange) -> None:
    """A completion that is retrieved is a `ChatCompletion`."""
    conforms(stored_completion, "ChatCompletion", MUST)


@must(STORED, says=DOC("getChatCompletion"), counterexample=broken(kept_retrieved, CONTENT, "Something else."))
def test_kept_completion_says_the_same(kept_retrieved: Exchange, kept: Exchange) -> None:
    """A completion that is retrieved has the `id` and the text that it was made with."""
    assert kept_retrieved.at("id", str) == kept.at("id", str)
    now, then = kept_retrieved.at(CONTENT, str | None), kept.at(CONTENT, str | None)
    if now != then:  # for two texts in an `assert` pytest makes a diff, for which time is not bounded
        raise Deviation("another text than it was made with")


@must(
    STORED,
    says=DOC("getChatCompletion"),
    counterexample=broken(kept_retrieved, "metadata", {}),
    decides="chat/completions: metadata",
)
def test_kept_completion_has_its_metadata(kept_retrieved: Exchange) -> None:
    """A completion that is retrieved has the metadata that it was made with."""
    assert kept_retrieved.at("metadata", dict) == {"case": LABEL}


@must(STORED, says=DOC("getChatCompletionMessages"), counterexample=broken(kept_messages, "data", []))
def test_messages_are_kept(kept_messages: Exchange) -> None:
    """The messages of a kept completion hold the user's, as it was sent."""
    messages = kept_messages.all("data.*", dict)
    said = [message.get("content") for message in messages if message.get("role") == "user"]
    assert HELLO in said, f"{len(messages)} messages, and none is the one that was sent"


@must(STORED, says=DOC("updateChatCompletion"), counterexample=broken(kept_relabelled, "metadata.case", LABEL))
def test_metadata_can_be_changed(kept_relabelled: Exchange, kept: Exchange) -> None:
    """A kept completion takes other metadata."""
    assert kept_relabelled.at("id", str) == kept.at("id", str)
    assert kept_relabelled.at("metadata", dict) == {"case": OTHER_LABEL}


@must(STORED, says=DOC("deleteChatCompletion"), counterexample=broken(kept_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(kept_deleted: Exchange, kept: Exchange) -> None:
    """The answer to a deletion is a `chat.completion.deleted` with the completion's `id`, and `deleted` is true."""
    assert kept_deleted.at("object", str) == "chat.completion.deleted"
    assert kept_deleted.at("id", str) == kept.at("id", str)
    assert kept_deleted.at("deleted", bool) is True


@must(STORED, says=DOC("deleteChatCompletion"), counterexample=answered(kept_gone, 200))
def test_deleted_completion_is_not_found(kept_gone: Exchange) -> None:
    """A deleted completion is not found any more."""
    assert kept_gone.status == 404, "it can still be retrieved ten seconds after it was deleted"
