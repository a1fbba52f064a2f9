"""`multipart/form-data`: from the bytes of a body to its fields, as RFC 7578 has them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal

from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request

_BOUNDARY = re.compile(rb"[\x20-\x7e]{1,70}")
_MOST_PARTS = 1000

Kind = Literal["integer", "number", "boolean", "text"]


@dataclass(frozen=True, slots=True)
class Part:
    """One field. `filename` is None for a plain value; `media_type` is what the client says."""

    name: str
    content: bytes
    filename: str | None = None
    media_type: str = "text/plain"

    @property
    def text(self) -> str:
        """The value of a plain field."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid_request(f"The value of '{self.name[:80]}' is not UTF-8.", param=self.name[:80]) from None


def form(call: Call) -> tuple[Part, ...]:
    """Return the fields of a request that must be a form."""
    if call.media_type != "multipart/form-data":
        raise ApiError(
            415,
            "Unsupported content type: this endpoint accepts 'multipart/form-data' only.",
            code="unsupported_content_type",
        )
    boundary = _parameter(call.headers["content-type"], "boundary").encode("latin-1")
    if not _BOUNDARY.fullmatch(boundary):
        raise _broken("its content type names no boundary")
    pieces = (b"\r\n" + call.content).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _broken("its last boundary is missing")
    if len(pieces) > _MOST_PARTS:
        raise _broken(f"it has more than {_MOST_PARTS} parts")
    return tuple(_part(piece) for piece in pieces[1:-1])


def _part(piece: bytes) -> Part:
    head, blank, content = piece.lstrip(b" \t").partition(b"\r\n\r\n")
    if not blank:
        raise _broken("a part has no blank line after its headers")
    headers = dict(_header(line) for line in head.split(b"\r\n") if line)
    disposition = headers.get("content-disposition", "")
    name = _parameter(disposition, "name")
    if not disposition.lower().startswith("form-data") or not name:
        raise _broken("a part has no name")
    filename = _parameter(disposition, "filename") if re.search(r";\s*filename\*?=", disposition) else None
    return Part(name, content, filename, headers.get("content-type", "text/plain").partition(";")[0].strip().lower())


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("utf-8", "replace").partition(":")
    return name.strip().lower(), value.strip()


def _parameter(header: str, name: str) -> str:
    """Return a parameter of a header; empty when there is none."""
    message = Message()
    message["x"] = header.replace("\r", "").replace("\n", "")
    value = message.get_param(name, "", header="x")
    return value[2] if isinstance(value, tuple) else value


def _broken(sentence: str) -> ApiError:
    return invalid_request(f"The body of the request is not a valid form: {sentence}.")


def values_of(parts: Iterable[Part], kinds: Mapping[str, Kind], arrays: frozenset[str] = frozenset()) -> dict[str, Any]:
    """
    Return the plain fields of a form as JSON would hold them.

    A form knows texts only: `kinds` names the fields that are numbers or booleans, `arrays` those that may be repeated
    (as `name[]` or `name`). What is no such number or boolean stays a text, for the endpoint's rules to refuse.
    """
    values: dict[str, Any] = {}
    for part in parts:
        if part.filename is not None:
            continue
        name = part.name.removesuffix("[]")
        value = _typed(part.text, kinds.get(name, "text"))
        if name in arrays:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


def _typed(text: str, kind: Kind) -> Any:
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text.lower(), text) if kind == "boolean" else text
