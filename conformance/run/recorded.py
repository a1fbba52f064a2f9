"""A target as it was recorded: models and base URL come from the recordings, not from its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conformance.log.records import Run
from conformance.record import cassette
from conformance.record.recording import CassetteError, Kept, Provenance
from conformance.record.spool import samples_in
from conformance.targets.model import together
from conformance.targets.target import Target
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.verdict import UsageError


@dataclass(frozen=True, slots=True)
class Recorded:
    """A target as its cassettes have recorded it, the day of the oldest one, and what server answered, if known."""

    target: Target
    day: datetime | None = None
    server: str = ""


def replayed(target: Target, folder: Path) -> Recorded:
    """
    Return a target as the cassettes in a folder have recorded it, as far as they can be read.

    Raises `UsageError` when there is none. What a damaged one says is left to the checks.
    """
    found = sorted(folder.rglob("*.json"))
    if not found:
        raise UsageError(f"no cassettes of `{target.name}` in {folder}; record them with --mode record")
    kept = [provenance for path in found if (provenance := _provenance(path, folder)) is not None]
    if any(provenance.target.endswith(SUFFIX) for provenance in kept):
        raise UsageError(f"{folder}: these recordings are of a rehearsal: the simulator answered, and not the target")
    if any(provenance.kept is Kept.SHAPES for provenance in kept):
        raise UsageError(f"{folder}: these recordings hold shapes only (--keep shapes), and cannot be judged again")
    if not kept:
        return Recorded(target)
    models = together(provenance.models for provenance in kept)
    as_recorded = target.model_copy(update={"models": models, "base_url": kept[0].base_url})
    servers = sorted({provenance.server for provenance in kept if provenance.server})
    return Recorded(as_recorded, min(provenance.recorded for provenance in kept), ", ".join(servers))


def samples_recorded(folders: Iterable[Path], source: Run | None) -> int:
    """Return how many samples a replay judges where it is not said: all that its `source`, or its cassettes, hold."""
    if source is not None and source.header.options is not None:
        return source.header.options.samples or 1
    return max(map(samples_in, folders), default=1)


def _provenance(path: Path, folder: Path) -> Provenance | None:
    try:
        return cassette.provenance(path, folder)
    except (CassetteError, FileNotFoundError):
        return None
