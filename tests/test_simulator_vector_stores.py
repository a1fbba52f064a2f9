"""The simulator's vector stores, used with the official client."""

import openai
import pytest
from openai.types.vector_stores import VectorStoreFile

TEXT = "The harbor was built in 1871."


def stored(client: openai.OpenAI, text: str = TEXT, **attributes: str | float | bool) -> VectorStoreFile:
    store = client.vector_stores.create(name="harbors")
    file = client.files.create(file=("harbor.txt", text.encode()), purpose="assistants")
    return client.vector_stores.files.create(store.id, file_id=file.id, attributes=attributes)


def test_a_file_is_read_after_it_was_put_there(client: openai.OpenAI) -> None:
    file = stored(client)
    assert (file.status, file.usage_bytes) == ("in_progress", 0)
    seen = client.vector_stores.files.retrieve(file.id, vector_store_id=file.vector_store_id)
    assert (seen.status, seen.usage_bytes) == ("completed", len(TEXT))
    parts = client.vector_stores.files.content(file.id, vector_store_id=file.vector_store_id)
    assert [part.text for part in parts] == [TEXT]
    store = client.vector_stores.retrieve(file.vector_store_id)
    assert (store.file_counts.completed, store.file_counts.total, store.usage_bytes) == (1, 1, len(TEXT))


def test_a_file_that_is_taken_out_stays_uploaded(client: openai.OpenAI) -> None:
    file = stored(client)
    assert client.vector_stores.files.delete(file.id, vector_store_id=file.vector_store_id).deleted
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.files.retrieve(file.id, vector_store_id=file.vector_store_id)
    assert client.files.retrieve(file.id).id == file.id


def test_a_deleted_store_has_no_files(client: openai.OpenAI) -> None:
    file = stored(client)
    client.vector_stores.delete(file.vector_store_id)
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.files.list(file.vector_store_id)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"type": "eq", "key": "year", "value": 1871}, 1),
        ({"type": "gt", "key": "year", "value": 1871}, 0),
        ({"type": "gt", "key": "year", "value": "text"}, 0),
        ({"type": "in", "key": "year", "value": [1, 1871]}, 1),
        ({"type": "ne", "key": "other", "value": 1}, 0),
        ({"type": "or", "filters": [{"type": "lt", "key": "year", "value": 1}]}, 0),
    ],
)
def test_a_search_heeds_its_filters(client: openai.OpenAI, filters: dict[str, object], found: int) -> None:
    file = stored(client, year=1871)
    results = client.vector_stores.search(file.vector_store_id, query="harbor", filters=filters)  # type: ignore[arg-type]
    assert [(one.file_id, one.score) for one in results] == [(file.id, 1.0)] * found


def test_a_batch_is_listed_by_itself(client: openai.OpenAI) -> None:
    first = stored(client)
    other = client.files.create(file=("other.txt", b"Another text."), purpose="assistants")
    batch = client.vector_stores.file_batches.create(first.vector_store_id, file_ids=[other.id])
    done = client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=first.vector_store_id)
    assert (batch.status, done.status, done.file_counts.completed) == ("in_progress", "completed", 1)
    files = client.vector_stores.file_batches.list_files(batch.id, vector_store_id=first.vector_store_id)
    assert [file.id for file in files] == [other.id]
    assert len(list(client.vector_stores.files.list(first.vector_store_id))) == 2


def test_what_is_wrong_is_rejected(client: openai.OpenAI) -> None:
    file = stored(client)
    with pytest.raises(openai.BadRequestError):
        client.vector_stores.files.create(file.vector_store_id, file_id="file-none")
    with pytest.raises(openai.BadRequestError):
        client.vector_stores.search(file.vector_store_id, query="harbor", max_num_results=51)
    with pytest.raises(openai.BadRequestError):
        client.vector_stores.file_batches.create(file.vector_store_id)
