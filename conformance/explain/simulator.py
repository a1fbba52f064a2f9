"""`python -m conformance simulator`: the simulator, whose `--describe` also says which request shows a deviation."""

from collections.abc import Sequence

from conformance.explain.provoking import commands
from conformance.simulator.__main__ import main as serve


def main(arguments: Sequence[str]) -> int:
    """Serve, list or describe; return the exit code."""
    return serve([*arguments], commands)
