"""Reading what is told of the files in a vector store."""

from conformance import Document, Exchange, Inconclusive, Kind

store_file = Kind("store_file", "file in a vector store", "POST", "vector_stores/{id}/files")
file_batch = Kind("file_batch", "batch of files in a vector store", "POST", "vector_stores/{id}/file_batches")
search_page = Kind("search_page", "search of a vector store", "POST", "vector_stores/{id}/search")


def require_read(observed: Exchange) -> None:
    """Raise `Inconclusive` unless a file or a batch was read to its end."""
    status = observed.at("status", str)
    if status != "completed":
        raise Inconclusive(f"the `status` of {observed.label} is {status!r}: what was not read cannot be judged")


def entries_of(search: Exchange) -> list[Document]:
    """Return the entries that a search found, each with its place."""
    owner = search.document.owner
    entries = search.all("data.*", dict)
    return [Document(entry, place=f"data.{number}", owner=owner) for number, entry in enumerate(entries)]


def found_files(observed: Exchange) -> list[str]:
    """Return the ids of the files that a search found, as often as they stand there."""
    return observed.all("data.*.file_id", str)


def require_both(control: Exchange, *files: Exchange) -> None:
    """Raise `Inconclusive` unless the search without limits finds all these files."""
    missing = {file.at("id", str) for file in files} - set(found_files(control))
    if missing:
        raise Inconclusive(f"the search without limits does not find {len(missing)} of {len(files)} files")
