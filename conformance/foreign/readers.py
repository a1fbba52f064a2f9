"""
Files of recordings: found below the named paths, opened within bounds, and read by the reader of their format.

Nothing in a file is executed and no link is followed. What cannot be read is passed over with the reason.
"""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conformance.files import RefusedFile, read_regular
from conformance.foreign import har, lines, ours, vcr, wiremock
from conformance.foreign.recorded import Recorded, Unreadable
from conformance.wire.response import NotJson, read_json
from conformance.wire.verdict import UsageError

LARGEST = 64 * 1024 * 1024
"""So many bytes a file may have, and may unpack to."""

MOST = 20_000
"""So many files are read."""

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".har"})
PACKED = ".gz"
NOT_A_RECORDING = "it is not a recording of HTTP"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file, or an exchange in one, that is not judged, and why."""

    place: str
    why: str


def files(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """
    Yield the files below the paths, each with the folder that it must not leave.

    Raises `UsageError` when a path is not there, or when there are too many files.
    """
    number = 0
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no {path}")
        if not path.is_dir():
            yield path, path.parent
            continue
        for found in sorted(path.rglob("*")):
            if _kind(found) not in SUFFIXES or found.is_dir():
                continue
            number += 1
            if number > MOST:
                raise UsageError(f"{path} holds more than {MOST:,} files that may be recordings: name a part of it")
            yield found, path


def _kind(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == PACKED else path.suffix.lower()


def read(path: Path, below: Path, shown: str) -> Iterator[Recorded | PassedOver]:
    """Yield what a file holds; `shown` is what it is called in reports."""
    number = 0
    try:
        for one in _exchanges(path, below):
            number += 1
            if isinstance(one, Unreadable):
                yield PassedOver(f"{shown}:{number}", str(one))
            else:
                yield one.of(shown, number)
    except Unreadable as why:
        yield PassedOver(shown, str(why))
    except (RecursionError, MemoryError):
        yield PassedOver(shown, "it is nested too deeply")


def _exchanges(path: Path, below: Path) -> Iterator[Recorded | Unreadable]:
    content = _content(path, below)
    if lines.is_lines(content):
        yield from lines.exchanges(content)
        return
    value = _value(content, _kind(path))
    if ours.is_ours(value):
        yield ours.exchange(path, below)
    elif vcr.is_cassette(value):
        yield from vcr.exchanges(value)
    elif har.is_archive(value):
        yield from har.exchanges(value)
    elif wiremock.is_mapping(value):
        yield from wiremock.exchanges(value, lambda name: _beside(path, name))
    else:
        raise Unreadable(NOT_A_RECORDING)


def _content(path: Path, below: Path) -> bytes:
    try:
        content = read_regular(path, LARGEST, below)
    except RefusedFile as error:
        raise Unreadable(str(error)) from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if path.suffix.lower() != PACKED and not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            content = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise Unreadable("its gzip data is damaged") from None
    if len(content) > LARGEST:
        raise Unreadable(f"it unpacks to more than {LARGEST:,} bytes")
    return content


def _value(content: bytes, kind: str) -> Any:
    """Return the value of JSON, or of YAML where the name says so: no tag in it makes an object."""
    with suppress(NotJson):
        return read_json(content)
    if kind not in {".yaml", ".yml"}:
        raise Unreadable("it is not JSON")
    try:
        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader
    except yaml.constructor.ConstructorError as error:
        tag = str(error.problem or "").rpartition("tag ")[2]
        raise Unreadable(f"it holds a YAML tag that would make an object, which is never done: {tag[:80]}") from None
    except (yaml.YAMLError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        raise Unreadable(f"it is not YAML{f', line {place.line + 1}' if place else ''}") from None


def _beside(path: Path, name: str) -> bytes:
    """Return a file of WireMock's folder `__files`, and of nowhere else."""
    root = next((folder.parent for folder in path.parents if folder.name == "mappings"), path.parent)
    try:
        return read_regular(root / "__files" / name, LARGEST, root / "__files")
    except RefusedFile as error:
        raise Unreadable(f"its body is not read: {error}") from None
    except OSError:
        raise Unreadable(f"its body is not there: {name[:80]}") from None
