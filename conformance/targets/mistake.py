"""What is wrong with a TOML file of the user's, in words: where, what was found, what is known."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from conformance.targets.suggestion import near

_TABLE = re.compile(r"\s*(\[{1,2})\s*([\w.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w.-]+)[\"']?\s*=")


def explain(error: ValidationError, model: type[BaseModel], text: str) -> str:
    """
    Return the first mistake of a file as `, line 7: ...`; what stands in the file is not repeated.

    `model` is what the file describes, `text` its content. An unknown field comes first, with the known ones.
    """
    errors = error.errors(include_url=False, include_input=False)
    first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
    place = first["loc"]
    where = ".".join(str(part) for part in place)
    line = _line(text, place)
    head = f", line {line}: `{where}`" if line else f": `{where}`" if where else ""
    if first["type"] != "extra_forbidden":
        return f"{head}: {first['msg'].lower()}"
    known = _known(model, place)
    return f"{head}: there is no such field{near(str(place[-1]), known) or ';'} known: {', '.join(known)}"


def _known(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Return the fields that may stand beside an unknown one, in the part of the file that holds it."""
    for part in place[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = next(_models(field.annotation), model)
    return [name for name in model.model_fields if name not in {"name", "beside"}]  # what loading tells


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models within a type, for example that of a tuple's items."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _line(text: str, place: tuple[int | str, ...]) -> int | None:
    """Return the number of the line where a place of a TOML text stands, as far as the text is written plainly."""
    names = [str(part) for part in place if isinstance(part, str)]
    wanted = next((part for part in place if isinstance(part, int)), None)
    table: list[str] = []
    counted: dict[str, int] = {}
    nearest = None
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            name = match[2]
            counted[name] = counted.get(name, -1) + (match[1] == "[[")
            ours = match[1] == "[" or wanted is None or counted[name] == wanted
            table = name.split(".") if ours else ["", name]
            if table == names[: len(table)]:
                nearest = number
        elif (match := _KEY.match(line)) and [*table, *match[1].split(".")] == names[: len(table) + 1]:
            return number
    return nearest
