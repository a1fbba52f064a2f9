"""What is left of an exchange: its line in the log, its recording, and views of its bytes that are safe to show."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from conformance.log.harm import Client
from conformance.log.records import ExchangeLine, Result, Run
from conformance.record import cassette
from conformance.record.recording import CassetteError, Recording
from conformance.wire.response import Ending, NotJson, read_json
from conformance.wire.text import visible
from conformance.wire.weight import weight

_HEX_HEAD = 256
_LARGEST_PARSED = 1024 * 1024
_HEAVIEST_HELD = 1024 * 1024
_ENDINGS = {
    Ending.COMPLETE: "complete",
    Ending.STOPPED: "we hung up, as the exchange asks for",
    Ending.PEER: "the peer closed before the answer was whole",
    Ending.DEADLINE: "the time was up before the answer was whole",
    Ending.SIZE: "more bytes came than the limit allows; the rest was not read",
    Ending.OPEN: "we hung up: the stream stayed open after its last event",
    Ending.ENDLESS: "we hung up: the stream went on far beyond the token limit of its request",
    Ending.NOT_HTTP: "what came is not HTTP/1.1, so there is no response",
    Ending.CLOSED: "the server closed the connection without a response",
    Ending.UNREACHABLE: "nothing was received",
    Ending.SILENT: "nothing was received before the time was up",
    Ending.UNSENT: "not sent",
    Ending.UNRECORDED: "replay, and there is no recording",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """
    One exchange with one target.

    `recording` is None when there is none, and `why` says why. `path` names the recording below the run's folder.
    `clients` say what clients make of the response, where the log holds it. `again` reads a recording that
    is too large to be held: reports look at one exchange after the other, and memory does not grow with them.
    """

    target: str
    label: str
    line: ExchangeLine | None
    held: Recording | None
    why: str
    path: str = ""
    clients: tuple[Client, ...] = ()
    again: Callable[[], Recording | None] | None = None

    @property
    def recording(self) -> Recording | None:
        """Return the recording; a large one is read again."""
        return self.again() if self.again else self.held

    @property
    def ended(self) -> str:
        """Return how it ended, in words."""
        return _ENDINGS[self.line.ending] if self.line else "not in the log"


def proofs(run: Run) -> list[Proof]:
    """Return every exchange that the run's log names, in the order of target and label."""
    lines = {(line.target, line.label): line for line in run.exchanges}
    named: dict[tuple[str, str], str] = {key: line.evidence for key, line in lines.items()}
    for result in run.results:
        for name in result.exchanges:
            named.setdefault((result.target, name), _only_evidence(result))
    clients: dict[tuple[str, str], tuple[Client, ...]] = {}
    for line in run.clients:
        clients[line.target, line.exchange] = (*clients.get((line.target, line.exchange), ()), line)
    read = _reader(run.folder)
    found = [_proof(*key, lines.get(key), named[key], read) for key in sorted(named)]
    return [replace(proof, clients=clients.get((proof.target, proof.label), ())) for proof in found]


def _only_evidence(result: Result) -> str:
    return result.evidence[0] if len(result.exchanges) == len(result.evidence) == 1 else ""


def _reader(folder: Path) -> Callable[[str], Recording]:
    """Return what reads a recording by its path below a folder; the one read last is kept, since it is asked again."""
    return lru_cache(maxsize=1)(lambda path: cassette.read(folder / path, folder))


def _proof(target: str, name: str, line: ExchangeLine | None, evidence: str, read: Callable[[str], Recording]) -> Proof:
    why = (line.reason if line else "") or "the log does not say why"
    if not evidence:
        return Proof(target, name, line, None, why)
    try:
        recording = read(evidence)
    except FileNotFoundError:
        why = f"the recording {Path(evidence).name} is not there any more"
    except (CassetteError, OSError, UnicodeError) as error:
        why = f"the recording {Path(evidence).name} cannot be used: {error}"
    else:
        if len(recording.sent.body) + weight(recording.response) > _HEAVIEST_HELD:
            return Proof(target, name, line, None, why, evidence, again=lambda: _read_again(read, evidence))
        return Proof(target, name, line, recording, why, evidence)
    return Proof(target, name, line, None, why)


def _read_again(read: Callable[[str], Recording], evidence: str) -> Recording | None:
    try:
        return read(evidence)
    except (CassetteError, OSError, UnicodeError):
        return None  # it was there a moment ago: somebody has taken it away


def pretty(data: bytes) -> str | None:
    """Return JSON with line breaks, or None for what is no JSON."""
    try:
        return visible(json.dumps(read_json(data), ensure_ascii=False, indent=2))
    except (NotJson, RecursionError, ValueError):
        return None


def as_text(data: bytes) -> str | None:
    """Return text, or None for binary data."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else visible(text.replace("\r\n", "\n"))


def hex_head(data: bytes) -> str:
    """Return the first bytes as hexadecimal and as characters, sixteen a line."""
    lines = []
    for start in range(0, min(len(data), _HEX_HEAD), 16):
        part = data[start : start + 16]
        characters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<47}  {characters}")
    rest = len(data) - _HEX_HEAD
    return "\n".join([*lines, f"... {rest:,} more bytes"] if rest > 0 else lines)


def view(data: bytes) -> tuple[str, str]:
    """Return the best view of a body and what kind of view it is: JSON with line breaks, text, or hexadecimal."""
    if len(data) > _LARGEST_PARSED:
        text = as_text(_whole_characters(data[:_LARGEST_PARSED]))
        return (text, "too large to be read here, its beginning") if text else (hex_head(data), "binary")
    shown = pretty(data)
    if shown is not None:
        return shown, "JSON with line breaks added"
    text = as_text(data)
    return (text, "not JSON, as it came") if text is not None else (hex_head(data), "binary")


def _whole_characters(head: bytes) -> bytes:
    """Return the bytes without the character that their cut may have torn."""
    for torn in range(4):
        part = head[: len(head) - torn]
        if as_text(part) is not None:
            return part
    return head
