"""The tool `file_search` of responses: the files of the offered vector stores, as its results name them."""

from typing import Any

from conformance.simulator.endpoints.vector_store_search import results
from conformance.simulator.endpoints.vector_stores import Store
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.state import State


def found_files(body: dict[str, Any], asked: str, state: State) -> list[dict[str, Any]]:
    """Return what is found for a question. Raises `ApiError` for a vector store that does not exist."""
    found = []
    for tool in body.get("tools") or ():
        if tool["type"] == "file_search":
            for name in tool["vector_store_ids"]:
                if state.shelf(Store).get(name) is None:
                    raise ApiError(404, f"Vector store with id '{name[:80]}' not found.", param="tools")
                found += [_told(one, name) for one in results(state, name, {**tool, "query": asked})]
    return found


def _told(result: dict[str, Any], store: str) -> dict[str, Any]:
    named = {name: result[name] for name in ("attributes", "file_id", "filename", "score")}
    return {**named, "text": " ".join(part["text"] for part in result["content"]), "vector_store_id": store}
