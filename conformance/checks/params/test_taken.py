"""
Parameters that change no answer, or not in a way that can be seen from outside: taken, or refused by name.

That a field is taken at all is the status check of its exchange. Where OpenAI itself refuses a field with most models,
a refusal is as good, if it names the field.

Not checked: that a search cites something (a model may find nothing); that a prediction was used (`usage` tells, and 0
is honest). `store` and `metadata` are judged in the family of stored chats.
"""

from conformance import ABSENT, DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, may, should
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import SERVICE_TIER as TIER_SENT
from conformance.checks.common.errors import error_of
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import CACHED, prompt_tokens
from conformance.checks.embeddings.exchanges import embedded
from conformance.checks.embeddings.vectors import VECTOR, distance, vector
from conformance.checks.params.exchanges import (
    ACCEPTED_ONLY,
    PROMPT_CACHE,
    SERVICE_TIER,
    UNKNOWN_FIELD,
    accepted,
    embedded_with,
    hello_obfuscated,
    hello_of_tier,
    hello_of_unknown_tier,
    hello_with_search,
    hello_with_unknown_field,
    long_prompt_again,
)
from conformance.checks.params.reading import NAMED, UNSEEN, answers, names
from conformance.counterexamples import DELETE, broken, changed, every_chunk

UNKNOWN = "conformance_unknown_field"
BARE = b'{"error": {"message": "Bad request.", "param": null}}'


def bare(observed: Exchange) -> Exchange:
    """Refuse without a word about what was wrong."""
    return observed.with_response(status=400, body=BARE)


def silent(observed: Exchange) -> Exchange:
    """Answer without a text, or refuse without a word about what was wrong."""
    return broken(None, CONTENT, "").change(observed) if observed.status == 200 else bare(observed)


def contrary(observed: Exchange) -> Exchange:
    """Let chunks be padded where they should not be, and the other way round."""
    return every_chunk(hello_obfuscated, "obfuscation", DELETE if observed.case == "on" else "aB3").change(observed)


@should(
    ACCEPTED_ONLY,
    says=DOC("createChatCompletion"),
    counterexample=changed(accepted, silent),
    decides="chat/completions: {case}",
    effect_seen=False,
)
def test_parameter_does_no_harm(accepted: Exchange) -> None:
    """A request with the parameter is answered with text, or refused with an error that names the parameter."""
    if accepted.status == 200:
        answers(accepted)
    else:
        names(accepted, *(name for name in accepted.sent.json if name not in {"model", "messages"}))


@should(
    ACCEPTED_ONLY,
    says=DOC("createEmbedding"),
    counterexample=broken(embedded_with, VECTOR, [0.5] * 256),
    decides="embeddings: {case}",
    effect_seen=False,
)
def test_embedding_parameter_does_no_harm(embedded_with: Exchange, embedded: Exchange) -> None:
    """The vector is the same with a parameter that changes nothing."""
    apart = distance(vector(embedded_with), vector(embedded))
    assert apart < 0.1, f"the vectors are {apart:.0%} of their length apart"


@should(
    ACCEPTED_ONLY,
    says=DOC("ChatCompletionStreamOptions.include_obfuscation"),
    counterexample=changed(hello_obfuscated, contrary),
    decides="chat/completions: stream_options.include_obfuscation",
)
def test_chunks_are_padded_as_asked(hello_obfuscated: Exchange) -> None:
    """Chunks have an `obfuscation` with `include_obfuscation` true, and none with false."""
    padded = any(chunk.get("obfuscation") not in (ABSENT, None) for chunk in hello_obfuscated.chunks)
    if padded != (hello_obfuscated.case == "on"):
        seen = "chunks are padded" if padded else "no chunk is padded"
        raise Deviation(f"{seen} with {hello_obfuscated.case}", finding="ignored:stream_options.include_obfuscation")


@may(
    ACCEPTED_ONLY,
    says=DOC("createChatCompletion"),
    counterexample=changed(hello_with_search, silent),
    decides="chat/completions: web_search_options",
    effect_seen=False,
)
def test_search_is_done_or_refused_by_name(hello_with_search: Exchange) -> None:
    """A request with `web_search_options` is answered with text, or refused with an error that names them."""
    if hello_with_search.status == 200:
        answers(hello_with_search)
    else:
        names(hello_with_search, "web_search", "search")


@may(ACCEPTED_ONLY, says=SDK("ErrorObject.param"), counterexample=changed(hello_with_search, bare))
def test_refused_search_has_its_param(hello_with_search: Exchange) -> None:
    """When `web_search_options` are refused, `error.param` is that field: a program cannot read it in a sentence."""
    if hello_with_search.status == 200:
        raise Inconclusive("`web_search_options` are not refused")
    param = error_of(hello_with_search).get("param")
    assert isinstance(param, str) and param.startswith("web_search"), f"`error.param` is {param!r}"  # noqa: PT018


@should(
    SERVICE_TIER,
    says=DOC("CreateChatCompletionRequest.service_tier"),
    counterexample=broken(hello_of_tier, "service_tier", DELETE),
    when=(TIER_SENT,),
    decides="chat/completions: service_tier",
)
def test_tier_is_told(chat_completion: Exchange) -> None:
    """When `service_tier` is sent, the answer tells in `service_tier` which tier served it."""
    if chat_completion.get("service_tier") in (ABSENT, None, ""):
        raise Deviation("the answer tells no `service_tier`", finding="ignored:service_tier")
    chat_completion.at("service_tier", str)


@should(SERVICE_TIER, says=NAMED, counterexample=changed(hello_of_unknown_tier, bare))
def test_unknown_tier_is_refused_by_name(hello_of_unknown_tier: Exchange) -> None:
    """A `service_tier` that nobody has is refused with an error that names the field."""
    if hello_of_unknown_tier.status != 200:
        names(hello_of_unknown_tier, "service_tier", "service tier")
        return
    tier = hello_of_unknown_tier.get("service_tier")
    if not isinstance(tier, str):
        raise Inconclusive("the answer tells no tier: `service_tier` is ignored, as a check of its own finds")
    raise Deviation(f"it was taken, and the answer tells {tier[:40]!r}", finding="partly:service_tier")


@should(UNKNOWN_FIELD, says=NAMED, counterexample=changed(hello_with_unknown_field, bare))
def test_unknown_field_is_ignored_or_refused_by_name(hello_with_unknown_field: Exchange) -> None:
    """A request with an unknown field is answered with text, or refused with an error that names the field."""
    if hello_with_unknown_field.status == 200:
        answers(hello_with_unknown_field)
    else:
        names(hello_with_unknown_field, UNKNOWN)


@should(
    PROMPT_CACHE,
    says=SDK("PromptTokensDetails.cached_tokens"),
    counterexample=broken(long_prompt_again, CACHED, 1_000_000),
)
def test_repeated_prompt_is_counted_as_cached(long_prompt_again: Exchange) -> None:
    """Of a long prompt sent again some tokens are counted as cached, and no more than there are."""
    cached = long_prompt_again.at(CACHED, int, 0)
    prompt = prompt_tokens(long_prompt_again)
    assert cached <= prompt, f"{cached} cached tokens of {prompt}"
    if cached <= 0:
        raise Inconclusive(f"{UNSEEN}: no token is counted as cached; nobody promises that a cache is met")
