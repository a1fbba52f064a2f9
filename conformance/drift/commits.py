"""The recordings of a target as each commit of its repository held them: what `git` knows of their history."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conformance.wire.verdict import UsageError

_LINE = 3
"""Of a commit: its hash, its day, its subject."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed a folder; `at` is its day."""

    hash: str
    at: datetime
    subject: str

    @property
    def words(self) -> str:
        """Return how it is named to a reader."""
        return f"{self.hash[:10]} ({self.subject})"


def history(folder: Path) -> list[Commit]:
    """
    Return the commits that changed a folder, the oldest first.

    Raises `UsageError` where there is no `git`, no repository, or no such commit.
    """
    said = _git(folder, "log", "--reverse", "--format=%H%x00%cI%x00%s", "--", ".").decode("utf-8", "replace")
    parts = (line.split("\0") for line in said.splitlines())
    found = [Commit(one[0], datetime.fromisoformat(one[1]), one[2]) for one in parts if len(one) == _LINE]
    if not found:
        raise UsageError(f"{folder}: no commit of its repository holds it")
    return found


def unpacked(folder: Path, commit: Commit, goal: Path) -> bool:
    """Write a folder below another one as a commit held it; tell whether it held any file. No link leads outside."""
    names = _git(folder, "ls-tree", "-r", "--name-only", commit.hash, "--", ".")
    if not names:
        return False
    content = _git(folder, "archive", "--format=tar", commit.hash, "--", ".")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(goal, filter="data")
    return True


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise UsageError("the history of recordings is read by `git`, which is not installed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"{folder}: git {words[0]}: {said.splitlines()[-1] if said else error.returncode}") from None
    return done.stdout
