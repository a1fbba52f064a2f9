"""LlamaIndex: its client for compatible endpoints over chat, OpenAI's own over Responses, and its agent with either."""

from typing import Any

from common import BOTH, HELLO, PERSON, WEATHER, Person, Tools, expect, main
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from llama_index.llms.openai_like import OpenAILike

CONTEXT = 8192


def model(api: str, name: str, base_url: str) -> Any:
    options: dict[str, Any] = {"model": name, "api_base": base_url, "api_key": "none", "max_retries": 0}
    if api == "responses":
        return OpenAIResponses(**options, context_window=CONTEXT)
    return OpenAILike(**options, context_window=CONTEXT, is_chat_model=True, is_function_calling_model=True)


def text(llm: Any) -> None:
    expect(llm.chat([ChatMessage(HELLO)]).message.content, "the text is empty")


def stream(llm: Any) -> None:
    parts = list(llm.stream_chat([ChatMessage(HELLO)]))
    deltas, whole = "".join(part.delta or "" for part in parts), parts[-1].message.content
    expect(deltas and deltas == whole, f"the deltas {deltas!r} are not {whole!r}")


async def tool(llm: Any) -> None:
    tools = Tools()
    tools.expect("get_weather", told=await _agent(llm, WEATHER, tools.get_weather))


async def two_tools(llm: Any) -> None:
    tools = Tools()
    told = await _agent(llm, BOTH, tools.get_weather, tools.get_time)
    tools.expect("get_weather", "get_time", told=told)


async def tool_without_streams(llm: Any) -> None:
    tools = Tools()
    told = await _agent(llm, WEATHER, tools.get_weather, streaming=False)
    tools.expect("get_weather", told=told)


def structured(llm: Any) -> None:
    found = llm.as_structured_llm(Person).complete(PERSON).raw
    expect(isinstance(found, Person), f"the response is {found!r}")


async def _agent(llm: Any, prompt: str, *functions: Any, **options: Any) -> str:
    agent = FunctionAgent(tools=[FunctionTool.from_defaults(one) for one in functions], llm=llm, **options)
    return str(await agent.run(prompt))


main([text, stream, tool, two_tools, tool_without_streams, structured], model)
