"""
How long a replay takes, as ratios to its floor, all measured in one run, in turns.

`python -m tests.bench_replay` prints them: medians of processor time, which tells something on a busy machine too. The
floor is the same pytest with as many empty checks, the same imports, the recordings read and parsed, and one line in a
log for each check. `--capability 'chat.*'` takes a part of the suite. No test depends on it.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench_start import measured

TURNS = 5
BARS = {"floor": 1.0, "replay": 1.5, "with all reports": 2.2}

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
SUITE = (*PYTEST, "--pyargs", "conformance.checks", "-p", "conformance.plugin", "--noconftest", "--target", "simulator")

FLOOR = """
import json
from pathlib import Path

import pytest

import conformance.plugin
import conformance.report.write
from conformance.plan import loader

loader.load()
LOG = open("floor.ndjson", "w")


def parsed(path):
    with open(path) as file:
        recording = json.load(file)
    for interaction in recording["interactions"]:
        body = str(interaction["response"]["body"].get("string", ""))
        for line in [body, *body.splitlines()]:
            try:
                json.loads(line.removeprefix("data: "))
            except ValueError:
                pass
    return recording


KEPT = [parsed(path) for path in sorted(Path({recordings!r}).rglob("*.json"))]


@pytest.mark.parametrize("number", range({checks}))
def test_nothing(number):
    LOG.write(json.dumps({{"type": "result", "check": "nothing", "number": number, "verdict": "conforms"}}) + "\\n")
"""


def main(arguments: Sequence[str]) -> None:
    """Record the suite on the simulator, and print a line for each sort of replay."""
    chosen = tuple(arguments) or ("--level", "may", "--cost", "all")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured((*SUITE, *chosen, "--output", str(folder / "live")))
        recorded = next(path for path in (folder / "live").iterdir() if (path / "log.ndjson").is_file())
        checks = (recorded / "log.ndjson").read_text(encoding="utf-8").count('"type":"result"')
        floor = folder / "test_floor.py"
        floor.write_text(FLOOR.format(recordings=str(recorded / "exchanges"), checks=checks), encoding="utf-8")
        replay = (*SUITE, *chosen, "--mode", "replay", "--from", str(recorded), "--output", str(folder / "again"))
        reports = ("--alluredir", str(folder / "allure"), "--junitxml", str(folder / "junit.xml"))
        commands = {
            "floor": (*PYTEST, str(floor), "--rootdir", str(folder)),
            "replay": replay,
            "with all reports": (*replay, *reports),
        }
        taken: dict[str, list[float]] = {command: [] for command in commands}
        for _ in range(TURNS):
            for command, given in commands.items():
                taken[command].append(measured(given)[1])
    sys.stdout.write("\n".join([f"{checks} checks", *_lines(taken), ""]))


def _lines(taken: dict[str, list[float]]) -> list[str]:
    least = median(taken["floor"])
    rows = [f"{name:18}{median(each):8.2f}{median(each) / least:8.2f}{BARS[name]:6.1f}" for name, each in taken.items()]
    return [f"{'':18}{'cpu s':>8}{'ratio':>8}{'bar':>6}", *rows]


if __name__ == "__main__":
    main(sys.argv[1:])
