"""The official Python client: its plain calls, its stream helpers, and `.parse`."""

from typing import Any

from common import HELLO, MODEL, PERSON, RESULT, WEATHER, WEATHER_PARAMETERS, Person, base, main
from openai import OpenAI


def client(situation: str) -> OpenAI:
    return OpenAI(base_url=base(situation), api_key="none", max_retries=0)


FUNCTION: dict[str, Any] = {"name": "get_weather", "description": "Get the weather in a city."}
FUNCTION["parameters"] = WEATHER_PARAMETERS
CHAT_TOOLS: Any = [{"type": "function", "function": FUNCTION}]
RESPONSE_TOOLS: Any = [{"type": "function", **FUNCTION, "strict": True}]
ASKED: Any = {"role": "user", "content": WEATHER}


def chat_text() -> None:
    client("chat-text").chat.completions.create(model=MODEL, messages=[{"role": "user", "content": HELLO}])


def chat_stream() -> None:
    with client("chat-stream").chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": HELLO}]
    ) as stream:
        stream.until_done()


def chat_tools() -> None:
    completions = client("chat-tools").chat.completions
    message = completions.create(model=MODEL, messages=[ASKED], tools=CHAT_TOOLS).choices[0].message
    result: Any = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": RESULT}  # type: ignore[index]
    completions.create(model=MODEL, messages=[ASKED, message, result], tools=CHAT_TOOLS)  # type: ignore[list-item]


def chat_structured() -> None:
    client("chat-structured").chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": PERSON}], response_format=Person
    )


def responses_text() -> None:
    client("responses-text").responses.create(model=MODEL, input=HELLO)


def responses_stream() -> None:
    with client("responses-stream").responses.stream(model=MODEL, input=HELLO) as stream:
        stream.until_done()


def responses_tools() -> None:
    responses = client("responses-tools").responses
    said: list[Any] = [ASKED]
    first = responses.create(model=MODEL, input=said, tools=RESPONSE_TOOLS)
    call: Any = first.output[0]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}
    responses.create(model=MODEL, input=[*said, *first.output, result], tools=RESPONSE_TOOLS)  # type: ignore[list-item]


def responses_structured() -> None:
    client("responses-structured").responses.parse(model=MODEL, input=PERSON, text_format=Person)


main(globals())
