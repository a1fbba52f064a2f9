"""What is refused in a log, which may be a stranger's: what cannot be read, and lines about other targets."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from conformance.files import read_regular
from conformance.wire.text import escaped
from conformance.wire.verdict import UsageError


def content_of(path: Path, most: int) -> bytes:
    """Return what a log holds, which may have at most so many bytes. Raises `UsageError`."""
    try:
        return read_regular(path, most)
    except FileNotFoundError:
        raise UsageError(f"{path.parent} is no run: it holds no {path.name}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def mistake(error: ValidationError) -> str:
    """Return where in a line the first mistake stands, and what it is; never what stands there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(escaped(str(part), 40) for part in first["loc"][1:])
    return f"{place}: {first['msg'].lower()}" if place else first["msg"].lower()


def refuse_strangers(path: Path, header: BaseModel, names: Sequence[str], lines: Sequence[BaseModel]) -> None:
    """Raise `UsageError` unless the lines behind a header are about the targets that it names, each once."""
    if len(set(names)) < len(names):
        raise UsageError(f"{path}: the header names a target twice")
    for number, line in enumerate(lines, start=2):
        if getattr(line, "target", None) not in {None, *names}:
            raise UsageError(f"{path}, line {number}: target: the header does not name it")
        if isinstance(line, type(header)):
            raise UsageError(f"{path}, line {number}: a second header")
