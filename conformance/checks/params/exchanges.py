"""
What is sent about parameters whose effect is measured, or that are only accepted.

One parameter in each request. The controls are the same requests without it: `random_number`, `count_far_streamed`,
`hello`, `embedded`. The checks that decide about a parameter name it (`decides=`).
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT, COUNT_FAR, DRAW, EXPLAIN, HELLO
from conformance.checks.common.requests import REFUSED, TAKEN_OR_REFUSED, Wrong
from conformance.checks.embeddings.exchanges import embedded
from conformance.checks.params.rows import (
    ACCEPTED,
    ALTERNATIVES,
    DRAWS,
    EMBEDDING_ACCEPTED,
    LOGPROBS_BEYOND,
    OBFUSCATION,
    OUTSIDE,
    PENALTIES_BEYOND,
    TIERS,
    TOO_MANY_TOOLS,
    WRONG_VALUES,
    Fields,
)
from conformance.requests import assistant, post, user

TEMPERATURE = capability("params.temperature")
TOP_P = capability("params.top_p")
SEED = capability("params.seed")
PENALTIES = capability("params.penalties")
LOGPROBS = capability("params.logprobs")
ACCEPTED_ONLY = capability("params.accepted_only")
SERVICE_TIER = capability("params.service_tier")
VERBOSITY = capability("params.verbosity")
UNKNOWN_FIELD = capability("params.unknown_field")
OUT_OF_RANGE = capability("params.out_of_range")
PROMPT_CACHE = capability("params.prompt_cache")

LONG_PROMPT = " ".join([HELLO] * 250)
"""About 1,750 tokens; prompts below 1,024 tokens are not cached."""


def ask(target: Target, prompt: str = HELLO, **optional: Any) -> Request:
    """Return a chat request with optional fields."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(prompt)], **optional})


@exchange(TEMPERATURE, each=DRAWS, cost=30)
def random_number(target: Target, row: None) -> Request:
    """The control: a random number, requested without optional parameters."""
    del row
    return ask(target, DRAW)


@exchange(TEMPERATURE, each=DRAWS, cost=30)
def random_number_at_zero(target: Target, row: None) -> Request:
    """A random number at temperature 0."""
    del row
    return ask(target, DRAW, temperature=0)


@exchange(TOP_P, each=DRAWS, cost=30)
def random_number_top_p(target: Target, row: None) -> Request:
    """A random number with `top_p: 0.001`, which leaves only the likeliest token; some take 0 as unset."""
    del row
    return ask(target, DRAW, top_p=0.001)


@exchange(SEED, each=DRAWS, cost=30)
def random_number_seed(target: Target, row: None) -> Request:
    """A random number with the same `seed` each time; some take 0 as unset."""
    del row
    return ask(target, DRAW, seed=7)


@exchange(PENALTIES, cost=400)
def count_far_frequency_penalty(target: Target) -> Request:
    """The count to 100 with a high `frequency_penalty`; a model may then ramble, so there is a token limit."""
    return ask(target, COUNT_FAR, frequency_penalty=1.9, max_tokens=target.budget(400))


@exchange(PENALTIES)
def hello_presence_penalty(target: Target) -> Request:
    """A greeting with a `presence_penalty`, whose effect a short text does not show."""
    return ask(target, presence_penalty=1.5)


@exchange(PENALTIES, expects=REFUSED, invalid=True, each=PENALTIES_BEYOND)
def penalty_out_of_range(target: Target, row: dict[str, Any]) -> Request:
    """A penalty beyond the documented range of -2 to 2."""
    return ask(target, **row)


@exchange(LOGPROBS, cost=120)
def count_with_logprobs(target: Target) -> Request:
    """The count to 20 with `logprobs` and `top_logprobs: 2`."""
    return ask(target, COUNT, logprobs=True, top_logprobs=ALTERNATIVES)


@exchange(LOGPROBS)
def hello_with_logprobs(target: Target) -> Request:
    """A greeting with `logprobs: true` alone."""
    return ask(target, logprobs=True)


@exchange(LOGPROBS, cost=120)
def count_with_logprobs_streamed(target: Target) -> Request:
    """The count to 20 with `logprobs` and `top_logprobs: 2`, streamed."""
    return ask(target, COUNT, logprobs=True, top_logprobs=ALTERNATIVES, stream=True)


@exchange(LOGPROBS, expects=REFUSED, invalid=True, each=LOGPROBS_BEYOND)
def logprobs_out_of_range(target: Target, row: dict[str, Any]) -> Request:
    """`top_logprobs` above the documented 20, or without `logprobs`."""
    return ask(target, **row)


