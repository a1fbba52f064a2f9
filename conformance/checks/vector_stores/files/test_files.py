"""
The life of a file in a vector store.

Not checked: the default strategy, and how many bytes a file takes; the rejection of a file of another type.
"""

from conformance import DOC, MUST, SDK, Exchange, Inconclusive, must
from conformance.assertions import conforms
from conformance.checks.common.pages import ids
from conformance.checks.vector_stores.files.exchanges import (
    ATTRIBUTES,
    CHANGED,
    CHUNKS,
    HARBOR,
    STATIC,
    STORE_FILES,
    attributes_changed,
    detached_retrieved,
    detached_still_uploaded,
    file_detached,
    harbor_attached,
    harbor_ready,
    harbor_uploaded,
    store_file_content,
    store_files_listed,
    store_to_fill,
)
from conformance.checks.vector_stores.files.reading import require_read, store_file
from conformance.counterexamples import DELETE, answered, broken
from conformance.requests import last_segment
from conformance.wire.text import brief


@must(
    STORE_FILES,
    says=SDK("VectorStoreFile"),
    counterexample=broken(harbor_attached, "vector_store_id", DELETE),
)
def test_file_has_the_documented_shape(store_file: Exchange) -> None:
    """The response to putting a file into a vector store is a `VectorStoreFile` of the documented shape."""
    conforms(store_file, "VectorStoreFile", MUST)


@must(
    STORE_FILES,
    says=SDK("VectorStoreFile.vector_store_id"),
    counterexample=broken(harbor_ready, "vector_store_id", "another"),
)
def test_file_belongs_to_its_store(harbor_ready: Exchange, harbor_uploaded: Exchange, store_to_fill: Exchange) -> None:
    """A file in a vector store has the `id` of the uploaded file and the `vector_store_id` of its vector store."""
    assert harbor_ready.at("id", str) == harbor_uploaded.at("id", str), "`id` is not that of the uploaded file"
    assert harbor_ready.at("vector_store_id", str) == store_to_fill.at("id", str), "`vector_store_id` is another"


@must(STORE_FILES, says=SDK("VectorStoreFile.status"), counterexample=broken(harbor_ready, "status", "failed"))
def test_file_is_read_in_the_end(harbor_ready: Exchange) -> None:
    """A text file of a hundred characters that is put into a vector store becomes `completed`, and not `failed`."""
    status = harbor_ready.at("status", str)
    if status == "in_progress":
        raise Inconclusive("the file is still `in_progress` after 90 seconds, and no document says how long it takes")
    assert status == "completed", f"`status` is {status!r}, `last_error` is {brief(harbor_ready.get('last_error'))}"


@must(
    STORE_FILES,
    says=SDK("VectorStoreFile.attributes"),
    counterexample=broken(harbor_ready, "attributes", {}),
)
def test_attributes_last(harbor_ready: Exchange) -> None:
    """A retrieved file in a vector store has the `attributes` with which it was put there."""
    assert harbor_ready.get("attributes") == ATTRIBUTES, f"`attributes` is {brief(harbor_ready.get('attributes'))}"


@must(
    STORE_FILES,
    says=SDK("VectorStoreFile.chunking_strategy"),
    counterexample=broken(harbor_ready, "chunking_strategy.static.max_chunk_size_tokens", 800),
)
def test_chunking_strategy_lasts(harbor_ready: Exchange) -> None:
    """A retrieved file in a vector store has the `chunking_strategy` with which it was put there."""
    strategy = harbor_ready.at("chunking_strategy", dict)
    sizes = strategy.get("static")
    assert strategy.get("type") == CHUNKS["type"], f"`chunking_strategy` is {brief(strategy)}"
    assert isinstance(sizes, dict), f"`chunking_strategy` is {brief(strategy)}"
    # Further keys are allowed: they say nothing of these.
    assert {**sizes, **STATIC} == sizes, f"`chunking_strategy.static` is {brief(sizes)}"


@must(STORE_FILES, says=DOC("listVectorStoreFiles"), counterexample=broken(store_files_listed, "data", []))
def test_files_of_a_store_are_listed(store_files_listed: Exchange, harbor_uploaded: Exchange) -> None:
    """The list of the files in a vector store, filtered by the status of one of them, contains that file."""
    assert store_files_listed.at("object", str) == "list"
    found = ids(store_files_listed)
    assert harbor_uploaded.at("id", str) in found, f"the file is not among the {len(found)} listed ones"


@must(
    STORE_FILES,
    says=SDK("FileContentResponse.text"),
    counterexample=broken(store_file_content, "data", [{"type": "text", "text": "another"}]),
)
def test_content_is_the_text_of_the_file(store_file_content: Exchange, harbor_ready: Exchange) -> None:
    """The content of a file in a vector store is its text: `data` holds it in entries of type `text`."""
    require_read(harbor_ready)
    text = " ".join(store_file_content.all("data.*.text", str))
    assert HARBOR in " ".join(text.split()), f"the text is {text[:100]!r}"


@must(
    STORE_FILES,
    says=DOC("updateVectorStoreFileAttributes"),
    counterexample=broken(attributes_changed, "attributes", ATTRIBUTES),
)
def test_attributes_are_changed(attributes_changed: Exchange) -> None:
    """A file in a vector store that is given other `attributes` has these and no others."""
    assert attributes_changed.get("attributes") == CHANGED, (
        f"`attributes` is {brief(attributes_changed.get('attributes'))}"
    )


@must(STORE_FILES, says=SDK("VectorStoreFileDeleted"), counterexample=broken(file_detached, "deleted", DELETE))
def test_detaching_is_confirmed(file_detached: Exchange) -> None:
    """Taking a file out of a vector store returns `object` `vector_store.file.deleted`, its `id`, `deleted: true`."""
    assert file_detached.at("object", str) == "vector_store.file.deleted"
    assert file_detached.at("id", str) == last_segment(file_detached.sent)
    assert file_detached.at("deleted", bool) is True


@must(STORE_FILES, says=DOC("deleteVectorStoreFile"), counterexample=answered(detached_retrieved, 200))
def test_detached_file_is_not_found(detached_retrieved: Exchange) -> None:
    """Retrieving a file that was taken out of a vector store returns status 404, within ten seconds."""
    assert detached_retrieved.status == 404, "it can still be retrieved ten seconds later"


@must(
    STORE_FILES,
    says=DOC("deleteVectorStoreFile"),
    counterexample=answered(detached_still_uploaded, 404),
)
def test_detached_file_itself_stays(detached_still_uploaded: Exchange, file_detached: Exchange) -> None:
    """A file that is taken out of a vector store is not deleted: it can be retrieved among the uploaded files."""
    if file_detached.get("deleted") is not True:
        raise Inconclusive("the file was not taken out")
    assert detached_still_uploaded.status == 200, "taking it out of the vector store has deleted it"
