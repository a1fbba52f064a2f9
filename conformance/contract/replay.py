"""Judging recordings by today's checks, in a process of its own: nothing here imports the checks, nothing is sent."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ENDED = frozenset({0, 1, 6})
"""The exit codes of a replay that came to its end."""


class NotReplayedError(Exception):
    """Recordings could not be judged. The message says how it ended."""


def replayed(options: Sequence[str], folder: Path, what: str, root: Path | None = None) -> Path:
    """
    Judge the recordings that some options of a run name, and return the folder of that run, below `folder`.

    `root` is the folder that holds `cassettes`, by default the working directory.
    Raises `NotReplayedError`, in which `what` names the recordings.
    """
    command = [sys.executable, "-m", "conformance", "-q", *options, "--level", "may", "--cost", "all"]
    with tempfile.NamedTemporaryFile(dir=folder) as pointer:
        places = ["--output", str(folder), "--run-pointer", pointer.name]
        ended = subprocess.run([*command, *places], check=False, capture_output=True, text=True, cwd=root)  # noqa: S603
        run = Path(pointer.name).read_text(encoding="utf-8").strip()
    if ended.returncode not in ENDED or not run:
        said = next((line for line in (ended.stderr + ended.stdout).splitlines() if line.strip()), "")
        raise NotReplayedError(f"{what} could not be judged (exit code {ended.returncode}): {said[:300]}")
    return Path(run)
