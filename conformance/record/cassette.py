"""
Cassettes: the recorded bytes of one exchange, in vcrpy's format, written and read by vcrpy's engine.

The only module that imports vcrpy. Its monkeypatching stays off: it buffers streams and is not safe for concurrent
exchanges. A file holds the wire bytes exactly, with the size and arrival time of each chunk, and a provenance record.
"""

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import vcr
from pydantic import ValidationError
from vcr.cassette import Cassette
from vcr.errors import MissingMetadataError
from vcr.patch import PATCHER_NAMES
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.request import Request as WireRequest
from vcr.serialize import deserialize, serialize

from conformance.files import RefusedFile, link_or_copy, read_regular, refuse_links, replace_file
from conformance.record import media
from conformance.record.headers import kept_headers, may_be_written
from conformance.record.recording import (
    REQUEST_CHANGED,
    CassetteError,
    Kept,
    KeyFound,
    Provenance,
    Recording,
    RequestChanged,
    Sent,
)
from conformance.record.redacted import redacted
from conformance.targets.redact import holds_secret
from conformance.targets.secrets import Secrets
from conformance.targets.url import joined
from conformance.wire.response import MAX_DECODED, Response
from conformance.wire.upstream import as_json, of_json

T = TypeVar("T")

MATCH_ON = ("method", "path", "query", "body")

LONG = 1024 * 1024
LARGEST = MAX_DECODED * 4 // 3 + MAX_DECODED
"""So many bytes a file may have: a body of the largest size in base64, and as much for the request and the times."""


def write(path: Path, recording: Recording, keys: Iterable[str]) -> None:
    """
    Write a cassette whole or not at all.

    Raises `KeyFound` when some form of a key would reach the disk.
    """
    answer = recording.response
    response = {
        "status": {"code": answer.status, "message": ""},
        "headers": _grouped(answer.headers),
        **_order(answer.headers),
        "body": {"string": answer.body},
        "timing": {"headers_ms": answer.headers_ms, "sizes": list(answer.sizes), "at_ms": list(answer.at_ms)},
    }
    upstream = [as_json(request) for request in recording.upstream]
    provenance = recording.provenance.model_copy(update={"digest": _digest(recording.sent, response, upstream)})
    secrets = Secrets.of(keys)
    if not recording.searched.issuperset(secrets.values) and redacted(answer, secrets)[1]:
        raise KeyFound(f"{path.name} was not written: the endpoint sent our key in its answer")
    path.unlink(missing_ok=True)
    with _engine(path, secrets).use_cassette(str(path), record_mode="all") as cassette:
        cassette.append(_wire(recording.sent), response)
        cassette.get_metadata("provenance", provenance.model_dump(mode="json"))
        if upstream:
            cassette.get_metadata("upstream", upstream)


def read(path: Path, below: Path | None = None) -> Recording:
    """
    Return the recording in a cassette; on the way from the folder `below` nothing may be a link.

    Raises `CassetteError`, and `FileNotFoundError` when there is none.
    """
    with _open(path, below) as cassette:
        return _only(cassette, path)


