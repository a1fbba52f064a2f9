"""
Characters beyond ASCII, there and back.

What is looked for is damage that only a wrong encoding does: the bytes of UTF-8 read as another encoding, replacement
characters or question marks in place of letters, escapes shown as text, letters that are lost. A model that writes
something else than the word is not evidence.

Not checked: the normal form of letters with accents, as a model may write them either way.
"""

import json
import re
import unicodedata
from typing import Any

from conformance import RFC, WHATWG, Exchange, Exchanges, Inconclusive, must
from conformance.checks.chat.exchanges import PARALLEL_WORDS, parallel_words
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.stream import joined
from conformance.checks.transport.exchanges import UTF8, WORDS, non_ascii_word, non_ascii_word_streamed
from conformance.counterexamples import changed, rewritten

LONGEST = 8_192
"""How many characters of a response of one word are read: bringing accents into order takes quadratic time."""


def harm(text: str, told: str) -> str | None:
    """Return in words what an encoding did to the word in a text, or None when nothing of that kind is seen."""
    if told in unicodedata.normalize("NFC", text):
        return None
    for encoding in ("latin-1", "cp1252", "gbk"):
        if told.encode().decode(encoding, "replace").replace("\ufffd", "")[:6] in text:
            return f"its UTF-8 bytes were decoded as {encoding}"
    if json.dumps(told)[1:-1].lower() in text.lower():
        return "its JSON escapes are returned as text"
    if stands_in(text.strip(" \t\r\n.!\"'"), told):
        return "its letters are replaced by other characters"
    if any(letter.isascii() for letter in told) and re.search(
        rf"\b{re.escape(told.encode('ascii', 'ignore').decode())}\b", text
    ):
        return "its non-ASCII letters are missing"
    return None


def stands_in(text: str, told: str) -> bool:
    """
    Tell whether a text is the word with some letters beyond ASCII replaced by one or more `?` or U+FFFD each.

    A read that cuts one character harms that one only; the others stand as they were. Takes linear time, whatever
    an endpoint sends.
    """
    kept = [letter for letter in text if letter not in "\ufffd?"]
    missing, marks = len(told) - len(kept), len(text) - len(kept)
    letters = iter(told)
    in_order = all(letter in letters for letter in kept)
    ascii_kept = [letter for letter in told if letter.isascii()] == [letter for letter in kept if letter.isascii()]
    return 0 < missing <= marks <= 4 * missing and in_order and ascii_kept


def judge(control: Exchanges, text: str, told: str) -> None:
    """Assert that the word came back. Raises `Inconclusive` when the model said something else."""
    for observed in control:
        non_ascii_word = PARALLEL_WORDS[observed.case]
        if non_ascii_word.lower() not in (observed.at(CONTENT, str | None, None) or "").lower():
            raise Inconclusive(f"this model cannot repeat a word: {non_ascii_word!r}")
    text = text[:LONGEST]
    found = harm(text, told)
    assert found is None, f"{told!r} is returned as {text[:60]!r}: {found}"
    if told not in unicodedata.normalize("NFC", text):
        raise Inconclusive(f"this model can repeat an ASCII word, and writes something else for {told!r}")


def misread(observed: Exchange) -> Exchange:
    """Let the bytes of the word be read in another encoding."""
    told = WORDS[observed.case]
    body = json.dumps(observed.document.value, ensure_ascii=False).replace(told, told.encode().decode("latin-1"))
    return observed.with_response(body=body.encode(), sizes=(len(body.encode()),), at_ms=(1.0,))


def replaced(chunks: list[Any]) -> list[Any]:
    """Let a replacement character stand in place of each letter beyond ASCII."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            if content := choice["delta"].get("content"):
                choice["delta"]["content"] = "".join(c if c.isascii() else "\ufffd" for c in content)
    return chunks


@must(UTF8, says=RFC(8259, "8.1"), counterexample=changed(non_ascii_word, misread))
def test_non_ascii_word_is_returned(non_ascii_word: Exchange, parallel_words: Exchanges) -> None:
    """A word with non-ASCII characters, to be repeated, is returned unchanged, not garbled by its encoding."""
    judge(parallel_words, non_ascii_word.at(CONTENT, str | None, None) or "", WORDS[non_ascii_word.case])


@must(UTF8, says=WHATWG("9.2.5"), counterexample=rewritten(non_ascii_word_streamed, replaced))
def test_non_ascii_word_is_streamed(non_ascii_word_streamed: Exchange, parallel_words: Exchanges) -> None:
    """A word with non-ASCII characters is returned unchanged in a stream, wherever chunks split its bytes."""
    judge(parallel_words, joined(non_ascii_word_streamed), WORDS[non_ascii_word_streamed.case])
