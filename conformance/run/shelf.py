"""
The cassettes of one target, exchanged as a whole: what was there before stays until all that is new is there.

The new folder is built beside the old one and takes its place by a rename. Between the two renames a killed process
leaves no cassettes under the target's name, but the old ones beside it: `repaired` puts them back. What a run wrote is
packed on its way (`conformance.record.packed`). The list of verdicts stays: it says what was before.
"""

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from conformance.files import FILE_MODE, link_or_copy, private_folder, read_regular, refuse_links, remove, replace_file
from conformance.record import media
from conformance.record.cassette import LARGEST
from conformance.record.media import Packing
from conformance.record.packed import packed
from conformance.wire.verdict import UsageError

WAIT_S = 30
VERDICTS = "verdicts.csv"
"""The list of the verdicts that a replay of the cassettes gives, beside them."""


def exchange(goal: Path, fresh: Mapping[Path, Path], *, keep: bool, gone: Collection[Path] = ()) -> None:
    """
    Let a folder hold these files, at once or not at all.

    `fresh` are the cassettes of a run by their path in the folder. With `keep` the cassettes that are there stay, but
    for those that are `gone`. No link is followed. Raises `OSError`; then everything is as it was.
    """
    private_folder(goal.parent)
    refuse_links(goal, goal.parent)
    with _alone(goal):
        _repair(goal)
        new = Path(tempfile.mkdtemp(prefix=_new(goal), dir=goal.parent))
        try:
            _fill(new, goal, fresh, gone if keep else None)
            _swap(goal, new)
        finally:
            _forget(new)


def repaired(goal: Path) -> Path:
    """Return a folder of cassettes after what a killed process has left is put right. Raises `UsageError`."""
    if _old(goal).exists() or any(goal.parent.glob(f"{_new(goal)}*")):
        try:
            with _alone(goal):
                _repair(goal)
        except OSError as error:
            raise UsageError(
                f"{_old(goal)} holds the cassettes of {goal.name}, and cannot be put back: {error}"
            ) from None
    return goal


def _fill(new: Path, goal: Path, fresh: Mapping[Path, Path], gone: Collection[Path] | None) -> None:
    packing = Packing()
    for place, source in fresh.items():
        replace_file(new / place, packed(read_regular(source, LARGEST), packing))
    for digest, content in packing.taken.items():
        replace_file(media.place_of(new / media.MEDIA, digest), media.file_content(content))
    for path in _all(goal) if goal.is_dir() else ():
        place = path.relative_to(goal)
        if place not in fresh and (place == Path(VERDICTS) or (gone is not None and place not in gone)):
            refuse_links(path, goal)
            link_or_copy(path, new / place, LARGEST)
    _forget_unnamed(new)
    for path in (*_all(new), new):
        _to_disk(path)


def _forget_unnamed(folder: Path) -> None:
    """Take away the media that no cassette of a folder names any more."""
    named = {digest for path in folder.rglob("*.json") for digest in media.named_in(read_regular(path, LARGEST))}
    for path in (folder / media.MEDIA).glob(f"*{media.SUFFIX}"):
        if path.name.removesuffix(media.SUFFIX) not in named:
            path.unlink()


def _all(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(goal: Path, new: Path) -> None:
    old = _old(goal)
    if goal.exists():
        goal.rename(old)
    try:
        new.rename(goal)
    except OSError:
        if old.exists():
            old.rename(goal)
        raise
    _forget(old)


def _repair(goal: Path) -> None:
    """Put back what a killed process has put aside, and take away what it had not finished."""
    old = _old(goal)
    if old.exists() and not goal.exists():
        old.rename(goal)
    _forget(old)
    for unfinished in goal.parent.glob(f"{_new(goal)}*"):
        _forget(unfinished)


def _forget(path: Path) -> None:
    with suppress(OSError):  # it takes room, and is taken away the next time
        remove(path)


def _old(goal: Path) -> Path:
    return goal.parent / f".old-{goal.name}"


def _new(goal: Path) -> str:
    return f".new-{goal.name}~"  # no target has this sign in its name


@contextmanager
def _alone(goal: Path) -> Iterator[None]:
    """Wait until no other process exchanges this folder. Raises `TimeoutError`, which is an `OSError`."""
    with FileLock(goal.parent / f".lock-{goal.name}", timeout=WAIT_S, mode=FILE_MODE):
        yield
