"""
A run that goes on: what of its recordings is asked for again.

What failed is. And what was created at the target and is gone since, together with all that builds on it, when
something that builds on it is still to be asked: it would be asked about an object that is not there any more.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from conformance.definition.exchange_spec import ExchangeKey
from conformance.log import records
from conformance.plan.order import closure
from conformance.record import cassette
from conformance.record.ledger import Ledger
from conformance.record.recording import CassetteError
from conformance.record.spool import EXCHANGES, LOCKS, Spool
from conformance.wire.verdict import UsageError, Verdict

_LOOKED = "gone-forgotten"


def reopen(folder: Path) -> Path:
    """Let the run in a folder go on: what failed may be asked for again. Return the folder."""
    Spool(folder).forget_failures()
    shutil.rmtree(folder / LOCKS, ignore_errors=True)  # what was counted there belongs to the part that is over
    _forget_errors(folder)
    return folder


def forget_gone(folder: Path, keys: Sequence[ExchangeKey]) -> None:
    """
    Forget what is about objects that are gone, where one of the run's `keys` is still to be asked about them.

    Each process of a run calls it before it sends anything; the first one does it.
    """
    locks = folder / LOCKS
    locks.mkdir(exist_ok=True)
    with FileLock(locks / f"{_LOOKED}.lock"):
        if (locks / _LOOKED).exists():
            return
        spool, gone = Spool(folder), Ledger(folder).gone()
        for key in keys:
            if (key.target, key.spec.id) in gone:
                about = [key, *(other for other in keys if other != key and key in closure([other]))]
                if not all(spool.path(one).is_file() for one in about):
                    for one in about:
                        spool.path(one).unlink(missing_ok=True)
        (locks / _LOOKED).touch()


def _forget_errors(folder: Path) -> None:
    """Take away the recordings of refusals that were ours to mend, for example of a rate limit."""
    try:
        results = records.read(folder).results
    except UsageError:
        return
    place = (folder / EXCHANGES).resolve()
    for name in {name for result in results if result.verdict is Verdict.ERROR for name in result.evidence}:
        path = folder / name
        # The log may be a stranger's, and name any file.
        if path.suffix == ".json" and not path.is_symlink() and path.resolve().is_relative_to(place) and _refused(path):
            path.unlink(missing_ok=True)


def _refused(path: Path) -> bool:
    try:
        recording = cassette.read(path)
    except (CassetteError, OSError):
        return False
    return recording.response.status >= 400 or not recording.provenance.ending.whole
