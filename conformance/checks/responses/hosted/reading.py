"""Reading the items of hosted tools."""

from conformance import Document, Exchange
from conformance.checks.responses.reading import items, whole
from conformance.checks.responses.tool_kinds.reading import assert_not_dropped, expected


def calls_of(observed: Exchange) -> list[Document]:
    """Return the items of the only offered tool of a whole response. Raises `Deviation` when it was dropped."""
    (wanted,) = expected(observed)
    assert_not_dropped(observed, (wanted,))
    return items(whole(observed), wanted)
