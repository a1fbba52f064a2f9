"""What is sent to have pictures painted through chat."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url
from conformance.checks.common.prompts import PAINT, REPAINT
from conformance.checks.common.requests import TAKEN_OR_REFUSED, image_url
from conformance.checks.images.exchanges import IMAGE, TOKENS
from conformance.requests import post, text, user

CHAT_OUTPUT = capability("chat.image_output")
CHAT_EDIT = capability("chat.image_edit")


def paint_in_chat(target: Target, content: Any, **optional: Any) -> Request:
    """Return a request for a picture through chat."""
    return post("/chat/completions", {"model": target.model("image"), "messages": [user(content)], **optional})


@exchange(CHAT_OUTPUT, roles=IMAGE, cost=TOKENS)
def painted_in_chat(target: Target) -> Request:
    """A picture from words, asked of a model for images through chat."""
    return paint_in_chat(target, PAINT)


@exchange(CHAT_OUTPUT, expects=TAKEN_OR_REFUSED, roles=IMAGE, cost=TOKENS)
def painted_with_modalities(target: Target, painted_in_chat: Exchange) -> Request:
    """The same with `modalities`, which some endpoints need and others refuse."""
    del painted_in_chat
    return paint_in_chat(target, PAINT, modalities=["text", "image"])


@exchange(CHAT_EDIT, roles=IMAGE, cost=2 * TOKENS)
def repainted_in_chat(target: Target) -> Request:
    """A picture and what to change in it, asked of a model for images through chat."""
    return paint_in_chat(target, [text(REPAINT), image_url(data_url("solid.png"))])
