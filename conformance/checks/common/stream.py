"""How a streamed chat completion is read: its choices, its text, its errors, its usage."""

import json
from collections.abc import Iterator
from itertools import pairwise

from conformance import ABSENT, Document, Exchange, Inconclusive


def parts(observed: Exchange) -> Iterator[Document]:
    """Yield every choice of every chunk, in order."""
    for chunk in observed.chunks:
        for index in range(len(chunk.at("choices", list))):
            choice = chunk.at(f"choices.{index}", dict)
            yield Document(choice, place=f"choice {index} of {chunk.place}", owner=f"{chunk.owner}/choices.[]")


def deltas(observed: Exchange) -> list[str]:
    """Return the texts of the deltas in order, without the empty ones."""
    found = (part.at("delta.content", str | None, None) for part in parts(observed))
    return [text for text in found if text]


def tell_again(texts: list[str]) -> bool:
    """Tell whether deltas repeat what came before: each holds all the text so far, or the last one does."""
    if len(texts) < 2:
        return False
    growing = all(later.startswith(earlier) for earlier, later in pairwise(texts)) and len(texts[-1]) > len(texts[0])
    before = "".join(texts[:-1])
    return (growing and len(texts[-2]) >= 4) or (len(before) >= 12 and texts[-1].strip() == before.strip())


def joined(observed: Exchange) -> str:
    """Return the text of a stream. Raises `Inconclusive` when deltas repeat: another check finds that."""
    texts = deltas(observed)
    if tell_again(texts):
        raise Inconclusive(
            f"the deltas of {observed.label} repeat earlier text, which another check finds, so they cannot be joined"
        )
    return "".join(texts)


def failures(observed: Exchange) -> list[str]:
    """Return the data of the events that carry an error; what is not JSON is found by a check of every exchange."""
    return [event.data for event in observed.events if _is_error(event.data)]


def _is_error(data: str) -> bool:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(value.get("error"))


def holds(document: Document, path: str) -> bool:
    """Tell whether there is something at a path that is neither null nor empty."""
    value = document.get(path)
    return value is not ABSENT and value not in (None, "", [], {})


def counted(observed: Exchange) -> list[Document]:
    """Return the chunks that hold a usage object, null aside."""
    return [chunk for chunk in observed.chunks if isinstance(chunk.get("usage"), dict)]
