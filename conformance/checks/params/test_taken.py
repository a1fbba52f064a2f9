"""
Parameters whose effect cannot be observed from outside: accepted, or rejected by name.

That a field is accepted at all is the status check of its exchange. Where OpenAI itself rejects a field with most
models, a rejection is as good, if it names the field.

Not checked: that a search cites something (a model may find nothing); that a prediction was used (`usage` reports it,
and 0 is honest). `store` and `metadata` are judged in the family of stored chats.
"""

from conformance import ABSENT, DOC, SDK, Deviation, Exchange, Inconclusive, may, should
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import SERVICE_TIER as TIER_SENT
from conformance.checks.common.errors import error_of
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import CACHED, prompt_tokens
from conformance.checks.embeddings.exchanges import embedded
from conformance.checks.embeddings.vectors import TOLERANCE, VECTOR, distance, vector
from conformance.checks.params.exchanges import (
    ACCEPTED_ONLY,
    PROMPT_CACHE,
    SERVICE_TIER,
    UNKNOWN_FIELD,
    accepted,
    embedded_again,
    embedded_with,
    hello_obfuscated,
    hello_service_tier,
    hello_unknown_service_tier,
    hello_with_search,
    hello_with_unknown_field,
    long_prompt_again,
)
from conformance.checks.params.reading import NAMED, UNSEEN, has_text, names
from conformance.counterexamples import DELETE, broken, changed, every_chunk
from conformance.wire.text import brief

UNKNOWN = "conformance_unknown_field"
BARE = b'{"error": {"message": "Bad request.", "param": null}}'


def bare(observed: Exchange) -> Exchange:
    """Reject without naming what is invalid."""
    return observed.with_response(status=400, body=BARE)


def silent(observed: Exchange) -> Exchange:
    """Return no text, or reject without naming what is invalid."""
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
def test_parameter_is_accepted_or_named(accepted: Exchange) -> None:
    """A chat request with an optional parameter returns text, or is rejected with an error that names it."""
    if accepted.status == 200:
        has_text(accepted)
    else:
        names(accepted, *(name for name in accepted.sent.json if name not in {"model", "messages"}))


@should(
    ACCEPTED_ONLY,
    says=DOC("createEmbedding"),
    counterexample=broken(embedded_with, VECTOR, [0.5] * 256),
    decides="embeddings: {case}",
    effect_seen=False,
)
def test_vector_is_not_changed(embedded_with: Exchange, embedded: Exchange, embedded_again: Exchange) -> None:
    """An embeddings parameter without effect, such as `user`, does not change the vector."""
    if distance(vector(embedded), vector(embedded_again)) >= TOLERANCE:
        raise Inconclusive("the same request returns a different vector each time, so no effect can be measured")
    apart = distance(vector(embedded_with), vector(embedded))
    assert apart < TOLERANCE, f"the vector differs from the one without the parameter by {apart:.0%} of its length"


@should(
    ACCEPTED_ONLY,
    says=DOC("ChatCompletionStreamOptions.include_obfuscation"),
    counterexample=changed(hello_obfuscated, contrary),
    decides="chat/completions: stream_options.include_obfuscation",
)
def test_obfuscation_is_as_requested(hello_obfuscated: Exchange) -> None:
    """Chat completion chunks have `obfuscation` with `include_obfuscation: true`, and not with `false`."""
    padded = any(chunk.get("obfuscation") not in (ABSENT, None) for chunk in hello_obfuscated.chunks)
    if padded != (hello_obfuscated.case == "on"):
        seen, sent = ("chunks have" if padded else "no chunk has"), "false" if padded else "true"
        message = f"{seen} `obfuscation` with `include_obfuscation: {sent}`"
        raise Deviation(message, finding="ignored:stream_options.include_obfuscation")


@may(
    ACCEPTED_ONLY,
    says=DOC("createChatCompletion"),
    counterexample=changed(hello_with_search, silent),
    decides="chat/completions: web_search_options",
    effect_seen=False,
)
def test_web_search_is_accepted_or_named(hello_with_search: Exchange) -> None:
    """A chat request with `web_search_options` returns text, or is rejected with an error that names the field."""
    if hello_with_search.status == 200:
        has_text(hello_with_search)
    else:
        names(hello_with_search, "web_search_options", "web_search", "search")


@may(ACCEPTED_ONLY, says=SDK("ErrorObject.param"), counterexample=changed(hello_with_search, bare))
def test_rejected_web_search_has_its_param(hello_with_search: Exchange) -> None:
    """If `web_search_options` is rejected, `error.param` is the name of that field."""
    if hello_with_search.status == 200:
        raise Inconclusive("`web_search_options` is not rejected")
    param = error_of(hello_with_search).get("param")
    seen = brief(param) if isinstance(param, str) else "missing or null"
    assert isinstance(param, str) and param.startswith("web_search"), f"`error.param` is {seen}"  # noqa: PT018


@should(
    SERVICE_TIER,
    says=DOC("CreateChatCompletionRequest.service_tier"),
    counterexample=broken(hello_service_tier, "service_tier", DELETE),
    when=(TIER_SENT,),
    decides="chat/completions: service_tier",
)
def test_service_tier_is_returned(chat_completion: Exchange) -> None:
    """If a chat request sends `service_tier`, the response reports the tier that was used in `service_tier`."""
    if chat_completion.get("service_tier") in (ABSENT, None, ""):
        raise Deviation("the response has no `service_tier`", finding="ignored:service_tier")
    chat_completion.at("service_tier", str)


@should(SERVICE_TIER, says=NAMED, counterexample=changed(hello_unknown_service_tier, bare))
def test_unknown_tier_is_rejected_by_name(hello_unknown_service_tier: Exchange) -> None:
    """A chat request with an unknown `service_tier` is rejected with an error that names the field."""
    if hello_unknown_service_tier.status != 200:
        names(hello_unknown_service_tier, "service_tier", "service tier")
        return
    tier = hello_unknown_service_tier.get("service_tier")
    if not isinstance(tier, str):
        raise Inconclusive("the response has no `service_tier`, which another check finds")
    raise Deviation(
        f"the request was accepted, and the response has `service_tier` {tier[:40]!r}", finding="partly:service_tier"
    )


@should(UNKNOWN_FIELD, says=NAMED, counterexample=changed(hello_with_unknown_field, bare))
def test_unknown_field_is_ignored_or_named(hello_with_unknown_field: Exchange) -> None:
    """A chat request with an unknown field returns text, or is rejected with an error that names the field."""
    if hello_with_unknown_field.status == 200:
        has_text(hello_with_unknown_field)
    else:
        names(hello_with_unknown_field, UNKNOWN)


@should(
    PROMPT_CACHE,
    says=SDK("completion_usage.PromptTokensDetails.cached_tokens"),
    counterexample=broken(long_prompt_again, CACHED, 1_000_000),
)
def test_cached_tokens_are_within_the_prompt(long_prompt_again: Exchange) -> None:
    """When a long chat prompt is repeated, `cached_tokens` is at most `prompt_tokens`, which include them."""
    cached = long_prompt_again.at(CACHED, int, 0)
    prompt = prompt_tokens(long_prompt_again)
    assert cached <= prompt, f"{cached} `cached_tokens`, {prompt} `prompt_tokens`"
    if cached <= 0:
        raise Inconclusive(f"{UNSEEN}: `cached_tokens` is 0, which is allowed: a cache hit is not promised")
