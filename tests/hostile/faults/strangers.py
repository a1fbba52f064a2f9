"""Runs that strangers made: their log decides nothing about where we write."""

from pathlib import Path

from tests.hostile.faults.bench import BASIC, SIMULATOR, Bench, fault
from tests.hostile.measure import Measured

EVIL = "../../../PWNED"


@fault("stranger-path", f"A log to replay names its target `{EVIL}`.")
def stranger_path(bench: Bench) -> Measured:
    return _replayed(bench, EVIL)


@fault("stranger-dots", "A log to replay names its target `..`.")
def stranger_dots(bench: Bench) -> Measured:
    return _replayed(bench, "..")


def _replayed(bench: Bench, name: str) -> Measured:
    """Replay a run whose target is called so, and look for what is written outside of the folder of runs."""
    bench.run(*SIMULATOR, *BASIC)
    (run,) = (path for path in bench.runs.iterdir() if path.is_dir())
    log = run / "log.ndjson"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace('"simulator"', f'"{name}"').replace("exchanges/simulator", f"exchanges/{name}"))
    before = _outside(bench)
    found = bench.run("--from", str(run), *BASIC)
    written = sorted(_outside(bench) - before)
    found.facts = {"written outside": len(written), "said": found.screen.strip().splitlines()[-1:]}
    if written:
        found.alarms.append(f"wrote {written[0].relative_to(bench.folder)}")
    if found.exit == 0:
        found.alarms.append("exit code 0")
    return found


def _outside(bench: Bench) -> set[Path]:
    """Return the files that lie where no run belongs."""
    return {path for path in bench.folder.rglob("*") if path.is_file() and not path.is_relative_to(bench.runs)}
