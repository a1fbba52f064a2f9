"""
Number, size and format of images.

The default size and format prove nothing: an endpoint that ignores the parameter returns them, too. So each parameter
is sent with a value that is not the default of most models, or is compared with the returned bytes.

Not checked: that two images differ, as a model may draw the same twice; `style`, which one old model knows.
"""

from base64 import b64encode

from conformance import DOC, Deviation, Exchange, Inconclusive, may, must
from conformance.checks.common.conditions import PICTURE_FORMAT, PICTURE_URLS, SIZE_IN_PIXELS, TRANSPARENT
from conformance.checks.common.kinds import generated_images
from conformance.checks.images.exchanges import (
    OPTIONS,
    image_by_url,
    image_generated,
    image_of_format,
    image_of_low_quality,
    image_of_size,
    image_transparent,
    image_with_option,
    two_images,
)
from conformance.checks.images.reading import pictures_in, require_two
from conformance.counterexamples import broken, changed
from conformance.media.image import Picture

REQUEST = "CreateImageRequest"
USUAL = "1024x1024"
GIF = b64encode(b"GIF89a\x40\x00\x30\x00\x00\x00\x00;").decode()
"""64 by 48 pixels: neither a size nor a format that was requested."""


def first(observed: Exchange) -> Picture:
    """Return the first image."""
    return pictures_in(observed)[0]


@must(
    OPTIONS,
    says=DOC(f"{REQUEST}.n"),
    counterexample=changed(
        two_images, lambda e: broken(None, "data.1", {}).change(broken(None, "data", [{}]).change(e))
    ),
    decides="images/generations: n",
)
def test_n_images_are_returned(two_images: Exchange) -> None:
    """An image request with `n` 2 returns two images in `data`."""
    require_two(two_images)


@must(
    OPTIONS,
    says=DOC(f"{REQUEST}.size"),
    counterexample=broken(image_of_size, "data.0.b64_json", GIF),
    decides="images/generations: size",
    when=(SIZE_IN_PIXELS,),
)
def test_image_has_the_requested_size(generated_images: Exchange) -> None:
    """A generated image is as wide and high in pixels as the requested `size`."""
    picture, wanted = first(generated_images), str(generated_images.sent.json["size"])
    if picture.size == wanted:
        if wanted == USUAL:
            raise Inconclusive(f"{USUAL} is the default of most models")
        return
    width, height = (int(edge) for edge in wanted.split("x"))
    alike = abs(picture.width / picture.height - width / height) < 0.02
    message = f"the image has {picture.size} pixels where `size` is {wanted}"
    raise Deviation(message, finding="partly:size" if alike else "ignored:size")


@must(
    OPTIONS,
    says=DOC(f"{REQUEST}.output_format"),
    counterexample=broken(image_of_format, "data.0.b64_json", GIF),
    decides="images/generations: output_format",
    when=(PICTURE_FORMAT,),
)
def test_image_has_the_requested_format(generated_images: Exchange) -> None:
    """A generated image has the requested `output_format`."""
    kind, wanted = first(generated_images).kind, generated_images.sent.json["output_format"]
    if kind != wanted:
        raise Deviation(f"the image is a {kind} where `output_format` is {wanted}", finding="ignored:output_format")


def opaque(observed: Exchange) -> Exchange:
    """Return the response with an opaque image."""
    jpeg = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xd9"
    return broken(None, "data.0.b64_json", b64encode(jpeg).decode()).change(observed)


@must(
    OPTIONS,
    says=DOC(f"{REQUEST}.background"),
    counterexample=changed(image_transparent, opaque),
    decides="images/generations: background",
    when=(TRANSPARENT,),
)
def test_transparent_image_has_an_alpha_channel(generated_images: Exchange) -> None:
    """With `background` `transparent`, the returned image has an alpha channel."""
    picture = first(generated_images)
    if not picture.alpha:
        raise Deviation(f"the image is a {picture.kind} without an alpha channel", finding="ignored:background")


@may(
    OPTIONS,
    says=DOC(f"{REQUEST}.quality"),
    counterexample=broken(image_of_low_quality, "usage.output_tokens", 100_000),
    decides="images/generations: quality",
)
def test_low_quality_uses_fewer_tokens(image_of_low_quality: Exchange, image_generated: Exchange) -> None:
    """An image with `quality` `low` uses fewer `usage.output_tokens` than one with the default quality."""
    low, default = (
        each.at("usage.output_tokens", int | None, None) for each in (image_of_low_quality, image_generated)
    )
    if low is None or default is None:
        raise Inconclusive("accepted, effect not observable: no `usage` is reported")
    if low == default:
        raise Inconclusive("accepted, effect not observable: both use the same number of tokens")
    assert low < default, f"{low} output tokens with `low`, {default} without"


@must(
    OPTIONS,
    says=DOC(f"{REQUEST}.response_format"),
    counterexample=broken(image_by_url, "data.0", {"b64_json": GIF}),
    decides="images/generations: response_format",
    when=(PICTURE_URLS,),
)
def test_image_has_a_url(generated_images: Exchange) -> None:
    """With `response_format` `url`, the generated image has an http or https `url`."""
    url = generated_images.at("data.0.url", str | None, None)
    if not url:
        raise Deviation("the image has no `url`", finding="ignored:response_format")
    assert url.startswith(("https://", "http://")), f"`url` is {url[:80]!r}"


@must(OPTIONS, says=DOC("createImage"), counterexample=broken(image_with_option, "data", []))
def test_parameter_is_accepted(image_with_option: Exchange) -> None:
    """An image request with `user`, `moderation` or `output_compression` is accepted, and returns one image."""
    found = len(image_with_option.at("data", list))
    assert found == 1, f"{found} images returned where one is requested"
