"""
The spool: one run's folder of recordings, one file per exchange, written whole or not at all.

Whoever needs an exchange looks here first: xdist workers send each one once, `--resume` sends only what is missing.
"""

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from filelock import FileLock, Timeout

from conformance.definition.exchange_spec import ExchangeKey
from conformance.files import FILE_MODE, private_folder, read_regular, replace_file
from conformance.record import cassette
from conformance.record.bounds import bounded
from conformance.record.recording import CassetteError, Kept, Recording
from conformance.wire.exchange import Attempt, Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending, Response
from conformance.wire.text import printable
from conformance.wire.upstream import UpstreamRequest

EXCHANGES = "exchanges"
LOCKS = ".locks"
LARGEST_FAILURE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """
    An exchange without a response. It is not asked for again in this run, and again with `--resume`.

    `beside`: how many other requests of ours were in flight to the target.
    """

    reason: str
    attempts: tuple[str, ...]
    ending: Ending = Ending.UNREACHABLE
    beside: int = 0


class Claim(Protocol):
    """The right to send an exchange, until it is released."""

    def release(self) -> None:
        """Let others send it."""


class Store(Protocol):
    """What keeps recordings while a target is asked: a `Spool`, or whatever looks like one to who sends."""

    @property
    def folder(self) -> Path:
        """Return the folder that paths are shown from."""

    def path(self, key: ExchangeKey, /) -> Path:
        """Return where the recording of an exchange lies."""

    def load(self, key: ExchangeKey, /) -> Recording | Failure | None:
        """Return what is known of an exchange."""

    def store(self, key: ExchangeKey, recording: Recording, keys: tuple[str, ...], /) -> str:
        """Keep a recording, without `keys`, and return where."""

    def store_failure(self, key: ExchangeKey, failure: Failure, /) -> None:
        """Keep that nothing was received."""

    def claim(self, key: ExchangeKey, /) -> Claim | None:
        """Return the right to send an exchange, or None when another process is sending it."""


@dataclass(frozen=True, slots=True)
class Spool:
    """The recordings below a run's folder. `keys` must not be written."""

    folder: Path

    def path(self, key: ExchangeKey) -> Path:
        """Return where the cassette of an exchange lies."""
        return self.folder / EXCHANGES / key.target / relative(key)

    def load(self, key: ExchangeKey) -> Recording | Failure | None:
        """
        Return what is known of an exchange. Raises `CassetteError` for a damaged file.

        A recording of which only the shape is left is not known any more.
        """
        path = self.path(key)
        with suppress(FileNotFoundError):
            recording = cassette.read(path, self.folder)
            return recording if recording.provenance.kept is Kept.BODIES else None
        try:
            known = json.loads(read_regular(_failed(path), LARGEST_FAILURE, self.folder))
            ending = Ending(known.get("ending", Ending.UNREACHABLE))
            return Failure(known["reason"], tuple(known["attempts"]), ending, known.get("beside", 0))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CassetteError(f"{_failed(path).name} beside it cannot be read ({error})") from None

    def store(self, key: ExchangeKey, recording: Recording, keys: tuple[str, ...]) -> str:
        """Write a recording and return its path below the run's folder. Raises `KeyFound`."""
        path = self.path(key)
        private_folder(path.parent, self.folder)
        cassette.write(path, recording, keys)
        return self.evidence(key)

    def evidence(self, key: ExchangeKey) -> str:
        """Return the path of a recording below the run's folder, as the log names it on every system."""
        return self.path(key).relative_to(self.folder).as_posix()

    def store_failure(self, key: ExchangeKey, failure: Failure) -> None:
        """Write down that nothing was received, so that no other worker asks again."""
        data = json.dumps(asdict(failure))
        replace_file(_failed(self.path(key)), data.encode(), self.folder)

    def forget_failures(self) -> None:
        """Let everything that failed be asked for again."""
        for path in (self.folder / EXCHANGES).rglob("*.failed"):
            if not path.is_dir():
                path.unlink(missing_ok=True)

    def claim(self, key: ExchangeKey) -> FileLock | None:
        """Return the held lock of an exchange, or None when another process is sending it."""
        path = self.folder / LOCKS / key.target / relative(key).with_suffix(".lock")
        private_folder(path.parent, self.folder)
        lock = FileLock(path, mode=FILE_MODE)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None
        return lock


