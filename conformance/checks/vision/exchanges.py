"""
What is sent about images. The files and the words drawn in them are in `conformance.checks.common.fixtures`.

All that a target without vision rejects in the same way builds on `image_png`: there it is not sent.

That invalid images are rejected is the status check's business; the shape of the error has checks in `errors`. Not
sent: a JPEG that is named a PNG, and a truncated image, as lenient readers accept them.
"""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import base64_of, data_url, word_of
from conformance.checks.common.prompts import ASK_PICTURE, ASK_PICTURES, ASK_WORD, word_is
from conformance.checks.common.requests import FILE_REFUSED, NO_PICTURE, ask_about, image_url

BASE64 = capability("vision.base64")
URL = capability("vision.url")
STREAM = capability("vision.stream")
VARIANTS = capability("vision.variants")
ERRORS = capability("vision.errors")

WORD, OTHER_WORD = word_of("word.png"), word_of("other.png")
TOKENS = 400

NOT_THERE = "https://example.invalid/picture.png"
"""A host that can never exist (RFC 6761)."""


@exchange(BASE64)
def image_word_in_text(target: Target) -> Request:
    """The control of the model's ability: the image's word as text instead of the image."""
    return ask_about(target, f"{word_is(WORD)} {ASK_WORD}")


@exchange(BASE64)
def image_question_alone(target: Target) -> Request:
    """The question about an image, without one: the measure for the tokens that the image adds."""
    return ask_about(target, ASK_PICTURE)


@exchange(BASE64, cost=TOKENS)
def image_png(target: Target) -> Request:
    """A PNG in a data URL, with a word drawn in it."""
    return ask_about(target, ASK_PICTURE, image_url(data_url("word.png")))


@exchange(STREAM, cost=TOKENS)
def image_png_streamed(target: Target, image_png: Exchange) -> Request:
    """The same PNG and prompt with `stream`, and usage at its end."""
    del image_png
    optional = {"stream": True, "stream_options": {"include_usage": True}}
    return ask_about(target, ASK_PICTURE, image_url(data_url("word.png")), **optional)


FORMATS = {"jpeg": "word.jpeg", "webp": "word.webp", "gif": "word.gif"}


@exchange(VARIANTS, each=FORMATS, cost=TOKENS)
def image_other_format(target: Target, image_png: Exchange, row: str) -> Request:
    """A JPEG, WebP or GIF of the same size, with another word."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(data_url(row)))


@exchange(VARIANTS, cost=2 * TOKENS)
def two_images_sent(target: Target, image_png: Exchange) -> Request:
    """Two images with different words in one message."""
    del image_png
    return ask_about(target, ASK_PICTURES, image_url(data_url("word.png")), image_url(data_url("other.png")))


@exchange(VARIANTS, cost=TOKENS)
def image_in_low_detail(target: Target, image_png: Exchange) -> Request:
    """The PNG with `detail` `low`."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(data_url("word.png"), detail="low"))


@exchange(VARIANTS, cost=TOKENS)
def image_in_high_detail(target: Target, image_png: Exchange) -> Request:
    """The PNG with `detail` `high`."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(data_url("word.png"), detail="high"))


@exchange(VARIANTS, expects={200, *FILE_REFUSED}, cost=TOKENS)
def image_with_media_type_parameter(target: Target, image_png: Exchange) -> Request:
    """The PNG in a data URL whose media type has a parameter, as RFC 2397 allows."""
    del image_png
    url = f"data:image/png;charset=utf-8;base64,{base64_of('word.png')}"
    return ask_about(target, ASK_PICTURE, image_url(url))


@exchange(URL, expects={*FILE_REFUSED, 403, 404, 424}, cost=60, invalid=True)
def image_unreachable(target: Target, image_png: Exchange) -> Request:
    """An image with an https URL whose host does not exist."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(NOT_THERE))


WRONG_PICTURES = {
    "no-base64": "data:image/png;base64,*** this is not base64 ***",
    "no-picture": f"data:image/png;base64,{NO_PICTURE}",
    "empty": "data:image/png;base64,",
    "unknown-media-type": f"data:application/x-conformance;base64,{NO_PICTURE}",
    "no-url": "picture.png",
}


@exchange(ERRORS, expects=FILE_REFUSED, each=WRONG_PICTURES, cost=60, invalid=True)
def invalid_image(target: Target, image_png: Exchange, row: str) -> Request:
    """An invalid image: broken base64, bytes that are not an image, empty data, or not a URL."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(row))
