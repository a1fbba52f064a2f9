"""What is kept of a server in the folder of a run: what it said, what it took, what reached its upstream."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from conformance.files import private_folder, write_text
from conformance.servers.said import Said

SERVERS = "servers"
"""The folder, within that of a run."""
UPSTREAM_RECORD = "upstream.jsonl"
"""The file of what reached a server's upstream, in the server's scratch folder."""


@dataclass(slots=True)
class Kept:
    """
    What there is to keep of a server, by the name of its target; `folder` is that of the run, once there is one.

    `install_s` and `start_s` are seconds. `scratch` holds what the server has left, `keys` are left out of everything.
    """

    name: str
    version: str
    install_s: float
    start_s: float
    scratch: Path
    said: Said
    keys: tuple[str, ...] = field(repr=False)
    folder: Path | None = None

    @property
    def record(self) -> Path:
        """Return the file of what reaches the server's upstream."""
        return self.scratch / UPSTREAM_RECORD

    def write(self, *, ended: bool = False) -> None:
        """
        Write it into the run's folder, if there is one. What cannot be written is left out.

        `ended`: the server ended by itself, before it was told to.
        """
        if self.folder is None:
            return
        below = self.folder / SERVERS
        facts = {
            "server": self.version,
            "install_s": round(self.install_s, 1),
            "start_s": round(self.start_s, 1),
            "peak_bytes": self._peak(),
            "ended": self.said.last_words if ended else None,
        }
        with suppress(OSError):
            private_folder(below)
            write_text(below / f"{self.name}.json", json.dumps(facts, indent=2) + "\n")
            write_text(below / f"{self.name}.log", self.said.text)
            if self.record.is_file():
                write_text(below / f"{self.name}.upstream.jsonl", self._without_keys(self.record))

    def _peak(self) -> int | None:
        with suppress(OSError, ValueError):
            return int((self.scratch / "peak.txt").read_text(encoding="ascii"))
        return None

    def _without_keys(self, file: Path) -> str:
        text = file.read_text(encoding="utf-8", errors="replace")
        for key in self.keys:
            text = text.replace(key, "[key]")
        return text
