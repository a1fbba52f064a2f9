"""
The suite's options: one table, used by the pytest plugin and by `--help`.

`python -m conformance.cli.arguments` prints the help.
"""

from dataclasses import dataclass, field
from typing import Any

from conformance.log.exit_code import MEANINGS

SCREEN = 100


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how pytest's parser takes it, and one line of help."""

    name: str
    help: str
    metavar: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    hidden: bool = False


_LIST = {"action": "append", "default": []}

OPTIONS = (
    Option("--target", "test this target; repeatable (default: simulator)", "NAME", _LIST),
    Option("--base-url", "test any endpoint, without a target file; needs --model", "URL"),
    Option(
        "--model",
        "the model to ask, or a model for one role, for example embedding=NAME; repeatable",
        "[ROLE=]NAME",
        _LIST,
    ),
    Option(
        "--header",
        'send this header with every request, for example "X-Team: blue"; repeatable',
        '"NAME: VALUE"',
        _LIST,
    ),
    Option("--api-key-env", "the environment variable that holds the key for --base-url", "VAR"),
    Option("--name", "the name of the endpoint at --base-url in reports", "NAME"),
    Option(
        "--mode",
        "live, record (live, then keep the cassettes) or replay (judge cassettes, network off)",
        "MODE",
        {"choices": ("live", "record", "replay")},
    ),
    Option(
        "--from",
        "replay the recordings of an earlier run: its folder below reports/runs, or its name",
        "RUN",
        {"dest": "replay_from"},
    ),
    Option("--resume", "go on with a run that was cut: send only what is missing", "RUN"),
    Option(
        "--profile",
        "a named selection: smoke, standard, full, or a TOML file of your own; other options win over it",
        "NAME|FILE",
    ),
    Option("--capability", "only these capabilities, for example 'chat.*'; repeatable", "GLOB", _LIST),
    Option(
        "--level",
        "must, should or may: how much of what is not claimed is run (default: should)",
        "LEVEL",
        {"choices": ("must", "should", "may")},
    ),
    Option(
        "--cost",
        "standard (at most 300 requests and 50,000 tokens a target; the default) or all",
        "COST",
        {"choices": ("standard", "all")},
    ),
    Option("--max-requests", "send at most N requests to each target, retries included", "N", {"type": int}),
    Option(
        "--list",
        "list capabilities, checks, levels and cost, and send nothing",
        "",
        {"action": "store_true", "dest": "list_suite"},
    ),
    Option("--format", "of --list: text or json", "FORMAT", {"choices": ("text", "json"), "default": "text"}),
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
