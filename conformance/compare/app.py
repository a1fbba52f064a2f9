"""
What one application uses of an endpoint: `app.toml`, by which a migration is judged.

The JSON Schema is published as `app.schema.json`, which `python -m conformance.compare.app` prints.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.files import read_regular
from conformance.targets.mistake import explain
from conformance.wire.verdict import UsageError

LARGEST = 1024 * 1024

Number = Annotated[int, Field(ge=1)]


class Sizes(BaseModel):
    """The largest requests of the application."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    messages: Number | None = Field(default=None, description="messages in one request")
    tools: Number | None = Field(default=None, description="functions offered in one request")
    embedding_inputs: Number | None = Field(default=None, description="texts in one request for embeddings")
    request_bytes: Number | None = Field(default=None, description="bytes of one request's body")


class Observed(BaseModel):
    """What the requests of the application held, for a reader; nothing is decided by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operations: dict[str, Number] = Field(default={}, description="how many requests of each")
    streamed: tuple[str, ...] = Field(default=(), description="operations of which a stream was requested")
    values: dict[str, str] = Field(default={}, description="by parameter, the kinds of its values")
    roles: tuple[str, ...] = ()
    content_parts: tuple[str, ...] = ()
    tools: tuple[str, ...] = Field(default=(), description="types of tools")
    formats: tuple[str, ...] = Field(default=(), description="types of the response format")


class App(BaseModel):
    """An application. What is not named is not used."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="What an application uses of an endpoint")

    title: str = ""
    capabilities: tuple[str, ...] = Field(default=(), description="globs of capabilities: `chat.*`, `tools.stream.*`")
    parameters: tuple[str, ...] = Field(default=(), description="`stop`, or `chat/completions: stop`")
    schema_keywords: tuple[str, ...] = Field(default=(), description="keywords of its JSON Schemas: `pattern`")
    models: dict[str, str] = Field(default={}, description="by role, the model that it will ask: `chat`, `embedding`")
    concurrency: Number | None = Field(default=None, description="requests in flight at once, at most")
    sizes: Sizes = Sizes()
    observed: Observed | None = Field(default=None, description="written by `judge` and `watch`")


def load(path: Path) -> App:
    """Return what a file says. Raises `UsageError` that names its line, and for an unknown key the nearest one."""
    try:
        text = read_regular(path, LARGEST).decode()
        return App.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise UsageError(f"{path}{explain(error, App, text)}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None


def text(app: App) -> str:
    """Return the file of an application, as `load` reads it."""
    return "\n".join(_table(app.model_dump(mode="json", exclude_defaults=True), "")) + "\n"


def _table(values: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield a table of TOML: strings, numbers and arrays as in JSON, tables within it behind."""
    if name:
        yield from ("", f"[{name}]")
    for key, value in values.items():
        if not isinstance(value, dict):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _table(value, f"{name}.{_key(key)}" if name else _key(key))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    """Return a value as TOML 1.0 writes it, whose basic strings are those of JSON but for DEL."""
    said = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return said.encode("utf-8", "replace").decode()


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `app.schema.json`."""
    return json.dumps(App.model_json_schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