def relative(key: ExchangeKey) -> Path:
    """Return the path of a cassette below its target's folder: `<capability>/<exchange>[--<case>][@<sample>].json`."""
    return file_of(key.spec.id, key.shown, key.sample)


def file_of(exchange: str, shown: str, sample: int = 1) -> Path:
    """Return the same path for the id of an exchange, its case and variant as they are shown, and its sample."""
    capability, _, name = exchange.rpartition("/")
    case = f"--{quote(shown, safe=' ,=+[]')}" if shown else ""
    return Path(capability) / f"{name}{case}{f'@{sample}' if sample > 1 else ''}.json"


def samples_in(folder: Path) -> int:
    """Return how many samples of an exchange a folder of cassettes holds, at most."""
    found = (re.search(r"@(\d{1,4})\.json\Z", path.name) for path in folder.rglob("*@*.json"))
    return max([1, *(int(match[1]) for match in found if match)])


def _failed(path: Path) -> Path:
    return path.with_suffix(".failed")


def observed(key: ExchangeKey, request: Request | None, recording: Recording, evidence: str) -> Exchange:
    """Return the exchange that a recording holds, as much of it as is taken."""
    recording = bounded(recording, file=is_file(key, recording))
    provenance = recording.provenance
    return _exchange(
        key,
        request,
        recording.response,
        provenance.ending,
        provenance.reason,
        provenance.attempts,
        leaked=provenance.leaked,
        evidence=evidence,
        beside=provenance.beside,
        lag_ms=provenance.lag_ms,
        deadline_s=provenance.deadline_s,
        recorded=provenance.recorded,
        upstream=recording.upstream,
    )


def recalled(key: ExchangeKey, request: Request | None, path: Path, evidence: str) -> Exchange:
    """Return an exchange that was read or written before; an error of ours when its file is gone or broken."""
    try:
        return observed(key, request, cassette.read(path), evidence)
    except (CassetteError, OSError) as error:
        said = str(error) if isinstance(error, CassetteError) else f"cannot be read again ({type(error).__name__})"
        return unsent(key, f"{path}: {said}; it was there before", ours=True)


def is_file(key: ExchangeKey, recording: Recording) -> bool:
    """Tell whether a response is a file, which is neither text nor JSON, as its exchange expects."""
    media_type = recording.response.media_type
    return bool(key.spec.media) and not media_type.startswith("text/") and "json" not in media_type


def failed(key: ExchangeKey, request: Request | None, failure: Failure) -> Exchange:
    """Return an exchange without a response: what could not be reached is our fault or the network's."""
    ours = failure.ending is Ending.UNREACHABLE or (failure.ending is Ending.SILENT and not failure.beside)
    return _exchange(
        key, request, None, failure.ending, failure.reason, failure.attempts, ours=ours, beside=failure.beside
    )


def unsent(key: ExchangeKey, reason: str, *, ours: bool = False, below: Exchange | None = None) -> Exchange:
    """Return an exchange that was not sent: for our fault or the network's (`ours`), or for what is `below` it."""
    return replace(_exchange(key, None, None, Ending.UNSENT, reason, (), ours=ours), below=below)


def unrecorded(key: ExchangeKey, reason: str) -> Exchange:
    """Return an exchange that a replay has no cassette of."""
    return _exchange(key, None, None, Ending.UNRECORDED, reason, ())


def _exchange(  # noqa: PLR0913, PLR0917  one argument for each thing known of an exchange
    key: ExchangeKey,
    request: Request | None,
    response: Response | None,
    ending: Ending,
    reason: str,
    attempts: tuple[str, ...],
    *,
    leaked: int = 0,
    evidence: str = "",
    ours: bool = False,
    beside: int = 0,
    lag_ms: float | None = None,
    deadline_s: float | None = None,
    recorded: datetime | None = None,
    upstream: tuple[UpstreamRequest, ...] = (),
) -> Exchange:
    return Exchange(
        id=key.spec.id,
        capability=key.spec.capability.id,
        expects=key.expects,
        request=request,
        response=response,
        ending=ending,
        reason=printable(reason),
        target=key.target,
        case=key.case,
        variant=key.variant,
        sample=key.sample,
        attempts=tuple(Attempt(outcome) for outcome in attempts),
        leaked=leaked,
        evidence=evidence,
        ours=ours,
        media=key.spec.media,
        invalid=key.spec.invalid,
        about=key.spec.requirement,
        beside=beside,
        lag_ms=lag_ms,
        deadline_s=deadline_s,
        recorded=recorded,
        upstream=upstream,
    )
