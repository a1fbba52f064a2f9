"""pydantic-ai's agent."""

from typing import Any

from common import BOTH, HELLO, PERSON, WEATHER, Person, Report, Tools, expect, main
from pydantic_ai import Agent, NativeOutput, PromptedOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider


def model(api: str, name: str, base_url: str) -> Any:
    kind = OpenAIResponsesModel if api == "responses" else OpenAIChatModel
    return kind(name, provider=OpenAIProvider(base_url=base_url, api_key="none"))


async def text(model: Any) -> None:
    expect((await Agent(model).run(HELLO)).output, "the text is empty")


async def stream(model: Any) -> None:
    async with Agent(model).run_stream(HELLO) as result:
        deltas = [delta async for delta in result.stream_text(delta=True, debounce_by=None)]
        whole = await result.get_output()
    expect(len(deltas) > 1 and "".join(deltas) == whole, f"the deltas {deltas} are not {whole!r}")


async def tool(model: Any) -> None:
    tools = Tools()
    result = await Agent(model, tools=[tools.get_weather]).run(WEATHER)
    tools.expect("get_weather", told=result.output)


async def two_tools(model: Any) -> None:
    tools = Tools()
    result = await Agent(model, tools=[tools.get_weather, tools.get_time]).run(BOTH)
    tools.expect("get_weather", "get_time", told=result.output)


async def tool_stream(model: Any) -> None:
    tools = Tools()
    async with Agent(model, tools=[tools.get_weather]).run_stream(WEATHER) as result:
        whole = await result.get_output()
    tools.expect("get_weather", told=whole)


async def second_turn(model: Any) -> None:
    tools = Tools()
    agent = Agent(model, tools=[tools.get_weather])
    first = await agent.run(WEATHER)
    second = await agent.run(HELLO, message_history=first.all_messages())
    expect(second.output, "the text is empty")


async def structured(model: Any) -> None:
    result = await Agent(model, output_type=Person).run(PERSON)
    expect(isinstance(result.output, Person), f"the output is {result.output!r}")


async def structured_stream(model: Any) -> None:
    async with Agent(model, output_type=Person).run_stream(PERSON) as result:
        whole = await result.get_output()
    expect(isinstance(whole, Person), f"the output is {whole!r}")


async def structured_native(model: Any) -> None:
    result = await Agent(model, output_type=NativeOutput(Person)).run(PERSON)
    expect(isinstance(result.output, Person), f"the output is {result.output!r}")


async def structured_prompted(model: Any) -> None:
    result = await Agent(model, output_type=PromptedOutput(Person)).run(PERSON)
    expect(isinstance(result.output, Person), f"the output is {result.output!r}")


async def tool_structured(model: Any) -> None:
    tools = Tools()
    result = await Agent(model, tools=[tools.get_weather], output_type=Report).run(WEATHER)
    expect(tools.run == ["get_weather"], f"the tools run are {tools.run}")
    expect(isinstance(result.output, Report), f"the output is {result.output!r}")


async def tool_structured_native(model: Any) -> None:
    tools = Tools()
    result = await Agent(model, tools=[tools.get_weather], output_type=NativeOutput(Report)).run(WEATHER)
    expect(tools.run == ["get_weather"], f"the tools run are {tools.run}")
    expect(isinstance(result.output, Report), f"the output is {result.output!r}")


main(
    [
        *(text, stream, tool, two_tools, tool_stream, second_turn),
        *(structured, structured_stream, structured_native, structured_prompted),
        *(tool_structured, tool_structured_native),
    ],
    model,
)
