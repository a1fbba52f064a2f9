"""What every driver says, and where to. A driver is run as `python DRIVER.py ADDRESS/CLIENT`."""

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from pydantic import BaseModel

_SAID = json.loads((Path(__file__).parent.parent / "said.json").read_text(encoding="utf-8"))
MODEL, HELLO, WEATHER, RESULT, PERSON = (_SAID[name] for name in ("model", "hello", "weather", "result", "person"))
CITY = {"type": "string"}
WEATHER_PARAMETERS = {
    "type": "object",
    "properties": {"city": CITY},
    "required": ["city"],
    "additionalProperties": False,
}


class Person(BaseModel):
    """A person."""

    name: str
    age: int


def base(situation: str) -> str:
    """Return the base URL of a situation."""
    return f"{sys.argv[1]}/{situation}/v1"


def main(names: dict[str, Any]) -> None:
    """Run every function of a driver that is named after a situation. One that fails is told, and the others go on."""
    failed = 0
    for name, function in names.items():
        if name.startswith(("chat_", "responses_")) and callable(function):
            try:
                function()
            except Exception:  # noqa: BLE001  one situation that a client cannot do must not hide the others
                failed += 1
                sys.stderr.write(f"{name}\n{traceback.format_exc()}\n")
    sys.exit(1 if failed else 0)
