"""One name for one key, whoever found it: `missing:chat/completions/created` is `missing:ChatCompletion/created`."""

import re
from functools import cache
from typing import Any

from conformance.schemas.schema import REF, load

_SCHEMAS = {
    "chat/completions": "ChatCompletion",
    "chat/completions chunk": "ChatCompletionChunk",
    "responses": "Response",
    "embeddings": "CreateEmbeddingResponse",
    "completions": "Completion",
    "moderations": "ModerationCreateResponse",
    "models": "ModelList",
    "models/{model}": "Model",
    "batches": "Batch",
    "files": "FileObject",
    "images/generations": "ImagesResponse",
}
_KIND = re.compile(r"(missing|wrong-type|null):(.+)")


@cache
def canonical(finding: str) -> str:
    """Return the finding by the definition that declares its key, when the operation's schema has one."""
    match = _KIND.fullmatch(finding)
    if match is None:
        return finding
    kind, place = match.groups()
    owner = max((o for o in _SCHEMAS if place.startswith(f"{o}/")), key=len, default="")
    if not owner:
        return finding
    # Of a part of a response that is read by itself, such as `usage`, the path has a slash where the part begins.
    found = _declared(_SCHEMAS[owner], place.removeprefix(f"{owner}/").replace("/", "."))
    return f"{kind}:{found}" if found else finding


@cache
def may_be_null(place: str) -> bool:
    """Tell whether a key, as `<definition>/<key>`, may hold null where it is declared."""
    owner, _, key = place.rpartition("/")
    for name in _SCHEMAS.values():
        declared = load(name).definitions.get(owner, {}).get("properties", {}).get(key)
        if declared is not None:
            return any(one.get("type") == "null" for one in declared.get("anyOf", [declared]))
    return False


def _declared(name: str, path: str) -> str:
    """Return `<definition>/<key>` of a dotted path, or "" when the schema does not lead there."""
    definitions = load(name).definitions
    owner, key, node = name, "", definitions[name]
    for part in path.split("."):
        if part == "[]":
            node, key = node.get("items", {}), f"{key}[]"
        else:
            if part not in node.get("properties", {}):
                return ""
            node, key = node["properties"][part], part
            here = owner
        node, owner = _resolved(node, definitions, owner)
    return f"{here}/{key}" if key else ""


def _resolved(node: Any, definitions: Any, owner: str) -> tuple[Any, str]:
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            owner = node["$ref"].removeprefix(REF)
            node = definitions[owner]
            continue
        inner = [one for one in node["anyOf"] if one.get("type") != "null"]
        if len(inner) != 1:
            # Of several objects the one that the suite asks for: a function call, an ordinary message.
            inner = [one for one in inner if "Function" in one.get("$ref", "")][:1]
        if not inner:
            return {}, owner
        node = inner[0]
    return node, owner
