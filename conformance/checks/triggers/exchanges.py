"""
What is sent where the target's file names `[triggers]`.

A blocked prompt builds on one that is not blocked, a remote image on the same image in a data URL, and what a second
account asks for on what the first one made.
"""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import ASK_PICTURE
from conformance.checks.common.requests import ask_about, image_url
from conformance.checks.files.exchanges import by_id as by_file
from conformance.checks.files.exchanges import file_uploaded
from conformance.checks.responses.exchanges import ask, greeted, stored
from conformance.checks.responses.exchanges import by_id as by_response
from conformance.checks.vision.exchanges import TOKENS, image_png
from conformance.requests import get, post, user
from conformance.wire.request import Key

BLOCKED = capability("triggers.blocked_prompt")
REMOTE = capability("triggers.remote_image")
ACCOUNTS = capability("triggers.accounts")

NOT_YOURS = {401, 403, 404}
"""How what belongs to another account is withheld."""

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


@exchange(BLOCKED, expects={200, *REJECTED}, trigger="blocked_prompt")
def response_blocked(target: Target, greeted: Exchange) -> Request:
    """The same prompt as the input of a response."""
    del greeted
    return ask(target, target.triggers.of("blocked_prompt"))


@exchange(REMOTE, trigger="image_url", cost=TOKENS)
def image_remote(target: Target, image_png: Exchange) -> Request:
    """The PNG at an https URL from which the endpoint can fetch it, as the target's file says."""
    del image_png
    return ask_about(target, ASK_PICTURE, image_url(target.triggers.of("image_url")))


@exchange(ACCOUNTS, trigger="other_key_env", cost=0, roles=())
def other_account_listing() -> Request:
    """The list of models with the key of a second account: the control, that the key is right."""
    return get("/models", key=Key.OTHER)


@exchange(ACCOUNTS, expects={200, *NOT_YOURS}, trigger="other_key_env", cost=0)
def file_by_other_account(file_uploaded: Exchange, other_account_listing: Exchange) -> Request:
    """The uploaded file, retrieved by its id with the key of a second account."""
    del other_account_listing
    return get(by_file(file_uploaded), key=Key.OTHER)


@exchange(ACCOUNTS, expects={200, *NOT_YOURS}, trigger="other_key_env", cost=0)
def response_by_other_account(stored: Exchange, other_account_listing: Exchange) -> Request:
    """The stored response, retrieved by its id with the key of a second account."""
    del other_account_listing
    return get(by_response(stored), key=Key.OTHER)
