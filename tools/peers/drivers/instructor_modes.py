"""instructor: a model of pydantic as the response, in each of the ways in which it asks for one."""

from collections.abc import Iterable
from typing import Any

import instructor
from common import PERSON, Person, expect, main
from openai import OpenAI
from pydantic import BaseModel

ASKED: Any = [{"role": "user", "content": PERSON}]


class Weather(BaseModel):
    """Get the weather in a city."""

    city: str


class Settings:
    """How one case asks: the client's API, the model, and instructor's modes for that API."""

    def __init__(self, api: str, name: str, base_url: str) -> None:
        self.api, self.name = api, name
        self.client = OpenAI(base_url=base_url, api_key="none", max_retries=0)

    def ask(self, mode: str, wanted: Any = Person, **more: Any) -> Any:
        client = instructor.from_openai(self.client, mode=instructor.Mode[mode])
        return client.chat.completions.create(
            model=self.name, messages=ASKED, response_model=wanted, max_retries=0, **more
        )


def model(api: str, name: str, base_url: str) -> Settings:
    return Settings(api, name, base_url)


def _person(found: Any) -> None:
    expect(isinstance(found, Person), f"the response is {found!r}")


def tools(settings: Settings) -> None:
    _person(settings.ask("TOOLS"))


def tools_strict(settings: Settings) -> None:
    _person(settings.ask("TOOLS_STRICT"))


def tools_partial(settings: Settings) -> None:
    parts = list(settings.ask("TOOLS", instructor.Partial[Person], stream=True))
    expect(parts and parts[-1].name and parts[-1].age is not None, f"the last part is {parts[-1:]!r}")


def tools_iterable(settings: Settings) -> None:
    found = list(settings.ask("TOOLS", Iterable[Person], stream=True))
    expect(found and all(isinstance(one, Person) for one in found), f"the responses are {found!r}")


def parallel_tools(settings: Settings) -> None:
    client = instructor.from_openai(settings.client, mode=instructor.Mode.PARALLEL_TOOLS)
    prompt: Any = [{"role": "user", "content": "What is the weather in Paris and in Oslo? Use the tool Weather."}]
    found = list(
        client.chat.completions.create(
            model=settings.name, messages=prompt, response_model=Iterable[Weather], max_retries=0
        )
    )
    expect([one.city for one in found] == ["Paris", "Oslo"], f"the calls are {found!r}")


def json_schema(settings: Settings) -> None:
    _person(settings.ask("JSON_SCHEMA"))


def json_object(settings: Settings) -> None:
    _person(settings.ask("JSON"))


def json_markdown(settings: Settings) -> None:
    _person(settings.ask("MD_JSON"))


def responses_tools(settings: Settings) -> None:
    _person(settings.ask("RESPONSES_TOOLS"))


def responses_partial(settings: Settings) -> None:
    parts = list(settings.ask("RESPONSES_TOOLS", instructor.Partial[Person], stream=True))
    expect(parts and parts[-1].name and parts[-1].age is not None, f"the last part is {parts[-1:]!r}")


CHAT = [
    *(tools, tools_strict, tools_partial, tools_iterable, parallel_tools),
    *(json_schema, json_object, json_markdown),
]
main(CHAT, model, apis=("chat",))
main([responses_tools, responses_partial], model, apis=("responses",))
