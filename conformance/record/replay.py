"""Answers from cassettes. The network is off, and the official client is not even imported."""

import json
from dataclasses import dataclass
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.record import cassette
from conformance.record.recording import CassetteError
from conformance.record.spool import observed, relative, unrecorded, unsent
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request


@dataclass(frozen=True, slots=True)
class Replay:
    """
    The source of answers for one target from a folder of cassettes.

    `again` is the command that records them again. `shown_from` is the folder that evidence paths are relative to.
    """

    folder: Path
    again: str
    shown_from: Path

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Return the recorded exchange; a missing cassette is `unrecorded`, an unusable one our error."""
        path = self.folder / relative(key)
        content, media_type = _body(request)
        try:
            recording = cassette.play(path, request.method, request.path, media_type, content)
        except FileNotFoundError:
            return unrecorded(key, f"no cassette {path.name}; record it with: {self.again}")
        except CassetteError as error:
            return unsent(key, f"cassette {path}: {error}; record it again with: {self.again}", ours=True)
        return observed(key, request, recording, str(path))

    async def close(self) -> None:
        """There is nothing to close."""


def _body(request: Request) -> tuple[bytes, str | None]:
    if request.content is not None:
        return request.content, request.headers.get("Content-Type")
    if request.json is None:
        return b"", None
    return json.dumps(request.json).encode(), "application/json"
