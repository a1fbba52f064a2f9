"""
What a target sends to the endpoint behind it, read from the file in which that endpoint tells it.

The endpoint writes a request down before it answers it. So what belongs to an exchange stands in the file when the
target's response is there, behind where the file ended when the exchange began.
"""

from dataclasses import dataclass
from pathlib import Path

from conformance.targets.redact import redact
from conformance.targets.secrets import Secrets
from conformance.targets.target import Target
from conformance.wire.response import Response
from conformance.wire.upstream import UpstreamRequest, of_line

REQUEST_ID = "x-request-id"


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the file of one upstream."""

    file: Path

    def mark(self) -> int:
        """Return where the file ends now, in bytes."""
        try:
            return self.file.stat().st_size
        except FileNotFoundError:
            return 0

    def told(self, mark: int, response: Response | None, secrets: Secrets) -> tuple[UpstreamRequest, ...]:
        """
        Return what was sent upstream since a mark, without secrets.

        A line that says which response it belongs to counts for that one alone. Where none says so, all belong to the
        one exchange that was in flight. Raises `ValueError` for a file that is not such a record.
        """
        named = response.header(REQUEST_ID) if response else None
        told = [of_line(redact(line, secrets)[0]) for line in self._since(mark) if _may_belong(line, named)]
        return tuple(one for one in told if one.answers in {"", named})

    def _since(self, mark: int) -> list[bytes]:
        """Return the lines since a mark; what stands behind the last line end is not a line yet."""
        if not self.file.is_file():
            return []
        with self.file.open("rb") as file:
            file.seek(mark)
            return file.read().split(b"\n")[:-1]


def _may_belong(line: bytes, named: str | None) -> bool:
    """Tell whether a line can belong to a response, before it is read: with 64 in flight most are of others."""
    return b'"answers": ""' in line or (bool(named) and str(named).encode() in line)


def tail_of(target: Target) -> Tail | None:
    """Return what reads the upstream of a target, if there is one that tells what it gets."""
    return Tail(Path(target.upstream_record)) if target.upstream_record else None
