"""
What a source says, word for word, as far as it can be quoted.

Of the official client it is the declaration with its description, read from the client as it is installed; OpenAI's
API reference is made from the same document, so where a check cites that, the declaration of the same field is quoted,
and named. Sentences of other documents stand in `quotes.toml`.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from conformance.definition.links import CLIENT, client_type
from conformance.log.records import Result
from conformance.schemas.schema import client_version
from conformance.wire.text import cut

_CLIENT = re.compile(r"openai-python [^,]+, (.+)")
_REFERENCE = re.compile(r"OpenAI API reference [^,]+, (.+)")
_KEY = re.compile(r"(?:missing|wrong-type|null|out-of-range|new-key):(\w+)/(\w+)")
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source, and where they stand."""

    text: str
    place: str
    url: str


def quote(result: Result, finding: str = "") -> Quote | None:
    """Return what the source of a requirement says, or None where it cannot be quoted; `finding` may name the key."""
    if told := _sentences().get(_locator(result.source)):
        return Quote(told, result.source, result.source_url)
    key = _KEY.match(finding)
    names = [*([f"{key[1]}.{key[2]}"] if key else []), *_names(result.source)]
    return next((found for name in names if (found := _declared(name))), None)


def _names(source: str) -> Iterator[str]:
    """Yield the names of the field that a source cites; those of the API reference too."""
    for document in (_CLIENT, _REFERENCE):
        if found := document.fullmatch(source):
            yield found[1]


def _locator(source: str) -> str:
    """Return what is cited of the API reference; another source as a whole."""
    found = _REFERENCE.fullmatch(source)
    return found[1] if found else source


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("quotes.toml").read_text(encoding="utf-8"))


def _sentences() -> dict[str, str]:
    return _table()["sentences"]


def _types() -> dict[str, str]:
    return _table()["types"]


@cache
def _declared(name: str) -> Quote | None:
    """Return the declaration of a type's field in the official client, with what is written below it."""
    # A module may stand before the type, and the parts of a field behind it.
    owner, _, rest = (name.partition(".")[2] if name[:1].islower() else name).partition(".")
    field = rest.partition(".")[0]
    same = _types().get(owner, "")
    version = client_version()
    url = f"{CLIENT}/v{version}/src/openai/types/{same.partition(':')[0]}" if same else client_type(name, version)
    kind = same.partition(":")[2] or owner
    body = _bodies(url.partition("/src/")[2]).get(kind, ())
    for number, node in enumerate(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == field:
            described = _text(body[number + 1]) if number + 1 < len(body) else ""
            declared = " ".join(ast.unparse(node).split())
            text = "\n".join(filter(None, [cut(declared, 200), cut(described, _LONGEST)]))
            return Quote(text, f"openai-python {version}, {kind}.{field}", f"{url}#L{node.lineno}")
    return None


@cache
def _bodies(below: str) -> dict[str, tuple[ast.stmt, ...]]:
    """Return the classes of a module of the official client, by name, with what stands in each."""
    client = find_spec("openai")
    folder = Path(((client and client.submodule_search_locations) or [""])[0]).parent
    try:
        tree = ast.parse((folder / below).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return {}
    return {node.name: tuple(node.body) for node in tree.body if isinstance(node, ast.ClassDef)}


def _text(node: ast.stmt) -> str:
    """Return a description that stands below a field, its paragraphs in one line."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""
