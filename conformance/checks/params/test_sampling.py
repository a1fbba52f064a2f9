"""
What makes texts similar or different: `temperature`, `top_p`, `seed`, penalties, `verbosity`.

Not checked: `presence_penalty`, whose effect a short text does not show; that texts at temperature 0, or with one seed,
are identical (it is not promised); that `logit_bias` bans a token (it needs the model's own numbers).
"""

import json
from statistics import median
from typing import Any

from conformance import DOC, OBSERVED, Deviation, Exchange, Exchanges, Inconclusive, may, should
from conformance.checks.chat.stream.exchanges import count_far_streamed
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, REASON, text_of
from conformance.checks.common.stream import joined
from conformance.checks.params.exchanges import (
    PENALTIES,
    SEED,
    TEMPERATURE,
    TOP_P,
    VERBOSITY,
    count_far_frequency_penalty,
    explained_high,
    explained_low,
    hello_presence_penalty,
    penalty_out_of_range,
    random_number,
    random_number_at_zero,
    random_number_seed,
    random_number_top_p,
)
from conformance.checks.params.reading import UNSEEN, has_text, names, repeats_itself
from conformance.counterexamples import broken, changed

ENOUGH = 80
"""So many equal separators no penalty leaves standing: each makes the next less likely by a factor of 6 or more."""


def by_chance(observed: Exchange) -> Exchange:
    """Let each text be another number."""
    return broken(None, CONTENT, f"{int(observed.case or 0) * 137}").change(observed)


@should(
    TEMPERATURE,
    says=DOC("CreateChatCompletionRequest.temperature"),
    counterexample=changed(random_number_at_zero, by_chance),
    decides="chat/completions: temperature",
)
def test_temperature_is_used(random_number_at_zero: Exchanges, random_number: Exchanges) -> None:
    """`temperature: 0` is used: a repeated chat request does not return a new text nearly every time."""
    repeats_itself(random_number_at_zero, random_number, "temperature")


@should(
    TOP_P,
    says=DOC("CreateChatCompletionRequest.top_p"),
    counterexample=changed(random_number_top_p, by_chance),
    decides="chat/completions: top_p",
)
def test_top_p_is_used(random_number_top_p: Exchanges, random_number: Exchanges) -> None:
    """`top_p: 0.001` is used: a repeated chat request does not return a new text nearly every time."""
    repeats_itself(random_number_top_p, random_number, "top_p")


@should(
    SEED,
    says=DOC("CreateChatCompletionRequest.seed"),
    counterexample=changed(random_number_seed, by_chance),
    decides="chat/completions: seed",
)
def test_seed_is_used(random_number_seed: Exchanges, random_number: Exchanges) -> None:
    """`seed` is used: a chat request repeated with the same seed does not return a new text nearly every time."""
    repeats_itself(random_number_seed, random_number, "seed")


def counting_on(observed: Exchange) -> Exchange:
    """Let the count go on to 100 as without a penalty."""
    return broken(None, CONTENT, ", ".join(str(number) for number in range(1, 101))).change(observed)


@should(
    PENALTIES,
    says=DOC("CreateChatCompletionRequest.frequency_penalty"),
    counterexample=changed(count_far_frequency_penalty, counting_on),
    decides="chat/completions: frequency_penalty",
)
def test_frequency_penalty_is_used(count_far_frequency_penalty: Exchange, count_far_streamed: Exchange) -> None:
    """`frequency_penalty: 1.9` is used: a text does not repeat the same separator as often as without it."""
    without = joined(count_far_streamed).count(", ")
    if without < ENOUGH:
        raise Inconclusive(f"{UNSEEN}: without the penalty the text has only {without} separators")
    found = text_of(count_far_frequency_penalty).strip().count(", ")
    if found >= ENOUGH:
        raise Deviation(f"{found} separators with the penalty, {without} without", finding="ignored:frequency_penalty")


@may(
    PENALTIES,
    says=DOC("CreateChatCompletionRequest.presence_penalty"),
    counterexample=broken(hello_presence_penalty, CONTENT, ""),
    decides="chat/completions: presence_penalty",
    effect_seen=False,
)
def test_presence_penalty_returns_text(hello_presence_penalty: Exchange) -> None:
    """A chat completion with `presence_penalty` has text."""
    has_text(hello_presence_penalty)


@may(
    PENALTIES,
    says=OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(penalty_out_of_range, "error", {"message": "Bad request.", "param": None}),
)
def test_error_names_the_penalty(penalty_out_of_range: Exchange) -> None:
    """The error for an out-of-range penalty in a chat request names the penalty in `param` or `message`."""
    names(penalty_out_of_range, *(name for name in penalty_out_of_range.sent.json if name.endswith("_penalty")))


def at_length(observed: Exchange) -> Exchange:
    """Let the text be longer than any."""
    return broken(None, CONTENT, json.dumps(["The sea is wide."] * 500)).change(observed)


@should(
    VERBOSITY,
    says=DOC("CreateChatCompletionRequest.verbosity"),
    counterexample=changed(explained_low, at_length),
    decides="chat/completions: verbosity",
)
def test_verbosity_is_used(explained_low: Exchanges, explained_high: Exchanges) -> None:
    """`verbosity` is used: texts with `high` are longer than texts with `low`."""
    short, long = _lengths(explained_low), _lengths(explained_high)
    if set(short) == set(long) and len(set(short)) == 1:
        raise Inconclusive(f"{UNSEEN}: all texts have the same length")
    seen = f"{sorted(short)} characters with `low`, {sorted(long)} with `high`"
    if max(long) <= min(short) or median(long) <= median(short) * 0.9:
        raise Deviation(seen, finding="ignored:verbosity")
    if min(long) <= max(short):
        raise Inconclusive(f"{UNSEEN}: {seen}")


def _lengths(sent: Exchanges) -> list[int]:
    found: list[Any] = [len(text_of(observed).strip()) for observed in sent if observed.at(REASON, str) == "stop"]
    if len(found) < 3:
        raise Inconclusive(f"only {len(found)} responses ended with `stop`")
    return found
