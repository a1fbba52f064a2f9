"""Requests as checks write them: a path below the base URL and a plain JSON body, nothing adapted to a target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from conformance.wire.text import escaped
from conformance.wire.verdict import Inconclusive

T = TypeVar("T")


class Key(StrEnum):
    """Which key a request carries."""

    VALID = "valid"
    WRONG = "wrong"
    NONE = "none"
    OTHER = "other"  # the valid key of a second account


WRONG_KEY = "sk-conformance-0000-not-a-key"
"""What `Key.WRONG` sends. It is made up, so it may stand in a cassette."""

NO_KEY = "no-key-configured"
"""What is sent as a key to a target without one: the official client always sends something."""


_STREAM_IN_FORM = b'form-data; name="stream"\r\n\r\ntrue\r\n'


OTHER_ACCOUNT = "-other"
"""What follows the key of a server of ours in that of a second account of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    One HTTP request.

    `path` starts with `/` and is joined to the target's base URL. Either `json` (sent as JSON) or `content`
    (bytes as they are, with a Content-Type among `headers`) or neither.
    """

    method: str
    path: str
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: Key = Key.VALID

    @property
    def streamed(self) -> bool:
        """Tell whether a stream of events is asked for: in JSON, in a form, or in the query."""
        if isinstance(self.json, dict):
            return self.json.get("stream") is True
        if self.content is not None:
            return _STREAM_IN_FORM in self.content
        return "stream=true" in self.path.partition("?")[2].split("&")

    @property
    def operation(self) -> str:
        """Return the path without slashes at its ends and without a query, as findings name it."""
        return self.path.partition("?")[0].strip("/")


def post(path: str, json: Any, *, key: Key = Key.VALID) -> Request:
    """Return a POST of a JSON value."""
    return Request("POST", path, json=json, key=key)


def get(path: str, *, key: Key = Key.VALID) -> Request:
    """Return a GET."""
    return Request("GET", path, key=key)


def delete(path: str) -> Request:
    """Return a DELETE."""
    return Request("DELETE", path)


def raw(path: str, content: bytes, media_type: str, *, method: str = "POST") -> Request:
    """Return a request whose body is sent byte for byte, for example JSON that is none."""
    return Request(method, path, content=content, headers={"Content-Type": media_type})


BOUNDARY = "conformance-boundary-7f3a"
"""What stands between the parts of a form: always the same, so that a replay finds the same body."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form: its name, its bytes, and what they are."""

    filename: str
    content: bytes
    media_type: str = "application/octet-stream"


def multipart(
    path: str, fields: Mapping[str, str | Sequence[str]], files: Mapping[str, Upload | Sequence[Upload]]
) -> Request:
    """Return a POST of a form (RFC 7578): the fields, then the files. Several of one name are sent one by one."""
    parts = [_part(name, "", value.encode()) for name, given in fields.items() for value in _several(given, str)]
    for name, given_files in files.items():
        for file in _several(given_files, Upload):
            more = f'; filename="{file.filename}"\r\nContent-Type: {file.media_type}'
            parts.append(_part(name, more, file.content))
    content = b"".join((*parts, f"--{BOUNDARY}--\r\n".encode()))
    return raw(path, content, f"multipart/form-data; boundary={BOUNDARY}")


def _several(given: T | Sequence[T], kind: type[T]) -> Sequence[T]:
    return (given,) if isinstance(given, kind) else given  # type: ignore[return-value]


def _part(name: str, more: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


_SAFE = "!$&'()*+,;=:@"


def segment(name: str) -> str:
    """
    Return an id as one segment of a path, escaped as the official client escapes it (RFC 3986, section 3.3).

    Raises `Inconclusive` for an id that names another place there, or none: a server may send anything as an id.
    """
    try:
        quoted = quote(name, safe=_SAFE)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can hold and UTF-8 cannot
        quoted = ""
    if quoted in {"", ".", ".."}:
        raise Inconclusive(f"the id `{escaped(name, 40)}` cannot stand in a path")
    return quoted


def last_segment(request: Request) -> str:
    """Return the id that the path of a request ends with."""
    return unquote(request.operation.rpartition("/")[2])


def user(content: Any) -> dict[str, Any]:
    """Return a user message; `content` is text or a list of parts."""
    return {"role": "user", "content": content}


def system(content: str) -> dict[str, Any]:
    """Return a system message."""
    return {"role": "system", "content": content}


def developer(content: str) -> dict[str, Any]:
    """Return a developer message."""
    return {"role": "developer", "content": content}


def assistant(content: str) -> dict[str, Any]:
    """Return an assistant message."""
    return {"role": "assistant", "content": content}


def text(content: str) -> dict[str, Any]:
    """Return a text part of a user message."""
    return {"type": "text", "text": content}


def function_tool(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tool of type `function`; `parameters` is a JSON Schema."""
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": dict(parameters)},
    }
