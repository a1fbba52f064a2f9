"""
Values out of range: rejected, and the field named.

That they are rejected is the status check of the exchange. Not checked: values that only some reject (129 tools, five
stop sequences, a `seed` beyond 32 bits).
"""

from conformance import SDK, Exchange, may, should
from conformance.checks.common.errors import error_of
from conformance.checks.params.exchanges import OUT_OF_RANGE, embedded_in_unknown_format, out_of_range
from conformance.checks.params.reading import NAMED, names
from conformance.checks.params.rows import OUTSIDE
from conformance.counterexamples import broken


@should(
    OUT_OF_RANGE,
    says=NAMED,
    counterexample=broken(out_of_range, "error", {"message": "Bad request.", "param": None}),
)
def test_error_names_the_field(out_of_range: Exchange) -> None:
    """The error for an out-of-range value in a chat request names the field in `param` or `message`."""
    names(out_of_range, *OUTSIDE[out_of_range.case])


@may(OUT_OF_RANGE, says=SDK("ErrorObject.param"), counterexample=broken(out_of_range, "error.param", "messages"))
def test_param_is_the_field(out_of_range: Exchange) -> None:
    """The error for an out-of-range value in a chat request has the name of the field in `param`."""
    (field,) = OUTSIDE[out_of_range.case]
    param = error_of(out_of_range).at("param", str | None)
    assert param is not None, f"`error.param` is null where `{field}` is invalid"
    assert param.startswith(field), f"`error.param` is {param[:80]!r} where `{field}` is invalid"


@should(
    OUT_OF_RANGE,
    says=NAMED,
    counterexample=broken(embedded_in_unknown_format, "error", {"message": "Bad request.", "param": None}),
)
def test_unknown_encoding_format_is_rejected_by_name(embedded_in_unknown_format: Exchange) -> None:
    """The error for an unknown `encoding_format` in an embeddings request names the field."""
    names(embedded_in_unknown_format, "encoding_format", "format")