@exchange(ACCEPTED_ONLY, each=ACCEPTED)
def accepted(target: Target, row: Fields) -> Request:
    """A greeting with a parameter whose effect cannot be observed, or with default values, as many clients send."""
    return ask(target, **row.fields)


@exchange(ACCEPTED_ONLY, each=OBFUSCATION)
def hello_obfuscated(target: Target, row: dict[str, bool]) -> Request:
    """A stream with `include_obfuscation`, which pads chunks to hide their length."""
    return ask(target, stream=True, stream_options=row)


@exchange(ACCEPTED_ONLY, expects=TAKEN_OR_REFUSED, cost=8000)
def hello_with_search(target: Target) -> Request:
    """A greeting with `web_search_options`; a model that searches always does so, which is expensive."""
    return ask(target, web_search_options={"search_context_size": "low"})


@exchange(SERVICE_TIER, each=TIERS)
def hello_service_tier(target: Target, row: str) -> Request:
    """A greeting with a `service_tier`."""
    return ask(target, service_tier=row)


@exchange(SERVICE_TIER, expects=TAKEN_OR_REFUSED, invalid=True)
def hello_unknown_service_tier(target: Target) -> Request:
    """A greeting with a `service_tier` that does not exist."""
    return ask(target, service_tier="conformance")


@exchange(VERBOSITY, each=dict(list(DRAWS.items())[:3]), cost=250)
def explained_low(target: Target, row: None) -> Request:
    """An open question with `verbosity` `low`."""
    del row
    return ask(target, EXPLAIN, verbosity="low")


@exchange(VERBOSITY, each=dict(list(DRAWS.items())[:3]), cost=600)
def explained_high(target: Target, row: None) -> Request:
    """The same open question with `verbosity` `high`."""
    del row
    return ask(target, EXPLAIN, verbosity="high")


@exchange(UNKNOWN_FIELD, expects=TAKEN_OR_REFUSED, invalid=True)
def hello_with_unknown_field(target: Target) -> Request:
    """A greeting with an undocumented field."""
    return ask(target, conformance_unknown_field=True)


@exchange(OUT_OF_RANGE, expects=REFUSED, invalid=True, each=OUTSIDE)
def out_of_range(target: Target, row: dict[str, Any]) -> Request:
    """A greeting with a value that OpenAI rejects: too large, too small, or of another type."""
    return ask(target, **row)


@exchange(OUT_OF_RANGE, expects=REFUSED, invalid=True, cost=10, roles=("embedding",))
def embedded_in_unknown_format(embedded: Exchange) -> Request:
    """An embeddings request with an `encoding_format` that does not exist."""
    return post("/embeddings", {**embedded.sent.json, "encoding_format": "conformance"})


@exchange(ACCEPTED_ONLY, each=EMBEDDING_ACCEPTED, cost=10, roles=("embedding",))
def embedded_with(embedded: Exchange, row: dict[str, Any]) -> Request:
    """An embeddings request with a parameter that does not change the vector."""
    return post("/embeddings", {**embedded.sent.json, **row})


@exchange(ACCEPTED_ONLY, cost=10, roles=("embedding",))
def embedded_again(embedded: Exchange) -> Request:
    """The control: the same embeddings request, repeated without an additional parameter."""
    return post("/embeddings", embedded.sent.json)


@exchange(PROMPT_CACHE, cost=2000, alone=True)
def long_prompt_once(target: Target) -> Request:
    """A short question after a long turn."""
    messages = [user(LONG_PROMPT), assistant("Hello!"), user(HELLO)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(PROMPT_CACHE, cost=2000, alone=True)
def long_prompt_again(long_prompt_once: Exchange) -> Request:
    """The same long request, repeated after its response."""
    return post("/chat/completions", long_prompt_once.sent.json)


@exchange(OUT_OF_RANGE, expects=REFUSED, invalid=True, each=WRONG_VALUES, cost=30)
def wrong_value(target: Target, row: Wrong) -> Request:
    """A chat request with an invalid optional field, or with two that exclude each other."""
    return post("/chat/completions", row.body(target.model("chat")))


@exchange(OUT_OF_RANGE, expects=TOO_MANY_TOOLS.expects, invalid=True, cost=1000)
def too_many_tools(target: Target) -> Request:
    """129 tools, one more than the documented limit."""
    return post("/chat/completions", TOO_MANY_TOOLS.body(target.model("chat")))
