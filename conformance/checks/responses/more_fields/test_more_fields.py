"""
What becomes of fields that few clients send.

Not checked: what a moderation finds; when exactly a conversation is compacted, of which only a threshold is documented.
"""

from conformance import OBSERVED, SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.common import evidence
from conformance.checks.common.errors import NO_ENVELOPE, NO_ERROR_OBJECT, refused_with_object
from conformance.checks.responses.more_fields.exchanges import (
    CACHE,
    MORE_FIELDS,
    cached_explicitly,
    compacted_on_the_way,
    moderated,
    unknown_prompt,
)
from conformance.checks.responses.reading import items, require_whole, whole
from conformance.counterexamples import body, broken


@may(
    MORE_FIELDS,
    says=OBSERVED("OpenAI returns a result for the input and one for the output", *evidence.MODERATED),
    counterexample=broken(moderated, "moderation", None),
    decides="responses: moderation",
)
def test_moderation_judges_input_and_output(moderated: Exchange) -> None:
    """With `moderation`, a Responses API response has a result or an error for its `input` and for its `output`."""
    require_whole(whole(moderated))
    if moderated.at("moderation", dict | None, None) is None:
        raise Deviation("`moderation` is null or missing", finding="ignored:moderation")
    for side in ("input", "output"):
        kind = moderated.at(f"moderation.{side}.type", str)
        assert kind in {"moderation_result", "error"}, f"`moderation.{side}.type` is {kind!r}"
        if kind == "moderation_result":
            moderated.at(f"moderation.{side}.flagged", bool)
            moderated.at(f"moderation.{side}.category_scores", dict)


@may(
    MORE_FIELDS,
    says=SDK("ResponseCompactionItem.encrypted_content"),
    counterexample=broken(compacted_on_the_way, "output.1.encrypted_content", ""),
)
def test_compaction_on_the_way_can_be_resent(compacted_on_the_way: Exchange) -> None:
    """With `context_management`, a `compaction` item of a Responses API response has `id` and `encrypted_content`."""
    found = items(whole(compacted_on_the_way), "compaction")
    if not found:
        raise Inconclusive("the conversation was not compacted")
    for item in found:
        assert item.at("id", str), f"{item.place}: `id` is empty"
        assert item.at("encrypted_content", str), f"{item.place}: `encrypted_content` is empty"


@may(
    MORE_FIELDS,
    says=SDK("response.Response.prompt_cache_options"),
    counterexample=broken(cached_explicitly, "prompt_cache_options.mode", "implicit"),
)
def test_applied_cache_mode_is_the_requested_one(cached_explicitly: Exchange) -> None:
    """In a Responses API response, `prompt_cache_options` has the requested `mode`."""
    if cached_explicitly.at("prompt_cache_options", dict | None, None) is None:
        raise Inconclusive("the response does not say which options were applied")
    mode = cached_explicitly.at("prompt_cache_options.mode", str)
    assert mode == CACHE["mode"], f"`mode` is {mode!r}"


@may(
    MORE_FIELDS,
    says=SDK("ErrorObject"),
    counterexample=body(unknown_prompt, NO_ENVELOPE),
)
def test_unknown_prompt_is_rejected(unknown_prompt: Exchange) -> None:
    """A Responses API request with a `prompt` that does not exist is rejected with an `error` object."""
    refused_with_object(unknown_prompt, NO_ERROR_OBJECT)
