"""Where a run is: what its processes tell each other of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """
    What a worker must know of a run: its folder, where started servers listen, how many workers there are.

    `offered` are the optional APIs that each target offers; None until it was asked. `headers` are those of targets
    whose started server has filled their placeholders, `upstreams` the files of what reached the server behind one.
    """

    folder: str
    urls: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    offered: dict[str, list[str]] | None = None
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    upstreams: dict[str, str] = field(default_factory=dict)
