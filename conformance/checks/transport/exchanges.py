"""
What is sent about the transport; most is judged on exchanges of other families.

A word that is not ASCII is repeated, non-streaming and streamed. The control is the ASCII words of `parallel_words`: a
model that cannot repeat those proves nothing about any encoding.
"""

from conformance import Request, Target, capability, exchange
from conformance.checks.common.prompts import repeat
from conformance.requests import post, user

BASE_URL = capability("transport.base_url")
NO_REDIRECT = capability("transport.no_redirect")
JSON = capability("transport.json_content_type")
UTF8 = capability("transport.utf8")
CLIENT = capability("transport.sdk")

WORDS = {
    "cjk": "東京",
    "accents": "naïve café",
    "emoji": "🦊🍀",
    "long": "春は桜、夏は蛍、秋は紅葉、冬は雪。山も川も海も空も、みな美しい。",
}
"""The long one is there for those who read a stream in pieces, and harm the characters that they cut."""


@exchange(UTF8, each=WORDS)
def non_ascii_word(target: Target, row: str) -> Request:
    """A word that is not ASCII, to be repeated."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(repeat(row))]})


@exchange(UTF8, each=WORDS)
def non_ascii_word_streamed(target: Target, row: str) -> Request:
    """A word that is not ASCII, to be repeated in a stream."""
    body = {"model": target.model("chat"), "messages": [user(repeat(row))], "stream": True}
    return post("/chat/completions", body)
