"""
`python -m conformance demo`: three invented endpoints side by side, in less than a minute, without a key or a network.

Each is the simulator with the deviations that its file in `targets/demo` names. Other options go to the run.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from conformance.call import SUITE, call
from conformance.targets.load import TARGETS

NAMES = ("faithful", "partial", "treacherous")
FAMILIES = ("auth", "chat", "embeddings", "errors", "models", "tools", "usage")
"""What is asked: what most applications use. The whole suite takes longer than a demonstration should."""

EXPECTED = 1
_ADVICE = f"""
Three invented endpoints were tested: one is faithful, one lacks much and says so, one loses data silently.
The page named after `Matrix` shows them side by side, the worst first; nothing in it was observed at a vendor.
Exit code 1 of the run is what such a run ends with where something is wrong: the demo itself worked.
Next: {call(SUITE, "--base-url http://127.0.0.1:8080/v1 --model my-model")}"""


def main(arguments: Sequence[str]) -> int:
    """
    Run the demo, and say where the report is; return 0 if it found what it is meant to find.

    Raises `SystemExit` for `--help`, which is its own and not that of the run.
    """
    argparse.ArgumentParser(
        prog="python -m conformance demo",
        description="Test three invented endpoints side by side, in less than a minute, without a key or a network.",
        epilog="Other options go to the run: python -m conformance --help names them.",
        allow_abbrev=False,
    ).parse_known_args(arguments)
    command = [sys.executable, "-m", "conformance", *options(), *arguments]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  our own command
    if code != EXPECTED:
        return code or EXPECTED  # that nothing was found is a failure too
    print(_ADVICE)  # noqa: T201  this is a command
    return 0


def options() -> list[str]:
    """Return the options of the run: the three targets, and what is asked of them."""
    targets = [word for name in NAMES for word in ("--target", str(TARGETS / "demo" / f"{name}.toml"))]
    return ["-q", *targets, *(word for family in FAMILIES for word in ("--capability", f"{family}.*"))]
