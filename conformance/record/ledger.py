"""
What a run has created at its targets and not deleted: one JSON object a line in `created.ndjson` of the run's folder.

A killed run leaves files, batches and stored responses at the target, and this list of them. It holds no key.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.files import FILE_MODE, read_regular
from conformance.targets.redact import holds_secret
from conformance.targets.secrets import Secrets
from conformance.wire import sse
from conformance.wire.request import Request
from conformance.wire.response import NotJson, Response, read_json

LEDGER = "created.ndjson"
LARGEST = 16 * 1024 * 1024
"""So large a list is no run's. In bytes."""

KEPT_UNLESS_TOLD = frozenset({"responses"})
"""Where an object is kept unless the request says `store: false` (OpenAI API reference, createResponse.store)."""
KEPT_IF_TOLD = frozenset({"chat/completions"})
"""Where one is kept only with `store: true` (OpenAI API reference, createChatCompletion.store)."""
ALWAYS_KEPT = frozenset({"files", "batches", "conversations", "vector_stores", "videos"})
COLLECTIONS = KEPT_UNLESS_TOLD | KEPT_IF_TOLD | ALWAYS_KEPT

ENDED = frozenset({"completed", "failed", "expired", "cancelled", "cancelling"})
"""The states of a batch that needs nothing any more. A batch cannot be deleted (OpenAI API reference, batches)."""
WRITTEN_BY_BATCH = ("output_file_id", "error_file_id")

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
_LONGEST_ID = 300
_FIRST_EVENTS = 64 * 1024


class Entry(BaseModel):
    """
    One line: an object was created, or it is gone.

    `exchange` is the id of the exchange that did it; it is empty for the cleaning up afterwards.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["created", "gone"]
    target: str
    collection: Literal["files", "batches", "responses", "conversations", "vector_stores", "videos", "chat/completions"]
    id: str = Field(min_length=1, max_length=_LONGEST_ID)
    exchange: str = ""

    @property
    def about(self) -> tuple[str, str, str]:
        """Return what identifies the object."""
        return self.target, self.collection, self.id

    @property
    def request(self) -> Request:
        """Return the request that takes the object away. Its id comes from the target, and is quoted."""
        path = f"/{self.collection}/{quote(self.id, safe='')}"
        return Request("POST", f"{path}/cancel") if self.collection == "batches" else Request("DELETE", path)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The list in a run's folder. Several processes may append to it."""

    folder: Path

    def note(self, target: str, exchange: str, request: Request, response: Response, keys: Iterable[str] = ()) -> None:
        """
        Write down what a request has created or taken away, if it has. Raises `OSError`.

        An id in which one of our `keys` stands is not written down.
        """
        for entry in _entries(target, exchange, request, response):
            if not holds_secret(entry.id.encode("utf-8", "surrogatepass"), Secrets.of(keys)):
                self._append(entry)

    def strike(self, entry: Entry) -> None:
        """Write down that an object is gone, by cleaning up. Raises `OSError`."""
        self._append(entry.model_copy(update={"type": "gone", "exchange": ""}))

    def left(self) -> list[Entry]:
        """Return what was created and is not gone, the newest first: it may be made of older things."""
        found: dict[tuple[str, str, str], Entry] = {}
        for entry in self._read():
            found.pop(entry.about, None)
            if entry.type == "created":
                found[entry.about] = entry
        return list(reversed(found.values()))

    def gone(self) -> set[tuple[str, str]]:
        """Return the targets and exchanges of which an object is gone, whoever took it away."""
        creators: dict[tuple[str, str, str], str] = {}
        found = set()
        for entry in self._read():
            if entry.type == "created":
                creators[entry.about] = entry.exchange
            elif entry.about in creators:
                found.add((entry.target, creators[entry.about]))
        return found

    def _append(self, entry: Entry) -> None:
        line = entry.model_dump_json().encode() + b"\n"
        handle = os.open(self.folder / LEDGER, _APPEND, FILE_MODE)
        try:
            os.write(handle, line)  # one call: lines of several processes do not mix
        finally:
            os.close(handle)

    def _read(self) -> Iterator[Entry]:
        try:
            lines = read_regular(self.folder / LEDGER, LARGEST).splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield Entry.model_validate_json(line)
            except ValidationError:
                continue  # cut, or a stranger's: what is not a line of ours is never acted upon


def _entries(target: str, exchange: str, request: Request, response: Response) -> Iterator[Entry]:
    collection, _, below = request.operation.rpartition("/")
    if request.operation in COLLECTIONS:
        if request.method == "POST" and 200 <= response.status < 300 and _is_kept(request):
            yield from _entry("created", target, request.operation, _id(request, response), exchange)
        return
    if below == "complete" and collection.startswith("uploads/"):
        file = _body(response).get("file")
        yield from _entry("created", target, "files", file.get("id") if isinstance(file, dict) else None, exchange)
    if collection not in COLLECTIONS:
        return
    if request.method == "DELETE" and (200 <= response.status < 300 or response.status == 404):
        yield from _entry("gone", target, collection, unquote(below), exchange)
    if collection == "batches" and response.status == 200:
        batch = _body(response)
        if batch.get("status") in ENDED:
            yield from _entry("gone", target, collection, unquote(below), exchange)
        for member in WRITTEN_BY_BATCH:
            yield from _entry("created", target, "files", batch.get(member), exchange)


def _entry(kind: str, target: str, collection: str, found: Any, exchange: str) -> Iterator[Entry]:
    if isinstance(found, str) and 0 < len(found) <= _LONGEST_ID and found.strip(".") and found.isprintable():
        yield Entry.model_validate(
            {"type": kind, "target": target, "collection": collection, "id": found, "exchange": exchange}
        )


def _is_kept(request: Request) -> bool:
    told = request.json.get("store") if isinstance(request.json, dict) else None
    if request.operation in KEPT_UNLESS_TOLD:
        return told is not False
    return request.operation in ALWAYS_KEPT or told is True


def _id(request: Request, response: Response) -> Any:
    if not request.streamed:
        return _body(response).get("id")
    for event in sse.parse(response.decoded[:_FIRST_EVENTS]).events:
        value = _value(event.data)
        inner = value.get("response")
        if found := (inner.get("id") if isinstance(inner, dict) else value.get("id")):
            return found
    return None


def _body(response: Response) -> dict[str, Any]:
    return _value(response.decoded)


def _value(data: bytes | str) -> dict[str, Any]:
    try:
        value = read_json(data)
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}
