"""
Moderations of images: one result for all parts, and a category that the image was judged by.

Not checked: which categories an image is judged by, as that is the model's; that an image is flagged.
"""

from conformance import DOC, Deviation, Exchange, must
from conformance.checks.moderations.exchanges import IMAGES, image_alone_moderated, image_moderated
from conformance.counterexamples import broken

APPLIED = "results.0.category_applied_input_types"
SAYS = DOC("CreateModerationResponse.results")
NOTHING: dict[str, list[str]] = {"sexual": ["text"], "violence": ["text"]}


def assert_seen(observed: Exchange) -> None:
    """Assert that there is one result, and that some category was applied to an image."""
    assert len(observed.at("results", list)) == 1, "there is not exactly one result"
    applied = observed.at(APPLIED, dict)
    if not any(isinstance(kinds, list) and "image" in kinds for kinds in applied.values()):
        raise Deviation("no category was applied to the image", finding="ignored:input.image_url")


@must(
    IMAGES,
    says=SAYS,
    counterexample=broken(image_moderated, APPLIED, NOTHING),
    decides="moderations: input",
)
def test_image_beside_text_is_classified(image_moderated: Exchange) -> None:
    """A moderation of a text and an image has one result, of which a category was applied to the `image`."""
    assert_seen(image_moderated)


@must(IMAGES, says=SAYS, counterexample=broken(image_alone_moderated, APPLIED, NOTHING))
def test_image_alone_is_classified(image_alone_moderated: Exchange) -> None:
    """A moderation of an image has one result, of which a category was applied to the `image`."""
    assert_seen(image_alone_moderated)
