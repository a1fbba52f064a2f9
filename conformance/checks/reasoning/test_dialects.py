"""
Other ways to ask for thinking than `reasoning_effort`: extensions that vendors document.

An endpoint that refuses them is right, as OpenAI does. One that takes them and does nothing misleads its users.

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
    asked_twice,
    puzzled,
    suffixed,
    switched_off,
    switched_on,
    with_level,
    with_thoughts,
    with_thoughts_streamed,
    without_budget,
)
from conformance.checks.reasoning.reading import hidden, refusal, thinks, told_in
from conformance.counterexamples import broken, changed

DOCUMENTED = OBSERVED("documents of Qwen and of gateways show `enable_thinking`", *evidence.SWITCH_OF_THOUGHTS)
GOOGLES = OBSERVED(
    "Google's document of its OpenAI compatibility describes `extra_body.google.thinking_config`",
    *evidence.BUDGET_OF_THOUGHTS,
)
GATEWAYS = OBSERVED("new-api takes a suffix of a model's id for an order about thinking", *evidence.SUFFIX_OF_THOUGHTS)

REJECTED = "it is rejected by its name, so that no effect can be seen"
TOLD = "choices.0.message.reasoning_content"


def bare(observed: Exchange) -> Exchange:
    """Refuse without a word about what was wrong."""
    return observed.with_response(status=400, body=b'{"error": {"message": "Bad request.", "param": null}}')


def thoughtful(observed: Exchange) -> Exchange:
    """Let the model think all the same."""
    return broken(None, REASONING, 512).change(observed) if observed.status == 200 else observed


@should(
    ENABLE_THINKING,
    says=DOCUMENTED,
    counterexample=changed(switched_off, thoughtful),
    decides="chat/completions, extensions: enable_thinking",
)
def test_parameter_has_its_effect(switched_on: Exchange, switched_off: Exchange) -> None:
    """The model thinks with `enable_thinking` true, and does not think with false."""
    on, off = thinks(switched_on), thinks(switched_off)
    if not on:
        raise Inconclusive("accepted, effect not observable: no thoughts are told or counted with `enable_thinking`")
    if off:
        shown = bool(told_in(switched_on)) and not told_in(switched_off)
        kind = "partly" if shown else "ignored"
        what = "thoughts are hidden, not left out" if shown else "it thinks all the same"
        raise Deviation(f"with `enable_thinking` false {what}", finding=f"{kind}:enable_thinking")


def no_thoughts(observed: Exchange) -> Exchange:
    """Let no thoughts be told."""
    return broken(None, TOLD, None).change(observed) if observed.case == "nested" else bare(observed)


@should(
    GOOGLE,
    says=GOOGLES,
    counterexample=changed(with_thoughts, no_thoughts),
    decides="chat/completions, extensions: extra_body.google.thinking_config",
)
def test_thoughts_are_told_when_asked_for(with_thoughts: Exchanges, puzzled: Exchange) -> None:
    """With `include_thoughts` the thoughts are told, or the field is refused by its name."""
    taken = [observed for observed in with_thoughts if not _is_rejected_by_name(observed)]
    if not taken:
        raise Inconclusive(REJECTED)
    for observed in taken:
        _tells_thoughts(observed, puzzled)


def _is_rejected_by_name(observed: Exchange) -> bool:
    """Tell whether a request is rejected. Raises `AssertionError` when the rejection does not name the field."""
    if observed.status == 200:
        return False
    said = refusal(observed)
    assert "google" in said or "extra_body" in said or "thinking" in said, f"the field is not in {said[:120]!r}"
    return True


def _tells_thoughts(observed: Exchange, puzzled: Exchange) -> None:
    if told_in(observed):
        if told_in(puzzled):
            raise Inconclusive("accepted, effect not observable: thoughts are told unasked too")
        return
    if not hidden(observed):
        raise Inconclusive("accepted, effect not observable: no thinking is counted")
    raise Deviation(
        f"{hidden(observed)} tokens of thought, and none is told",
        finding="ignored:extra_body.google.thinking_config.include_thoughts",
    )


@should(
    GOOGLE,
    says=GOOGLES,
    counterexample=changed(without_budget, thoughtful),
    decides="chat/completions, extensions: extra_body.google.thinking_config",
)
def test_no_budget_is_no_thinking(without_budget: Exchange, puzzled: Exchange) -> None:
    """With a `thinking_budget` of 0 no token is spent on thinking, or the budget is refused by its name."""
    if without_budget.status != 200:
        said = refusal(without_budget)
        assert any(name in said for name in ("budget", "thinking", "extra_body", "google")), f"it says {said[:120]!r}"
        raise Inconclusive(REJECTED)
    if thinks(without_budget):
        finding = "ignored:extra_body.google.thinking_config.thinking_budget"
        raise Deviation(f"{hidden(without_budget) or 'some'} tokens of thought with a budget of 0", finding=finding)
    if not thinks(puzzled):
        raise Inconclusive("accepted, effect not observable: without a budget no thinking is counted either")


@should(GOOGLE, says=GOOGLES, counterexample=changed(with_level, bare))
def test_level_is_taken_or_refused_by_name(with_level: Exchange) -> None:
    """A `thinking_level` is taken, or refused by its name."""
    if with_level.status == 200:
        with_level.at("choices.0", dict)
        return
    said = refusal(with_level)
    assert any(name in said for name in ("level", "thinking", "extra_body", "google")), f"it says {said[:120]!r}"


@may(GOOGLE, says=GOOGLES, counterexample=changed(asked_twice, bare))
def test_two_orders_are_refused_by_name(asked_twice: Exchange, with_thoughts_streamed: Exchange) -> None:
    """`reasoning_effort` beside a `thinking_config` is refused with an error that names one of the two."""
    if asked_twice.status == 200:
        if not told_in(with_thoughts_streamed):
            raise Inconclusive("a `thinking_config` alone has no effect either, so nothing is asked for twice")
        raise Deviation("both were taken", finding="broken:extra_body.google.thinking_config")
    said = refusal(asked_twice)
    assert any(name in said for name in ("effort", "thinking", "extra_body", "google")), f"it says {said[:120]!r}"


def contrary(observed: Exchange) -> Exchange:
    """Let a model whose id says that it does not think do so, and one that is not there answer nothing."""
    return thoughtful(observed) if observed.case == "nothinking" else observed.with_response(status=200, body=b"{}")


@should(CONTENT_FIELD, says=GATEWAYS, counterexample=changed(suffixed, contrary))
def test_suffix_is_heard_or_refused(suffixed: Exchanges, puzzled: Exchange) -> None:
    """A model's id with a suffix about thinking is refused, or answered; and `-nothinking` does not think."""
    served = [observed for observed in suffixed if observed.status == 200]
    if not served:
        raise Inconclusive("each is refused, as a model that nobody serves")
    for observed in served:
        observed.at("choices.0", dict)
    ordered = [observed for observed in served if observed.case == "nothinking"]
    if any(thinks(observed) for observed in ordered):
        raise Deviation("a model whose id ends with `-nothinking` thinks", finding="ignored:-nothinking")
    if ordered and not thinks(puzzled):
        raise Inconclusive("without the suffix no thinking is told or counted either")
