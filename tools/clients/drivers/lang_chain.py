"""LangChain's `ChatOpenAI`, over chat completions and over the Responses API."""

from collections.abc import Iterator
from typing import Any

from common import HELLO, MODEL, PERSON, RESULT, WEATHER, Person, base, main
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


def model(situation: str) -> ChatOpenAI:
    over_responses = situation.startswith("responses")
    return ChatOpenAI(model=MODEL, base_url=base(situation), api_key="none", use_responses_api=over_responses)  # type: ignore[arg-type]


@tool
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return RESULT


def _text(situation: str) -> None:
    model(situation).invoke(HELLO)


def _stream(situation: str) -> None:
    list(model(situation).stream(HELLO))


def _tools(situation: str) -> None:
    bound = model(situation).bind_tools([get_weather])
    asked = HumanMessage(WEATHER)
    said: Any = bound.invoke([asked])
    bound.invoke([asked, said, ToolMessage(RESULT, tool_call_id=said.tool_calls[0]["id"])])


def _structured(situation: str) -> None:
    model(situation).with_structured_output(Person).invoke(PERSON)


def _situations() -> Iterator[tuple[str, Any]]:
    for api in ("chat", "responses"):
        for name, run in (("text", _text), ("stream", _stream), ("tools", _tools), ("structured", _structured)):
            yield f"{api}_{name}", lambda run=run, situation=f"{api}-{name}": run(situation)


main(dict(_situations()))
