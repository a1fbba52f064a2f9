"""What is sent for chat completions."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.limits import limited, room
from conformance.checks.common.prompts import ASK_WORD, COUNT, HELLO, repeat, word_is
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.requests import assistant, developer, post, system, text, user

BASIC = capability("chat.basic")
SCHEMA_CORE = capability("chat.schema.core")
SCHEMA_STRICT = capability("chat.schema.strict")
SCHEMA_EXTRAS = capability("chat.schema.extras")
MODEL_ECHO = capability("chat.model_echo")
SYSTEM = capability("chat.role.system")
DEVELOPER = capability("chat.role.developer")
SYSTEM_VARIANTS = capability("chat.role.system_variants")
MULTI_TURN = capability("chat.multi_turn")
PARTS = capability("chat.content_parts_text")
FINISH_STOP = capability("chat.finish_reason.stop")
FINISH_LENGTH = capability("chat.finish_reason.length")
SMALL_BUDGET = capability("chat.small_budget")
PARALLEL = capability("chat.stateless_parallel")

PARALLEL_WORDS = {word.lower(): word for word in ("CEDAR", "MAPLE", "BIRCH", "ASPEN")}


@exchange(BASIC, preflight=True)
def hello(target: Target) -> Request:
    """One short user message without optional parameters."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)]})


@exchange(SYSTEM)
def word_in_user_message(target: Target) -> Request:
    """The control for repeating a code word: the user message itself contains it."""
    messages = [user(f"{word_is('ORCHID')} {ASK_WORD}")]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM)
def word_question(target: Target) -> Request:
    """The question for the code word without the code word; the baseline for what other messages add."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(ASK_WORD)]})


@exchange(SYSTEM)
def word_in_system_message(target: Target) -> Request:
    """A code word in a system message, requested in the user message."""
    messages = [system(word_is("MAGNET")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(DEVELOPER)
def word_in_developer_message(target: Target) -> Request:
    """A code word in a developer message."""
    messages = [developer(word_is("COPPER")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM_VARIANTS)
def word_in_late_system_message(target: Target) -> Request:
    """A code word in a system message after the first turn."""
    messages = [user(HELLO), assistant("Hello!"), system(word_is("VIOLET")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(SYSTEM_VARIANTS)
def word_in_second_system_message(target: Target) -> Request:
    """Two system messages; the second contains the code word."""
    messages = [system("You are helpful."), system(word_is("TUNDRA")), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(MULTI_TURN)
def word_in_earlier_turn(target: Target) -> Request:
    """A code word in the first of two user turns."""
    messages = [user(f"{word_is('LANTERN')} Say OK."), assistant("OK."), user(ASK_WORD)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(PARTS)
def word_in_parts(target: Target) -> Request:
    """A user message of two text parts: the code word and the question."""
    messages = [user([text(word_is("HARBOUR")), text(ASK_WORD)])]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(PARTS)
def word_in_one_part(target: Target) -> Request:
    """A user message of one text part: the question alone."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user([text(ASK_WORD)])]})


@exchange(FINISH_STOP, cost=120)
def count_whole(target: Target) -> Request:
    """A request for a long text without a token limit."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(COUNT)]})


@exchange(FINISH_LENGTH, expects=TAKEN_OR_REFUSED)
def hello_with_max_tokens(target: Target) -> Request:
    """A short request with `max_tokens`, which models that reason reject."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)], "max_tokens": 128})


@exchange(FINISH_LENGTH)
def count_cut(target: Target, hello_with_max_tokens: Exchange, count_whole: Exchange) -> Request:
    """A request for a long text with a small token limit, under the name of the limit that is accepted."""
    limit = limited(hello_with_max_tokens, room(target, count_whole, 8))
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(COUNT)], **limit})


@exchange(SMALL_BUDGET, cost=150)
def hello_within_128(target: Target, hello_with_max_tokens: Exchange) -> Request:
    """A short request with the small token limit shown in documents: 128."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], **limited(hello_with_max_tokens, 128)}
    return post("/chat/completions", body)


@exchange(PARALLEL, each=PARALLEL_WORDS, together=True)
def parallel_words(target: Target, row: str) -> Request:
    """Four parallel requests, each for a different word."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(repeat(row))]})
