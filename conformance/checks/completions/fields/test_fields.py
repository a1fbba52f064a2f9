"""
Fields of legacy completions.

Not checked: which candidate is the best; that the text leads to the suffix.
"""

from conformance import DOC, Deviation, Exchange, must, should
from conformance.checks.common.errors import error_of, quoted, words
from conformance.checks.completions.fields.exchanges import (
    FIELDS,
    WRONG,
    completed_with_suffix,
    invalid_completion,
    two_of_three,
)
from conformance.checks.params.reading import NAMED
from conformance.counterexamples import DELETE, broken


@must(
    FIELDS,
    says=DOC("CreateCompletionRequest.best_of"),
    counterexample=broken(two_of_three, "choices", []),
    decides="completions: best_of",
)
def test_n_of_best_of_are_returned(two_of_three: Exchange) -> None:
    """A text completion with `best_of: 3` and `n: 2` has two choices."""
    found = len(two_of_three.at("choices", list))
    if found != 2:
        raise Deviation(f"{found} choices where 2 of 3 are requested", finding="ignored:best_of")


@should(
    FIELDS,
    says=DOC("CreateCompletionRequest.suffix"),
    counterexample=broken(completed_with_suffix, "choices.0.text", DELETE),
    decides="completions: suffix",
    effect_seen=False,
)
def test_suffix_is_accepted_or_named(completed_with_suffix: Exchange) -> None:
    """A text completion with `suffix` returns text, or is rejected with an error that names the field."""
    if completed_with_suffix.status == 200:
        completed_with_suffix.at("choices.0.text", str)
        return
    error = error_of(completed_with_suffix)
    assert "suffix" in words(error), f"`suffix` is not named in {quoted(error)}"


@should(FIELDS, says=NAMED, counterexample=broken(invalid_completion, "error", {"message": "Bad request."}))
def test_error_names_the_field(invalid_completion: Exchange) -> None:
    """The error for an invalid value in a text completion request names the field."""
    error = error_of(invalid_completion)
    assert any(name in words(error) for name in WRONG[invalid_completion.case]), f"no field is named in {quoted(error)}"
