"""
`/vector_stores/{id}/search`: the files that share the most words with a query.

A file is one chunk. Its score is the part of the query's words that its text holds.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.simulator.endpoints.vector_store_files import StoredFile, files_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.registry import Handler
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import (
    Rule,
    anything,
    array,
    boolean,
    by_type,
    fields,
    integer,
    number,
    one_of,
    string,
    tagged,
)

_DEFAULT_RESULTS = 10
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, among: value in among,
    "nin": lambda value, among: value not in among,
}
_COMPARISON = fields({"type": one_of(*_COMPARE), "key": string(), "value": anything})


def _filters(value: Any, path: str) -> None:
    """Accept a comparison, or several of them under `and` or `or`."""
    compound = fields({"type": one_of("and", "or"), "filters": array(_filters)})
    tagged("type", {**dict.fromkeys(_COMPARE, _COMPARISON), "and": compound, "or": compound})(value, path)


_RANKING = fields({}, {"ranker": one_of("none", "auto", "default-2024-11-15"), "score_threshold": number(0, 1)})
_QUERY = by_type("a string or an array of strings", {str: string(4096), list: array(string(4096), 1)})
_OPTIONS: dict[str, Rule] = {
    "filters": _filters,
    "max_num_results": integer(1, 50),
    "ranking_options": _RANKING,
    "rewrite_query": boolean,
}
PARAMETERS = fields({"query": _QUERY}, _OPTIONS)


def search(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}/search`."""
    body = json_body(call)
    PARAMETERS(body, "")
    queries = _queries(body)
    found = results(call.state, call.arguments["id"], body)
    most = body.get("max_num_results") or _DEFAULT_RESULTS
    page = {"object": "vector_store.search_results.page", "search_query": queries, "data": found[:most]}
    return Answer({**page, "has_more": len(found) > most, "next_page": None})


def results(state: State, store: str, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all that a search finds, the best first; `wanted` are its `query` and its options."""
    threshold = (wanted.get("ranking_options") or {}).get("score_threshold") or 0.0
    filters, queries = wanted.get("filters"), _queries(wanted)
    found = [
        _told(file, score)
        for file in files_of(state, store)
        if (filters is None or matches(file, filters)) and (score := _score(file.text, queries)) >= threshold
    ]
    return sorted(found, key=lambda entry: -float(entry["score"]))


def _queries(wanted: Mapping[str, Any]) -> list[str]:
    return [wanted["query"]] if isinstance(wanted["query"], str) else wanted["query"]


def matches(file: StoredFile, wanted: Mapping[str, Any]) -> bool:
    """Tell whether the attributes of a file are those that a filter asks for."""
    kind = wanted["type"]
    if kind in {"and", "or"}:
        return (all if kind == "and" else any)(matches(file, one) for one in wanted["filters"])
    try:
        return wanted["key"] in file.attributes and _COMPARE[kind](file.attributes[wanted["key"]], wanted["value"])
    except TypeError:  # values that have no order
        return False


def _score(text: str, queries: list[str]) -> float:
    words = {word for query in queries for word in re.findall(r"\w+", query.lower())}
    held = words & set(re.findall(r"\w+", text.lower()))
    return round(len(held) / len(words), 4) if words else 0.0


def _told(file: StoredFile, score: float) -> dict[str, Any]:
    return {
        "file_id": file.file.id,
        "filename": file.file.filename,
        "score": score,
        "attributes": file.attributes,
        "content": [{"type": "text", "text": file.text}],
    }


ROUTES: tuple[tuple[str, Mapping[str, Handler]], ...] = (("/search", {"POST": search}),)
"""The path below a vector store, and its handler."""
