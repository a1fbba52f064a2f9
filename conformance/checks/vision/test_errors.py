"""
Pictures that nobody can see. That they are refused, and not answered as if seen, is the status check's business.

Not checked: a JPEG that is called a PNG, and a picture that is cut, as lenient readers see them.
"""

from conformance import MUST, OBSERVED, SDK, Exchange, body, broken, conforms, must, should
from conformance.checks.common.errors import NO_ENVELOPE
from conformance.checks.vision.exchanges import ERRORS, URL, picture_unreachable, wrong_picture


@must(ERRORS, says=SDK("ErrorObject"), counterexample=body(wrong_picture, NO_ENVELOPE))
def test_broken_picture_gives_an_error_object(wrong_picture: Exchange) -> None:
    """The refusal of a broken picture holds an `error` object of the documented shape."""
    conforms(wrong_picture, "ErrorResponse", MUST)


@should(ERRORS, says=SDK("ErrorObject.message"), counterexample=broken(wrong_picture, "error.message", ""))
def test_broken_picture_is_explained(wrong_picture: Exchange) -> None:
    """The refusal of a broken picture has a `message` that is not empty."""
    assert wrong_picture.at("error.message", str).strip(), "`error.message` is empty"


@must(URL, says=SDK("ErrorObject"), counterexample=body(picture_unreachable, NO_ENVELOPE))
def test_unreachable_picture_gives_an_error_object(picture_unreachable: Exchange) -> None:
    """The refusal of a picture that cannot be fetched holds an `error` object of the documented shape."""
    conforms(picture_unreachable, "ErrorResponse", MUST)


@should(
    URL,
    says=OBSERVED("OpenAI answers 400 with type `invalid_request_error` to a picture that it cannot fetch"),
    counterexample=broken(picture_unreachable, "error.message", ""),
)
def test_unreachable_picture_is_explained(picture_unreachable: Exchange) -> None:
    """The refusal of a picture that cannot be fetched has a `message` that is not empty."""
    assert picture_unreachable.at("error.message", str).strip(), "`error.message` is empty"
