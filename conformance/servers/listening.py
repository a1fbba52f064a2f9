"""Who listens where on this machine, as far as the system tells, and whether on loopback only."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")

_LISTEN = "0A"
_LOOPBACK = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def bound(port: int, processes: Iterable[int]) -> tuple[bool, bool] | None:
    """
    Return whether one of the processes listens on a port, and whether anyone listens on it beyond loopback.

    None where the system does not tell.
    """
    if not (PROC / "net" / "tcp").is_file():
        return None
    found = list(_listeners(port))
    own = {inode for process in processes for inode in _sockets(process)}
    ours = [address for address, inode in found if inode in own]
    return bool(ours), any(address not in _LOOPBACK for address in ours)


def _listeners(port: int) -> Iterator[tuple[str, str]]:
    """Yield address and inode of each socket that listens on a port."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (PROC / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
                words = line.split()
                address, _, number = words[1].partition(":")
                if words[3] == _LISTEN and int(number, 16) == port:
                    yield address, words[9]


def _sockets(process: int) -> Iterator[str]:
    """Yield the inodes of a process's sockets."""
    with suppress(OSError):
        for file in (PROC / str(process) / "fd").iterdir():
            with suppress(OSError):
                target = file.readlink().name
                if target.startswith("socket:["):
                    yield target[8:-1]
