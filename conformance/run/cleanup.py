"""
Taking away what a run has created at its targets and not deleted itself.

It is done at the end of a run. After one that was killed: `nox -s cleanup -- RUN`, that is
`conformance cleanup RUN`, which takes from the log what `--resume` takes from it, and no more.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.call import call
from conformance.record.ledger import Entry, Ledger
from conformance.run.command_line import CommandLine
from conformance.run.interrupt import run_name
from conformance.run.options import ChosenTarget, RunOptions, resolve
from conformance.wire.verdict import HarnessError, UsageError

if TYPE_CHECKING:
    from conformance.send.transport import Transport

IN_THE_END_S = 60.0
INTERRUPTED_S = 10.0
"""How long cleaning up may take at the end of a run, and of one that was interrupted. In seconds."""

REFUSED_IN_A_ROW = 3
"""After so many refusals in a row the rest of a collection is left: this target does not delete."""


@dataclass(slots=True)
class Cleaned:
    """What became of the things at one target: how many are gone, how many are left, and the first reason."""

    target: str
    gone: int = 0
    left: int = 0
    why: str = ""
    _refused: dict[str, int] = field(default_factory=dict)

    def gives_up(self, collection: str) -> bool:
        """Tell whether nothing more is asked of a collection."""
        return self._refused.get(collection, 0) >= REFUSED_IN_A_ROW

    def took(self, entry: Entry) -> None:
        """Count what is gone."""
        self.gone += 1
        self._refused[entry.collection] = 0

    def kept(self, entry: Entry, why: str) -> None:
        """Count what could not be taken away."""
        self.left += 1
        self.why = self.why or f"{entry.request.method} /{entry.collection}/...: {why}"
        self._refused[entry.collection] = self._refused.get(entry.collection, 0) + 1

    def said(self, run: str) -> str:
        """Return all of it in one line."""
        found = f"{self.target}: {_things(self.gone)} that the run had created there deleted"
        if not self.left:
            return found
        return f"{found}, {self.left} left ({self.why}); try again with: {call('cleanup', run)}"


def _things(count: int) -> str:
    return "1 object" if count == 1 else f"{count} objects"


def clean(options: RunOptions, folder: Path, seconds: float | None) -> list[str]:
    """
    Take away what the ledger of a run's folder says, and return in words what was done.

    It takes at most so many seconds, None for no limit. Each request goes to the address of the run's own target, with
    the key of that target.
    """
    ledger = Ledger(folder)
    found = []
    for chosen in options.targets:
        left = [entry for entry in ledger.left() if entry.target == chosen.target.name]
        if left and chosen.mode != "replay" and chosen.target.server is None:
            cleaned = Cleaned(chosen.target.name)
            asyncio.run(_clean(options, chosen, ledger, left, cleaned, seconds))
            found.append(cleaned.said(run_name(folder, options.root)))
    return found


async def _clean(  # noqa: PLR0913, PLR0917  what is asked, where, and for how long
    options: RunOptions,
    chosen: ChosenTarget,
    ledger: Ledger,
    left: Sequence[Entry],
    cleaned: Cleaned,
    seconds: float | None,
) -> None:
    from conformance.send.transport import Transport  # noqa: PLC0415  a replay does not import the official client

    transport = Transport(chosen.target, options.keys.of(chosen.target.name))
    try:
        async with asyncio.timeout(seconds):
            for entry in left:
                await _take(transport, ledger, entry, cleaned)
    except TimeoutError:
        cleaned.why = cleaned.why or f"not done within {seconds:g} s"
        cleaned.left = len(left) - cleaned.gone
    finally:
        await transport.close()


async def _take(transport: "Transport", ledger: Ledger, entry: Entry, cleaned: Cleaned) -> None:
    if cleaned.gives_up(entry.collection):
        cleaned.left += 1
        return
    sending = await transport.send(entry.request)
    status = sending.response.status if sending.response is not None else None
    if status == 404 or (status is not None and 200 <= status < 300):
        ledger.strike(entry)
        cleaned.took(entry)
    else:
        cleaned.kept(entry, f"answered {status}" if status is not None else sending.reason)


def main(arguments: Sequence[str] | None = None) -> int:
    """Clean up after one run; return 0 when nothing is left, 1 when something is, else 2 or 4 as a run does."""
    parser = argparse.ArgumentParser(
        prog="conformance cleanup", description="Delete what a run has created at its targets and not deleted itself."
    )
    parser.add_argument("run", metavar="RUN", help="its folder, its name, or latest")
    for option in ("--target", "--header", "--api-key-env", "--ca-file", "--client-cert", "--client-key", "--checks"):
        dest = "packages" if option == "--checks" else option.removeprefix("--").replace("-", "_")
        parser.add_argument(option, dest=dest, action="append", default=[], help="as the run had it")
    parser.add_argument("--output", help="where runs are written (default: reports/runs)")
    given = parser.parse_args(arguments)
    known: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in vars(given).items()}
    root = Path.cwd()
    try:
        options = resolve(CommandLine(resume=known.pop("run"), mode="live", **known), os.environ, root)
        assert options.resume is not None
        said = clean(options, options.resume, None)
    except (UsageError, HarnessError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 4
    except KeyboardInterrupt:
        return 2
    print(*(said or ["nothing that the run has created is left"]), sep="\n")  # noqa: T201  this is what it is for
    return 1 if Ledger(options.resume).left() else 0


if __name__ == "__main__":
    sys.exit(main())
