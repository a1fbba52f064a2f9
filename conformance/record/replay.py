"""Answers from cassettes. The network is off, and the official client is not even imported."""

import json
from dataclasses import dataclass
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.record import cassette
from conformance.record.recording import CassetteError, RequestChanged
from conformance.record.spool import Spool, observed, relative, unrecorded, unsent
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request


@dataclass(frozen=True, slots=True)
class Replay:
    """
    The source of answers for one target from a folder of cassettes.

    `again` is the command that records them again. What is used is kept in `run` too, the folder of the run that
    replays them: its log names no file of another folder.
    """

    folder: Path
    again: str
    run: Path

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """
        Return the recorded exchange; one without a cassette, or with that of another request, is `unrecorded`.

        A cassette that cannot be used is our error.
        """
        path, spool = self.folder / relative(key), Spool(self.run)
        content, media_type = _body(request)
        try:
            recording = cassette.play(path, request.method, request.path, media_type, content, self.folder)
            cassette.link(path, spool.path(key), self.run)
        except FileNotFoundError:
            return unrecorded(key, f"no cassette {path.name}; record it with: {self.again}")
        except RequestChanged as error:
            return unrecorded(key, f"{error}; record it again with: {self.again}")
        except CassetteError as error:
            return unsent(key, f"cassette {path}: {error}; record it again with: {self.again}", ours=True)
        return observed(key, request, recording, spool.evidence(key))

    async def close(self) -> None:
        """There is nothing to close."""


def _body(request: Request) -> tuple[bytes, str | None]:
    if request.content is not None:
        return request.content, request.headers.get("Content-Type")
    if request.json is None:
        return b"", None
    return json.dumps(request.json).encode(), "application/json"
