"""
The process that judges what passes a relay: exchanges come as lines on stdin, causes go to stdout.

It is apart from the relay, so that nothing it does takes time from what passes. When its input ends, it writes the
run's reports and what the application uses, and ends with the run's exit code.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from conformance.definition.check import Check
from conformance.foreign.exchange import Found, found_in
from conformance.foreign.judged import columns, kind_checks
from conformance.foreign.keys import keys_of
from conformance.foreign.uses import lines_of
from conformance.foreign.write import finish
from conformance.judge.budget import in_time
from conformance.judge.sweep import sweep
from conformance.targets.secrets import Secrets
from conformance.watch.line import recorded
from conformance.wire.text import visible
from conformance.wire.verdict import Verdict

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of bodies that are kept in memory; what comes later is judged as it passes, and not again in the end."""

NOTHING = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge until the input ends, write the reports, and return the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the relay hears Ctrl-C, and ends our input
    with suppress(OSError):
        os.nice(10)
    parser = argparse.ArgumentParser(prog="conformance.watch.judge")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", choices=("shapes", "bodies"), default="shapes")
    options = parser.parse_args(arguments)
    watching = Watching(kind_checks())
    for line in sys.stdin.buffer:
        for said in watching.hear(line):
            _say(said)
    return watching.end(options.folder, bodies=options.keep == "bodies")


class Watching:
    """What has passed so far, and what is wrong with it."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks
        self._found: list[Found] = []
        self._size = 0
        self._number = 0
        self._most = 1
        self._keys: set[str] = set()
        self._told: set[str] = set()
        self._other = self._large = 0

    def hear(self, line: bytes) -> Iterator[str]:
        """Judge one exchange; yield a sentence for each deviation that was not told yet."""
        self._number += 1
        one, beside = recorded(line, self._number)
        self._most = max(self._most, beside + 1)
        if one is None:
            self._large += 1
            return
        self._keys.update(keys_of([one]))
        (found,) = found_in([one])
        if not isinstance(found, Found):
            self._other += 1
            return
        size = len(one.request_body) + len(one.body or b"")
        if self._size + size <= MOST_BYTES:
            self._found.append(found)
            self._size += size
        yield from self._new(found)

    def _new(self, found: Found) -> Iterator[str]:
        swept = sweep([(check, False) for check in self._checks], [found.exchange], within=in_time)
        for check, one in zip(self._checks, swept, strict=True):
            if one.judgement.verdict is not Verdict.DEVIATES:
                continue
            for finding in one.judgement.findings:
                if finding not in self._told:
                    self._told.add(finding)
                    where = f"{found.exchange.sent.method} /{found.exchange.sent.operation}"
                    yield f"{check.owed.upper()}  {where}: not met: {check.requirement} ({finding})"

    def end(self, folder: Path, *, bodies: bool) -> int:
        """Write reports and profile, say what there is, and return the exit code."""
        passed = f"{self._number} exchange{'' if self._number == 1 else 's'} passed"
        more = [f"{self._other} of other APIs"] * bool(self._other) + [f"{self._large} too large to judge"] * bool(
            self._large
        )
        _say(", ".join([passed, *more]))
        if not self._found:
            _say(f"Exit code {NOTHING}: no response of this API has passed")
            return NOTHING
        told = columns(self._found, self._checks, folder)
        secrets, most = Secrets.of(sorted(self._keys)), self._most
        code, app, said = finish(folder, told, ["conformance", "watch"], secrets, bodies=bodies, concurrency=most)
        for line in [*lines_of(app), *said]:
            _say(line)
        return code


def _say(text: str) -> None:
    sys.stdout.write(f"{visible(text)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
