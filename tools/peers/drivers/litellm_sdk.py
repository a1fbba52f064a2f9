"""litellm's SDK: chat completions, and the Responses API by `responses`."""

import json
from typing import Any

import litellm
from common import BOTH, HELLO, PERSON, WEATHER, Person, Tools, expect, main

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
LONGEST_LOOP = 6


class Chat:
    """A conversation over chat completions."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def ask(self, prompt: str, **more: Any) -> str:
        return litellm.completion(**self.options, messages=_user(prompt), **more).choices[0].message.content

    def read(self, prompt: str) -> str:
        chunks = list(litellm.completion(**self.options, messages=_user(prompt), stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        whole = litellm.stream_chunk_builder(chunks).choices[0].message.content
        expect(text == whole, f"the deltas {text!r} are not {whole!r}")
        return text

    def loop(self, prompt: str, tools: Tools, names: list[str], *, stream: bool = False) -> str:
        messages: list[Any] = _user(prompt)
        offered = [{"type": "function", "function": {"name": name, "parameters": CITY}} for name in names]
        for _ in range(LONGEST_LOOP):
            answer: Any = litellm.completion(**self.options, messages=messages, tools=offered, stream=stream)
            answer = litellm.stream_chunk_builder(list(answer), messages=messages) if stream else answer
            message = answer.choices[0].message
            if not message.tool_calls:
                return message.content
            messages.append(message.model_dump(exclude_none=True))
            for call in message.tool_calls:
                result = _called(tools, call.function.name, call.function.arguments)
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        raise AssertionError(f"the tools are called for ever: {tools.run}")

    def person(self) -> str:
        return self.ask(PERSON, response_format=Person)


class Responses:
    """A conversation over the Responses API."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def ask(self, prompt: str, **more: Any) -> str:
        return litellm.responses(**self.options, input=prompt, **more).output_text

    def read(self, prompt: str) -> str:
        events = list(litellm.responses(**self.options, input=prompt, stream=True))
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        whole = events[-1].response.output_text
        expect(text == whole, f"the deltas {text!r} are not {whole!r}")
        return text

    def loop(self, prompt: str, tools: Tools, names: list[str], *, stream: bool = False) -> str:
        given: list[Any] = _user(prompt)
        offered = [{"type": "function", "name": name, "parameters": CITY} for name in names]
        for _ in range(LONGEST_LOOP):
            answer: Any = litellm.responses(**self.options, input=given, tools=offered, stream=stream)
            answer = list(answer)[-1].response if stream else answer
            calls = [item for item in answer.output if item.type == "function_call"]
            if not calls:
                return answer.output_text
            given += [item.model_dump(exclude_none=True) for item in answer.output]
            for call in calls:
                result = _called(tools, call.name, call.arguments)
                given.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
        raise AssertionError(f"the tools are called for ever: {tools.run}")

    def person(self) -> str:
        return self.ask(PERSON, text_format=Person)


def model(api: str, name: str, base_url: str) -> Chat | Responses:
    kind = Responses if api == "responses" else Chat
    return kind(model=f"openai/{name}", api_base=base_url, api_key="none", max_retries=0)


def text(talk: Any) -> None:
    expect(talk.ask(HELLO), "the text is empty")


def stream(talk: Any) -> None:
    expect(talk.read(HELLO), "the text is empty")


def tool(talk: Any) -> None:
    tools = Tools()
    tools.expect("get_weather", told=talk.loop(WEATHER, tools, ["get_weather"]))


def two_tools(talk: Any) -> None:
    tools = Tools()
    tools.expect("get_weather", "get_time", told=talk.loop(BOTH, tools, ["get_weather", "get_time"]))


def tool_stream(talk: Any) -> None:
    tools = Tools()
    tools.expect("get_weather", told=talk.loop(WEATHER, tools, ["get_weather"], stream=True))


def structured(talk: Any) -> None:
    Person.model_validate_json(talk.person())


def _user(prompt: str) -> list[Any]:
    return [{"role": "user", "content": prompt}]


def _called(tools: Tools, name: str, arguments: str) -> str:
    return getattr(tools, name)(**json.loads(arguments))


main([text, stream, tool, two_tools, tool_stream, structured], model)
