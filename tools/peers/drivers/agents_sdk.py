"""The OpenAI Agents SDK."""

from typing import Any

from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool
from common import BOTH, HELLO, PERSON, WEATHER, Person, Report, Tools, expect, main
from openai import AsyncOpenAI


def model(api: str, name: str, base_url: str) -> Any:
    client = AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)
    return (OpenAIResponsesModel if api == "responses" else OpenAIChatCompletionsModel)(name, client)


def agent(model: Any, *functions: Any, **options: Any) -> Agent:
    return Agent(name="peer", model=model, tools=[function_tool(one) for one in functions], **options)


async def text(model: Any) -> None:
    result = await Runner.run(agent(model), HELLO)
    expect(result.final_output, "the text is empty")


async def stream(model: Any) -> None:
    result = Runner.run_streamed(agent(model), HELLO)
    events = [event async for event in result.stream_events()]
    deltas = [one.data.delta for one in events if getattr(getattr(one, "data", 0), "type", "").endswith("text.delta")]
    expect("".join(deltas) == result.final_output, f"the deltas {deltas} are not {result.final_output!r}")


async def tool(model: Any) -> None:
    tools = Tools()
    result = await Runner.run(agent(model, tools.get_weather), WEATHER)
    tools.expect("get_weather", told=result.final_output)


async def two_tools(model: Any) -> None:
    tools = Tools()
    result = await Runner.run(agent(model, tools.get_weather, tools.get_time), BOTH)
    tools.expect("get_weather", "get_time", told=result.final_output)


async def tool_stream(model: Any) -> None:
    tools = Tools()
    result = Runner.run_streamed(agent(model, tools.get_weather), WEATHER)
    async for _ in result.stream_events():
        pass
    tools.expect("get_weather", told=result.final_output)


async def tool_required(model: Any) -> None:
    tools = Tools()
    settings = ModelSettings(tool_choice="required", parallel_tool_calls=False)
    result = await Runner.run(agent(model, tools.get_weather, model_settings=settings), WEATHER)
    tools.expect("get_weather", told=result.final_output)


async def second_turn(model: Any) -> None:
    tools = Tools()
    talker = agent(model, tools.get_weather)
    first = await Runner.run(talker, WEATHER)
    second = await Runner.run(talker, [*first.to_input_list(), {"role": "user", "content": HELLO}])
    expect(second.final_output, "the text is empty")


async def structured(model: Any) -> None:
    result = await Runner.run(agent(model, output_type=Person), PERSON)
    expect(isinstance(result.final_output, Person), f"the output is {result.final_output!r}")


async def tool_structured(model: Any) -> None:
    tools = Tools()
    result = await Runner.run(agent(model, tools.get_weather, output_type=Report), WEATHER)
    expect(tools.run == ["get_weather"], f"the tools run are {tools.run}")
    expect(isinstance(result.final_output, Report), f"the output is {result.final_output!r}")


async def handoff(model: Any) -> None:
    tools = Tools()
    other = agent(model, tools.get_weather)
    other.name = "Weather expert"
    first = agent(model, handoffs=[other])
    result = await Runner.run(first, f"{WEATHER} First use transfer_to_weather_expert.")
    expect(result.last_agent is other, f"the last agent is {result.last_agent.name}")


main(
    [text, stream, tool, two_tools, tool_stream, tool_required, second_turn, structured, tool_structured, handoff],
    model,
)
