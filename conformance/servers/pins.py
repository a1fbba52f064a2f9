"""Where the pins of a server stand: beside its target's file, or with those that the suite brings along."""

import json
import re
from pathlib import Path

from conformance.targets.server import Server
from conformance.wire.verdict import HarnessError

_PACKAGE = Path(__file__).parents[1]
REQUIREMENTS = next(
    (one for one in (_PACKAGE.parent / "requirements", _PACKAGE / "requirements") if one.is_dir()), None
)
"""The pins of the suite: those that its wheel holds, or of a checkout."""

NODE = "allure"
"""The name of the pins that hold Node."""

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)
_WANTED = re.compile(r"^([A-Za-z0-9._-]+)", re.MULTILINE)


def python_pins(server: Server) -> Path:
    """Return the file with the pins of a server's Python environment. Raises `HarnessError`."""
    return _found(server, f"{server.python}.txt")


def node_pins(server: Server) -> Path:
    """Return the folder with a server's `package.json` and `package-lock.json`. Raises `HarnessError`."""
    return _found(server, f"{server.node}/package-lock.json").parent


def pins_of_node() -> Path:
    """Return the file with the pins of Node itself. Raises `HarnessError`."""
    file = REQUIREMENTS / f"{NODE}.txt" if REQUIREMENTS else None
    if file is None or not file.is_file():
        raise HarnessError(f"Node cannot be installed: requirements/{NODE}.txt, which pins it, is not here")
    return file


def _found(server: Server, name: str) -> Path:
    places = [Path(server.beside), *([REQUIREMENTS / "servers"] if REQUIREMENTS else [])]
    for folder in places:
        if (folder / name).is_file():
            return folder / name
    looked = " and ".join(str(folder) for folder in places)
    raise HarnessError(f"its pins, `{name}`, are missing; looked in {looked}")


def version(server: Server) -> str:
    """Return `package version` of what the pins of a server are about, or an empty text."""
    try:
        return _of_node(node_pins(server)) if server.node else _of_python(python_pins(server)) if server.python else ""
    except (HarnessError, OSError, ValueError, KeyError):
        return ""


def _of_python(file: Path) -> str:
    pinned = {_plain(name): version for name, version in _PINNED.findall(file.read_text(encoding="utf-8"))}
    source = file.with_suffix(".in")
    wanted = _WANTED.findall(source.read_text(encoding="utf-8")) if source.is_file() else [file.stem]
    return next((f"{name} {pinned[_plain(name)]}" for name in wanted if _plain(name) in pinned), "")


def _of_node(folder: Path) -> str:
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    name = next(iter(wanted))
    return f"{name} {locked[f'node_modules/{name}']['version']}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
