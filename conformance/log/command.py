"""The command line of a run, as it may be shown."""

from collections.abc import Sequence
from itertools import pairwise


def without_header_values(command: Sequence[str]) -> list[str]:
    """Return a command line in which the values of --header are replaced: they may be confidential."""
    return [_without_value(option, argument) for option, argument in pairwise(["", *command])]


def _without_value(option: str, argument: str) -> str:
    if option != "--header" and not argument.startswith("--header="):
        return argument
    name, colon, _ = argument.partition(":")
    return f"{name}: ..." if colon else "..."
