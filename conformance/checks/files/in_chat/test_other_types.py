"""
Files that are neither images nor PDF: read or rejected, never ignored.

Not checked: that any of them is read (no list of types is required); videos, as the smallest costs more than it shows.
"""

from conformance import DOC, OBSERVED, Exchange, may
from conformance.checks.audio.exchanges import SOUND_NOTICED, WAV_WORD, audio_question_alone
from conformance.checks.common import evidence
from conformance.checks.common.attachments import require_named, require_read, unread
from conformance.checks.common.fixtures import word_of
from conformance.checks.files.in_chat.exchanges import (
    OTHER_MIME,
    TEXT_FILES,
    WORD,
    audio_in_image_url,
    document_question_alone,
    document_word_in_text,
    file_of_unknown_type,
    text_in_file_part,
    text_in_image_url,
)
from conformance.counterexamples import body, changed

IN_IMAGE_URL = OBSERVED(
    "gateways document other files than images as a data URL in `image_url`; OpenAI rejects them",
    *evidence.FILE_IN_IMAGE_URL,
)


@may(OTHER_MIME, says=IN_IMAGE_URL, counterexample=changed(text_in_image_url, unread))
def test_text_in_image_url_is_read_or_rejected(
    text_in_image_url: Exchange, document_question_alone: Exchange, document_word_in_text: Exchange
) -> None:
    """A text file as a data URL in `image_url` is read or rejected, not ignored."""
    if text_in_image_url.status == 200:
        require_named(document_word_in_text, WORD)
        word = word_of(TEXT_FILES[text_in_image_url.case])
        require_read(text_in_image_url, word, document_question_alone, "image_url/text")


@may(OTHER_MIME, says=IN_IMAGE_URL, counterexample=changed(audio_in_image_url, unread))
def test_audio_in_image_url_is_read_or_rejected(
    audio_in_image_url: Exchange, audio_question_alone: Exchange, document_word_in_text: Exchange
) -> None:
    """An audio file as a data URL in `image_url` is read or rejected, not ignored."""
    if audio_in_image_url.status == 200:
        require_named(document_word_in_text, WORD)
        require_read(audio_in_image_url, WAV_WORD, audio_question_alone, "image_url/audio", SOUND_NOTICED)


@may(
    OTHER_MIME,
    says=DOC("ChatCompletionRequestMessageContentPartFile.file.file_data"),
    counterexample=changed(text_in_file_part, unread),
)
def test_text_in_file_part_is_read_or_rejected(
    text_in_file_part: Exchange, document_question_alone: Exchange, document_word_in_text: Exchange
) -> None:
    """A text file in a part of type `file` is read or rejected, not ignored."""
    if text_in_file_part.status == 200:
        require_named(document_word_in_text, WORD)
        require_read(text_in_file_part, word_of(TEXT_FILES[text_in_file_part.case]), document_question_alone, "file")


@may(
    OTHER_MIME,
    says=OBSERVED("OpenAI names the part in `param` when it rejects a file's media type", *evidence.WRONG_MEDIA_TYPE),
    counterexample=changed(
        file_of_unknown_type, lambda e: body(None, b'{"error": {"message": "Bad request"}}').change(e)
    ),
)
def test_rejection_names_the_file(file_of_unknown_type: Exchange) -> None:
    """The rejection of a file of an unknown type names the file or its type in `error.param` or `message`."""
    said = [file_of_unknown_type.at(f"error.{name}", str | None, None) or "" for name in ("param", "message")]
    named = any(word in " ".join(said).lower() for word in ("file", "mime", "type", "document", "x-conformance"))
    assert named, f"neither `param` nor `message` names the file or its type: {said[1][:80]!r}"
