"""
Files of a run and of cassettes: read only if they are regular, written whole or not at all, for their owner alone.

A folder that others made may hold links, pipes and devices in the place of files; what a run keeps may hold prompts
and responses of people. `below` names the folder that a path must not leave: nothing on the way from it may be a link.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700

# Windows knows some of them only. O_NONBLOCK: a pipe that took the place of a file must not hold us up.
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class RefusedFile(OSError):
    """A file that is not read, or a place that is not written to. The message says what it is."""


def read_regular(path: Path, most: int, below: Path | None = None) -> bytes:
    """
    Return the content of a file of at most `most` bytes.

    Raises `FileNotFoundError` when there is none, `RefusedFile` for a link, for anything else that is not a regular
    file and for one that is larger, and `OSError` for one that cannot be read. It never waits.
    """
    handle = open_regular(path, most, below)
    with os.fdopen(handle, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise RefusedFile(f"more than {most:,} bytes")
    return content


def open_regular(path: Path, most: int, below: Path | None = None) -> int:
    """Return the descriptor of a file that `read_regular` would read. Raises what that raises."""
    refuse_links(path, below or path.parent)
    _refuse_irregular(os.lstat(path), most)
    handle = os.open(path, _READ)
    try:
        _refuse_irregular(os.fstat(handle), most)  # it may have been exchanged meanwhile
    except RefusedFile:
        os.close(handle)
        raise
    return handle


def _refuse_irregular(found: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise RefusedFile(f"{_KINDS.get(stat.S_IFMT(found.st_mode), 'something else')}, not a file")
    if found.st_size > most:
        raise RefusedFile(f"{found.st_size:,} bytes; more than {most:,} are not read")


def refuse_links(path: Path, below: Path) -> None:
    """Raise `RefusedFile` when `path`, or a folder between it and `below`, is a link or lies outside `below`."""
    for place in _between(path, below):
        if place.is_symlink():
            raise RefusedFile(f"{place.name} is a link")


def _between(path: Path, below: Path) -> Iterator[Path]:
    if not path.is_relative_to(below) or ".." in path.relative_to(below).parts:
        raise RefusedFile(f"outside {below}")
    while path != below:
        yield path
        path = path.parent


def private_folder(path: Path, below: Path | None = None) -> None:
    """Make a folder, and those above it that are missing, for their owner alone. Raises `OSError`."""
    if below is not None:
        refuse_links(path, below)
    if not path.is_dir():
        if path.parent != path:
            private_folder(path.parent)
        path.mkdir(FOLDER_MODE, exist_ok=True)


def replace_file(path: Path, data: bytes, below: Path | None = None, mode: int = FILE_MODE) -> None:
    """
    Write a file whole or not at all: readers see the old one or the new one. A link there is replaced, not followed.

    It is for its owner alone, unless another `mode` is given. Raises `OSError`; then nothing of it is left.
    """
    private_folder(path.parent, below)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")  # with `FILE_MODE`
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if mode != FILE_MODE:
            Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, as `replace_file` does it."""
    replace_file(path, text.encode("utf-8"))


def shared_mode() -> int:
    """Return the mode of a new file that is not for its owner alone: what the umask of this process leaves."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


def new_text(path: Path) -> TextIO:
    """Return a new text file, open for writing; what was there, perhaps a link, is taken away. Raises `OSError`."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, _CREATE, FILE_MODE), "w", encoding="utf-8")


def remove(path: Path) -> None:
    """Take away a file, a link or a folder with all that is in it, if it is there. No link is followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link_or_copy(source: Path, goal: Path, most: int, below: Path | None = None) -> None:
    """
    Let a file appear at a second place too, if nothing is there yet: as a hard link, or where that cannot be as a copy.

    Raises what `read_regular` and `replace_file` raise.
    """
    private_folder(goal.parent, below)
    _refuse_irregular(os.lstat(source), most)
    try:
        os.link(source, goal)
    except FileExistsError:
        return
    except OSError:
        replace_file(goal, read_regular(source, most))
