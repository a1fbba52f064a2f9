"""
Searching a vector store: what is found, and what limits it.

The search without limits is the control: what it does not find cannot be kept out.

Not checked: that the best result is the right one, which is the model's skill; the range of scores.
"""

from typing import Any

from conformance import SDK, Exchange, Inconclusive, body_of, must
from conformance.checks.vector_stores.files.exchanges import (
    GARDEN,
    HARBOR,
    SEARCH,
    garden_uploaded,
    harbor_uploaded,
    searched,
    searched_above,
    searched_filtered,
    searched_for_one,
)
from conformance.checks.vector_stores.files.reading import entries_of, found_files, require_both, search_page
from conformance.counterexamples import DELETE, Counterexample, broken, changed


def unlimited(spec: Any, **values: Any) -> Counterexample:
    """Return the counterexample of a search that also returns two entries with other values."""

    def change(observed: Exchange) -> Exchange:
        entries = observed.at("data", list)
        return broken(None, "data", [{**entry, **values} for entry in entries * 2]).change(observed)

    return changed(spec, change)


@must(SEARCH, says=SDK("VectorStoreSearchResponse"), counterexample=broken(searched, "data.0.score", DELETE))
def test_results_have_the_documented_shape(search_page: Exchange) -> None:
    """A search of a vector store returns `data` whose entries have `file_id`, `filename`, `score` and `content`."""
    entries = entries_of(search_page)
    if not entries:
        raise Inconclusive("the search finds nothing")
    for entry in entries:
        assert entry.at("file_id", str), f"{entry.place}: `file_id` is empty"
        entry.at("filename", str)
        entry.at("score", float)
        assert set(entry.all("content.*.type", str)) <= {"text"}, f"{entry.place}: a part is not of type `text`"


@must(
    SEARCH,
    says=SDK("VectorStoreSearchResponse.content"),
    counterexample=unlimited(searched, content=[{"type": "text", "text": "another"}]),
)
def test_results_hold_the_text_of_their_file(
    searched: Exchange, harbor_uploaded: Exchange, garden_uploaded: Exchange
) -> None:
    """Each entry found by a search of a vector store holds text of the file that its `file_id` names."""
    texts = {harbor_uploaded.at("id", str): HARBOR, garden_uploaded.at("id", str): GARDEN}
    entries = entries_of(searched)
    if not entries:
        raise Inconclusive("the search finds nothing")
    for entry in entries:
        name, parts = entry.at("file_id", str), entry.all("content.*.text", str)
        assert name in texts, f"{entry.place}: `file_id` is {name!r}, which is not in the vector store"
        assert parts, f"{entry.place}: `content` is empty"
        for part in parts:
            assert " ".join(part.split()) in texts[name], f"{entry.place}: {part[:80]!r} is not text of that file"


@must(
    SEARCH,
    says=SDK("vector_store_search_params.VectorStoreSearchParams.max_num_results"),
    counterexample=unlimited(searched_for_one),
)
def test_no_more_results_than_the_limit(searched_for_one: Exchange, searched: Exchange) -> None:
    """A search of a vector store with `max_num_results: 1` returns one entry where more are found without it."""
    if len(searched.at("data", list)) < 2:
        raise Inconclusive("the search without limits finds fewer than two entries")
    found, limit = len(searched_for_one.at("data", list)), body_of(searched_for_one.sent)["max_num_results"]
    assert found == limit, f"{found} entries where `max_num_results` is {limit}"


@must(
    SEARCH,
    says=SDK("vector_store_search_params.VectorStoreSearchParams.filters"),
    counterexample=unlimited(searched_filtered, file_id="another"),
)
def test_filters_keep_other_files_out(
    searched_filtered: Exchange, searched: Exchange, harbor_uploaded: Exchange, garden_uploaded: Exchange
) -> None:
    """A search of a vector store with `filters` finds the files whose `attributes` match, and no others."""
    require_both(searched, harbor_uploaded, garden_uploaded)
    found = set(found_files(searched_filtered))
    assert found == {garden_uploaded.at("id", str)}, f"it finds {len(found)} files, not just the one that matches"


@must(
    SEARCH,
    says=SDK("vector_store_search_params.RankingOptions.score_threshold"),
    counterexample=unlimited(searched_above, score=0.0),
)
def test_no_result_is_below_the_threshold(searched_above: Exchange) -> None:
    """A search of a vector store with a `score_threshold` returns no entry with a lower `score`."""
    scores = searched_above.all("data.*.score", float)
    if not scores:
        raise Inconclusive("the search with a threshold finds nothing")
    threshold = body_of(searched_above.sent)["ranking_options"]["score_threshold"]
    assert min(scores) >= threshold, f"a `score` is {min(scores)}, where `score_threshold` is {threshold}"
