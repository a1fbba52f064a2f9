"""
A picture from words.

Not checked: what is on the picture; that a free key is refused (`images.generate.paid_only`), as no answer tells what a
key has been paid for; `revised_prompt`, which is optional.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, body, broken, conforms, may, must, should
from conformance.checks.common.errors import NO_ENVELOPE
from conformance.checks.common.requests import NO_PICTURE
from conformance.checks.images.exchanges import GENERATE, painted, painted_in_base64, wrong_painting
from conformance.checks.images.reading import pictures_in


@must(GENERATE, says=SDK("ImagesResponse"), counterexample=broken(painted, "data.0.b64_json", 7))
def test_body_has_the_documented_shape(painted: Exchange) -> None:
    """The body is an `ImagesResponse`, as the official client declares it."""
    conforms(painted, "ImagesResponse", MUST)


@must(GENERATE, says=SDK("ImagesResponse.data"), counterexample=broken(painted, "data", []))
def test_there_is_one_picture(painted: Exchange) -> None:
    """`data` holds exactly one picture when `n` is not given, in `b64_json` or behind a `url`."""
    found = len(painted.at("data", list))
    assert found == 1, f"{found} pictures where one is asked for"
    kinds = [name for name in ("b64_json", "url") if painted.at(f"data.0.{name}", str | None, None)]
    assert kinds, "the picture has neither `b64_json` nor `url`"


@must(
    GENERATE,
    says=SDK("Image.b64_json"),
    counterexample=broken(painted, "data.0.b64_json", NO_PICTURE),
    decides="images/generations: prompt",
)
def test_bytes_are_a_picture(painted: Exchange) -> None:
    """`b64_json` is base64 of a whole PNG, JPEG, WebP or GIF."""
    pictures_in(painted)


@must(GENERATE, says=SDK("ImagesResponse.created"), counterexample=broken(painted, "created", 1_800_000_000_000))
def test_created_is_in_seconds(painted: Exchange) -> None:
    """`created` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= painted.at("created", int) < 100_000_000_000


@should(GENERATE, says=SDK("ImagesResponse.size"), counterexample=broken(painted, "size", "16x16"))
def test_size_told_is_the_size(painted: Exchange) -> None:
    """`size` and `output_format`, where they are told, are those of the picture."""
    size, form = painted.at("size", str | None, None), painted.at("output_format", str | None, None)
    if not size and not form:
        raise Inconclusive("neither `size` nor `output_format` is told")
    (picture,) = pictures_in(painted)[:1]
    assert size in {None, "", "auto", picture.size}, f"`size` is {size}, the picture's is {picture.size}"
    assert form in {None, "", picture.kind}, f"`output_format` is {form}, the picture is a {picture.kind}"


@must(GENERATE, says=SDK("ImagesResponseUsage.total_tokens"), counterexample=broken(painted, "usage.total_tokens", 1))
def test_total_tokens_is_the_sum(painted: Exchange) -> None:
    """`usage.total_tokens`, where a usage is told, is `input_tokens` plus `output_tokens`."""
    if not painted.at("usage", dict | None, None):
        raise Inconclusive("no usage is told, which is allowed")
    parts = painted.at("usage.input_tokens", int) + painted.at("usage.output_tokens", int)
    assert painted.at("usage.total_tokens", int) == parts


@may(
    GENERATE,
    says=DOC("CreateImageRequest.response_format"),
    counterexample=broken(painted_in_base64, "data.0", {"url": "https://example.invalid/picture.png"}),
    decides="images/generations: response_format",
)
def test_base64_comes_when_asked_for(painted_in_base64: Exchange) -> None:
    """With `response_format` `b64_json` every picture comes in `b64_json`, and not behind a `url`."""
    for index in range(len(painted_in_base64.at("data", list))):
        if not painted_in_base64.at(f"data.{index}.b64_json", str | None, None):
            raise Deviation("a picture has no `b64_json`", finding="ignored:response_format")
        assert not painted_in_base64.at(f"data.{index}.url", str | None, None), "there is a `url` beside `b64_json`"


@must(GENERATE, says=SDK("Image.b64_json"), counterexample=broken(painted_in_base64, "data.0.b64_json", NO_PICTURE))
def test_bytes_asked_for_are_a_picture(painted_in_base64: Exchange) -> None:
    """`b64_json` that was asked for is base64 of a whole PNG, JPEG, WebP or GIF."""
    pictures_in(painted_in_base64)


@must(GENERATE, says=SDK("ErrorObject"), counterexample=body(wrong_painting, NO_ENVELOPE))
def test_wrong_painting_gives_an_error_object(wrong_painting: Exchange) -> None:
    """The refusal of a wrong request for a picture holds an `error` object of the documented shape."""
    conforms(wrong_painting, "ErrorResponse", MUST)


@should(GENERATE, says=SDK("ErrorObject.message"), counterexample=broken(wrong_painting, "error.message", ""))
def test_wrong_painting_is_explained(wrong_painting: Exchange) -> None:
    """The refusal of a wrong request for a picture has a `message` that is not empty."""
    assert wrong_painting.at("error.message", str).strip(), "`error.message` is empty"
