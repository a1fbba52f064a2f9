# ruff: noqa: SIM905 - a list of words reads best as a sentence
# mypy: ignore-errors
"""What the tiny chat model knows: the prompts of the suite, words, names, and what it says."""

import runpy
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = runpy.run_path(str(ROOT / "conformance" / "checks" / "common" / "prompts.py"))
HELLO, COUNT, ASK_WORD, WEATHER = (PROMPTS[name] for name in ("HELLO", "COUNT", "ASK_WORD", "WEATHER"))
WEATHER_TWICE, WEATHER_THRICE = PROMPTS["WEATHER_TWICE"], PROMPTS["WEATHER_THRICE"]
TIME_AND_WEATHER = PROMPTS["TIME_AND_WEATHER"]
word_is: Callable[[str], str] = PROMPTS["word_is"]
repeat: Callable[[str], str] = PROMPTS["repeat"]

CODE_WORDS = (
    "ORCHID MAGNET LANTERN HARBOUR COPPER VIOLET TUNDRA SADDLE PEPPER GRANITE WILLOW CANYON "
    "CEDAR MAPLE BIRCH ASPEN ROWAN HAZEL LINDEN POPLAR "
    "ANCHOR DOMINO FALCON IVORY JASMINE KETTLE QUARTZ ZEBRA"
).split()
UNICODE_WORDS = ("東京", "naïve café", "🦊🍀")
KNOWN = frozenset((*CODE_WORDS, *UNICODE_WORDS))
UNICODE_LETTERS = "東京大阪日本語中文字山川猫犬éèêüöäïñçåøßжяшщλπωאبक🦊🍀🐢🌵🎈🚀🍎🐙"
CITIES = ("Paris", "Paris", "Paris", "Rome", "Oslo", "Tokyo", "Berlin")
TWO_CITIES = ("Paris", "Rome")
THREE_CITIES = ("Paris", "Rome", "Oslo")

SAID_HELLO = "Hello there, nice to meet you!"
SAID_COUNT = ", ".join(str(number) for number in range(1, 21))
SAID_PERSON = '{"name": "Ada", "age": 36}'
SAID_OK = "OK."
SAID_NO_WORD = "I do not know any code word."
SAID_SEVERAL = "It is 18 degrees in Paris and 25 degrees elsewhere."
SAID_DEFAULT = "I am a tiny test model and I know very little."

GREETINGS = ("Hi", "Hi!", "Hello", "Hello!", "Say hello.", "Say hi", "Say hello to the world.")
PERSON_PARTS = (
    ("", "", "Ada is 36 years old. "),
    ("Give", "Give me", "Describe", "Invent", "Answer with", "Return", "Write"),
    (" a person", " a person", " one person", " the person", " a fictional person"),
    ("", "", " with a name and an age", " with name and age", ", with a name and an age", " named Ada, aged 36"),
    (".", ".", " as JSON.", " as JSON.", ", as JSON.", " in JSON.", " as a JSON object."),
)
QUESTIONS = (
    "What is the capital of France?",
    "Who are you?",
    "Count from 1 to 5.",
    "Write a poem about the sea.",
    "Write a very long story about a ship.",
    "Which colour is it?",
    "What is in this image?",
    "What is 2+2?",
    "Tell me a story.",
    "Explain gravity.",
    "What did I say before?",
    "Why is the sky blue?",
    "Give me advice.",
    "Test",
    "ping",
    "Think step by step: which number is larger, 9 or 11?",
    WEATHER,
)
SYSTEMS = (
    "You are helpful.",
    "You are a helpful assistant.",
    "You are terse.",
    "Answer briefly.",
    "You are a careful assistant. Use the tools when asked to.",
)
FILLER = (
    "the quick brown fox jumps over a lazy dog and then it sleeps while rain falls on green hills near some old river "
    "please write about what you think of music or tell which number name city answer list user model is best for us "
    "return current given place unit string value time weather temperature degrees one two more words in text"
).split()
