"""What is known of the server that a run measured: its version by the pins that installed it, and what is behind it."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.targets.load import TARGETS

PINS = Path(__file__).parents[2] / "requirements"
UPSTREAM = {"gemini": "before the simulator's Gemini backend", "openai": "before the suite's simulator"}
"""What is said of a gateway whose upstream is a server of ours: nothing of that was measured at a vendor."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """
    The version of a server, empty where nobody knows it, and in words what answers behind it, if it is ours.

    `cannot` are the sentences of the target's file about what a reader must know of the server.
    """

    version: str = ""
    upstream: str = ""
    cannot: tuple[str, ...] = ()


def server(target: str, version: str = "", targets: Path = TARGETS, pins: Path = PINS) -> Server:
    """Return what the file of a target and its pins say; `version` overrides what they say."""
    path = targets / f"{target}.toml"
    described: dict[str, Any] = {}
    if path.parent == targets and path.is_file():
        described = tomllib.loads(path.read_text(encoding="utf-8")).get("server", {})
    upstream = UPSTREAM.get(str(described.get("upstream", "")), "")
    return Server(version or _version(described, pins), upstream, tuple(described.get("cannot", ())))


def _version(described: dict[str, Any], pins: Path) -> str:
    """Return `package version` of the package that the pins were made for: the first one of what was asked for."""
    if name := described.get("python"):
        return _python(pins / "servers" / f"{name}.in", pins / "servers" / f"{name}.txt")
    if name := described.get("node"):
        return _node(pins / "servers" / str(name) / "package.json")
    if name := described.get("requirements"):
        return _python(pins / f"{name}.in", pins / f"{name}.txt")
    return ""


def _python(asked: Path, pinned: Path) -> str:
    if not asked.is_file() or not pinned.is_file():
        return ""
    lines = [line for line in asked.read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
    wanted = re.split(r"[^A-Za-z0-9._-]", lines[0])[0].lower().replace("_", "-") if lines else ""
    found = {name.lower().replace("_", "-"): one for name, one in _PIN.findall(pinned.read_text(encoding="utf-8"))}
    return f"{wanted} {found[wanted]}" if wanted in found else ""


def _node(manifest: Path) -> str:
    if not manifest.is_file():
        return ""
    wanted = json.loads(manifest.read_text(encoding="utf-8")).get("dependencies", {})
    return next((f"{name} {version.lstrip('^~=')}" for name, version in wanted.items()), "")
