"""The keys in recordings: in headers and addresses, and what looks like one in a body. No report may hold them."""

import re
from collections.abc import Iterable, Iterator

from conformance.foreign.operation import credentials_in
from conformance.foreign.recorded import Recorded
from conformance.targets.auth import sounds_secret
from conformance.targets.secrets import carries_credential

_LOOKS = re.compile(
    rb"(?<![\w-])(?:sk|rk|pk|gsk|xai|nvapi|hf|r8|fw|pplx|csk|tgp)[-_][A-Za-z0-9_-]{20,200}"
    rb"|(?<![\w-])AIza[A-Za-z0-9_-]{35}(?![\w-])|(?<![\w.-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
"""Keys as vendors make them: a known beginning and a long random part; tokens of RFC 7519."""

SHORTEST = 12
_REPLACED = re.compile(r"(?i)<.*>|\[.*\]|.*redacted.*|.*filtered.*|[x*.-]{4,}|dummy.*|fake.*|test.*|.*your.*key.*")


def keys_of(recorded: Iterable[Recorded]) -> list[str]:
    """Return the keys that recordings hold, each once; what a recorder wrote in the place of one is none."""
    found = (key for one in recorded for key in _of(one))
    return sorted({key for key in found if len(key) >= SHORTEST and not _REPLACED.fullmatch(key)})


def _of(one: Recorded) -> Iterator[str]:
    for name, value in (*one.request_headers, *one.headers):
        if carries_credential(name) or sounds_secret(name):
            yield value.rpartition(" ")[2]
    yield from credentials_in(one.url)
    for body in (one.request_body, one.body or b""):
        yield from (match[0].decode("ascii") for match in _LOOKS.finditer(body))
