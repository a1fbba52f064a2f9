"""Reading log probabilities: the tokens of chats and responses, and the numbers of all that return some."""

from collections.abc import Sequence

from conformance import Deviation, Document, Exchange, Inconclusive, body_of

NOT_POSITIVE = 0.001
"""OpenAI's own are up to 0.00003 above 0 (gpt-5.4, 2026-05)."""


def spelled(tokens: Sequence[Document]) -> str:
    """Return the text that the tokens make: by their bytes, where they have some."""
    return b"".join(_bytes(token) for token in tokens).decode("utf-8", "replace")


def _bytes(token: Document) -> bytes:
    value = token.get("bytes")
    if isinstance(value, list) and all(isinstance(byte, int) and 0 <= byte <= 255 for byte in value):
        return bytes(value)
    return token.at("token", str).encode()


def assert_not_positive(found: Sequence[float]) -> None:
    """Assert that log probabilities are 0 or less, but for rounding."""
    beyond = [number for number in found if number > NOT_POSITIVE]
    assert not beyond, f"{len(beyond)} of {len(found)} `logprob`s are above 0, for example {beyond[0]}"


def assert_spelled(tokens: Sequence[Document], text: str) -> None:
    """Assert that the tokens, joined, contain a text. Raises `Inconclusive` for no text."""
    text = text.strip()
    if not text:
        raise Inconclusive("the response has no text")
    found = spelled(tokens)
    assert text in found, f"the joined tokens are {found[:60]!r}, the text is {text[:60]!r}"


def require_no_more(observed: Exchange, tokens: Sequence[Document]) -> None:
    """Raise `Deviation` where a token has more alternatives than `top_logprobs` of the request."""
    most = max(len(token.at("top_logprobs", list)) for token in tokens)
    asked = body_of(observed.sent).get("top_logprobs")
    if not isinstance(asked, int):
        raise Inconclusive("`top_logprobs` of the request is not an integer")
    if most > asked:
        raise Deviation(f"{most} alternatives where {asked} are requested", finding="partly:top_logprobs")
