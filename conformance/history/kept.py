"""The runs that a history is made of: folders of runs, folders of such folders, and logs that were kept alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.log.records import LOG, Run, read
from conformance.run.folder import find

LOGS = "*.ndjson"


def folders_of(name: str, runs: Path) -> list[Path]:
    """Return the folders of the runs that a word names. Raises `UsageError` when it names none."""
    return _below(Path.cwd() / name) or [find(name, Path.cwd(), runs)]


def _below(path: Path) -> list[Path]:
    """Return the runs in a folder of runs; a run's own folder is none."""
    several = path.is_dir() and not (path / LOG).is_file()
    return sorted(folder for folder in path.iterdir() if (folder / LOG).is_file()) if several else []


def runs_of(names: Sequence[str], runs: Path) -> Iterator[Run]:
    """Yield the runs that words name, each once; a log may have any name. Raises `UsageError` when one names none."""
    seen = set()
    for path in (path for name in names for path in _logs(name, runs)):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield read(path.parent, path.name)


def _logs(name: str, runs: Path) -> list[Path]:
    path = Path.cwd() / name
    if path.is_file():
        return [path]
    alone = sorted(path.glob(LOGS)) if not (path / LOG).is_file() else []
    found = [*alone, *(folder / LOG for folder in _below(path))]
    return found or [find(name, Path.cwd(), runs) / LOG]
