"""
How long the suite takes to start, as ratios to what it cannot do without, all measured in one run, in turns.

`python -m tests.bench_start` prints them: of wall time, the least of several, and of processor time. The floor is to
import pytest, the official client and the cassette library, and to start the simulator. No test depends on it.
On a busy machine only the ratios of processor time tell anything.
"""

import resource
import subprocess
import sys
import tempfile
import time

TURNS = 5

FLOOR = """
import pytest, openai, vcr
from conformance.simulator.app.server import running
with running("a-key"):
    pass
"""

SUITE = ("-m", "conformance")
BARS = {"floor": 1.0, "smoke": 2.0, "list": 1.5, "help": 1.0, "wrong option": 1.0, "wrong capability": 1.0}


def commands(output: str) -> dict[str, tuple[str, ...]]:
    """Return what is measured, by name, as arguments of Python; runs are written below `output`."""
    return {
        "floor": ("-c", FLOOR),
        "smoke": (*SUITE, "--profile", "smoke", "--output", output),
        "list": (*SUITE, "--list"),
        "help": ("-m", "conformance.cli.arguments"),
        "wrong option": (*SUITE, "--modle", "x"),
        "wrong capability": (*SUITE, "--capability", "chat.strem.*"),
    }


def measured(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Return the wall time and the processor time of a process and its children, in seconds."""
    before, began = _processor_s(), time.monotonic()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.monotonic() - began, _processor_s() - before


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print a line for each command."""
    least: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as output:
        for _ in range(TURNS):
            for name, arguments in commands(output).items():
                wall, processor = measured(arguments)
                before = least.get(name, (wall, processor))
                least[name] = (min(before[0], wall), min(before[1], processor))
    floor = least["floor"]
    lines = [f"{'':18}{'wall s':>8}{'ratio':>8}{'cpu s':>8}{'ratio':>8}{'bar':>6}"]
    for name, (wall, processor) in least.items():
        ratios = f"{wall:8.2f}{wall / floor[0]:8.2f}{processor:8.2f}{processor / floor[1]:8.2f}"
        lines.append(f"{name:18}{ratios}{BARS[name]:6.1f}")
    if sys.dont_write_bytecode:
        lines.append(
            "PYTHONDONTWRITEBYTECODE is set: each start compiles the suite anew, but not the installed libraries."
        )
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
