"""
Moderations of images: a category that the image was judged by.

Not checked: which categories an image is judged by, as that is the model's; that an image is flagged.
"""

from conformance import DOC, Deviation, Exchange, must
from conformance.checks.common.conditions import IMAGE_IN_INPUT
from conformance.checks.common.kinds import moderation
from conformance.checks.moderations.exchanges import IMAGES, image_alone_moderated, image_moderated
from conformance.counterexamples import broken

APPLIED = "results.0.category_applied_input_types"
SAYS = DOC("CreateModerationResponse.results")
NOTHING: dict[str, list[str]] = {"sexual": ["text"], "violence": ["text"]}


@must(
    IMAGES,
    says=SAYS,
    counterexample=broken(image_moderated, APPLIED, NOTHING),
    when=(IMAGE_IN_INPUT,),
    witness=(image_moderated, image_alone_moderated),
    decides="moderations: input",
)
def test_image_is_classified(moderation: Exchange) -> None:
    """A moderation with an image, alone or beside a text, applies some category to the `image`."""
    applied = moderation.at(APPLIED, dict)
    if not any(isinstance(kinds, list) and "image" in kinds for kinds in applied.values()):
        raise Deviation("no category was applied to the image", finding="ignored:input.image_url")
