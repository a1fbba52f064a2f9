"""Files in vector stores: what is lost of them, and what a search does not heed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

FILES = "vector_stores.files"
SEARCH = "vector_stores.search"
BATCHES = "vector_stores.file_batches"


def concerns(call: Call, part: str, *methods: str) -> bool:
    """Tell whether a call is about a part of a vector store: its `files`, `search` or `file_batches`."""
    return call.path.startswith("/vector_stores/") and f"/{part}" in call.path and call.method in methods


def changed(call: Call, handler: Handler, part: str, methods: tuple[str, ...], step: Callable[[Any], Any]) -> Answer:
    """Answer a call, and change the object that is answered about a part of a vector store."""
    return change.body(handler(call), step) if concerns(call, part, *methods) else handler(call)


@deviation(
    "vector-store-file-without-its-store",
    severity="minor",
    says="A file in a vector store has no `vector_store_id`.",
    breaks="Clients with several stores: they cannot tell where a file is.",
    source=INVENTED,
    caught_by=(f"{FILES}/store_file/file_has_the_documented_shape", f"{FILES}/harbor_ready/file_belongs_to_its_store"),
)
def file_without_its_store(call: Call, handler: Handler) -> Answer:
    return changed(call, handler, "files", ("GET", "POST"), lambda value: value.pop("vector_store_id", None) and None)


@deviation(
    "vector-store-file-never-read",
    severity="critical",
    says="A file in a vector store fails to be read, and its content is empty.",
    breaks="Applications that wait for their files, and answer without them.",
    source=INVENTED,
    caught_by=(f"{FILES}/harbor_ready/file_is_read_in_the_end",),
)
def file_never_read(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if value.get("object") == "vector_store.file":
            value.update(status="failed", last_error={"code": "server_error", "message": "An error occurred."})

    return changed(call, handler, "files/", ("GET",), apply)


@deviation(
    "vector-store-file-loses-its-attributes",
    severity="major",
    says="`attributes` and `chunking_strategy` of a file in a vector store are accepted and dropped.",
    breaks="Searches among the files of one user find those of all, or none.",
    source=INVENTED,
    caught_by=(
        f"{FILES}/harbor_ready/attributes_last",
        f"{FILES}/harbor_ready/chunking_strategy_lasts",
        f"{FILES}/attributes_changed/attributes_are_changed",
    ),
)
def file_loses_its_attributes(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for name in {"attributes", "chunking_strategy"} & set(value):
            value[name] = {} if name == "attributes" else {"type": "other"}

    return changed(call, handler, "files", ("GET", "POST"), apply)


@deviation(
    "vector-store-files-not-listed",
    severity="major",
    says="The files in a vector store, and those of a batch, are never listed.",
    breaks="Applications that put a file into a store only if it is not there yet.",
    source=INVENTED,
    caught_by=(
        f"{FILES}/store_files_listed/files_of_a_store_are_listed",
        f"{BATCHES}/batch_files_listed/files_of_a_batch_are_listed",
    ),
)
def files_not_listed(call: Call, handler: Handler) -> Answer:
    if not call.path.endswith("/files"):
        return handler(call)
    return changed(call, handler, "file", ("GET",), lambda value: value.update(data=[], has_more=False))


@deviation(
    "vector-store-content-is-metadata",
    severity="major",
    says="The content of a file in a vector store is an empty text.",
    breaks="Applications that show where an answer stands.",
    source=INVENTED,
    caught_by=(f"{FILES}/store_file_content/content_is_the_text_of_the_file",),
)
def content_is_empty(call: Call, handler: Handler) -> Answer:
    if not call.path.endswith("/content"):
        return handler(call)
    return changed(call, handler, "files", ("GET",), lambda value: value.update(data=[{"type": "text", "text": ""}]))


@deviation(
    "vector-store-file-never-detached",
    severity="major",
    says="Taking a file out of a vector store returns an empty object, and the file stays there.",
    breaks="Documents that were withdrawn are still found.",
    source=INVENTED,
    caught_by=(
        f"{FILES}/file_detached/detaching_is_confirmed",
        f"{FILES}/detached_retrieved/detached_file_is_not_found",
    ),
)
def file_never_detached(call: Call, handler: Handler) -> Answer:
    if not concerns(call, "files/", "DELETE"):
        return handler(call)
    return change.body(handler(replace(call, method="GET")), lambda _: {})


@deviation(
    "vector-store-file-deleted-with-its-entry",
    severity="critical",
    says="A file that is taken out of a vector store is deleted altogether.",
    breaks="Files that are in several stores are lost.",
    source=INVENTED,
    caught_by=(f"{FILES}/detached_still_uploaded/detached_file_itself_stays",),
)
def file_deleted_with_its_entry(call: Call, handler: Handler) -> Answer:
    name = f"gone {call.path.rpartition('/')[2]}"
    if concerns(call, "files/", "DELETE"):
        call.state.notes.put(name, name)
    answer = handler(call)
    if call.path.startswith("/files/") and call.method == "GET" and call.state.notes.get(name):
        raise ApiError(404, "No such File object.", param="id")
    return answer


@deviation(
    "vector-store-search-with-texts",
    severity="major",
    says="Entries of a search have `text` instead of `content`, and no `score`.",
    breaks="Clients that read the text, or rank the entries.",
    source=INVENTED,
    caught_by=(
        f"{SEARCH}/search_page/results_have_the_documented_shape",
        f"{SEARCH}/searched/results_hold_the_text_of_their_file",
    ),
)
def search_with_texts(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for entry in value["data"]:
            entry.pop("score")
            entry["text"] = entry.pop("content")[0]["text"]

    return changed(call, handler, "search", ("POST",), apply)


@deviation(
    "vector-store-search-without-limits",
    severity="critical",
    says="A search accepts `filters`, `max_num_results` and `ranking_options`, and ignores them.",
    breaks="Users see documents of others: filters are how they are kept apart.",
    source=INVENTED,
    caught_by=(
        f"{SEARCH}/searched_for_one/no_more_results_than_the_limit",
        f"{SEARCH}/searched_filtered[*]/filters_keep_other_files_out",
        f"{SEARCH}/searched_above/no_result_is_below_the_threshold",
    ),
)
def search_without_limits(call: Call, handler: Handler) -> Answer:
    if not concerns(call, "search", "POST"):
        return handler(call)
    return handler(change.without(call, "filters", "max_num_results", "ranking_options"))


@deviation(
    "vector-store-batch-not-counted",
    severity="major",
    says="A vector store and a batch of files have no counts, and a batch begins again when it is cancelled.",
    breaks="Clients that wait until all files are read wait for ever.",
    source=INVENTED,
    caught_by=(
        f"{BATCHES}/file_batch/batch_has_the_documented_shape",
        f"{BATCHES}/batch_ready/completed_batch_counts_its_files",
        f"{BATCHES}/store_with_file/store_counts_its_first_files",
        f"{BATCHES}/batch_cancelled/ended_batch_is_not_begun_again",
    ),
)
def batch_not_counted(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.pop("file_counts", None)
        if call.path.endswith("/cancel"):
            value["status"] = "in_progress"

    concerned = call.path == "/vector_stores" or "/file_batches" in call.path
    return change.body(handler(call), apply) if concerned and call.method in {"GET", "POST"} else handler(call)


@deviation(
    "vector-store-changes-ignored",
    severity="major",
    says="`metadata` and `expires_after` of a changed vector store are accepted and ignored.",
    breaks="Stores that should live longer are gone.",
    source=INVENTED,
    caught_by=(f"{BATCHES}/store_labelled/metadata_and_life_are_changed",),
)
def changes_ignored(call: Call, handler: Handler) -> Answer:
    is_change = call.method == "POST" and call.path.count("/") == 2 and call.path.startswith("/vector_stores/")
    return handler(change.without(call, "metadata", "expires_after") if is_change else call)


@deviation(
    "vector-store-pages-all-alike",
    severity="major",
    says="`after` of a list of vector stores is ignored: each page is the first one.",
    breaks="Clients that read the list to its end loop for ever.",
    source=INVENTED,
    caught_by=(f"{BATCHES}/stores_next_page/next_page_of_stores_goes_on",),
)
def pages_all_alike(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "after") if call.path == "/vector_stores" else call)
