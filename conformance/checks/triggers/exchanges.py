"""
What is sent where the target's file names `[triggers]`.

A blocked prompt builds on one that is not blocked, a remote image on the same image in a data URL.
"""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import ASK_PICTURE
from conformance.checks.common.requests import ask_about, image_url
from conformance.checks.vision.exchanges import TOKENS, image_png
from conformance.requests import post, user

BLOCKED = capability("triggers.blocked_prompt")
REMOTE = capability("triggers.remote_image")

REJECTED = {400, 403, 422, 451}
"""How a prompt is rejected that is not to be answered."""


@exchange(BLOCKED, expects={200, *REJECTED}, trigger="blocked_prompt")
def prompt_blocked(target: Target, hello: Exchange) -> Request:
    """A prompt that the endpoint's content filter blocks, as the target's file says."""
    del hello
    messages = [user(target.triggers.of("blocked_prompt"))]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})


@exchange(BLOCKED, expects={200, *REJECTED}, trigger="blocked_prompt")
def prompt_blocked_streamed(target: Target, hello: Exchange) -> Request:
    """The same prompt with `stream`."""
    del hello
    messages = [user(target.triggers.of("blocked_prompt"))]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages, "stream": True})


@exchange(REMOTE, trigger="image_url", cost=TOKENS)
def image_remote(target: Target, image_png: Exchange) -> Request:
    """The PNG at an https URL from which the endpoint can fetch it, as the target's file says."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(target.triggers.of("image_url")))
