"""
An image at an https URL: the endpoint fetches it, and it reaches the model.

Not checked: how large it may be, and how often it is fetched, which only its server can tell.
"""

from conformance import DOC, Exchange, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.attachments import dropped, require_named, require_read, require_taken
from conformance.checks.triggers.exchanges import REMOTE, image_remote
from conformance.checks.vision.exchanges import WORD, image_png, image_question_alone
from conformance.counterexamples import changed

PART = "ChatCompletionRequestMessageContentPartImage.image_url"


@should(REMOTE, says=DOC(PART), counterexample=changed(image_remote, dropped))
def test_remote_image_reaches_the_model(
    image_remote: Exchange,
    image_png: Exchange,
    image_question_alone: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """An image at an https URL reaches the model: it names the drawn word, or the image adds 20 prompt tokens."""
    require_taken(image_remote, WORD, image_question_alone, "image_url", (hello, hello_many_times))
    require_named(image_png, WORD)
    require_read(image_remote, WORD, image_question_alone, "image_url")
