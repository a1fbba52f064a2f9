"""
Write down what the pinned clients send: `python tools/clients/capture.py --modules NODE_MODULES [CLIENT ...]`.

Each client becomes a file in `conformance/checks/clients/requests`: its packages with their versions, and for each
situation its requests in order. `--check` only compares. It is run by `nox -s clients`, in an environment with
`requirements/clients.txt` and with the Node packages of `tools/clients/package-lock.json`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from recorder import Captured, recording

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "conformance" / "checks" / "clients" / "requests"
LONGEST = 120
"""Longer texts are cut: they are instructions to a model, and nothing is decided by them."""

TIMEOUT_S = 120
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Client:
    """One client: what people call it, the driver that makes it send, and the packages whose versions decide."""

    name: str
    title: str
    driver: str
    packages: tuple[str, ...]


CLIENTS = (
    Client("openai-python", "the official Python client", "openai_python.py", ("openai",)),
    Client("openai-node", "the official Node client", "openai_node.mjs", ("openai",)),
    Client("ai-sdk", "the AI SDK", "ai_sdk.mjs", ("ai", "@ai-sdk/openai", "@ai-sdk/openai-compatible")),
    Client("langchain", "LangChain", "lang_chain.py", ("langchain-openai", "langchain-core")),
    Client("llamaindex", "LlamaIndex", "llamaindex.py", ("llama-index-llms-openai", "llama-index-llms-openai-like")),
    Client("pydantic-ai", "pydantic-ai", "pydanticai.py", ("pydantic-ai-slim",)),
    Client("codex", "Codex", "codex.mjs", ("@openai/codex",)),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Capture, and write or compare. Returns 1 when a client failed or a file is not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, required=True, help="the folder `node_modules`")
    parser.add_argument("names", nargs="*", help="clients; all by default")
    parser.add_argument("--check", action="store_true", help="compare with the files, and write nothing")
    given = parser.parse_args(arguments)
    failed = False
    for client in CLIENTS:
        if not given.names or client.name in given.names:
            failed |= not _one(client, given.modules.resolve(), check=given.check)
    return int(failed)


def _one(client: Client, modules: Path, *, check: bool) -> bool:
    with recording() as (address, captured), tempfile.TemporaryDirectory() as home:
        code = _drive(client, f"{address}/{client.name}", modules, home)
    text = json.dumps(_document(client, captured, modules), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    file = FOLDER / f"{client.name}.json"
    if check:
        same = file.is_file() and file.read_text(encoding="utf-8") == text
        sys.stdout.write(f"{client.name}: {'as written' if same else 'differs from ' + file.name}\n")
        return same and code == 0
    file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{client.name}: {len(captured)} requests, {'all' if code == 0 else 'not all'} situations\n")
    return code == 0


def _drive(client: Client, address: str, modules: Path, home: str) -> int:
    """Run a driver in an environment without anybody's keys, and return its exit code."""
    environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"}
    driver = HERE / "drivers" / client.driver
    command = [sys.executable, str(driver), address]
    if driver.suffix == ".mjs":
        # Node looks for packages beside the driver alone, so the driver is run from beside the packages.
        for file in (HERE / "drivers").glob("*.mjs"):
            (modules.parent / "drivers").mkdir(exist_ok=True)
            (modules.parent / "drivers" / file.name).write_bytes(file.read_bytes())
        (modules.parent / "said.json").write_bytes((HERE / "said.json").read_bytes())
        command = ["node", str(modules.parent / "drivers" / client.driver), address]
    return subprocess.run(command, env=environment, cwd=home, check=False, timeout=TIMEOUT_S).returncode  # noqa: S603


def _document(client: Client, captured: Sequence[Captured], modules: Path) -> dict[str, Any]:
    is_node = client.driver.endswith(".mjs")
    versions = {name: _node_version(modules, name) if is_node else version(name) for name in client.packages}
    situations: dict[str, list[Any]] = {}
    for one in captured:
        request = {"method": one.method, "path": one.path, "headers": one.headers, "body": _settled(one.body)}
        situations.setdefault(one.situation, []).append(request)
    return {"title": client.title, "packages": versions, "situations": dict(sorted(situations.items()))}


def _node_version(modules: Path, package: str) -> str:
    return str(json.loads((modules / package / "package.json").read_text(encoding="utf-8"))["version"])


def _settled(body: Any) -> Any:
    """Return a body in which ids, the day, folders and measured times are always the same."""
    text = json.dumps(body, sort_keys=True)
    for number, found in enumerate(dict.fromkeys(re.findall(UUID, text))):
        text = text.replace(found, f"00000000-0000-7000-8000-{number:012}")
    text = re.sub(r"/tmp/codex-\w+", "/tmp/codex", text)
    text = re.sub(r"<current_date>[\d-]+<", "<current_date>2026-01-01<", text)
    text = re.sub(r"(turn_started_at_unix_ms\W+)\d+", r"\g<1>1767225600000", text)
    return _shortened(json.loads(text))


def _shortened(value: Any) -> Any:
    """Return a JSON value with long texts cut at the last space before the limit."""
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST].rpartition(" ")[0]
    return value


if __name__ == "__main__":
    sys.exit(main())
