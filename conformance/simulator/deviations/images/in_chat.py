"""Pictures that a chat completion brings."""

import re
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_URL = re.compile(r"data:image/(\w+);base64,([A-Za-z0-9+/=]+)")
_PAINTED = "chat.image_output/image_in_chat"
_REPAINTED = "chat.image_edit/edited_image_in_chat"


def change_text(answer: Answer, new: Any) -> Answer:
    """Replace every picture in the texts of a plain chat completion."""

    def apply(message: change.Object) -> None:
        if isinstance(message.get("content"), str):
            message["content"] = _URL.sub(new, message["content"])

    return change.each_message(answer, apply)


IN_MESSAGE_CONTENT = excluded(
    "images-in-message-content-base64",
    severity="minor",
    says="An image model used through chat completions puts the base64 of the image into `content`.",
    source=("https://docs.crazyrouter.com/en/chat/gemini/openai-compat",),
    why="legal: OpenAI documents no picture in the answer of a chat, so every shape that holds it is as good; the "
    "report tells which one came",
)


@deviation(
    "own-chat-picture-is-lost",
    severity="critical",
    says="The image in a chat completion is a placeholder.",
    breaks="Everyone who wants to see it.",
    source=INVENTED,
    caught_by=(f"{_PAINTED}/chat_returns_an_image", f"{_REPAINTED}/chat_returns_the_edited_image"),
)
def chat_picture_is_lost(call: Call, handler: Handler) -> Answer:
    return change_text(handler(call), "<image>")


@deviation(
    "own-chat-picture-is-called-webp",
    severity="minor",
    says="The data URL of an image says `image/webp`, and the bytes are a PNG.",
    breaks="Clients that choose a decoder by the media type.",
    source=INVENTED,
    caught_by=(f"{_PAINTED}/data_url_has_the_media_type",),
)
def chat_picture_is_called_webp(call: Call, handler: Handler) -> Answer:
    return change_text(handler(call), lambda match: f"data:image/webp;base64,{match[2]}")


@deviation(
    "own-chat-picture-comes-back",
    severity="major",
    says="Instead of the edited image the one that was sent is returned.",
    breaks="Users who wanted an edit: they pay for nothing.",
    source=INVENTED,
    caught_by=(f"{_REPAINTED}/edited_image_differs",),
)
def chat_picture_comes_back(call: Call, handler: Handler) -> Answer:
    sent = _URL.search(call.content.decode("utf-8", "replace"))
    return change_text(handler(call), lambda match: sent[0] if sent else match[0])
