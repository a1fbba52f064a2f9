"""
What a run has sent of OpenAI's API: operations and their fields, against all that the official client can send.

`python -m conformance.report.coverage RUNFOLDER...` prints three tables in Markdown. The measure is the client's
source: each method names a path, and its keyword arguments are the fields of the body or of the query. The second table
is about values of the Responses API: events, tools and `include`; the third one says why some of it is not sent.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import files
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from conformance.record.cassette import read
from conformance.record.recording import CassetteError, Recording, Sent
from conformance.report.coverage_reasons import reasons_as_markdown
from conformance.report.coverage_values import not_tried, values, values_as_markdown
from conformance.schemas.schema import client_version
from conformance.targets.url import path_below

_VERBS = {"_post": "POST", "_get": "GET", "_delete": "DELETE", "_put": "PUT", "_patch": "PATCH"}
_OF_EVERY_METHOD = frozenset({"self", "extra_headers", "extra_query", "extra_body", "timeout"})
_LISTED = "_get_api_list"
_PART_NAME = re.compile(rb'Content-Disposition: form-data; name="(\w+)(?:\[\w*\])?"')
USAGE = 4


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path below the base URL with `{...}` for ids, and the fields that the client can send to it."""

    method: str
    path: str
    fields: frozenset[str]

    @property
    def group(self) -> str:
        """Return the first part of the path."""
        return self.path.strip("/").partition("/")[0]


def operations() -> list[Operation]:
    """Return all operations of the official client, by path; one for each method and path, with all their fields."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    sources = [
        file for file in files("openai") or () if file.suffix == ".py" and file.parts[:2] == ("openai", "resources")
    ]
    for file in sources:
        for method, path, fields in _operations_of(ast.parse(file.read_text(encoding="utf-8"))):
            found[method, path] = found.get((method, path), frozenset()) | fields
    return [Operation(method, path, found[method, path]) for method, path in sorted(found, key=_place)]


def _place(key: tuple[str, str]) -> tuple[str, str]:
    return key[1], key[0]


def _operations_of(module: ast.Module) -> Iterator[tuple[str, str, frozenset[str]]]:
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
                path = _path(call.args[0])
                method = _method(call)
                if path and method:
                    ids = set(re.findall(r"\{(\w+)\}", path))
                    names = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
                    yield method, re.sub(r"\{\w+\}", "{id}", path), frozenset(names - ids - _OF_EVERY_METHOD)


def _method(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr != _LISTED:
        return _VERBS.get(call.func.attr, "")
    named = [
        word.value.value for word in call.keywords if word.arg == "method" and isinstance(word.value, ast.Constant)
    ]
    return str(named[0]).upper() if named else "GET"


def _path(node: ast.expr) -> str:
    """Return the path that is the first argument of a request: a text, or the template that ids are put into."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "path_template" and node.args:
        node = node.args[0]
    text = node.value if isinstance(node, ast.Constant) else ""
    return text.partition("?")[0] if isinstance(text, str) and text.startswith("/") else ""


def _is_below(path: str, template: str) -> bool:
    """Tell whether a path is one of a template's: an id is a whole part of it."""
    given, parts = path.strip("/").split("/"), template.strip("/").split("/")
    return len(given) == len(parts) and all(part in ("{id}", one) for one, part in zip(given, parts, strict=True))


def covered(known: Sequence[Operation], sent: Sequence[tuple[str, Sent]]) -> Mapping[Operation, set[str]]:
    """Return the operations that were sent, each with its fields that were; `sent` are base URL and request."""
    literal = sorted(known, key=lambda operation: operation.path.count("{"))  # `/responses/compact` is not an id
    found: dict[Operation, set[str]] = {}
    for base_url, request in sent:
        path = path_below(request.url, base_url)
        for operation in literal:
            if operation.method == request.method and _is_below(path, operation.path):
                found.setdefault(operation, set()).update(_fields(request) & operation.fields)
                break
    return found


def _fields(request: Sent) -> set[str]:
    query = {name.partition("[")[0] for name, _ in parse_qsl(urlsplit(request.url).query, keep_blank_values=True)}
    message = Message()
    message["content-type"] = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    if message.get_content_type() == "multipart/form-data":
        return query | {name.decode() for name in _PART_NAME.findall(request.body)}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return query
    return query | set(body) if isinstance(body, dict) else query


def as_markdown(known: Sequence[Operation], found: Mapping[Operation, set[str]]) -> str:
    """Return the table: one row for each group of operations, and what was not sent of those that were."""
    lines = [
        f"{len(found)} of {len(known)} operations of the official client {client_version()} were sent.",
        "",
        "| group | operations | fields | fields not sent |",
        "|---|---|---|---|",
    ]
    for group in sorted({operation.group for operation in known}):
        of_group = [operation for operation in known if operation.group == group]
        asked = [operation for operation in of_group if operation in found]
        fields, sent = sum(len(one.fields) for one in asked), sum(len(found[one]) for one in asked)
        missing = "; ".join(_missing(one, found[one]) for one in asked if one.fields - found[one])
        lines.append(f"| {group} | {len(asked)}/{len(of_group)} | {sent}/{fields} | {missing} |")
    return "\n".join(lines)


def _missing(operation: Operation, sent: set[str]) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(operation.fields - sent))
    return f"{operation.method} {operation.path}: {names}"


def not_sent(known: Sequence[Operation], found: Mapping[Operation, set[str]]) -> Iterator[str]:
    """Yield the names of operations that were not sent, and of fields that those did not have which were."""
    for one in known:
        if one not in found:
            yield f"{one.method} {one.path}"
        else:
            yield from (f"{one.method} {one.path}: {name}" for name in sorted(one.fields - found[one]))


def recorded(folder: Path) -> list[Recording]:
    """Return the recordings of a run. Raises `CassetteError` for what cannot be read."""
    return [read(path) for path in sorted((folder / "exchanges").rglob("*.json"))]


def main(arguments: Sequence[str]) -> int:
    """Print the tables of all folders together; return 4 for what is not a run."""
    if not arguments or any(argument.startswith("-") for argument in arguments):
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 0 if {"-h", "--help"} & set(arguments) else USAGE
    recordings: list[Recording] = []
    for argument in arguments:
        try:
            recordings += recorded(Path(argument))
        except CassetteError as error:
            sys.stderr.write(f"{error}\n")
            return USAGE
    if not recordings:
        sys.stderr.write(f"there are no recordings in {', '.join(arguments)}\n")
        return USAGE
    known = operations()
    sent = [(recording.provenance.base_url, recording.sent) for recording in recordings]
    found, of_responses = covered(known, sent), values(recordings)
    left = [*not_sent(known, found), *not_tried(of_responses)]
    tables = as_markdown(known, found), values_as_markdown(of_responses), reasons_as_markdown(left)
    sys.stdout.write("\n\n".join(tables) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
