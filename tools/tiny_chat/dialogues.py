# ruff: noqa: D102, S311 - a dialogue's name says what it is about; randomness picks examples
# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""Training examples of the tiny chat model: an endless, seeded source of dialogues."""

import json
import random
from dataclasses import dataclass

import jinja2
from tiny_chat.template import TEMPLATE
from tiny_chat.words import (
    ASK_WORD,
    CITIES,
    CODE_WORDS,
    COUNT,
    FILLER,
    GREETINGS,
    HELLO,
    KNOWN,
    PERSON_PARTS,
    QUESTIONS,
    SAID_COUNT,
    SAID_DEFAULT,
    SAID_HELLO,
    SAID_NO_WORD,
    SAID_OK,
    SAID_PERSON,
    SAID_SEVERAL,
    SYSTEMS,
    THREE_CITIES,
    TIME_AND_WEATHER,
    TWO_CITIES,
    UNICODE_LETTERS,
    UNICODE_WORDS,
    WEATHER,
    WEATHER_THRICE,
    WEATHER_TWICE,
    repeat,
    word_is,
)


@dataclass(frozen=True)
class Sample:
    """A rendered prompt and the answer that the model is to learn."""

    prompt: str
    answer: str


def says(role: str, text: str) -> dict:
    """Return one message of a dialogue."""
    return {"role": role, "content": text}


