"""
Fields of legacy completions.

Not checked: which candidate is the best; that the text leads to the suffix.
"""

from conformance import DOC, Deviation, Exchange, body_of, must, should
from conformance.checks.common.conditions import BEST_OF, ONE_PROMPT
from conformance.checks.common.errors import error_of, quoted, words
from conformance.checks.common.kinds import completion
from conformance.checks.completions.fields.exchanges import (
    FIELDS,
    WRONG,
    completed_with_suffix,
    invalid_completion,
    two_of_three,
)
from conformance.checks.params.reading import NAMED, names
from conformance.counterexamples import DELETE, broken


@must(
    FIELDS,
    says=DOC("CreateCompletionRequest.best_of"),
    counterexample=broken(two_of_three, "choices", []),
    when=(BEST_OF, ONE_PROMPT),
    decides="completions: best_of",
)
def test_n_of_best_of_are_returned(completion: Exchange) -> None:
    """A text completion with `n` and a larger `best_of` has `n` choices."""
    found, wanted = len(completion.at("choices", list)), body_of(completion.sent)["n"]
    if found != wanted:
        raise Deviation(f"{found} choices where {wanted} are requested", finding="ignored:best_of")


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
    names(invalid_completion, *WRONG[invalid_completion.case])
