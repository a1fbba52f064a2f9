"""
What a new version of the official client changes, told from the suite's own verdicts on the simulator.

`nox -s bump -- openai` calls it. `verdicts FILE` judges the simulator and writes down what came; `bound [VERSION]` lets
the project take a version, by default that of the schemas; `compare BEFORE AFTER` lists what changed, and what still
cites another version.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
SOURCE = ROOT / "conformance" / "schemas" / "generated" / "SOURCE.toml"
NAMING = ("conformance/schemas/overlay.toml", "conformance/checks/common/evidence.py")
"""What cites the client by hand: a person must look whether the new version still says so."""

SUITE = ("-m", "conformance", "-q", "--target", "simulator", "--level", "may", "--cost", "all")
JUDGED = {0, 1, 6}

Verdicts = dict[str, dict[str, str]]


def verdicts() -> Verdicts:
    """Run the whole suite on the simulator; return verdict, reason, sentence and source of each check, by id."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, *SUITE, "--output", folder], cwd=ROOT, check=False)  # noqa: S603  ours
        if done.returncode not in JUDGED:
            raise SystemExit(f"the suite ended with {done.returncode}: nothing can be compared")
        (log,) = Path(folder).glob("*/log.ndjson")
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {line["check"]: _told(line) for line in lines if line["type"] == "result"}


def _told(line: dict[str, str]) -> dict[str, str]:
    return {
        "verdict": line["verdict"],
        "reason": line["reason"],
        "sentence": line["requirement"],
        "source": re.sub(r"^openai-python \S+, ", "openai-python, ", line["source"]),
    }


def changes(before: Verdicts, after: Verdicts) -> Iterator[str]:
    """Yield a line for each check that came, went, or says something else."""
    yield from (f"gone: {check}" for check in sorted(before.keys() - after.keys()))
    yield from (f"new: {check} ({after[check]['verdict']})" for check in sorted(after.keys() - before.keys()))
    for check in sorted(before.keys() & after.keys()):
        for what, old in before[check].items():
            if old != after[check][what]:
                yield f"{check}\n  {what}: {old or 'none'}\n    -> {after[check][what] or 'none'}"


def still_named(version: str) -> Iterator[str]:
    """Yield the places that cite another version of the client by hand."""
    for name in NAMING:
        text = (ROOT / name).read_text(encoding="utf-8")
        found = re.findall(r"openai-python(?: |/blob/v)(\d[\d.]*\d)", text)
        others = sorted({one for one in found if one != version})
        if others:
            yield f"{name} cites openai-python {', '.join(others)}: look whether {version} still says so"


def taken() -> str:
    """Return the version of the client that the schemas were generated from."""
    return str(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["version"])


def bound(version: str) -> None:
    """Let the project take a version: at least its minor one, and below the next major one."""
    major, minor = version.split(".")[:2]
    text = PROJECT.read_text(encoding="utf-8")
    wanted = f'"openai>={major}.{minor},<{int(major) + 1}"'
    PROJECT.write_text(re.sub(r'"openai>=[^"]*"', wanted, text, count=1), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says; return the exit code."""
    match arguments:
        case ["verdicts", file]:
            Path(file).write_text(json.dumps(verdicts()), encoding="utf-8")
        case ["bound", *given]:
            bound(given[0] if given else taken())
        case ["compare", before, after]:
            old, new = (json.loads(Path(file).read_text(encoding="utf-8")) for file in (before, after))
            version = taken()
            found = [*changes(old, new), *still_named(version)]
            sys.stdout.write("\n".join([f"openai {version}: {len(new)} checks on the simulator", *found]) + "\n")
            sys.stdout.write("" if found else "no verdict, reason, sentence or source is another\n")
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
