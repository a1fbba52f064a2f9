"""
Other ways to request reasoning than `reasoning_effort`: extensions that vendors document.

An endpoint that rejects them is right, as OpenAI does. One that accepts and ignores them misleads its users.

Not checked: how many tokens a `thinking_level` costs (models differ); that an id with a suffix is a model (it is one
where a gateway says so).
"""

from conformance import OBSERVED, Deviation, Exchange, Exchanges, Inconclusive, may, should
from conformance.checks.common import evidence
from conformance.checks.common.usage import REASONING
from conformance.checks.reasoning.exchanges import (
    CONTENT_FIELD,
    ENABLE_THINKING,
    GOOGLE,
    effort_and_thinking_config,
    include_thoughts,
    include_thoughts_streamed,
    model_suffix,
    puzzle,
    thinking_budget_zero,
    thinking_disabled,
    thinking_enabled,
    thinking_level,
)
from conformance.checks.reasoning.reading import has_reasoned, reasoning_of, reasoning_tokens, refusal
from conformance.counterexamples import broken, changed

DOCUMENTED = OBSERVED("documents of Qwen and of gateways show `enable_thinking`", *evidence.SWITCH_OF_THOUGHTS)
GOOGLES = OBSERVED(
    "Google's document of its OpenAI compatibility describes `extra_body.google.thinking_config`",
    *evidence.BUDGET_OF_THOUGHTS,
)
GATEWAYS = OBSERVED("new-api interprets a suffix of a model id as a setting of reasoning", *evidence.SUFFIX_OF_THOUGHTS)

REJECTED = "it is rejected by name, so its effect cannot be observed"
RETURNED = "choices.0.message.reasoning_content"


def bare(observed: Exchange) -> Exchange:
    """Reject without naming what is invalid."""
    return observed.with_response(status=400, body=b'{"error": {"message": "Bad request.", "param": null}}')


def thoughtful(observed: Exchange) -> Exchange:
    """Let the model reason anyway."""
    return broken(None, REASONING, 512).change(observed) if observed.status == 200 else observed


@should(
    ENABLE_THINKING,
    says=DOCUMENTED,
    counterexample=changed(thinking_disabled, thoughtful),
    decides="chat/completions, extensions: enable_thinking",
)
def test_enable_thinking_is_used(thinking_enabled: Exchange, thinking_disabled: Exchange) -> None:
    """`enable_thinking: false` turns off the reasoning that `enable_thinking: true` turns on."""
    on, off = has_reasoned(thinking_enabled), has_reasoned(thinking_disabled)
    if not on:
        raise Inconclusive(
            "accepted, effect not observable: no reasoning is returned or counted with `enable_thinking: true`"
        )
    if off:
        shown = bool(reasoning_of(thinking_enabled)) and not reasoning_of(thinking_disabled)
        kind = "partly" if shown else "ignored"
        what = "hides reasoning, but does not turn it off" if shown else "does not turn reasoning off"
        raise Deviation(f"`enable_thinking: false` {what}", finding=f"{kind}:enable_thinking")


def no_thoughts(observed: Exchange) -> Exchange:
    """Let no reasoning be returned."""
    return broken(None, RETURNED, None).change(observed) if observed.case == "nested" else bare(observed)


@should(
    GOOGLE,
    says=GOOGLES,
    counterexample=changed(include_thoughts, no_thoughts),
    decides="chat/completions, extensions: extra_body.google.thinking_config",
)
def test_requested_reasoning_is_returned(include_thoughts: Exchanges, puzzle: Exchange) -> None:
    """With `thinking_config.include_thoughts`, the reasoning is returned, or the field is rejected by name."""
    taken = [observed for observed in include_thoughts if not _is_rejected_by_name(observed)]
    if not taken:
        raise Inconclusive(REJECTED)
    for observed in taken:
        _returns_reasoning(observed, puzzle)


def _is_rejected_by_name(observed: Exchange) -> bool:
    """Tell whether a request is rejected. Raises `AssertionError` when the rejection does not name the field."""
    if observed.status == 200:
        return False
    said = refusal(observed)
    assert "google" in said or "extra_body" in said or "thinking" in said, (
        f"the error does not name the field: {said[:120]!r}"
    )
    return True


