"""Files that are no cassettes where cassettes lie: each is an error of its own exchange, and nothing worse."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.hostile.faults.bench import BASIC, SIMULATOR, Bench, fault
from tests.hostile.measure import LARGE_MB, Measured

PLACE = Path("cassettes", "simulator", "chat.basic", "hello.json")
OUTSIDE = "nobody may write here\n"


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.json")


def _zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


def _cut(path: Path) -> None:
    path.write_bytes(b'{"version": 1, "interac')


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


KINDS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "dangling": ("a link to nothing", _dangling),
    "folder": ("a folder", Path.mkdir),
    "pipe": ("a pipe that nobody writes", os.mkfifo),
    "zeros": ("a link to `/dev/zero`", _zeros),
    "sparse": ("a sparse file of 3 GB", _sparse),
    "loop": ("a link to itself", _loop),
    "unreadable": ("a cut file", _cut),
}


def _put() -> None:
    for name, (says, make) in KINDS.items():
        fault(f"cassette-{name}", f"A cassette to replay is {says}.")(_replaying(make))


def _replaying(make: Callable[[Path], None]) -> Callable[[Bench], Measured]:
    def tried(bench: Bench) -> Measured:
        bench.recorded()
        place = bench.folder / PLACE
        place.unlink()
        make(place)
        found = bench.run(*SIMULATOR, "--mode", "replay", *BASIC)
        if not found.verdicts.get("conforms"):
            found.alarms.append("nothing else conforms")
        if not found.verdicts.get("error"):
            found.alarms.append("it is not an error")
        if found.peak_mb > LARGE_MB:
            found.alarms.append(f"{found.peak_mb:.0f} MB of memory")
        return found

    return tried


_put()


@fault("record-through-link", "A cassette that `--mode record` replaces is a link to a file elsewhere.")
def record_through_link(bench: Bench) -> Measured:
    outside = bench.folder / "outside.txt"
    outside.write_text(OUTSIDE, encoding="utf-8")
    place = bench.folder / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    found = bench.run(*SIMULATOR, "--mode", "record", *BASIC)
    if outside.read_text(encoding="utf-8") != OUTSIDE:
        found.alarms.append("the file elsewhere is overwritten")
    return found
