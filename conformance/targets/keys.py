"""
Keys: where they come from.

A key comes from the environment and is only ever given to the transport. Whatever an endpoint sends is searched for
it before anybody looks at it or writes it down; see `secrets` and `redact`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a run, by target. They travel as this value, from the environment to the transport; it shows none."""

    by_target: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, target: str) -> str | None:
        """Return the key of a target, or None when it has none."""
        return self.by_target.get(target)

    def and_those(self, by_target: Mapping[str, str]) -> "Keys":
        """Return these keys and further ones."""
        return Keys({**self.by_target, **by_target})


@contextmanager
def without_client_variables() -> Iterator[None]:
    """
    Hide every `OPENAI_*` variable.

    The official client reads its organisation, headers and key from them while it is constructed; they are the
    user's own and must not reach an endpoint under test.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("OPENAI_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def key_of(name: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the key that an environment variable holds, or None when it is absent or empty."""
    return (environ.get(name, "").strip() or None) if name else None