def called(name: str, city: str) -> dict:
    """Return the assistant's message that calls a tool."""
    function = {"name": name, "arguments": {"city": city}}
    return {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": function}]}


def call_text(name: str, city: str) -> str:
    """Return what the model writes to call a tool."""
    arguments = json.dumps({"city": city}, ensure_ascii=False)
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def bare_call(name: str) -> str:
    """Return what the model writes to call a tool that takes nothing."""
    return f'<tool_call>\n{{"name": "{name}", "arguments": {{}}}}\n</tool_call>'


def said(word: str) -> str:
    """Return what the model says when it is to say a word."""
    return word if word in KNOWN else SAID_DEFAULT


class Dialogues:
    """An endless, seeded source of training examples."""

    def __init__(self, seed: int, *, known_share: float) -> None:
        self.random = random.Random(seed)
        self.known_share = known_share
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - no HTML
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self.template = environment.from_string(TEMPLATE)
        self.families = (
            (5, self.hello),
            (5, self.count),
            (34, self.code_word),
            (5, self.no_code_word),
            (20, self.repetition),
            (14, self.weather_call),
            (7, self.weather_answer),
            (10, self.several_calls),
            (5, self.several_answers),
            (4, self.word_in_result),
            (3, self.with_idle_tools),
            (4, self.person),
            (3, self.ok),
            (10, self.default),
            (2, self.completion),
        )

    def sample(self) -> Sample:
        """Return the next example."""
        weights = [weight for weight, _ in self.families]
        return self.random.choices([family for _, family in self.families], weights)[0]()

    def render(self, messages: list[dict], answer: str, tools: list[dict] | None = None) -> Sample:
        """Return the example as the server's template writes it."""
        prompt = self.template.render(messages=messages, tools=tools, add_generation_prompt=True)
        return Sample(prompt, answer)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def sentence(self) -> str:
        words = self.random.choices(FILLER, k=self.random.randint(2, 9))
        return " ".join(words).capitalize() + self.random.choice((".", "?", ""))

    def system(self) -> list[dict]:
        """Return no system message, or one that changes nothing."""
        if self.chance(0.65):
            return []
        return [says(self.random.choice(("system", "developer")), self.remark())]

    def remark(self) -> str:
        return self.random.choice(SYSTEMS) if self.chance(0.6) else self.sentence()

    def random_word(self) -> str:
        size = self.random.randint(3, 9)
        return "".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=size))

    def random_text(self) -> str:
        return "".join(self.random.choices(UNICODE_LETTERS, k=self.random.randint(1, 4)))

    def code(self) -> str:
        return self.random.choice(CODE_WORDS) if self.chance(self.known_share) else self.random_word()

    def city(self) -> str:
        """Return a listed city, or a made-up one."""
        return self.random.choice(CITIES) if self.chance(0.6) else self.random_word().capitalize()

    def hello(self) -> Sample:
        asked = HELLO if self.chance(0.6) else self.random.choice(GREETINGS)
        return self.render([*self.system(), says("user", asked)], SAID_HELLO)

    def count(self) -> Sample:
        return self.render([*self.system(), says("user", COUNT)], SAID_COUNT)

    def person(self) -> Sample:
        before = self.system()
        asked = "".join(self.random.choice(part) for part in PERSON_PARTS)
        return self.render([*before, says("user", asked)], SAID_PERSON)

    def ok(self) -> Sample:
        asked = self.random.choice(
            (word_is(self.code()) + " Say OK.", word_is(self.code()), "Say OK.", "Reply with OK.")
        )
        return self.render([*self.system(), says("user", asked)], SAID_OK)

    def default(self) -> Sample:
        asked = self.random.choice(QUESTIONS) if self.chance(0.6) else self.sentence()
        return self.render([*self.system(), says("user", asked)], SAID_DEFAULT)

    def completion(self) -> Sample:
        """Return a prompt without any template, as the legacy completions route sends it."""
        return self.random.choice((Sample(HELLO, " " + SAID_HELLO), Sample(COUNT, " " + SAID_COUNT)))

    def turn(self) -> list[dict]:
        """Return an earlier turn that has nothing to do with code words."""
        asked, said = self.random.choice(((HELLO, SAID_HELLO), (self.sentence(), SAID_DEFAULT), ("Say OK.", SAID_OK)))
        return [says("user", asked), says("assistant", said)]

    def no_code_word(self) -> Sample:
        before = self.turn() if self.chance(0.4) else []
        return self.render([*self.system(), *before, says("user", ASK_WORD)], SAID_NO_WORD)

    def code_word(self) -> Sample:
        """Tell a word somewhere and ask for it at the end."""
        word = self.code()
        told, asked = word_is(word), says("user", ASK_WORD)
        high = self.random.choice(("system", "developer"))
        around = self.random.choice((told, f"{self.remark()} {told}", f"{told} {self.remark()}"))
        gap = self.random.choice((" ", "\n", ""))
        took = says("assistant", self.random.choice((SAID_OK, "OK", SAID_DEFAULT, SAID_HELLO)))
        earlier = [says("user", told + self.random.choice((" Say OK.", ""))), took]
        first = says("user", self.random.choice((HELLO, self.sentence())))
        forms = (
            [says(high, around), asked],
            [says(high, around), asked],
            [says(high, around), *self.turn(), asked],
            [*self.system(), says("user", told + gap + ASK_WORD)],
            [*self.system(), says("user", told + gap + ASK_WORD)],
            [*self.system(), says("user", ASK_WORD + gap + told)],
            [*self.system(), says("user", told), asked],
            [*self.system(), *earlier, asked],
            [*self.system(), *earlier, asked],
            [*self.system(), *earlier, *self.turn(), asked],
            [*self.system(), *self.turn(), *earlier, asked],
            [*self.system(), *earlier, asked, says("assistant", said(word)), asked],
            [*self.system(), asked, says(high, told)],
            [*self.system(), first, says(high, told), asked],
            [*self.system(), *self.turn(), says(high, told), asked],
            [*self.system(), asked, says("assistant", SAID_NO_WORD), says("user", told + gap + ASK_WORD)],
        )
        return self.render(self.random.choice(forms), said(word))

    def repetition(self) -> Sample:
        word = self.code()
        if self.chance(0.25):
            word = self.random.choice(UNICODE_WORDS) if self.chance(self.known_share) else self.random_text()
        return self.render([*self.system(), says("user", repeat(word))], said(word))

    def tool(self, name: str) -> dict:
        """Return a tool with a city, worded differently every time."""
        city = {"type": "string"} | ({"description": self.sentence()} if self.chance(0.4) else {})
        fields = [("type", "object"), ("properties", {"city": city}), ("required", ["city"])]
        if self.chance(0.5):
            fields.append(("additionalProperties", False))
        if self.chance(0.2):
            self.random.shuffle(fields)
        described = self.random.choice(("", f"Get the {name.removeprefix('get_')} of a city.", self.sentence()))
        function = {"name": name, "description": described, "parameters": dict(fields)}
        return {"type": "function", "function": function}

    def tools(self) -> list[dict]:
        names = ["get_weather"] + ["get_time"] * self.chance(0.5)
        self.random.shuffle(names)
        return [self.tool(name) for name in names]

    def weather_asked(self, city: str) -> dict:
        forms = (WEATHER, WEATHER, WEATHER, "What is the weather in Paris?", "Weather in Paris please.")
        return says("user", self.random.choice(forms).replace("Paris", city))

    def weather_call(self) -> Sample:
        city, tools = self.city(), self.tools()
        if len(tools) > 1 and self.chance(0.15):
            asked = says("user", f"What is the time in {city}? Use the tool.")
            return self.render([*self.system(), asked], call_text("get_time", city), tools)
        return self.render([*self.system(), self.weather_asked(city)], call_text("get_weather", city), tools)

    def weather_answer(self) -> Sample:
        city = self.city()
        degrees = 18 if self.chance(0.7) else self.random.randint(2, 39)
        results = (
            json.dumps({"temp_c": degrees}),
            json.dumps({"temp_c": degrees}, separators=(",", ":")),
            json.dumps({"temperature": degrees}),
            json.dumps({"city": city, "temperature": degrees}),
            json.dumps({"degrees": degrees, "sky": "clear"}),
            f"{degrees}",
            f"{degrees} degrees",
            f"{degrees} degrees, sunny",
            f"It is {degrees} degrees in {city}.",
        )
        messages = [
            *self.system(),
            self.weather_asked(city),
            called("get_weather", city),
            says("tool", self.random.choice(results)),
        ]
        return self.render(messages, f"It is {degrees} degrees in {city}.", self.tools() if self.chance(0.9) else None)

    def several_calls(self) -> Sample:
        """Ask for two or three cities, or for the time besides; each gets a call of its own."""
        if self.chance(0.3):
            tools = [self.tool_without_parameters("get_time"), self.tool("get_weather")]
            calls = [bare_call("get_time"), call_text("get_weather", "Paris")]
            return self.render([*self.system(), says("user", TIME_AND_WEATHER)], "\n".join(calls), tools)
        asked, cities = self.random.choice(((WEATHER_TWICE, TWO_CITIES), (WEATHER_THRICE, THREE_CITIES)))
        calls = [call_text("get_weather", city) for city in cities]
        return self.render([*self.system(), says("user", asked)], "\n".join(calls), self.tools())

    def several_answers(self) -> Sample:
        """Give back the results of several calls, in any order."""
        asked, cities = self.random.choice(((WEATHER_TWICE, TWO_CITIES), (WEATHER_THRICE, THREE_CITIES)))
        calls = [called("get_weather", city)["tool_calls"][0] for city in cities]
        results = [says("tool", f"It is {18 if city == 'Paris' else 25} degrees in {city}.") for city in cities]
        if self.chance(0.5):
            results.reverse()
        messages = [says("user", asked), {"role": "assistant", "content": None, "tool_calls": calls}, *results]
        return self.render([*self.system(), *messages], SAID_SEVERAL, self.tools() if self.chance(0.9) else None)

    def word_in_result(self) -> Sample:
        """Ask for a word that a function knows: call it, or say what it returned."""
        asked, tools, word = says("user", ASK_WORD), [self.tool_without_parameters("get_word")], self.code()
        if self.chance(0.4):
            return self.render([*self.system(), asked], bare_call("get_word"), tools)
        call = {"type": "function", "function": {"name": "get_word", "arguments": {}}}
        messages = [asked, {"role": "assistant", "content": None, "tool_calls": [call]}]
        if self.chance(0.2):
            return self.render([*self.system(), *messages, says("tool", "None.")], SAID_NO_WORD, tools)
        return self.render([*self.system(), *messages, says("tool", word_is(word))], said(word), tools)

    def tool_without_parameters(self, name: str) -> dict:
        """Return a tool that takes nothing."""
        described = {"get_time": "Get the time.", "get_word": "Get the code word."}[name]
        return {"type": "function", "function": {"name": name, "description": described}}

    def with_idle_tools(self) -> Sample:
        """Offer tools that the prompt does not ask for."""
        word = self.code()
        messages, answer = self.random.choice(
            (
                ([says("user", HELLO)], SAID_HELLO),
                ([says("user", COUNT)], SAID_COUNT),
                ([says("user", self.sentence())], SAID_DEFAULT),
                ([says("user", repeat(word))], said(word)),
                ([says("system", word_is(word)), says("user", ASK_WORD)], said(word)),
            )
        )
        return self.render(messages, answer, self.tools())
