"""
What is installed for a session of nox, and when: only after the pins have changed.

Everything comes from the pinned files in `requirements/`; a stamp says which of them an environment holds.
"""

import argparse
import json
import os
import runpy
import sys
import tomllib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import nox

ROOT = Path(__file__).parents[1]
TARGETS = ROOT / "conformance" / "targets"

# By its path: the package needs what is not installed here.
alive = runpy.run_path(str(ROOT / "conformance" / "alive.py"))["alive"]

STAMP = "pins.json"
"""In an environment: the digests of what was installed into it."""


def install(session: nox.Session, *names: str, project: bool = True) -> None:
    """Install pinned requirements and the project as it lies here; nothing while the pins are the same."""
    stamp = session.env_dir / STAMP
    if not installed(stamp, names):
        files = [argument for name in names for argument in ("-r", f"requirements/{name}.txt")]
        with alive(f"installing what the session {session.name} needs (once)"):
            session.install("--require-hashes", *files)
            if project:
                session.install("--no-deps", "--no-build-isolation", "--editable", ".")
        if stamp.parent.is_dir() and not {"--no-install", "-R"} & set(sys.argv):
            stamp.write_text(json.dumps(_read(stamp) | {name: pins(name) for name in names}), encoding="utf-8")
    keep_bytecode(session)


def keep_bytecode(session: nox.Session) -> None:
    """
    Keep what Python compiles, beside the environments, where none may be written beside the sources.

    Without it each process compiles the suite again, which takes seconds.
    """
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        folder = str(session.cache_dir.resolve() / "bytecode")
        session.env.update({"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder})


def installed(stamp: Path, names: Sequence[str]) -> bool:
    """Tell whether an environment holds what these requirement files name today."""
    there = _read(stamp)
    return all(there.get(name) == pins(name) for name in names)


def _read(stamp: Path) -> dict[str, str]:
    """Return what an environment was installed from: the digest of each requirement file."""
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def pins(name: str) -> str:
    """Return the digest of a requirement file and of the project's metadata, and where the project lies."""
    files = (Path("requirements", f"{name}.txt"), Path("pyproject.toml"))
    return sha256(b"".join([*(file.read_bytes() for file in files), bytes(Path.cwd())])).hexdigest()


def pinned_servers() -> list[str]:
    """
    Return the names of the requirement files of servers, each of which has an environment of its own.

    The lists of servers that go without a part of what they say they need are written by hand, and left out.
    """
    files = (ROOT / "requirements" / "servers").glob("*.txt")
    return sorted(f"servers/{file.stem}" for file in files if "by uv" in file.read_text(encoding="utf-8")[:100])


def suite_python(session: nox.Session) -> str:
    """Return the Python of the session `conformance`, whose environment is made if need be: one is enough for all."""
    if "--no-venv" in sys.argv:
        return "python"
    folder = session.cache_dir.resolve().parent / "conformance"
    if not installed(folder / STAMP, ["conformance"]):
        here = ("-f", str(ROOT / "noxfile.py"), "--envdir", str(folder.parent))
        session.run(sys.executable, "-m", "nox", *here, "--install-only", "-s", "conformance", external=True)
    keep_bytecode(session)
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def run_suite(session: nox.Session, module: str, *command: str) -> None:
    """Run a module of the package; behind the command stands what the user gave to the session."""
    session.run(suite_python(session), "-m", module, *command, *session.posargs, external=True)


def requirements(arguments: Sequence[str], folder: Path = TARGETS) -> list[str]:
    """Return the names of the requirement files that the targets chosen on the command line ask for."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    # Without a value it is pytest that must complain.
    parser.add_argument("--target", action="append", nargs="?", default=[])
    chosen = {name for name in parser.parse_known_args(arguments)[0].target if name}
    files = [file for file in folder.glob("*.toml") if file.stem in chosen]
    files += [Path(name) for name in chosen if name.endswith(".toml") and Path(name).is_file()]
    return sorted({name for file in files for name in _required(file)})


def _required(file: Path) -> Iterator[str]:
    try:
        server = tomllib.loads(file.read_text(encoding="utf-8")).get("server")
    except ValueError:
        return  # The suite says what is wrong with the file.
    if isinstance(server, dict) and isinstance(server.get("requirements"), str):
        yield server["requirements"]
