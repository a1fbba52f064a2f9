"""
What a refusal says about an optional field that is wrong.

Not checked: which of several mistakes is named first; `code`. Where the document gives no range, or where services
differ (five stop strings, both names of one limit), an answer is allowed, and only its shape is looked at.
"""

from conformance import OBSERVED, Exchange, Inconclusive, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import error_of, quoted, words
from conformance.checks.params.exchanges import OUT_OF_RANGE, too_many_tools, wrong_value
from conformance.checks.params.rows import WRONG_VALUES
from conformance.counterexamples import broken

UNNAMED = {"message": "Bad request.", "type": "invalid_request_error", "param": None, "code": None}


@should(
    OUT_OF_RANGE,
    says=OBSERVED("OpenAI names the parameter in `param` and in the message", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(wrong_value, "error", UNNAMED),
)
def test_error_names_the_parameter(wrong_value: Exchange) -> None:
    """The error names the parameter that is wrong, or the one that it does not go with, in `param` or the message."""
    if wrong_value.status == 200:
        raise Inconclusive("it was taken, which is allowed here")
    row = WRONG_VALUES[wrong_value.case]
    error, names = error_of(wrong_value), (row.field, *row.beside)
    assert any(name in words(error) for name in names), f"`{row.field}` is not in {quoted(error)}"


@should(
    OUT_OF_RANGE,
    says=OBSERVED("OpenAI names the parameter in `param` and in the message", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(too_many_tools, "error", UNNAMED),
)
def test_error_names_the_tools(too_many_tools: Exchange) -> None:
    """Too many tools, where they are refused, are named in `param` or in the message."""
    if too_many_tools.status == 200:
        raise Inconclusive("it was taken, which is allowed here")
    error = error_of(too_many_tools)
    said = words(error)
    if "context" in said or "token" in said:
        raise Inconclusive("so many tools do not fit into the context of this model")
    assert "tools" in said or "functions" in said, f"`tools` is not in {quoted(error)}"
