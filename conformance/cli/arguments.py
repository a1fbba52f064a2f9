"""
The suite's options: one table, used by the pytest plugin and by `--help`.

`python -m conformance.cli.arguments` prints the help.
"""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conformance.call import SUITE, call
from conformance.log.exit_code import MEANINGS
from conformance.targets.suggestion import unknown

SCREEN = 100
SMALLEST = 1024

T = TypeVar("T", int, float)

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


def above(least: int, number: Callable[[str], T]) -> Callable[[str], T]:
    """Return what reads the value of an option as a number, and refuses what is not above the least one."""

    def read(value: str) -> T:
        try:
            found = number(value)
        except ValueError:
            raise argparse.ArgumentTypeError(f"`{value}` is not a number") from None
        if not least < float(str(found)) < float("inf"):
            raise argparse.ArgumentTypeError(f"use a number above {least}")
        return found

    return read


def size(value: str) -> int:
    """Return the bytes of a size: `4096`, `64K`, `32M`, `2G`."""
    match = re.fullmatch(r"(\d{1,15})([KMG]?)B?", value, re.IGNORECASE)
    found = int(match[1]) * 1024 ** " KMG".index(match[2].upper() or " ") if match else 0
    if found < SMALLEST:
        raise argparse.ArgumentTypeError(f"`{value}`: use bytes, or a size like 64K, 32M or 2G, from 1K")
    return found


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
    Option(
        "--upstream-record",
        "what the endpoint behind --base-url gets: the file of simulator --upstream API --record FILE",
        "FILE",
    ),
    Option("--name", "the name of the endpoint at --base-url in reports", "NAME"),
    Option("--known", "deviations that are known: a file of [[known_deviations]]; repeatable", "[NAME=]FILE", _LIST),
    Option(
        "--mode",
        "live, record (live, keep the cassettes), replay (judge them, network off) or rehearse (simulator)",
        "MODE",
        {"type": one_of("live", "record", "replay", "rehearse")},
    ),
    Option(
        "--from",
        "replay the recordings of an earlier run: its folder, its name, or latest",
        "RUN",
        {"dest": "replay_from"},
    ),
    Option("--resume", "go on with a run that was cut (or latest): send only what is missing", "RUN"),
    Option("--shard", "send only the K-th of N parts, and judge nothing: the command merge judges all of them", "K/N"),
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
    Option(
        "--samples",
        "send everything N times, and say how often each verdict came; what is flaky never gates",
        "N",
        {"type": int},
    ),
    Option(
        "--confirm",
        "ask again alone, once or K times, what deviates: what does not deviate again never gates",
        "[K]",
        {"type": int, "nargs": "?", "const": 1},
    ),
    Option("--max-requests", "send at most N requests to each target, retries included", "N", {"type": int}),
    Option(
        "--in-flight",
        "at most N requests at once to each target (default: what its file says, else 4 to 16)",
        "N",
        {"type": above(0, int)},
    ),
    Option("--deadline", "how long one exchange may take, in seconds (default: 120)", "S", {"type": above(0, float)}),
    Option("--max-bytes", "how much of one response is read, for example 8M (default: 32M)", "SIZE", {"type": size}),
    Option(
        "--max-disk", "stop sending when the recordings of the run exceed this (default: 2G)", "SIZE", {"type": size}
    ),
    Option(
        "--max-cost",
        "stop sending before the run could cost more, in US dollars; needs prices in the target's file",
        "USD",
        {"type": above(0, float)},
    ),
    Option("--max-minutes", "stop sending after so long, and judge what is there", "M", {"type": above(0, float)}),
    Option(
        "--max-age",
        "end with 6 when a replayed recording is older than so many days",
        "DAYS",
        {"type": above(0, float)},
    ),
    Option(
        "--secret-header",
        "a header whose value is a secret although its name does not say so; repeatable",
        "HEADER",
        _LIST,
    ),
    Option(
        "--trigger",
        "blocked_prompt, image_url or other_key_env, as in a target's `[triggers]`; repeatable",
        "NAME=VALUE",
        _LIST,
    ),
    Option(
        "--keep",
        "bodies (the default) or shapes: what the recordings of the run hold in the end",
        "WHAT",
        {"type": one_of("bodies", "shapes"), "default": "bodies"},
    ),
    Option(
        "--allure",
        "build the Allure report too (it needs Node, or conformance[allure]), and keep its results",
        "",
        {"action": "store_true"},
    ),
    Option(
        "--list",
        "list capabilities, checks, levels and cost, and send nothing",
        "",
        {"action": "store_true", "dest": "list_suite"},
    ),
    Option("--format", "of --list: text or json", "FORMAT", {"type": one_of("text", "json"), "default": "text"}),
    Option("--merge", "judge this shard together with the others", "RUN", _LIST, hidden=True),
    Option("--run-pointer", "write the path of the run's folder into this file", "FILE", hidden=True),
)

PYTEST = (
    ("-k EXPRESSION", "only checks whose name matches, as pytest does it"),
    ("-x", "stop at the first deviation; hardly more than what it needed is sent"),
    ("-n N", "judge in N processes; every request is still sent once"),
    ("--junitxml FILE", "write a JUnit report too"),
    ("--version", "say the versions of the suite, of Python and of the official client, and send nothing"),
)


def help_text() -> str:
    """Return the help: every option in one line."""
    rows = [(f"{o.name} {o.metavar}".strip(), o.help) for o in OPTIONS if not o.hidden] + list(PYTEST)
    width = max(len(left) for left, _ in rows) + 2
    lines = [f"  {left:<{width}}{right}" for left, right in rows]
    return "\n".join(
        [
            f"usage: {call(SUITE, '[options]')}",
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
