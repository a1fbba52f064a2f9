"""The simulator's conversations, by the official client and by plain requests."""

import httpx2
import openai
import pytest

from tests.responses_talk import ASK, KIWI, refused


def test_the_client_keeps_a_conversation(client: openai.OpenAI) -> None:
    first = {"type": "message", "role": "user", "content": KIWI}
    conversation = client.conversations.create(items=[first], metadata={"case": "a"})  # type: ignore[list-item]
    assert client.conversations.retrieve(conversation.id) == conversation
    assert client.conversations.update(conversation.id, metadata={"case": "b"}).metadata == {"case": "b"}
    answer = client.responses.create(model="sim-chat", input=ASK, conversation=conversation.id)
    assert answer.output_text == "KIWI-7"
    assert answer.conversation is not None
    assert answer.conversation.id == conversation.id
    kinds = [(item.type, getattr(item, "role", "")) for item in client.conversations.items.list(conversation.id)]
    assert kinds == [("message", "assistant"), ("message", "user"), ("message", "user")]
    assert client.conversations.delete(conversation.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.conversations.retrieve(conversation.id)


def test_items_are_added_retrieved_and_deleted(client: openai.OpenAI) -> None:
    conversation = client.conversations.create()
    said = {"type": "message", "role": "user", "content": "Hi."}
    (item,) = client.conversations.items.create(conversation.id, items=[said]).data  # type: ignore[list-item]
    assert item.id is not None
    assert client.conversations.items.retrieve(item.id, conversation_id=conversation.id) == item
    assert client.conversations.items.delete(item.id, conversation_id=conversation.id).id == conversation.id
    assert list(client.conversations.items.list(conversation.id)) == []


def test_a_streamed_turn_is_added_too(client: openai.OpenAI) -> None:
    conversation = client.conversations.create()
    events = list(client.responses.create(model="sim-chat", input=KIWI, conversation=conversation.id, stream=True))
    assert events[0].type == "response.created"
    assert events[0].response.conversation is not None
    second = client.responses.create(model="sim-chat", input=ASK, conversation=conversation.id)
    assert second.output_text == "KIWI-7"


def test_two_histories_exclude_each_other(http: httpx2.Client) -> None:
    name = http.post("/conversations", json={}).json()["id"]
    body = {"model": "sim-chat", "input": "Hi.", "conversation": name, "previous_response_id": "resp_1"}
    refused(http.post("/responses", json=body), 400, None, "mutually_exclusive_parameters")


def test_what_does_not_exist_is_not_found(http: httpx2.Client) -> None:
    name = http.post("/conversations", json={}).json()["id"]
    refused(http.get("/conversations/conv_1"), 404, None, None)
    refused(http.get(f"/conversations/{name}/items/msg_1"), 404, None, None)
    refused(
        http.post("/responses", json={"model": "sim-chat", "input": "Hi.", "conversation": "conv_1"}), 404, None, None
    )


def test_a_conversation_begins_with_twenty_items_at_most(http: httpx2.Client) -> None:
    items = [{"role": "user", "content": "Hi."}] * 21
    refused(http.post("/conversations", json={"items": items}), 400, "items", "array_above_max_length")
