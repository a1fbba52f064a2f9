"""What is sent for chat completions."""

from conformance import (
    MAY,
    MUST,
    SHOULD,
    Capability,
    Request,
    Target,
    assistant,
    developer,
    exchange,
    post,
    system,
    text,
    user,
)
from conformance.checks.common.prompts import ASK_WORD, COUNT, HELLO, repeat, word_is

BASIC = Capability("chat.basic", MUST, "a message is answered")
SCHEMA_CORE = Capability("chat.schema.core", MUST, "the fields that every client reads")
SCHEMA_STRICT = Capability("chat.schema.strict", SHOULD, "the whole documented shape")
SCHEMA_EXTRAS = Capability("chat.schema.extras", SHOULD, "no fields of another API")
MODEL_ECHO = Capability("chat.model_echo", SHOULD, "the answer names the model")
SYSTEM = Capability("chat.role.system", MUST, "system messages are heard")
DEVELOPER = Capability("chat.role.developer", SHOULD, "developer messages are heard")
SYSTEM_VARIANTS = Capability("chat.role.system_variants", MAY, "late and several system messages are heard")
MULTI_TURN = Capability("chat.multi_turn", MUST, "earlier turns are heard")
PARTS = Capability("chat.content_parts_text", SHOULD, "content as a list of text parts")
FINISH_STOP = Capability("chat.finish_reason.stop", MUST, "a short answer ends with `stop`")
FINISH_LENGTH = Capability("chat.finish_reason.length", MUST, "a cut answer ends with `length`")
SMALL_BUDGET = Capability("chat.small_budget", SHOULD, "a small token limit gives text or says `length`")
PARALLEL = Capability("chat.stateless_parallel", SHOULD, "parallel requests do not mix")

PARALLEL_WORDS = {word.lower(): word for word in ("CEDAR", "MAPLE", "BIRCH", "ASPEN")}


@exchange(BASIC, preflight=True)
def hello(target: Target) -> Request:
    """One short user message and nothing optional."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)]})


@exchange(SYSTEM)
def word_of_user(target: Target) -> Request:
    """The competence control: the code word stands in the user message itself."""
    messages = [user(f"{word_is('ORCHID')} {ASK_WORD}")]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM)
def word_asked(target: Target) -> Request:
    """The question for the code word, and nobody told one: the measure for what other messages add."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(ASK_WORD)]})


@exchange(SYSTEM)
def word_of_system(target: Target) -> Request:
    """A code word in a system message, asked for in the user message."""
    messages = [system(word_is("MAGNET")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(DEVELOPER)
def word_of_developer(target: Target) -> Request:
    """A code word in a developer message."""
    messages = [developer(word_is("COPPER")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM_VARIANTS)
def word_of_late_system(target: Target) -> Request:
    """A code word in a system message after the first turn."""
    messages = [user(HELLO), assistant("Hello!"), system(word_is("VIOLET")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM_VARIANTS)
def word_of_second_system(target: Target) -> Request:
    """Two system messages; the second tells the code word."""
    messages = [system("You are helpful."), system(word_is("TUNDRA")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(MULTI_TURN)
def word_of_earlier_turn(target: Target) -> Request:
    """A code word in the first of two user turns."""
    messages = [user(f"{word_is('LANTERN')} Say OK."), assistant("OK."), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(PARTS)
def word_in_parts(target: Target) -> Request:
    """A user message of two text parts: the code word, and the question."""
    messages = [user([text(word_is("HARBOUR")), text(ASK_WORD)])]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(PARTS)
def word_in_one_part(target: Target) -> Request:
    """A user message of one text part: the question alone."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user([text(ASK_WORD)])]})


@exchange(FINISH_LENGTH)
def count_cut(target: Target) -> Request:
    """A long answer with room for few tokens."""
    body = {"model": target.model("chat"), "messages": [user(COUNT)], "max_tokens": target.budget(8)}
    return post("/chat/completions", body)


@exchange(FINISH_STOP, cost=120)
def count_whole(target: Target) -> Request:
    """The same long answer with room enough."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(COUNT)]})


@exchange(SMALL_BUDGET, cost=150)
def hello_within_128(target: Target) -> Request:
    """A short answer with the small limit that documents show: 128 tokens."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)], "max_tokens": 128})


@exchange(PARALLEL, each=PARALLEL_WORDS, together=True)
def parallel_words(target: Target, row: str) -> Request:
    """Four requests at the same time, each for a word of its own."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(repeat(row))]})
