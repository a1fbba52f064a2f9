"""
Generate the committed schemas from the types of the installed `openai` package.

    python -m conformance.schemas.generator            write the files
    python -m conformance.schemas.generator --check    write nothing; exit 1 and name what is stale

One file for each root, holding the definitions that it reaches. All roots are generated in one pass, so that a
definition has the same name in every file. Only what decides about an answer is kept: no prose, no defaults.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from openai import types
from openai.types import audio, chat, responses, shared, uploads, vector_stores
from pydantic import TypeAdapter

Node = dict[str, Any]

ROOTS: Mapping[str, Any] = {
    "Batch": types.Batch,
    "ChatCompletion": chat.ChatCompletion,
    "ChatCompletionChunk": chat.ChatCompletionChunk,
    "Completion": types.Completion,
    "CreateEmbeddingResponse": types.CreateEmbeddingResponse,
    "ErrorObject": shared.ErrorObject,
    "FileObject": types.FileObject,
    "ImageEditStreamEvent": types.ImageEditStreamEvent,
    "ImagesResponse": types.ImagesResponse,
    "Model": types.Model,
    "ModerationCreateResponse": types.ModerationCreateResponse,
    "Response": responses.Response,
    "ResponseStreamEvent": responses.ResponseStreamEvent,
    "Transcription": audio.Transcription,
    "TranscriptionStreamEvent": audio.TranscriptionStreamEvent,
    "Upload": types.Upload,
    "UploadPart": uploads.UploadPart,
    "VectorStore": types.VectorStore,
    "VectorStoreFile": vector_stores.VectorStoreFile,
    "Video": types.Video,
}

# The client unwraps these two before it builds a type, so it has none for the whole body.
ENVELOPES: Mapping[str, Node] = {
    "ErrorResponse": {
        "type": "object",
        "properties": {"error": {"$ref": "#/$defs/ErrorObject"}},
        "required": ["error"],
    },
    "ModelList": {
        "type": "object",
        "properties": {
            "data": {"items": {"$ref": "#/$defs/Model"}, "type": "array"},
            "object": {"const": "list", "type": "string"},
        },
        "required": ["data", "object"],
    },
}

# Arrays whose items no property tells apart: the request's input items, two of which need no `type`.
OPAQUE_ITEMS = frozenset({("Response", "instructions")})

DISCRIMINATORS = ("type", "object", "role")

_REF = "#/$defs/"
_PROSE = frozenset({"title", "description", "default", "examples"})
_NULL = {"type": "null"}


def files() -> dict[str, str]:
    """Return the text of every generated file by its name."""
    definitions = _definitions()
    texts = {f"{name}.json": _document(name, definitions) for name in [*ROOTS, *ENVELOPES] if name != "ErrorObject"}
    return {**dict(sorted(texts.items())), "SOURCE.toml": _source(texts)}


def stale(folder: Path) -> list[str]:
    """Return the names of the files in a folder that differ from what the installed package gives."""
    return [name for name, text in files().items() if _read(folder / name) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _definitions() -> dict[str, Node]:
    roots, generated = TypeAdapter.json_schemas([(name, "validation", TypeAdapter(t)) for name, t in ROOTS.items()])
    raw: dict[str, Node] = generated["$defs"]
    names = {mangled: short_name(mangled) for mangled in raw}
    if len(set(names.values())) < len(names):
        raise ValueError(f"two definitions get one name: {sorted(names.values())}")
    definitions = {names[mangled]: _plain(node, names) for mangled, node in raw.items()}
    unions = {name: _plain(node, names) for (name, _), node in roots.items() if "$ref" not in node}
    definitions |= unions | {name: dict(node) for name, node in ENVELOPES.items()}
    for owner, key in OPAQUE_ITEMS:
        definitions[owner]["properties"][key] = _without_items(definitions[owner]["properties"][key])
    return {
        name: _with_discriminators(definitions[name], definitions)
        for name in _reached([*ROOTS, *ENVELOPES], definitions)
    }


def short_name(mangled: str) -> str:
    """
    Return a readable name of a definition.

    pydantic writes `openai__types__chat__chat_completion__Choice` where several types have the same name: this one
    becomes `ChatCompletionChoice`.
    """
    *_, module, name = ["", *mangled.split("__")]
    stem = "".join(part.capitalize() for part in module.split("_"))
    return name if stem == name else stem + name


def _plain(node: Node, names: Mapping[str, str]) -> Node:
    """Return a schema without prose, its unions flat, and its definitions renamed."""
    plain: Node = {}
    for key, value in node.items():
        if key == "properties":
            plain[key] = {name: _plain(below, names) for name, below in value.items()}
        elif key == "anyOf":
            plain |= _union([_plain(branch, names) for branch in value])
        elif key == "$ref":
            plain[key] = _REF + names[value.removeprefix(_REF)]
        elif key in {"required", "enum"}:
            plain[key] = sorted(value)
        elif isinstance(value, dict):
            plain[key] = _plain(value, names)
        elif key not in _PROSE and not (key == "additionalProperties" and value is True):
            plain[key] = value
    return plain


def _union(branches: list[Node]) -> Node:
    flat = [inner for branch in branches for inner in branch.get("anyOf", [branch])]
    if {} in flat:
        return {}
    if {"type": "string"} in flat:  # `anyOf: [string, enum]` lists examples: any string is allowed
        flat = [b for b in flat if b == {"type": "string"} or b.get("type") != "string"]
    flat = [b for b in flat if b != _NULL] + [b for b in flat if b == _NULL][:1]
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _without_items(node: Node) -> Node:
    branches = [{"type": "array"} if branch.get("type") == "array" else branch for branch in node["anyOf"]]
    return {"anyOf": branches}


def _with_discriminators(node: Node, definitions: Mapping[str, Node]) -> Node:
    """Return a schema whose unions name the property that tells their branches apart. Refuses what nothing does."""
    copy: Node = {}
    for key, value in node.items():
        if key == "properties":
            copy[key] = {name: _with_discriminators(below, definitions) for name, below in value.items()}
        elif key == "anyOf":
            copy[key] = [_with_discriminators(branch, definitions) for branch in value]
            copy |= _discriminator(value, definitions)
        else:
            copy[key] = _with_discriminators(value, definitions) if isinstance(value, dict) else value
    return copy


def _discriminator(branches: list[Node], definitions: Mapping[str, Node]) -> Node:
    kinds = [_resolved(branch, definitions)["type"] for branch in branches]
    twice = {kind for kind in kinds if kinds.count(kind) > 1} | (
        {"number"} if {"integer", "number"} <= {*kinds} else set()
    )
    if not twice:
        return {}
    if twice != {"object"}:
        raise ValueError(f"branches of one type cannot be told apart: {branches}")
    objects = [branch for branch, kind in zip(branches, kinds, strict=True) if kind == "object"]
    for name in DISCRIMINATORS:
        pairs = [
            (value, branch["$ref"].removeprefix(_REF))
            for branch in objects
            for value in _constants(branch, name, definitions)
        ]
        if len({value for value, _ in pairs}) == len(pairs) and len({owner for _, owner in pairs}) == len(objects):
            return {"discriminator": {"propertyName": name, "mapping": dict(pairs)}}
    raise ValueError(f"no property tells these apart: {objects}")


def _constants(branch: Node, name: str, definitions: Mapping[str, Node]) -> list[str]:
    target = _resolved(branch, definitions)
    node = target["properties"].get(name, {}) if name in target.get("required", ()) else {}
    return [node["const"]] if "const" in node else list(node.get("enum", ()))


def _resolved(node: Node, definitions: Mapping[str, Node]) -> Node:
    return definitions[node["$ref"].removeprefix(_REF)] if "$ref" in node else node


def _reached(roots: Iterable[str], definitions: Mapping[str, Node]) -> list[str]:
    todo, reached = list(roots), set[str]()
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(_refs(definitions[name]))
    return sorted(reached)


def _refs(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _refs(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"].removeprefix(_REF)] if isinstance(value.get("$ref"), str) else []
    return own + [name for below in value.values() for name in _refs(below)]


def _document(name: str, definitions: Mapping[str, Node]) -> str:
    reached = {below: definitions[below] for below in _reached([name], definitions)}
    return json.dumps({"$defs": reached, "$ref": _REF + name}, indent=1, sort_keys=True) + "\n"


def _source(texts: Mapping[str, str]) -> str:
    digests = [f'"{name}" = "{hashlib.sha256(text.encode()).hexdigest()}"' for name, text in sorted(texts.items())]
    lines = [
        "# Generated together with the schemas; do not edit.",
        'package = "openai"',
        f'version = "{version("openai")}"',
        'command = "python -m conformance.schemas.generator"',
        "",
        "[sha256]",
        *digests,
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str], folder: Path = Path(__file__).parent / "generated") -> int:
    """Write the files, or with `--check` compare them. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.schemas.generator", description="Generate the schemas."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a committed file is stale")
    if parser.parse_args(arguments).check:
        names = stale(folder)
        for name in names:
            print(f"{name} is stale: run `python -m conformance.schemas.generator`", file=sys.stderr)  # noqa: T201
        return 1 if names else 0
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
