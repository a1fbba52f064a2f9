"""
The suite's options: one table, used by the pytest plugin and by `--help`.

`python -m conformance.cli.arguments` prints the help.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.log.exit_code import MEANINGS
from conformance.targets.suggestion import unknown

SCREEN = 100

_TARGET = "NAME|FILE"
_ENDPOINT = "NAME=URL"


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how pytest's parser takes it, and one line of help."""

    name: str
    help: str
    metavar: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    hidden: bool = False


def one_of(*values: str) -> Callable[[str], str]:
    """Return what checks the value of an option, and names the nearest one for a slip."""

    def known(value: str) -> str:
        if value not in values:
            raise argparse.ArgumentTypeError(unknown("value", value, values))
        return value

    return known


_LIST = {"action": "append", "default": []}

OPTIONS = (
    Option("--target", "test this target, or one described by a file; repeatable (default: simulator)", _TARGET, _LIST),
    Option("--base-url", "test any endpoint, without a target file; needs --model", "URL", _LIST),
    Option("--endpoint", "an endpoint with a name; repeatable, also beside --target", _ENDPOINT, _LIST),
    Option(
        "--model",
        "the model to ask, or a model for one role (embedding=ID), or of one target (gate:ID); repeatable",
        "[NAME:][ROLE=]ID",
        _LIST,
    ),
    Option(
        "--header",
        'send this header with every request, for example "X-Team: blue"; repeatable',
        '"[NAME=]HEADER: VALUE"',
        _LIST,
    ),
    Option("--api-key-env", "the environment variable that holds the key of an endpoint", "[NAME=]VAR", _LIST),
    Option("--auth-header", "the header that carries the key (default: Authorization)", "[NAME=]HEADER", _LIST),
    Option("--auth-prefix", "the word before the key (default: Bearer, none in another header)", "[NAME=]WORD", _LIST),
    Option("--ca-file", "trust this authority too: a file in PEM", "[NAME=]FILE", _LIST),
    Option("--client-cert", "show this certificate to the server: a file in PEM", "[NAME=]FILE", _LIST),
    Option("--client-key", "the key of --client-cert, if it lies in another file", "[NAME=]FILE", _LIST),
    Option("--name", "the name of the endpoint at --base-url in reports", "NAME"),
    Option(
        "--mode",
        "live, record (live, then keep the cassettes) or replay (judge cassettes, network off)",
        "MODE",
        {"type": one_of("live", "record", "replay")},
    ),
    Option(
        "--from",
        "replay the recordings of an earlier run: its folder, its name, or latest",
        "RUN",
        {"dest": "replay_from"},
    ),
    Option("--resume", "go on with a run that was cut (or latest): send only what is missing", "RUN"),
    Option("--output", "where runs are written (default: reports/runs)", "DIR"),
    Option(
        "--profile",
        "a named selection: smoke, standard, full, or a TOML file of your own; other options win over it",
        "NAME|FILE",
    ),
    Option(
        "--checks",
        "checks of your own beside those of the suite: a package or its folder; repeatable",
        "PACKAGE|FOLDER",
        {**_LIST, "dest": "packages"},
    ),
    Option("--capability", "only these capabilities, for example 'chat.*'; repeatable", "GLOB", _LIST),
    Option(
        "--level",
        "must, should or may: how much of what is not claimed is run (default: should)",
        "LEVEL",
        {"type": one_of("must", "should", "may")},
    ),
    Option(
        "--cost",
        "standard (at most 300 requests and 50,000 tokens a target; the default) or all",
        "COST",
        {"type": one_of("standard", "all")},
    ),
    Option("--max-requests", "send at most N requests to each target, retries included", "N", {"type": int}),
    Option(
        "--list",
        "list capabilities, checks, levels and cost, and send nothing",
        "",
        {"action": "store_true", "dest": "list_suite"},
    ),
    Option("--format", "of --list: text or json", "FORMAT", {"type": one_of("text", "json"), "default": "text"}),
    Option("--run-pointer", "write the path of the run's folder into this file", "FILE", hidden=True),
)

PYTEST = (
    ("-k EXPRESSION", "only checks whose name matches, as pytest does it"),
    ("-x", "stop at the first deviation; hardly more than what it needed is sent"),
    ("-n N", "judge in N processes; every request is still sent once"),
    ("--junitxml FILE", "write a JUnit report too"),
)


def help_text() -> str:
    """Return the help: every option in one line."""
    rows = [(f"{o.name} {o.metavar}".strip(), o.help) for o in OPTIONS if not o.hidden] + list(PYTEST)
    width = max(len(left) for left, _ in rows) + 2
    lines = [f"  {left:<{width}}{right}" for left, right in rows]
    return "\n".join(
        [
            "usage: nox -s conformance -- [options]",
            "",
            "Tests OpenAI-compatible endpoints. Without options it tests the embedded simulator.",
            "",
            *lines,
            "",
            "exit codes:",
            *(f"  {code}  {meaning}" for code, meaning in MEANINGS.items()),
        ]
    )


if __name__ == "__main__":
    print(help_text())  # noqa: T201  this is a command
