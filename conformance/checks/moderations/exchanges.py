"""What is sent about moderations. `model` is optional: OpenAI has a default."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url
from conformance.checks.common.prompts import COUNT, HELLO, WEATHER
from conformance.checks.common.requests import image_url
from conformance.requests import post, text

MODERATIONS = capability("moderations")
IMAGES = capability("moderations.images")

PATH = "/moderations"
SEVERAL = [HELLO, COUNT, WEATHER]


@exchange(MODERATIONS, cost=10, roles=())
def moderated() -> Request:
    """A moderation of one short text, without `model`."""
    return post(PATH, {"input": HELLO})


@exchange(MODERATIONS, cost=10, roles=("moderation",))
def moderated_by_name(target: Target) -> Request:
    """A moderation of one short text, with `model`."""
    return post(PATH, {"model": target.model("moderation"), "input": HELLO})


@exchange(MODERATIONS, cost=30, roles=())
def several_moderated() -> Request:
    """A moderation of three texts in an array."""
    return post(PATH, {"input": SEVERAL})


@exchange(MODERATIONS, cost=10, roles=())
def part_moderated() -> Request:
    """A moderation of one text as a part, as it may stand beside images."""
    return post(PATH, {"input": [text(HELLO)]})


@exchange(MODERATIONS, expects={400, 422}, cost=0, roles=(), invalid=True)
def moderation_without_input(moderated: Exchange) -> Request:
    """A moderation request without `input`."""
    return post(PATH, {})


@exchange(IMAGES, cost=300, roles=())
def image_moderated(part_moderated: Exchange) -> Request:
    """A moderation of one text and one image, as parts."""
    del part_moderated
    return post(PATH, {"input": [text(HELLO), image_url(data_url("solid.png"))]})


@exchange(IMAGES, cost=300, roles=())
def image_alone_moderated(part_moderated: Exchange) -> Request:
    """A moderation of one image, as a part."""
    del part_moderated
    return post(PATH, {"input": [image_url(data_url("word.png"))]})
