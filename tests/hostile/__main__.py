"""
Attacks the suite by the table of hostile endpoints, and says what came of each.

`python -m tests.hostile --list` names the attacks. Each is served on loopback and met by a run of the suite in a
process of its own, which is ended after 150 s or at 6 GB. `--suite DIR` takes the suite of another checkout, `--json
FILE` writes what was measured, and `--before FILE` compares with what was written so. What stands after `--` is given
to the suite: `-- --deadline 8` makes attacks short that wait for our clock. `--faults` takes another table: full disks,
signals, and files that strangers left. It ends with 1 when there is an alarm.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.hostile import table
from tests.hostile.attack import Attack
from tests.hostile.every import GROUPS, TABLE
from tests.hostile.faults import FAULT_GROUPS
from tests.hostile.faults.bench import Fault
from tests.hostile.measure import Limits, Measured, attacking, measure

HERE = Path(__file__).parents[2]


def main(arguments: Sequence[str]) -> int:
    """Run what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    groups = _chosen(FAULT_GROUPS if options.faults else GROUPS, options.only or ["*"])
    if options.list:
        for about, group in groups.items():
            _say("\n".join([f"\n{about}", *(f"  {one.name:<24} {one.says}" for one in group)]))
        return 0
    if options.serve:
        return _serve(options.serve)
    before = _read(options.before)
    found: list[dict[str, Any]] = []
    _say(table.HEAD)
    for one in (one for group in groups.values() for one in group):
        record = _measured(one, options).record
        found.append(record)
        _say(table.compared(before[one.name], record) if one.name in before else table.row(record))
        if options.json:
            known = {**_read(options.json), record["name"]: record}
            options.json.write_text(json.dumps(list(known.values()), indent=1), encoding="utf-8")
    _say(table.summary(found))
    return 1 if any(record["alarms"] for record in found) else 0


def _chosen(groups: dict[str, list[Any]], patterns: Sequence[str]) -> dict[str, list[Any]]:
    found = {
        about: [one for one in group if any(fnmatchcase(one.name, pattern) for pattern in patterns)]
        for about, group in groups.items()
    }
    return {about: group for about, group in found.items() if group}


def _measured(one: Attack | Fault, options: argparse.Namespace) -> Measured:
    suite = options.suite.resolve()
    if isinstance(one, Fault):
        return one.measure(suite)
    return measure(one, suite, Limits(options.wall, options.memory), options.keep, options.given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--only", action="append", metavar="GLOB", help="only these attacks; repeatable")
    parser.add_argument("--list", action="store_true", help="name the attacks, and run nothing")
    parser.add_argument("--faults", action="store_true", help="try faults of the machine, in place of the attacks")
    parser.add_argument("--serve", metavar="NAME", help="serve one attack until Ctrl-C, for a look with curl")
    parser.add_argument("--suite", type=Path, default=HERE, metavar="DIR", help="the checkout whose suite is attacked")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured; other attacks in it stay")
    parser.add_argument("--before", type=Path, metavar="FILE", help="compare with what was measured then")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the folders of the runs there")
    parser.add_argument("--wall", type=float, default=Limits().wall_s, metavar="S", help="seconds for a run")
    parser.add_argument("--memory", type=float, default=Limits().memory_mb, metavar="MB", help="memory for a run")
    parser.add_argument("given", nargs="*", metavar="OPTION", help="after `--`: options of the suite for each attack")
    return parser


def _read(file: Path | None) -> dict[str, dict[str, Any]]:
    if file is None or not file.is_file():
        return {}
    return {record["name"]: record for record in json.loads(file.read_text(encoding="utf-8"))}


def _serve(name: str) -> int:
    with attacking(TABLE[name]) as server:
        _say(f"listening on {server.base_url}")
        try:
            input()
        except (KeyboardInterrupt, EOFError):
            return 0
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
