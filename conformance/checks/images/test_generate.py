"""
Images from a prompt.

Not checked: what the image shows; that a free key is rejected (`images.generate.paid_only`), as no response says what a
key has been paid for; `revised_prompt`, which is optional. The shape of errors has checks in `errors`.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, may, must, should
from conformance.assertions import conforms
from conformance.checks.common.conditions import BASE64_PICTURES, ONE_PICTURE
from conformance.checks.common.kinds import generated_images
from conformance.checks.common.requests import NO_PICTURE
from conformance.checks.common.usage import require_a_count
from conformance.checks.images.exchanges import GENERATE, image_generated, image_in_base64
from conformance.checks.images.reading import pictures_in
from conformance.counterexamples import broken


@must(GENERATE, says=SDK("ImagesResponse"), counterexample=broken(image_generated, "data.0.b64_json", 7))
def test_body_has_the_documented_shape(generated_images: Exchange) -> None:
    """The response to an image request is an `ImagesResponse` of the documented shape."""
    conforms(generated_images, "ImagesResponse", MUST)


@must(
    GENERATE, says=SDK("ImagesResponse.data"), counterexample=broken(image_generated, "data", []), when=(ONE_PICTURE,)
)
def test_there_is_one_image(generated_images: Exchange) -> None:
    """An image request with one image returns exactly one in `data`, with `b64_json` or `url`."""
    found = len(generated_images.at("data", list))
    assert found == 1, f"{found} images returned where one is requested"
    kinds = [name for name in ("b64_json", "url") if generated_images.at(f"data.0.{name}", str | None, None)]
    assert kinds, "the image has neither `b64_json` nor `url`"


@must(
    GENERATE,
    says=SDK("Image.b64_json"),
    counterexample=broken(image_generated, "data.0.b64_json", NO_PICTURE),
    witness=(image_generated, image_in_base64),
    decides="images/generations: prompt",
)
def test_bytes_are_an_image(generated_images: Exchange) -> None:
    """`b64_json` of a generated image is base64 of a complete PNG, JPEG, WebP or GIF."""
    pictures_in(generated_images)


@must(
    GENERATE, says=SDK("ImagesResponse.created"), counterexample=broken(image_generated, "created", 1_800_000_000_000)
)
def test_created_is_in_seconds(generated_images: Exchange) -> None:
    """`created` of an image response is a Unix time in seconds, after 2019; not in milliseconds."""
    assert 1_577_836_800 <= generated_images.at("created", int) < 100_000_000_000


@should(GENERATE, says=SDK("ImagesResponse.size"), counterexample=broken(image_generated, "size", "16x16"))
def test_reported_size_is_that_of_the_image(generated_images: Exchange) -> None:
    """`size` and `output_format`, where an image response has them, are those of the returned image."""
    size, form = generated_images.at("size", str | None, None), generated_images.at("output_format", str | None, None)
    if not size and not form:
        raise Inconclusive("neither `size` nor `output_format` is reported, which is allowed")
    (picture,) = pictures_in(generated_images)[:1]
    assert size in {None, "", "auto", picture.size}, f"`size` is {size}, that of the image {picture.size}"
    assert form in {None, "", picture.kind}, f"`output_format` is {form}, the image is a {picture.kind}"


@must(
    GENERATE,
    says=SDK("images_response.Usage.total_tokens"),
    counterexample=broken(image_generated, "usage.total_tokens", 1),
)
def test_total_tokens_is_the_sum(generated_images: Exchange) -> None:
    """In an image response, `usage.total_tokens` is `input_tokens` plus `output_tokens`."""
    if not generated_images.at("usage", dict | None, None):
        raise Inconclusive("no `usage` is reported, which is allowed")
    parts = generated_images.at("usage.input_tokens", int) + generated_images.at("usage.output_tokens", int)
    require_a_count(generated_images.at("usage.total_tokens", int), parts)
    assert generated_images.at("usage.total_tokens", int) == parts


@may(
    GENERATE,
    says=DOC("CreateImageRequest.response_format"),
    counterexample=broken(image_in_base64, "data.0", {"url": "https://example.invalid/picture.png"}),
    when=(BASE64_PICTURES,),
    decides="images/generations: response_format",
)
def test_image_is_in_base64(generated_images: Exchange) -> None:
    """With `response_format` `b64_json`, every generated image has `b64_json` and no `url`."""
    for index in range(len(generated_images.at("data", list))):
        if not generated_images.at(f"data.{index}.b64_json", str | None, None):
            raise Deviation("an image has no `b64_json`", finding="ignored:response_format")
        assert not generated_images.at(f"data.{index}.url", str | None, None), "there is a `url` beside `b64_json`"
