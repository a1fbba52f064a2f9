"""pydantic-ai's agent, over chat completions and over the Responses API."""

import asyncio
from collections.abc import Iterator
from typing import Any

from common import HELLO, MODEL, PERSON, RESULT, WEATHER, Person, base, main
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider


def model(situation: str) -> Any:
    kind = OpenAIResponsesModel if situation.startswith("responses") else OpenAIChatModel
    return kind(MODEL, provider=OpenAIProvider(base_url=base(situation), api_key="none"))


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return RESULT


def _text(situation: str) -> None:
    Agent(model(situation)).run_sync(HELLO)


def _stream(situation: str) -> None:
    async def read() -> None:
        async with Agent(model(situation)).run_stream(HELLO) as result:
            async for _ in result.stream_text():
                pass

    asyncio.run(read())


def _tools(situation: str) -> None:
    Agent(model(situation), tools=[get_weather]).run_sync(WEATHER)


def _structured(situation: str) -> None:
    Agent(model(situation), output_type=Person).run_sync(PERSON)


def _situations() -> Iterator[tuple[str, Any]]:
    for api in ("chat", "responses"):
        for name, run in (("text", _text), ("stream", _stream), ("tools", _tools), ("structured", _structured)):
            yield f"{api}_{name}", lambda run=run, situation=f"{api}-{name}": run(situation)


main(dict(_situations()))
