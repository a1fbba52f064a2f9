"""What is known of the server that a run measured: its version, and what is behind it."""

from dataclasses import dataclass
from pathlib import Path

from conformance.log.records import TargetFacts
from conformance.servers import pins
from conformance.targets.load import TARGETS, load, names

UPSTREAM = {"gemini": "before the simulator's Gemini backend", "openai": "before the suite's simulator"}
"""What is said of a gateway whose upstream is a server of ours: nothing of that was measured at a vendor."""


@dataclass(frozen=True, slots=True)
class Server:
    """
    The version of a server, empty where nobody knows it, and in words what answers behind it, if it is ours.

    `cannot` are the sentences of the target's file about what a reader must know of the server.
    """

    version: str = ""
    upstream: str = ""
    cannot: tuple[str, ...] = ()


def server(facts: TargetFacts, version: str = "", targets: Path = TARGETS) -> Server:
    """
    Return what the run, the file of its target and its pins say; `version` overrides what they say.

    The pins are those of today: they count where the run does not say which version answered.
    """
    described = load(facts.plain, {}, targets).server if facts.plain in names(targets) else None
    if described is None:
        return Server(version or facts.server)
    return Server(
        version or facts.server or pins.version(described), UPSTREAM.get(described.upstream or "", ""), described.cannot
    )
