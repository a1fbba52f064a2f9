"""What is sent to generate and edit images through chat completions."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url
from conformance.checks.common.prompts import PAINT, REPAINT
from conformance.checks.common.requests import TAKEN_OR_REFUSED, image_url
from conformance.checks.images.exchanges import IMAGE, TOKENS
from conformance.requests import post, text, user

CHAT_OUTPUT = capability("chat.image_output")
CHAT_EDIT = capability("chat.image_edit")


def image_request(target: Target, content: Any, **optional: Any) -> Request:
    """Return a request for an image through chat completions."""
    return post("/chat/completions", {"model": target.model("image"), "messages": [user(content)], **optional})


@exchange(CHAT_OUTPUT, roles=IMAGE, cost=TOKENS)
def image_in_chat(target: Target) -> Request:
    """An image requested with words from an image model through chat completions."""
    return image_request(target, PAINT)


@exchange(CHAT_OUTPUT, expects=TAKEN_OR_REFUSED, roles=IMAGE, cost=TOKENS)
def image_with_modalities(target: Target, image_in_chat: Exchange) -> Request:
    """The same request with `modalities`, which some endpoints need and others reject."""
    del image_in_chat
    return image_request(target, PAINT, modalities=["text", "image"])


@exchange(CHAT_EDIT, roles=IMAGE, cost=2 * TOKENS)
def edited_image_in_chat(target: Target) -> Request:
    """An image and the requested change to it, sent to an image model through chat completions."""
    return image_request(target, [text(REPAINT), image_url(data_url("solid.png"))])
