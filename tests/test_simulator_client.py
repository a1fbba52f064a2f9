"""The official client works against the simulator."""

import asyncio

import openai
import pytest
from openai.types.chat import ChatCompletionFunctionToolParam
from pydantic import BaseModel

KEY = "sk-test-0123456789"


WEATHER: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


class Event(BaseModel):
    """What structured output is parsed into."""

    name: str
    guests: list[str]
    place: str | None


def test_models(client: openai.OpenAI) -> None:
    names = [client.models.retrieve(model.id).id for model in client.models.list()]
    assert "sim-chat" in names


def test_create(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="sim-chat", messages=[{"role": "user", "content": "Hello."}])
    assert answer.choices[0].message.content
    assert answer._request_id


def test_stream(client: openai.OpenAI) -> None:
    chunks = client.chat.completions.create(
        model="sim-chat", messages=[{"role": "user", "content": "Count from 1 to 9."}], stream=True
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "1, 2, 3, 4, 5, 6, 7, 8, 9"


def test_stream_helper_collects_tool_calls(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="sim-chat",
        messages=[{"role": "user", "content": "Weather in Paris and Rome?"}],
        tools=[WEATHER],
        stream_options={"include_usage": True},
    ) as stream:
        final = stream.get_final_completion()
    calls = final.choices[0].message.tool_calls or []
    assert [call.function.parsed_arguments for call in calls] == [{"city": "Paris"}, {"city": "Rome"}]
    assert final.usage


def test_parse(client: openai.OpenAI) -> None:
    answer = client.chat.completions.parse(
        model="sim-chat", messages=[{"role": "user", "content": "A party in Rome."}], response_format=Event
    )
    parsed = answer.choices[0].message.parsed
    assert parsed
    assert parsed.place == "Rome"


def test_embeddings_by_default(base_url: str) -> None:
    # A strict client (openai 3.52) validates before it decodes, and so refuses its own default.
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        answer = client.embeddings.create(model="sim-embedding", input=["a", "b"])
    assert [len(entry.embedding) for entry in answer.data] == [256, 256]


def test_async_stream(base_url: str) -> None:
    async def collect() -> str:
        async with openai.AsyncOpenAI(api_key=KEY, base_url=base_url) as client:
            stream = await client.chat.completions.create(
                model="sim-chat", messages=[{"role": "user", "content": "Count from 1 to 3."}], stream=True
            )
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(collect()) == "1, 2, 3"


def test_errors_become_the_right_exceptions(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.models.retrieve("nope")
    assert unknown.value.code == "model_not_found"
    assert unknown.value.request_id
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(
            model="sim-chat", messages=[{"role": "user", "content": "Hello."}], temperature=5, stream=True
        )
    assert (bad.value.param, bad.value.type) == ("temperature", "invalid_request_error")
    with pytest.raises(openai.PermissionDeniedError):
        client.embeddings.create(model="sim-chat", input="a")
    with pytest.raises(openai.AuthenticationError) as refused:
        client.with_options(api_key="sk-wrong").models.list()
    assert refused.value.code == "invalid_api_key"
