"""
An image reaches the model: it names the word that is drawn in it, and the image is counted.

Not checked: an image with a real https URL, as the suite owns no host.
"""

from typing import Any

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.attachments import dropped, names, require_named, require_read, require_taken
from conformance.checks.common.usage import PROMPT, added
from conformance.checks.vision.exchanges import (
    BASE64,
    STREAM,
    WORD,
    image_png,
    image_png_streamed,
    image_question_alone,
    image_word_in_text,
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


@must(BASE64, says=DOC(PART), counterexample=changed(image_png, dropped))
def test_image_reaches_the_model(
    image_png: Exchange,
    image_question_alone: Exchange,
    image_word_in_text: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """An image in `image_url` reaches the model: it names the drawn word, or the image adds 20 prompt tokens."""
    require_taken(image_png, WORD, image_question_alone, "image_url", (hello, hello_many_times))
    require_named(image_word_in_text, WORD)
    require_read(image_png, WORD, image_question_alone, "image_url")


@must(BASE64, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(image_png, PROMPT, 1))
def test_image_is_counted(image_png: Exchange, image_question_alone: Exchange) -> None:
    """An image that the model reads adds to `usage.prompt_tokens`."""
    if not names(image_png, WORD):
        raise Inconclusive("the model does not name the drawn word; another check tells whether the image was dropped")
    more = added(image_png, image_question_alone)
    assert more > 0, f"the image adds {more} to `{PROMPT}`"


@must(STREAM, says=DOC("CreateChatCompletionRequest.stream"), counterexample=rewritten(image_png_streamed, blind))
def test_image_reaches_the_model_in_a_stream(
    image_png_streamed: Exchange,
    image_png: Exchange,
    image_question_alone: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """With `stream`, an image reaches the model, too: it names the drawn word, or the image adds 20 prompt tokens."""
    require_taken(image_png_streamed, WORD, image_question_alone, "image_url", (hello, hello_many_times))
    require_named(image_png, WORD)
    require_read(image_png_streamed, WORD, image_question_alone, "image_url")
