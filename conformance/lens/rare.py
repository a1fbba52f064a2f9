"""
The ways to call the official client that rarely differ from the usual ones: asynchronous, raw, and streaming responses.

They are looked at where a run is given to all clients, and not at the end of every run: that would take twice as long.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import openai

from conformance.lens.calls import Got, joined, read_choices, read_response, told
from conformance.wire.request import Request

RareCall = Callable[[openai.AsyncOpenAI, Request], Awaitable[Got]]


def rare_calls_of(place: str) -> Mapping[str, RareCall]:
    """Return the calls for a method and a path by name; none for a path that is not looked at."""
    return RARE.get(place, {})


async def _chat(client: openai.AsyncOpenAI, _: Request) -> Got:
    return read_choices(await client.chat.completions.create(model="m", messages=[]))


async def _chat_raw(client: openai.AsyncOpenAI, _: Request) -> Got:
    raw = await client.chat.completions.with_raw_response.create(model="m", messages=[])
    return read_choices(raw.parse())


async def _chat_streaming(client: openai.AsyncOpenAI, _: Request) -> Got:
    async with client.chat.completions.with_streaming_response.create(model="m", messages=[]) as response:
        return read_choices(await response.parse())


async def _chat_loop(client: openai.AsyncOpenAI, request: Request) -> Got:
    stream: Any = await client.chat.completions.create(model="m", messages=[], stream=True)
    return joined([chunk async for chunk in stream], request)


async def _chat_helper(client: openai.AsyncOpenAI, _: Request) -> Got:
    async with client.chat.completions.stream(model="m", messages=[]) as stream:
        return read_choices(await stream.get_final_completion())


async def _response(client: openai.AsyncOpenAI, _: Request) -> Got:
    return read_response(await client.responses.create(model="m", input=""))


async def _response_raw(client: openai.AsyncOpenAI, _: Request) -> Got:
    raw = await client.responses.with_raw_response.create(model="m", input="")
    return read_response(raw.parse())


async def _response_loop(client: openai.AsyncOpenAI, _: Request) -> Got:
    stream: Any = await client.responses.create(model="m", input="", stream=True)
    return told([event async for event in stream])


async def _response_helper(client: openai.AsyncOpenAI, _: Request) -> Got:
    async with client.responses.stream(model="m", input="") as stream:
        return read_response(await stream.get_final_response())


RARE: Mapping[str, Mapping[str, RareCall]] = {
    "POST chat/completions": {"async create": _chat, "raw response": _chat_raw, "streaming response": _chat_streaming},
    "POST chat/completions streamed": {"async loop": _chat_loop, "async stream helper": _chat_helper},
    "POST responses": {"async create": _response, "raw response": _response_raw},
    "POST responses streamed": {"async loop": _response_loop, "async stream helper": _response_helper},
}
"""The calls by method and path."""
