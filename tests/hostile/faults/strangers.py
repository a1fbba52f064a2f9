"""Runs that strangers made: their log decides nothing about where we write."""

from tests.hostile.faults.bench import BASIC, SIMULATOR, Bench, fault
from tests.hostile.measure import Measured

EVIL = "../../../PWNED"


@fault("stranger-target", f"A log to replay names its target `{EVIL}`.")
def stranger_target(bench: Bench) -> Measured:
    bench.run(*SIMULATOR, *BASIC)
    (run,) = (path for path in bench.runs.iterdir() if path.is_dir())
    log = run / "log.ndjson"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace('"simulator"', f'"{EVIL}"').replace("exchanges/simulator", f"exchanges/{EVIL}"))
    before = set(bench.folder.parent.glob("*PWNED*"))
    found = bench.run("--from", str(run), *BASIC)
    written = [path for path in bench.folder.rglob("*PWNED*") if not path.is_relative_to(bench.runs)]
    written += [path for path in bench.folder.parent.glob("*PWNED*") if path not in before]
    found.facts = {"written outside": len(written)}
    if written:
        found.alarms.append(f"wrote {written[0].relative_to(bench.folder.parent)}")
    if found.exit == 0:
        found.alarms.append("exit code 0")
    return found
