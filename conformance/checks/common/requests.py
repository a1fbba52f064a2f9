"""What several families send, and with which statuses it is accepted or rejected."""

from dataclasses import dataclass
from dataclasses import field as a_field
from typing import Any

from conformance import ABSENT, Request, Target, Until
from conformance.checks.common.prompts import HELLO
from conformance.requests import post, text, user

NO_MODEL = "no-such-model-4f1c"
NO_PICTURE = "VGhpcyBpcyBub3QgYSBwaWN0dXJlLg=="
"""A text in base64, for where an image should be."""

TAKEN = frozenset({200})
REFUSED = frozenset({400, 422})
TAKEN_OR_REFUSED = TAKEN | REFUSED
FILE_REFUSED = REFUSED | {413, 415}
"""How a file, an image or audio is rejected that cannot be read."""


GONE = Until(lambda e: e.status == 404, every_s=1.0, limit_s=10.0)
"""How long what was deleted may still be retrieved."""


def image_url(url: str, **optional: Any) -> dict[str, Any]:
    """Return the part of a message that holds an image."""
    return {"type": "image_url", "image_url": {"url": url, **optional}}


def ask_about(target: Target, prompt: str, *parts: dict[str, Any], **optional: Any) -> Request:
    """Return a question about attachments."""
    messages = [user([text(prompt), *parts])]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages, **optional})


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    A chat completion with one invalid field; `ABSENT` leaves it out.

    `param`: OpenAI names it in `error.param`. `beside`: other fields that must be there for the mistake to show.
    `inner`: what an error may name as well, because it is nearer to the mistake.
    """

    field: str
    value: Any
    param: bool = True
    expects: frozenset[int] = frozenset()
    beside: dict[str, Any] = a_field(default_factory=dict)
    inner: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the words any of which names what is invalid."""
        return (self.field, *self.inner)

    def body(self, model: str) -> dict[str, Any]:
        """Return the request's body."""
        body = {"model": model, "messages": [user(HELLO)], **self.beside, self.field: self.value}
        return {name: value for name, value in body.items() if value is not ABSENT}
