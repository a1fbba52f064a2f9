"""Reading the items of hosted tools."""

from conformance import Deviation, Document, Exchange
from conformance.checks.responses.reading import items, require_whole, whole

ITEMS = {
    "code_interpreter": "code_interpreter_call",
    "file_search": "file_search_call",
    "shell": "shell_call",
    "web_search": "web_search_call",
}
"""The type of the item that a call of a tool is, by the type of the tool."""


def calls_of(observed: Exchange) -> list[Document]:
    """Return the items of the only offered tool of a whole response. Raises `Deviation` when it was dropped."""
    response = whole(observed)
    require_whole(response)
    wanted = ITEMS[observed.sent.json["tools"][0]["type"]]
    found = items(response, wanted)
    if not found:
        raise Deviation(f"the tool is accepted and dropped: `output` has no `{wanted}` item", finding="ignored:tools")
    return found
