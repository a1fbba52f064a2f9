import pytest

from conformance.wire.text import SEARCHED, cut, escaped, printable, visible, within

HOSTILE = "a\x1b[31m\u202eb\ud800\nc"


@pytest.mark.parametrize(("text", "shown"), [("abc", "abc"), ("abcd", "ab…"), ("", "")])
def test_a_text_that_is_cut_is_no_longer_than_its_limit_and_says_so(text: str, shown: str) -> None:
    assert cut(text, 3) == shown


def test_a_message_is_one_line_that_every_file_can_hold() -> None:
    assert printable(HOSTILE) == "a�[31m�b� c"


def test_a_name_is_escaped_and_bounded() -> None:
    assert escaped("it's", 60) == "it's"
    assert escaped("a\x1bb", 60) == "a\\x1bb"
    assert escaped("x" * 61, 60) == "x" * 59 + "…"


def test_what_is_invisible_shows_by_its_code_point() -> None:
    assert visible(HOSTILE) == "a[U+001B][31m[U+202E]b[U+D800]\nc"
    assert visible("a\tb — ü 日本 🎉") == "a\tb — ü 日本 🎉"


def test_a_text_is_searched_at_its_beginning() -> None:
    assert within("a" * SEARCHED + "b") == "a" * SEARCHED
    assert within("ab") == "ab"
