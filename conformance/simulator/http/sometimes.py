"""
A deviation that shows only sometimes, for whoever wants to see how flaky behavior is dealt with: `/~<id>@0.3/v1`.

Which requests meet it is drawn from a seed (`/~<id>@0.3:7`), the request and how often it came before, and from no
clock: the same requests to a new server always meet the same, in whatever order they come.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from conformance.simulator.http.call import Call

_NAME = re.compile(r"([^@]+)@(0?\.\d{1,6}|0|1)(?::(\d{1,9}))?")
_SPACE = 2**64


@dataclass(frozen=True, slots=True)
class Sometimes:
    """How a deviation was asked for: its id, the share of requests that meet it, from 0 to 1, and the seed."""

    id: str
    share: float = 1.0
    seed: int = 0

    def meets(self, call: Call) -> bool:
        """Tell whether a request meets the deviation, and count it."""
        if self.share >= 1:
            return True
        asked = f"{self.id} {self.seed} {call.method} {call.path}".encode() + call.content
        name = f"sometimes {sha256(asked).hexdigest()}"
        before = call.state.notes.get(name)
        times = before if isinstance(before, int) else 0
        call.state.notes.put(name, times + 1)
        drawn = int.from_bytes(sha256(f"{name} {times}".encode()).digest()[:8], "big")
        return drawn < self.share * _SPACE


def sometimes(name: str) -> Sometimes:
    """Return what a name in a path asks for: `<id>`, `<id>@<share>` or `<id>@<share>:<seed>`."""
    match = _NAME.fullmatch(name)
    return Sometimes(match[1], float(match[2]), int(match[3] or 0)) if match else Sometimes(name)
