"""What a model that searches cites: one page, for its whole text."""

from typing import Any

from conformance.simulator.model.chat_request import ChatRequest
from conformance.simulator.model.generation import Choice

_PAGE = {"title": "Example Domain", "url": "https://example.com/?utm_source=openai"}


def citations(choice: Choice, request: ChatRequest) -> list[dict[str, Any]]:
    """Return the annotations of a message."""
    if not request.model.searches or not choice.content:
        return []
    return [{"type": "url_citation", "url_citation": {"start_index": 0, "end_index": len(choice.content), **_PAGE}}]