def _returns_reasoning(observed: Exchange, puzzle: Exchange) -> None:
    if reasoning_of(observed):
        if reasoning_of(puzzle):
            raise Inconclusive("accepted, effect not observable: reasoning is returned without it too")
        return
    if not reasoning_tokens(observed):
        raise Inconclusive("accepted, effect not observable: no reasoning is counted")
    raise Deviation(
        f"{reasoning_tokens(observed)} tokens were used for reasoning, and none is returned",
        finding="ignored:extra_body.google.thinking_config.include_thoughts",
    )


@should(
    GOOGLE,
    says=GOOGLES,
    counterexample=changed(thinking_budget_zero, thoughtful),
    decides="chat/completions, extensions: extra_body.google.thinking_config",
)
def test_zero_budget_turns_reasoning_off(thinking_budget_zero: Exchange, puzzle: Exchange) -> None:
    """With `thinking_config.thinking_budget: 0`, no tokens are used for reasoning, or it is rejected by name."""
    if thinking_budget_zero.status != 200:
        said = refusal(thinking_budget_zero)
        assert any(name in said for name in ("budget", "thinking", "extra_body", "google")), (
            f"the error does not name the field: {said[:120]!r}"
        )
        raise Inconclusive(REJECTED)
    if has_reasoned(thinking_budget_zero):
        finding = "ignored:extra_body.google.thinking_config.thinking_budget"
        used = reasoning_tokens(thinking_budget_zero) or "some"
        raise Deviation(f"{used} tokens were used for reasoning with `thinking_budget: 0`", finding=finding)
    if not has_reasoned(puzzle):
        raise Inconclusive("accepted, effect not observable: without `thinking_budget` no reasoning is counted either")


@should(GOOGLE, says=GOOGLES, counterexample=changed(thinking_level, bare))
def test_level_is_accepted_or_rejected_by_name(thinking_level: Exchange) -> None:
    """`thinking_config.thinking_level` is accepted, or rejected with an error that names it."""
    if thinking_level.status == 200:
        thinking_level.at("choices.0", dict)
        return
    said = refusal(thinking_level)
    assert any(name in said for name in ("level", "thinking", "extra_body", "google")), (
        f"the error does not name the field: {said[:120]!r}"
    )


@may(GOOGLE, says=GOOGLES, counterexample=changed(effort_and_thinking_config, bare))
def test_conflict_is_rejected_by_name(
    effort_and_thinking_config: Exchange, include_thoughts_streamed: Exchange
) -> None:
    """`reasoning_effort` together with `thinking_config` is rejected with an error that names one of them."""
    if effort_and_thinking_config.status == 200:
        if not reasoning_of(include_thoughts_streamed):
            raise Inconclusive("`thinking_config` alone has no effect, so the two do not conflict")
        raise Deviation("both fields were accepted", finding="broken:extra_body.google.thinking_config")
    said = refusal(effort_and_thinking_config)
    assert any(name in said for name in ("effort", "thinking", "extra_body", "google")), (
        f"the error does not name the field: {said[:120]!r}"
    )


def contrary(observed: Exchange) -> Exchange:
    """Let a model with the suffix `-nothinking` reason, and return an empty body for the other suffixes."""
    return thoughtful(observed) if observed.case == "nothinking" else observed.with_response(status=200, body=b"{}")


@should(CONTENT_FIELD, says=GATEWAYS, counterexample=changed(model_suffix, contrary))
def test_suffix_is_used_or_rejected(model_suffix: Exchanges, puzzle: Exchange) -> None:
    """A model id with a suffix such as `-thinking` is rejected or served, and `-nothinking` turns reasoning off."""
    served = [observed for observed in model_suffix if observed.status == 200]
    if not served:
        raise Inconclusive("every suffix is rejected, as an unknown model")
    for observed in served:
        observed.at("choices.0", dict)
    ordered = [observed for observed in served if observed.case == "nothinking"]
    if any(has_reasoned(observed) for observed in ordered):
        raise Deviation(
            "a model id that ends with `-nothinking` does not turn reasoning off", finding="ignored:-nothinking"
        )
    if ordered and not has_reasoned(puzzle):
        raise Inconclusive("without the suffix no reasoning is returned or counted either")
