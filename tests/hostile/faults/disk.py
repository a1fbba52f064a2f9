"""A disk that is full at one moment or another, and a folder that may not be written."""

import os
import pwd
import shutil

from tests.hostile.faults.bench import BASIC, SIMULATOR, Bench, fault, pages, small_disk, whole_recordings
from tests.hostile.measure import Limits, Measured, bounded, command, internal_error

OLD = 4
SLACK = 32 * 1024
NOBODY = "nobody"


@fault("disk-full-recordings", "The disk is full when half of the recordings are written.")
def full_at_recordings(bench: Bench) -> Measured:
    recordings, _, _ = _sizes(bench)
    return _full(bench, recordings // 2)


@fault("disk-full-log", "The disk is full when the recordings and half of the log are written.")
def full_at_log(bench: Bench) -> Measured:
    recordings, log, _ = _sizes(bench)
    return _full(bench, recordings + log // 2 + SLACK)


@fault("disk-full-reports", "The disk is full when recordings, log and half of the reports are written.")
def full_at_reports(bench: Bench) -> Measured:
    recordings, log, reports = _sizes(bench)
    return _full(bench, recordings + log + reports // 2 + SLACK)


@fault("disk-full-promotion", "The disk is full when half of the new cassettes stand beside a few old ones.")
def full_at_promotion(bench: Bench) -> Measured:
    bench.recorded()
    place, cassettes = bench.folder / "small", bench.folder / "cassettes"
    every = sorted(cassettes.rglob("*.json"))
    old = {path.relative_to(bench.folder): path.read_bytes() for path in every[:OLD]}
    size = pages(*every[:OLD]) + pages(*every[OLD:]) // 2
    with small_disk(place, size):
        for path, data in old.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
        runs = bench.folder / "runs"
        found = bench.run(*SIMULATOR, "--mode", "record", *BASIC, "--output", str(runs), folder=place)
        kept = sum((place / path).is_file() and (place / path).read_bytes() == data for path, data in old.items())
        whole, cut = whole_recordings(place / "cassettes")
        parts = len(list(place.rglob(".part-*")))
    found.facts = {"old": len(old), "kept": kept, "new": whole - kept, "cut": cut, "parts": parts}
    if cut or kept != len(old) or whole != kept:
        found.alarms.append(f"promoted in part: {kept} of {len(old)} old ones kept, {whole - kept} new, {cut} cut")
    _judge(found, promoted=True)
    return found


@fault("folder-unwritable", "The working directory may not be written by who runs the suite.")
def unwritable(bench: Bench) -> Measured:
    found = Measured("folder-unwritable")
    nowhere = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    words, limits = command([*nowhere, *BASIC]), Limits(wall_s=60)
    if os.geteuid() == 0:
        words = ["setpriv", f"--reuid={pwd.getpwnam(NOBODY).pw_uid}", "--clear-groups", *words]
    bench.folder.chmod(0o555)
    screen = bounded(words, bench.environ, bench.folder, limits, found)
    found.screen = screen.decode("utf-8", "replace")[-3000:]
    if internal_error(screen):
        found.alarms.append("internal error")
    if found.exit != 4:
        found.alarms.append(f"exit code {found.exit}, where 4 is due")
    return found


def _sizes(bench: Bench) -> tuple[int, int, int]:
    """Return what recordings, log and reports of a run take on a disk."""
    found = bench.run(*SIMULATOR, *BASIC)
    assert found.exit == 0, found.screen
    (folder,) = (path for path in bench.runs.iterdir() if path.is_dir())
    recordings, log = pages(folder / "exchanges"), pages(folder / "log.ndjson")
    whole = pages(folder)
    shutil.rmtree(bench.folder / "reports")
    return recordings, log, whole - recordings - log


def _full(bench: Bench, size: int) -> Measured:
    place = bench.folder / "small"
    with small_disk(place, size):
        found = bench.run(*SIMULATOR, *BASIC, folder=place)
        whole, cut = whole_recordings(place / "reports" / "runs")
        found.facts = {"disk": size, "whole": whole, "cut": cut, "parts": len(list(place.rglob(".part-*")))}
        bench.end_servers(found)
    if cut:
        found.alarms.append(f"{cut} files cut")
    _judge(found, promoted=False)
    return found


def _judge(found: Measured, *, promoted: bool) -> None:
    if found.exit in {0, 1}:
        found.alarms.append(f"exit code {found.exit}, as if the run were whole")
    if "No space left" not in found.screen:
        found.alarms.append("the screen does not say that the disk is full")
    if found.facts["parts"]:
        found.alarms.append(f"{found.facts['parts']} parts of files are left")
    if not promoted and found.exit == 0 and not found.reports:
        found.alarms.append("no reports")
