"""The simulator's tokens."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.simulator.media.tokens import count, pieces


@given(st.text())
def test_pieces_joined_give_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert count(text) == len(pieces(text))


@given(st.text(), st.integers(0, 20))
def test_the_beginning_of_a_text_has_the_beginning_of_its_pieces(text: str, size: int) -> None:
    cut = pieces(text)[:size]
    assert pieces("".join(cut)) == cut


def test_words_are_about_a_token_each() -> None:
    assert pieces("Hello, it is nice to meet you.") == (
        "Hello",
        ",",
        " it",
        " is",
        " nice",
        " to",
        " meet",
        " you",
        ".",
    )