def provenance(path: Path, below: Path | None = None) -> Provenance:
    """
    Return where a recording comes from, without taking its response apart; `read` tells whether it is whole.

    Raises as `read` does.
    """
    _refuse(path, below)
    try:
        return Provenance.model_validate(json.loads(read_regular(path, LARGEST))["metadata"]["provenance"])
    except (RefusedFile, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CassetteError(f"cut or damaged ({type(error).__name__})") from None


def play(  # noqa: PLR0913, PLR0917  one argument for each thing that a request is told by
    path: Path, method: str, target_path: str, content_type: str | None, body: bytes, below: Path | None = None
) -> Recording:
    """
    Return the recording of a request.

    `target_path` is below the base URL of the recording; on the way from the folder `below` nothing may be a link.
    Raises `RequestChanged` when the request is not the one that was recorded, `CassetteError` when it cannot be used,
    and `FileNotFoundError` when there is no cassette.
    """
    with _open(path, below) as cassette:
        recording = _only(cassette, path)
        if recording.provenance.kept is Kept.SHAPES:
            raise CassetteError("it holds shapes only (--keep shapes), and cannot be judged again")
        url = joined(recording.provenance.base_url, target_path)
        asked = WireRequest(method, url, body or None, {"content-type": content_type} if content_type else {})
        if not cassette.can_play_response_for(asked):
            closest = cassette.find_requests_with_most_matches(asked)
            differing = ", ".join(name for name, _ in closest[0][2]) if closest else "everything"
            raise RequestChanged(f"{REQUEST_CHANGED} ({differing} differs)")
        cassette.play_response(asked)
        return recording


def link(path: Path, goal: Path, below: Path) -> None:
    """
    Let a cassette and the media that it names appear at a second place too, on the way to which nothing is a link.

    Raises what `read_regular` and `replace_file` raise.
    """
    link_or_copy(path, goal, LARGEST, below)
    own, other = media.folder_of(path), media.folder_of(goal)
    for digest in media.named_in(read_regular(path, LARGEST)):
        with suppress(FileNotFoundError, RefusedFile):  # one that is only quoted by a response
            link_or_copy(media.place_of(own, digest), media.place_of(other, digest), media.LARGEST, below)


def _refuse(path: Path, below: Path | None) -> None:
    if not os.path.lexists(path):
        raise FileNotFoundError(path)
    try:
        refuse_links(path, below or path.parent)
    except RefusedFile as error:
        raise CassetteError(str(error)) from None


def _open(path: Path, below: Path | None) -> Any:
    _refuse(path, below)
    return _Opened(path)


class _Opened:
    """A context that opens a cassette for replay and turns every way it can be broken into `CassetteError`."""

    def __init__(self, path: Path) -> None:
        self.context = _engine(path, Secrets()).use_cassette(str(path), record_mode="none")

    def __enter__(self) -> Cassette:
        try:
            return self.context.__enter__()
        except RefusedFile as error:
            raise CassetteError(str(error)) from None
        except OSError as error:
            raise CassetteError(f"cannot be read: {error.strerror or error}") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
            raise CassetteError(f"cut or damaged ({type(error).__name__})") from None

    def __exit__(self, *exception: object) -> None:
        self.context.__exit__(*exception)


def _only(cassette: Cassette, path: Path) -> Recording:
    try:
        provenance = Provenance.model_validate(cassette.get_metadata("provenance", None))
        (request,), (response,) = cassette.requests, cassette.responses
        sent = Sent(request.method, request.uri, tuple(request.headers.items()), _bytes(request.body))
        upstream = _upstream(cassette)
        told = tuple(of_json(request) for request in upstream)
        recording = Recording(sent, _answer(response), provenance, upstream=told)
        digest = _digest(sent, response, upstream)
    except (MissingMetadataError, ValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise CassetteError(f"no cassette of this suite ({path.name})") from None
    if digest != provenance.digest:
        raise CassetteError("edited by hand: its digest does not fit its content")
    return recording


def _upstream(cassette: Cassette) -> list[Any]:
    """Return what the endpoint behind was sent, as it is recorded; nothing in a cassette that does not tell it."""
    try:
        return _of(list, cassette.get_metadata("upstream", None))
    except MissingMetadataError:
        return []


def _answer(response: Mapping[str, Any]) -> Response:
    timing = response["timing"]
    return Response(
        status=_of(int, response["status"]["code"]),
        headers=_in_order(response["headers"], response.get("header_order")),
        body=_bytes(response["body"]["string"]),
        sizes=tuple(_of(int, size) for size in timing["sizes"]),
        at_ms=tuple(float(when) for when in timing["at_ms"]),
        headers_ms=float(timing["headers_ms"]),
    )


def _of(kind: type[T], value: object) -> T:
    """Return a value that must be of a type: the digest fits whatever a stranger has computed it over."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return value


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _grouped(headers: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in kept_headers(headers):
        grouped.setdefault(name, []).append(value)
    return grouped


def _order(headers: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """Return the order of the lines, where the lines of one name do not stand together: vcrpy's format has no order."""
    kept = kept_headers(headers)
    in_order = _in_order(_grouped(headers), None) == kept
    return {} if in_order else {"header_order": [name for name, _ in kept]}


def _in_order(grouped: Mapping[str, list[str]], order: list[str] | None) -> tuple[tuple[str, str], ...]:
    names = [_of(str, name) for name, values in grouped.items() for _ in values]
    if order is not None and sorted(order) != sorted(names):
        raise ValueError("the order of the headers does not fit them")
    names = names if order is None else order
    values = {name: iter(given) for name, given in grouped.items()}
    return tuple((name, _of(str, next(values[name]))) for name in names)


def _wire(sent: Sent) -> WireRequest:
    """Return a request as vcrpy's, with the headers that may be written down."""
    kept = {name: value for name, value in sent.headers if may_be_written(name, value)}
    return WireRequest(sent.method, sent.url, sent.body or None, kept)


def _digest(sent: Sent, response: Mapping[str, Any], upstream: Sequence[Any] = ()) -> str:
    path = urlsplit(sent.url)
    order = [response["header_order"]] if "header_order" in response else []
    head = json.dumps([sent.method, path.path, path.query, response["status"]["code"], response["headers"], *order])
    parts = (head.encode(), sent.body, _bytes(response["body"]["string"]), json.dumps(response["timing"]).encode())
    told = (json.dumps(upstream, sort_keys=True).encode(),) if upstream else ()
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in (*parts, *told))).hexdigest()[:32]


