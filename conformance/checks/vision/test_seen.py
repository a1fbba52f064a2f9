"""
An image reaches the model: it names the word that is drawn in it, and the image is counted.

Not checked: an image with a real https URL, as the suite owns no host.
"""

from typing import Any

from conformance import DOC, SDK, Exchange, Inconclusive, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.attachments import dropped, names, require_named, require_read, require_taken
from conformance.checks.common.usage import PROMPT, added
from conformance.checks.vision.exchanges import (
    BASE64,
    STREAM,
    WORD,
    picture_asked,
    picture_png,
    picture_streamed,
    picture_told,
)
from conformance.counterexamples import broken, changed, rewritten

PART = "ChatCompletionRequestMessageContentPartImage.image_url"


def blind(chunks: list[Any]) -> list[Any]:
    """Let a stream have only a greeting as text, and use as many tokens as a prompt without an image."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["delta"]["content"] = "Hello." if choice["delta"].get("content") else None
        if chunk.get("usage"):
            chunk["usage"]["prompt_tokens"] = 1
    return chunks


@must(BASE64, says=DOC(PART), counterexample=changed(picture_png, dropped))
def test_word_in_the_picture_is_told(
    picture_png: Exchange, picture_asked: Exchange, picture_told: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """An image in `image_url` reaches the model: it names the drawn word, or `usage.prompt_tokens` grows."""
    require_taken(picture_png, WORD, picture_asked, "image_url", (hello, hello_many_times))
    require_named(picture_told, WORD)
    require_read(picture_png, WORD, picture_asked, "image_url")


@must(BASE64, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(picture_png, PROMPT, 1))
def test_picture_is_counted(picture_png: Exchange, picture_asked: Exchange) -> None:
    """An image that the model reads adds to `usage.prompt_tokens`."""
    if not names(picture_png, WORD):
        raise Inconclusive("the model does not name the drawn word; another check tells whether the image was dropped")
    more = added(picture_png, picture_asked)
    assert more > 0, f"the image adds {more} to `{PROMPT}`"


@must(STREAM, says=DOC("CreateChatCompletionRequest.stream"), counterexample=rewritten(picture_streamed, blind))
def test_picture_is_seen_in_a_stream(
    picture_streamed: Exchange,
    picture_png: Exchange,
    picture_asked: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """An image reaches the model with `stream`, too: it names the drawn word, or `usage.prompt_tokens` grows."""
    require_taken(picture_streamed, WORD, picture_asked, "image_url", (hello, hello_many_times))
    require_named(picture_png, WORD)
    require_read(picture_streamed, WORD, picture_asked, "image_url")
