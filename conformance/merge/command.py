"""
`conformance merge RUN RUN ...`: the shards of one plan become one run, with log, reports and exit code as any run.

It is a run of the suite to which nothing is sent, so this only turns the words of the command into its options.
"""

import argparse
from collections.abc import Sequence
from itertools import takewhile


def options(arguments: Sequence[str]) -> list[str]:
    """Return the options that `merge` stands for. Raises `SystemExit` for `--help`, and for wrong use."""
    parser = argparse.ArgumentParser(
        prog="conformance merge",
        usage="conformance merge RUN [RUN ...] [options]",
        description="Judge the shards of one plan together, as one run: its log, its reports and its exit code. "
        "Nothing is sent. Other options stand behind, and are those of a run (`conformance --help`): files "
        "(--target FILE, --checks FOLDER) and --mode record are given again; -n and --junitxml work as ever.",
        allow_abbrev=False,
    )
    parser.add_argument("shards", metavar="RUN", nargs="+", help="the folder or the name of the run of a shard")
    named = list(takewhile(lambda word: not word.startswith("-"), arguments))
    rest = list(arguments[len(named) :])
    if not named or not {"-h", "--help"}.isdisjoint(rest):
        parser.parse_args([*named, *rest])
    return [*(word for name in named for word in ("--merge", name)), *rest]
