"""
Searching files in a response: the items, results, citations and events of it.

Not checked: what the model searches for, and whether it cites; the default of `results`.
"""

from typing import Any

from conformance import SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.responses.events import ITEM_ADDED, end_of, events_of, without
from conformance.checks.responses.hosted.exchanges import (
    FILE_SEARCH,
    file_searched,
    file_searched_streamed,
)
from conformance.checks.responses.hosted.reading import calls_of
from conformance.checks.responses.reading import items, require_whole, whole
from conformance.checks.vector_stores.files.exchanges import garden_uploaded, harbor_uploaded
from conformance.counterexamples import broken

CALL = "file_search_call"
ANNOTATION = "response.output_text.annotation.added"


def cited(response: Any) -> list[dict[str, Any]]:
    """Return the citations of files in the texts of a response."""
    parts = [part for item in items(response, "message") for part in item.all("content.*", dict)]
    notes = [note for part in parts for note in part.get("annotations") or [] if isinstance(note, dict)]
    return [note for note in notes if note.get("type") == "file_citation"]


@may(
    FILE_SEARCH,
    says=SDK("ResponseFileSearchToolCall.queries"),
    counterexample=broken(file_searched, "output", []),
)
def test_required_search_is_done(file_searched: Exchange) -> None:
    """In the Responses API, a required `file_search` gives a `file_search_call` item with its `queries`."""
    for search in calls_of(file_searched):
        assert search.all("queries.*", str), f"{search.place}: `queries` is empty"


@may(
    FILE_SEARCH,
    says=SDK("ResponseFileSearchToolCall.results"),
    counterexample=broken(file_searched, "output.0.results", None),
    decides="responses: include file_search_call.results",
)
def test_included_results_name_their_files(
    file_searched: Exchange, harbor_uploaded: Exchange, garden_uploaded: Exchange
) -> None:
    """With `include` of `file_search_call.results`, a `file_search_call` item has `results` of the searched files."""
    known = {harbor_uploaded.at("id", str), garden_uploaded.at("id", str)}
    searches = calls_of(file_searched)
    for search in searches:
        if search.at("results", list | None, None) is None:
            raise Deviation(f"{search.place} has no `results`", finding="ignored:include")
        others = set(search.all("results.*.file_id", str)) - known
        assert not others, f"{search.place}: {len(others)} `file_id` are not in the vector store"
    if not any(search.get("results") for search in searches):
        raise Inconclusive("the search finds nothing")


@may(
    FILE_SEARCH,
    says=SDK("response_output_text.AnnotationFileCitation.file_id"),
    counterexample=broken(file_searched, "output.1.content.0.annotations.0.file_id", "another"),
)
def test_citations_name_searched_files(
    file_searched: Exchange, harbor_uploaded: Exchange, garden_uploaded: Exchange
) -> None:
    """A `file_citation` in the text of a Responses API response has the `file_id` of a file that was searched."""
    notes = cited(whole(file_searched))
    if not notes:
        raise Inconclusive("the model cites no file")
    known = {harbor_uploaded.at("id", str), garden_uploaded.at("id", str)}
    others = [note.get("file_id") for note in notes if note.get("file_id") not in known]
    assert not others, f"`file_id` is {others[0]!r}, which is not in the vector store"


@may(
    FILE_SEARCH,
    says=SDK("ResponseOutputItemAddedEvent"),
    counterexample=without(ITEM_ADDED, spec=file_searched_streamed),
)
def test_search_is_streamed(file_searched_streamed: Exchange) -> None:
    """In a Responses API stream, a required `file_search` has an `output_item.added` event of `file_search_call`."""
    require_whole(end_of(file_searched_streamed))
    added = [event.get("item.type") for event in events_of(file_searched_streamed, ITEM_ADDED)]
    assert CALL in added, f"the stream adds no `{CALL}` item"


@may(
    FILE_SEARCH,
    says=SDK("ResponseOutputTextAnnotationAddedEvent"),
    counterexample=without(ANNOTATION, spec=file_searched_streamed),
)
def test_citations_are_streamed(file_searched_streamed: Exchange) -> None:
    """In a Responses API stream, each citation of a file in the final text comes in an `annotation.added` event."""
    notes = cited(end_of(file_searched_streamed))
    if not notes:
        raise Inconclusive("the model cites no file")
    told = [event.get("annotation") for event in events_of(file_searched_streamed, ANNOTATION)]
    files = [note.get("file_id") for note in told if isinstance(note, dict) and note.get("type") == "file_citation"]
    missing = {str(note.get("file_id")) for note in notes} - {str(name) for name in files}
    assert not missing, f"{len(missing)} cited files come in no event"
