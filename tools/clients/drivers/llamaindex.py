"""LlamaIndex's `OpenAILike`, its class for other endpoints than OpenAI's, and `OpenAIResponses`."""

from collections.abc import Iterator
from typing import Any

from common import HELLO, MODEL, PERSON, RESULT, WEATHER, Person, base, main
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from llama_index.llms.openai_like import OpenAILike


def model(situation: str) -> Any:
    if situation.startswith("responses"):
        return OpenAIResponses(model=MODEL, api_base=base(situation), api_key="none", context_window=8192)
    options = {"is_chat_model": True, "is_function_calling_model": True}
    return OpenAILike(model=MODEL, api_base=base(situation), api_key="none", **options)  # type: ignore[arg-type]


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return RESULT


def _text(situation: str) -> None:
    model(situation).chat([ChatMessage(HELLO)])


def _stream(situation: str) -> None:
    list(model(situation).stream_chat([ChatMessage(HELLO)]))


def _tools(situation: str) -> None:
    tool = FunctionTool.from_defaults(get_weather)
    llm = model(situation)
    history = [ChatMessage(WEATHER)]
    said = llm.chat_with_tools([tool], chat_history=history)
    call = llm.get_tool_calls_from_response(said)[0]
    result = ChatMessage(role="tool", content=RESULT, additional_kwargs={"tool_call_id": call.tool_id})
    llm.chat_with_tools([tool], chat_history=[*history, said.message, result])


def _structured(situation: str) -> None:
    model(situation).as_structured_llm(Person).chat([ChatMessage(PERSON)])


def _situations() -> Iterator[tuple[str, Any]]:
    for api in ("chat", "responses"):
        for name, run in (("text", _text), ("stream", _stream), ("tools", _tools), ("structured", _structured)):
            yield f"{api}_{name}", lambda run=run, situation=f"{api}-{name}": run(situation)


main(dict(_situations()))
