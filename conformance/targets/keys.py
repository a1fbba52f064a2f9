"""
Keys: where they come from, and that they go nowhere.

A key comes from the environment and is only ever given to the transport. Whatever an endpoint sends is searched for
it, in the forms in which it could come back, before anybody looks at it or writes it down.
"""

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

MIN_LENGTH = 8
"""A shorter key (`none`, `test`) is no secret, and replacing it would tear holes into ordinary words."""

_PLACEHOLDER = b"[our-key]"


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


def forms(key: str) -> Iterator[bytes]:
    """Yield the forms in which a key could come back: plain, JSON, URL, hex, and base64 at its three offsets."""
    plain = key.encode()
    escaped = json.dumps(key)[1:-1].encode()
    coded_as = (plain, escaped, escaped.replace(b"/", rb"\/"), quote(key, safe="").encode(), plain.hex().encode())
    seen = set()
    for form in (*coded_as, plain.hex().upper().encode()):
        if form not in seen:
            seen.add(form)
            yield form
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        core = coded[(0, 2, 3)[offset] : len(coded.rstrip(b"=")) - 1]
        if len(core) >= MIN_LENGTH:
            yield core
            yield core.replace(b"+", b"-").replace(b"/", b"_")


def redact(data: bytes, keys: Iterable[str]) -> tuple[bytes, int]:
    """Return the data with every form of every key replaced by a placeholder of equal length, and their number."""
    count = 0
    for key in keys:
        if len(key) < MIN_LENGTH:
            continue
        for form in forms(key):
            found = data.count(form)
            if found:
                count += found
                data = data.replace(form, placeholder(len(form)))
    return data, count


def placeholder(length: int) -> bytes:
    """Return a visible placeholder of a given length in bytes."""
    return (_PLACEHOLDER + b"*" * length)[:length]


def holds_key(data: bytes, keys: Iterable[str]) -> bool:
    """Tell whether some form of a key is in the data."""
    return any(form in data for key in keys if len(key) >= MIN_LENGTH for form in forms(key))


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
