"""The file in which an endpoint tells what it is sent, one line of JSON a request."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conformance.wire.upstream import UpstreamRequest, as_line


@dataclass(frozen=True, slots=True)
class Lines:
    """A file that grows by whole lines, and that others may read meanwhile."""

    file: Path
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, requests: Iterable[UpstreamRequest]) -> None:
        """Write requests down."""
        content = "".join(map(as_line, requests))
        if content:
            with self.lock, self.file.open("a", encoding="utf-8") as file:
                file.write(content)
