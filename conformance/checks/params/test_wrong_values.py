"""
What an error says about an invalid optional field.

Not checked: which of several mistakes is named first; `code`. Where the document gives no range, or where services
differ (five stop sequences, both names of one limit), serving it is allowed, and only the shape is checked.
"""

from conformance import OBSERVED, Exchange, Inconclusive, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import error_of, names_of, quoted, words
from conformance.checks.params.exchanges import OUT_OF_RANGE, too_many_tools, wrong_value
from conformance.checks.params.rows import WRONG_VALUES
from conformance.counterexamples import broken

UNNAMED = {"message": "Bad request.", "type": "invalid_request_error", "param": None, "code": None}


@should(
    OUT_OF_RANGE,
    says=OBSERVED("OpenAI names the parameter in `param` and `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(wrong_value, "error", UNNAMED),
)
def test_error_names_the_parameter(wrong_value: Exchange) -> None:
    """The error for an invalid value or combination in a chat request names the parameter."""
    if wrong_value.status == 200:
        raise Inconclusive("the request was accepted, which is allowed here")
    row = WRONG_VALUES[wrong_value.case]
    error, names = error_of(wrong_value), names_of(row.field, *row.beside)
    assert any(name in words(error) for name in names), f"`{row.field}` is not named in {quoted(error)}"


@should(
    OUT_OF_RANGE,
    says=OBSERVED("OpenAI names the parameter in `param` and `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(too_many_tools, "error", UNNAMED),
)
def test_error_names_the_tools(too_many_tools: Exchange) -> None:
    """If more than 128 tools are rejected, the error names `tools` in `param` or `message`."""
    if too_many_tools.status == 200:
        raise Inconclusive("the request was accepted, which is allowed here")
    error = error_of(too_many_tools)
    said = words(error)
    if "context" in said or "token" in said:
        raise Inconclusive("so many tools do not fit into the context of this model")
    assert "tools" in said or "functions" in said, f"`tools` is not named in {quoted(error)}"
