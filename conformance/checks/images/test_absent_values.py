"""
What a refused painting says about itself, beyond the shape that the checks of images look at.

Not checked: which `type` and `code` it has.
"""

from conformance import OBSERVED, Deviation, Exchanges, broken, should
from conformance.checks.common.errors import NOTHING, errors, every, has_no_stand_in
from conformance.checks.images.exchanges import GENERATE, wrong_painting
from conformance.wire.json_value import Document


@should(
    GENERATE,
    says=OBSERVED("OpenAI sends null where there is nothing to name"),
    counterexample=broken(None, "error.param", "None"),
    over=(wrong_painting,),
)
def test_absent_values_of_a_refused_painting_are_null(sent: Exchanges) -> None:
    """What has no value is null: `type`, `param` and `code` are no empty string and no word such as `None`."""
    every(errors(sent), has_no_stand_in)
