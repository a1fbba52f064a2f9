"""The simulator's Responses API and the official client."""

import asyncio

import openai
import pytest
from pydantic import BaseModel

from tests.responses_talk import ASK, COUNT, KEY, KIWI, PARIS, WEATHER

# The official client


class Place(BaseModel):
    """What structured output is parsed into."""

    city: str


def test_the_client_creates_retrieves_and_deletes(client: openai.OpenAI) -> None:
    first = client.responses.create(model="sim-chat", input=KIWI)
    second = client.responses.create(model="sim-chat", input=ASK, previous_response_id=first.id)
    assert second.output_text == "KIWI-7"
    assert client.responses.retrieve(second.id) == second
    listed = list(client.responses.input_items.list(second.id, limit=1))
    assert [item.type for item in listed] == ["message", "message", "message"]
    client.responses.delete(second.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(second.id)


def test_the_client_runs_in_the_background(client: openai.OpenAI) -> None:
    queued = client.responses.create(model="sim-chat", input=COUNT, background=True)
    assert [client.responses.retrieve(queued.id).status for _ in range(2)] == ["in_progress", "completed"]
    other = client.responses.create(model="sim-chat", input=COUNT, background=True)
    assert client.responses.cancel(other.id).status == "cancelled"


def test_the_client_counts(client: openai.OpenAI) -> None:
    counted = client.responses.input_tokens.count(model="sim-chat", input=COUNT)
    answered = client.responses.create(model="sim-chat", input=COUNT)
    assert answered.usage
    assert counted.input_tokens == answered.usage.input_tokens


def test_the_client_compacts(base_url: str) -> None:
    # A strict client (openai 3.52) knows no user's message in an output, though its text promises them.
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        compacted = client.responses.compact(model="sim-chat", input=KIWI)
    assert [item.type for item in compacted.output] == ["message", "compaction"]


def test_the_client_parses(client: openai.OpenAI) -> None:
    parsed = client.responses.parse(model="sim-chat", input="The weather in Rome.", text_format=Place).output_parsed
    assert parsed == Place(city="Rome")


def test_the_clients_stream_helper(client: openai.OpenAI) -> None:
    with client.responses.stream(model="sim-thinking", input=PARIS, tools=[WEATHER]) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert kinds[-1] == "response.completed"
    assert [item.type for item in final.output] == ["reasoning", "function_call"]


def test_the_async_client_streams(base_url: str) -> None:
    async def collect() -> str:
        async with openai.AsyncOpenAI(api_key=KEY, base_url=base_url) as client:
            stream = await client.responses.create(model="sim-chat", input="Count from 1 to 3.", stream=True)
            return "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])

    assert asyncio.run(collect()) == "1, 2, 3"
