"""
`temperature` and `top_p` in the Responses API, measured against what varies by chance without them.

Not checked: that texts at temperature 0 are identical, which is not promised.
"""

from conformance import DOC, Exchange, Exchanges, should
from conformance.checks.params.reading import repeats_itself
from conformance.checks.responses.parameters.exchanges import PARAMS, drawn, drawn_at_zero, drawn_top_p
from conformance.checks.responses.reading import broken_item, text_of
from conformance.counterexamples import changed


def has_reasoned(observed: Exchange) -> bool:
    """Tell whether a response counts reasoning."""
    spent = observed.get("usage.output_tokens_details.reasoning_tokens")
    return isinstance(spent, int) and spent > 0


def by_chance(observed: Exchange) -> Exchange:
    """Let each text be another number."""
    return broken_item(drawn, "message", "content.0.text", f"{int(observed.case) * 137}").change(observed)


@should(
    PARAMS,
    says=DOC("ModelResponseProperties.temperature"),
    counterexample=changed(drawn_at_zero, by_chance),
    decides="responses: temperature",
)
def test_temperature_is_used(drawn_at_zero: Exchanges, drawn: Exchanges) -> None:
    """`temperature: 0` is used: a repeated Responses API request does not return a new text nearly every time."""
    repeats_itself(drawn_at_zero, drawn, "temperature", text_of, has_reasoned)


@should(
    PARAMS,
    says=DOC("ModelResponseProperties.top_p"),
    counterexample=changed(drawn_top_p, by_chance),
    decides="responses: top_p",
)
def test_top_p_is_used(drawn_top_p: Exchanges, drawn: Exchanges) -> None:
    """`top_p: 0.001` is used: a repeated Responses API request does not return a new text nearly every time."""
    repeats_itself(drawn_top_p, drawn, "top_p", text_of, has_reasoned)
