"""
The suite as a command: `python -m conformance [options]`, what `nox -s conformance` runs.

It is pytest with the suite and its plugin, and one thing more: Ctrl-C and SIGTERM end it with exit code 2 and without
a traceback even while the suite is being imported. `nox` runs this file by its path, so that this holds from its first
line on; so nothing that takes time is imported at its top. Other commands, such as `explain`, are in `COMMANDS`.
"""

import sys

try:
    import os
    import signal
    from collections.abc import Sequence
    from importlib import import_module
except KeyboardInterrupt:
    print("interrupted before anything was sent")  # noqa: T201  the last words
    sys.exit(2)

# Without `--noconftest` pytest reads a `tests/conftest.py` of the working directory, which may need what is not there.
# Plugins that happen to be installed take seconds to import, and some change every run; `-p` names one that is wanted.
PLUGINS = ("--disable-plugin-autoload", "-p", "xdist.plugin", "-p", "conformance.plugin")
# Nor may what the working directory configures for tests of its own decide anything, or leave a folder there.
OWN = ("-c", os.devnull, "--no-header", "--import-mode=importlib", "-p", "no:cacheprovider")
SUITE = ("--pyargs", "conformance.checks", *PLUGINS, "--noconftest", *OWN)
OF_OTHER_TESTS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Variables by which somebody else's tests are configured."""

ALLURE = ("-p", "allure_pytest.plugin")

COMMANDS = {
    "accept": "conformance.drift.accept",
    "badge": "conformance.cli.badge",
    "claims": "conformance.explain.claims",
    "cleanup": "conformance.run.cleanup",
    "compare": "conformance.compare.command",
    "contract": "conformance.contract.command",
    "demo": "conformance.cli.demo",
    "drift": "conformance.drift.command",
    "explain": "conformance.explain.command",
    "field": "conformance.field.command",
    "flips": "conformance.drift.flips",
    "history": "conformance.history.command",
    "judge": "conformance.foreign.command",
    "lens": "conformance.run.lens",
    "new": "conformance.foreign.new",
    "prove": "conformance.zoo.prove",
    "publish": "conformance.publish.command",
    "rejudge": "conformance.drift.rejudge",
    "report": "conformance.upstream_reports.command",
    "resend": "conformance.resend.command",
    "simulator": "conformance.explain.simulator",
    "verdicts": "conformance.drift.committed",
    "watch": "conformance.watch.command",
}
"""What `python -m conformance explain ID` and its like run instead of the suite."""

RUNS = {"merge": "conformance.merge.command"}
"""What `python -m conformance merge RUN RUN` runs the suite by: its words become options."""

INTERRUPTED, WRONG_USE = 2, 4
HELP = frozenset({"-h", "--help"})
VERSION = "--version"
TELLS = HELP | {"--list", VERSION}
"""With these the suite is not run."""


def main(arguments: Sequence[str]) -> int:
    """Run the suite, or the command that is named first, and return the exit code."""
    says: Sequence[str] = ()
    try:
        if arguments and arguments[0] in COMMANDS:
            return _command(*arguments)
        if arguments and arguments[0] in RUNS:
            arguments = _options(*arguments)
        if not HELP.isdisjoint(arguments):
            return _help()
        if VERSION in arguments:
            return _version()
        if arguments and _is_command(arguments[0]):
            return _unknown(arguments[0])
        from conformance.run.interrupt import NOTHING_SENT, listen  # noqa: PLC0415  see above

        interrupts, _ = listen()
        says = NOTHING_SENT
        try:
            return _run(arguments)
        finally:
            says = interrupts.says
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        print(*(says or ("interrupted before anything was sent",)), sep="\n", flush=True)  # noqa: T201  the last words
        return INTERRUPTED


def _run(arguments: Sequence[str]) -> int:
    """Run the suite; with `--allure` build its report, unless whoever asks for the path of the run does that."""
    import pytest  # noqa: PLC0415  see above

    from conformance.cli.allure import POINTER, with_report  # noqa: PLC0415  see above

    allure = ALLURE if any(argument.startswith("--alluredir") for argument in arguments) else ()

    def run(more: Sequence[str] = ()) -> int:
        return int(pytest.main([*SUITE, "--rootdir", os.getcwd(), *allure, *more, *arguments]))  # noqa: PTH109  as above

    tells = not TELLS.isdisjoint(arguments) or any(argument.startswith(POINTER) for argument in arguments)
    return with_report(run) if "--allure" in arguments and not tells else run()


def _is_command(word: str) -> bool:
    """Tell whether a first word is meant as a command: it is no option, and neither a file nor a module of checks."""
    return word.replace("-", "").isalpha() and word.islower() and word[0] != "-" and not os.path.exists(word)  # noqa: PTH110  as above


def _unknown(word: str) -> int:
    """Say of a command that there is none, and which there are."""
    from conformance.targets.suggestion import near  # noqa: PLC0415  see above

    known = sorted({*COMMANDS, *RUNS})
    print(  # noqa: T201  this is a command
        f"there is no command `{word}`{near(word, known) or '.'} Known: {', '.join(known)}. What works on the suite "
        "itself (tests, lint, zoo and others) needs a clone of its repository and nox: nox --list names it",
        file=sys.stderr,
    )
    return WRONG_USE


def _version() -> int:
    """Say which version this is."""
    from conformance.cli.version import version_text  # noqa: PLC0415  see above

    print(version_text())  # noqa: T201  this is what was requested
    return 0


def _help() -> int:
    """Say what the suite's own options are, and what else there is; pytest's own help hides them among 400 lines."""
    from textwrap import fill  # noqa: PLC0415  see above

    from conformance.cli.arguments import SCREEN, help_text  # noqa: PLC0415  see above

    others = fill(f"other commands, each with --help: {', '.join(sorted({*COMMANDS, *RUNS}))}", SCREEN)
    print(help_text(), "", others, sep="\n")  # noqa: T201  this is what was requested
    return 0


def _command(name: str, *arguments: str) -> int:
    """Run a command of its own; wrong use, which `argparse` ends with 2, is 4 as everywhere here."""
    try:
        return int(import_module(COMMANDS[name]).main(arguments))
    except SystemExit as end:
        return WRONG_USE if end.code else 0


def _options(name: str, *arguments: str) -> Sequence[str]:
    """Return the options of the suite that a command stands for; wrong use ends with 4 as above."""
    try:
        return list(import_module(RUNS[name]).options(arguments))
    except SystemExit as end:
        raise SystemExit(WRONG_USE if end.code else 0) from None


def _only_tells(arguments: Sequence[str]) -> bool:
    """Tell whether this is no run: whoever reads it may stop reading, as in `conformance explain ID | head`."""
    return bool(arguments) and (arguments[0] in COMMANDS or not TELLS.isdisjoint(arguments))


def start() -> None:
    """Do what the command line says, and end with its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in OF_OTHER_TESTS:
        os.environ.pop(name, None)
    # As `python -m pytest` does it: checks of the user's own may lie in the working directory.
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  `pathlib` takes longer to import
    if not _only_tells(sys.argv[1:]):
        from conformance.cli.unread import outlast_readers  # noqa: PLC0415  see above

        outlast_readers()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


if __name__ == "__main__":
    start()