def _engine(path: Path, secrets: Secrets) -> vcr.VCR:
    engine = vcr.VCR(serializer="wire", match_on=MATCH_ON, skip_patchers=PATCHER_NAMES)
    engine.register_matcher("body", body)
    engine.register_serializer("wire", _Wire(media.Media(media.folder_of(path))))
    engine.register_persister(_persister(secrets))
    return engine


def body(asked: WireRequest, recorded: WireRequest) -> None:
    """
    Match two bodies, JSON whatever the order of its keys and its blanks, and what is in gzip whoever packed it.

    vcrpy reports the name of this function. Versions of Python and of zlib pack the same bytes in different ways.

    vcrpy's own matcher takes `true` for 1, never finds `NaN` again, and ends at deeply nested JSON.
    """
    if asked.body != recorded.body and _canonical(asked.body) != _canonical(recorded.body):
        raise AssertionError("the bodies differ")


def _canonical(content: bytes | None) -> str | bytes:
    unpacked = _unpacked(content or b"")
    try:
        return json.dumps(json.loads(unpacked), sort_keys=True)
    except (ValueError, RecursionError):
        return unpacked


def _unpacked(content: bytes) -> bytes:
    """Return what is in gzip, or the content itself if it is not, or is cut or too large."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(content, MAX_DECODED)
    except zlib.error:
        return content
    return unpacked if unpacker.eof and not unpacker.unused_data else content


@dataclass(frozen=True, slots=True)
class _Wire:
    """
    vcrpy's serializer: text as text, anything else as base64. It loses no byte of either.

    Bodies that name `media` are read too; they are written by `packed` alone.
    """

    media: media.Media

    def serialize(self, cassette: Mapping[str, Any]) -> str:
        interactions = [
            {"request": _packed(pair["request"], "body"), "response": _packed_response(pair["response"])}
            for pair in cassette["interactions"]
        ]
        whole = {"version": cassette["version"], "interactions": interactions, "metadata": cassette.get("metadata", {})}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"

    def deserialize(self, text: str) -> Any:
        whole = json.loads(text)
        for pair in whole["interactions"]:
            request, response = pair["request"], pair["response"]
            if isinstance(request["body"], dict):
                request["body"] = self._body(request["body"])
            if "string" not in response["body"]:
                response["body"] = {"string": self._body(response["body"])}
        metadata = whole.get("metadata", {})
        if isinstance(told := metadata.get("upstream"), dict):
            metadata["upstream"] = json.loads(self._body(told))
        return whole

    def _body(self, kept: Mapping[str, Any]) -> bytes:
        return self.media.joined(kept["parts"]) if "parts" in kept else base64.b64decode(kept["base64"])


def _packed(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    body = request[name]
    return {**request, name: _in_base64(body) if _is_binary(body) else body}


def _packed_response(response: Mapping[str, Any]) -> dict[str, Any]:
    body = response["body"]["string"]
    return {**response, "body": _in_base64(body) if _is_binary(body) else {"string": body}}


def _is_binary(body: bytes | str | None) -> bool:
    """Tell whether a body is no text, or a text of so many control characters that its file would grow too large."""
    if not isinstance(body, str) or len(body) < LONG:
        return isinstance(body, bytes)
    return len(json.dumps(body, ensure_ascii=False)) > len(body) * 4 // 3


def _in_base64(body: bytes | str) -> dict[str, str]:
    return {"base64": base64.b64encode(body.encode() if isinstance(body, str) else body).decode()}


def _without_plain_bodies(cassette: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cassette without the bodies of responses, which are searched on their own; what is encoded stays."""
    responses = [
        one if "content-encoding" in one["headers"] else {**one, "body": {"string": b""}}
        for one in cassette["responses"]
    ]
    return {**cassette, "responses": responses}


def _persister(secrets: Secrets) -> type:
    class Persister:
        """vcrpy's persister: writes a file whole or not at all, and never one that holds a key."""

        @staticmethod
        def load_cassette(path: str, serializer: Any) -> Any:
            try:
                content = read_regular(Path(path), LARGEST)
            except FileNotFoundError:
                raise CassetteNotFoundError from None
            return deserialize(content.decode(), serializer)

        @staticmethod
        def save_cassette(path: str, cassette: Mapping[str, Any], serializer: Any) -> None:
            rest = serialize(_without_plain_bodies(cassette), serializer).encode()
            if holds_secret(rest, secrets):
                raise KeyFound(f"{Path(path).name} was not written: it would have held our key")
            replace_file(Path(path), serialize(cassette, serializer).encode())

    return Persister
