"""Every source that a check cites exists under its name, and can be read at an address."""

import ast
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

from conformance.definition.citation import RFC, SDK, WHATWG, Citation, CitationKind
from conformance.plan import loader

DOCUMENTED = Path(__file__).with_name("documented.txt")
SLICE = Path(
    os.environ.get("CONFORMANCE_OPENAPI_SLICE")
    or Path(__file__).parents[2] / "shared" / "reference" / "openai_openapi_slice.json"
)
"""Schemas of OpenAI's OpenAPI document, `{"schemas": {...}}`, where a copy lies beside the project."""

AT_TAG = re.compile(r"https://github\.com/openai/openai-python/blob/v[0-9.]+/src/(.+\.py)")


def cited(kind: CitationKind) -> list[tuple[str, Citation]]:
    """Return the citations of a kind that checks have, with the id of their check."""
    return [(check.id(), check.says) for check in loader.load().checks if check.says.kind is kind]


@cache
def classes(path: str) -> dict[str, set[str]]:
    """Return the types that a module of the official client declares, with their fields."""
    found = next(file for file in files("openai") or () if str(file) == path)
    return {
        node.name: {
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }
        for node in ast.parse(found.read_text()).body
        if isinstance(node, ast.ClassDef)
    } | {name: set() for node in ast.parse(found.read_text()).body for name in _aliases(node)}


def _aliases(node: ast.stmt) -> Iterator[str]:
    """Yield the name of a union of types: `ResponseStreamEvent: TypeAlias = ...`."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def is_declared(citation: Citation) -> bool:
    """Tell whether the official client has the type, and the field if one is named, in the module of the address."""
    module = AT_TAG.fullmatch(citation.url)
    parts = citation.locator.split(".")
    name, *field = parts[1:] if parts[0].islower() else parts
    if module is None:
        return False
    known = classes(module[1])
    return name in known and set(field) <= known[name]


def has(schemas: dict[str, Any], node: dict[str, Any], path: list[str]) -> bool:
    """Tell whether a schema of the document has a property, and below it the rest of the path."""
    if "$ref" in node:
        return has(schemas, schemas[node["$ref"].rpartition("/")[2]], path)
    if not path:
        return True
    below = node.get("properties", {}).get(path[0])
    if below is not None and has(schemas, below, path[1:]):
        return True
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in node.get(key, ())]
    return any(has(schemas, part, path) for part in parts)


def test_types_of_the_client_exist() -> None:
    assert [(name, one.locator) for name, one in cited(CitationKind.SDK) if not is_declared(one)] == []


@pytest.mark.parametrize("wrong", ["ChatCompletionChoice", "chat_completion.Chosen", "ChatCompletion.ids"])
def test_a_type_that_the_client_does_not_have_is_told(wrong: str) -> None:
    assert not is_declared(SDK(wrong))


def test_names_of_the_document_are_known() -> None:
    known = DOCUMENTED.read_text().splitlines()
    assert [(name, one.locator) for name, one in cited(CitationKind.DOC) if one.locator not in known] == []


@pytest.mark.skipif(not SLICE.is_file(), reason=f"no copy of the document: {SLICE}")
def test_names_of_the_document_stand_in_it() -> None:
    schemas = json.loads(SLICE.read_text())["schemas"]
    names = [line for line in DOCUMENTED.read_text().splitlines() if line.partition(".")[0] in schemas]
    assert [name for name in names if not has(schemas, schemas[name.partition(".")[0]], name.split(".")[1:])] == []
    assert len(names) > 70, "the copy holds most schemas that checks cite"


def test_every_source_has_an_address() -> None:
    checks = loader.load().checks
    assert [check.id() for check in checks if not check.says.url.startswith("https://")] == []


def test_every_observation_has_a_day_and_a_link_to_more_than_a_site() -> None:
    day = re.compile(r"20[0-9]{2}-[0-9]{2}(-[0-9]{2})?")
    link = re.compile(r"https://[^/ ]+/[^ ]+")
    wrong = [
        name
        for name, one in cited(CitationKind.OBSERVED)
        if not day.fullmatch(one.edition) or not link.fullmatch(one.url)
    ]
    assert wrong == []


def test_a_standard_is_cited_by_its_section() -> None:
    assert RFC(9110, "15.5.2").url == "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2"
    assert WHATWG("9.2.5").url.endswith("/server-sent-events.html#parsing-an-event-stream")
