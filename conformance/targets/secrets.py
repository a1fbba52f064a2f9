"""
What is a secret of a run, and the forms in which it could come back.

Secrets are the keys of the targets, and the values of headers that carry credentials by their name or because the user
says so. A key that is an ordinary word (`ollama`, `lm-studio`) protects nothing and stands in the answers of honest
servers: it is a secret only where it stands as a credential.
"""

import base64
import json
import re
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from conformance.wire.escapes import folded, readings

MIN_LENGTH = 12
"""A shorter key can be guessed, and it occurs by chance."""

MIN_FOLDED = 10
"""A form of fewer letters and digits is not looked for among letters and digits alone."""

_FEW = 6
_LONGEST_WORD = 16
_WORD = re.compile(r"[A-Z]?[a-z]*|[A-Z]*")
_CARRIES = re.compile(
    r"(?:authorization|cookie|key|token|secret|credentials?|passw(?:or)?d|signature)\Z", re.IGNORECASE
)
_AS_CREDENTIAL = (
    rb"(?i:\b(?:bearer|basic)\s{1,4}"
    rb"|(?:api[-_ ]?key|authorization|access[-_]?token|auth[-_]?token|secret|password)"
    rb"\\{0,8}[\"']?\s{0,4}[:=]\s{0,4}\\{0,8}[\"']?(?:bearer\s{1,4})?)"
)


def is_ordinary(key: str) -> bool:
    """
    Tell whether a key may occur in the answer of a server that does not echo it.

    So may what is short, what has hardly any different characters (`sk-xxxxxxxxxxxx`), and words of letters: a key that
    somebody made for a lock has digits, or changes between small letters and capitals.
    """
    if len(key) < MIN_LENGTH or len(set(key)) < _FEW:
        return True
    parts = re.split(r"[^0-9A-Za-z]+", key)
    return key.isascii() and all(len(part) <= _LONGEST_WORD and _WORD.fullmatch(part) for part in parts)


def carries_credential(header: str) -> bool:
    """Tell whether the value of a header is a secret by the header's name."""
    return _CARRIES.search(header.strip()) is not None


@dataclass(frozen=True)
class Secrets:
    """Secrets to look for everywhere (`values`), and those that are ordinary words (`words`). It shows none."""

    values: tuple[str, ...] = field(default=(), repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Secrets":
        """Return what is to be looked for, of these keys and values of headers."""
        given = [text for text in dict.fromkeys(texts) if text]
        words = tuple(text for text in given if is_ordinary(text))
        return cls(tuple(text for text in given if text not in words), words)

    def __bool__(self) -> bool:
        return bool(self.values or self.words)

    @cached_property
    def folded(self) -> tuple[bytes, ...]:
        """Return every form as letters and digits alone."""
        found = {folded(reading) for value in self.values for form in forms(value) for reading in readings(form)}
        return tuple(sorted(form for form in found if len(form) >= MIN_FOLDED))

    @cached_property
    def exact(self) -> tuple[bytes, ...]:
        """Return the forms that have hardly any letter or digit: they are looked for as they are."""
        return tuple(
            form for value in self.values for form in forms(value) if len(folded(form)) < MIN_FOLDED <= len(form)
        )

    @cached_property
    def stands_as_credential(self) -> re.Pattern[bytes] | None:
        """Return a pattern for an ordinary word where it stands as a credential: its group 1 is the word."""
        if not self.words:
            return None
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.compile(_AS_CREDENTIAL + b"(%s)(?![\\w-])" % b"|".join(re.escape(w.encode()) for w in longest_first))


def secrets_of(headers: Mapping[str, str], key: str | None, named: Iterable[str] = ()) -> Secrets:
    """Return the secrets of one target: its key, and those of its `headers` that carry one or are `named`."""
    wanted = {name.strip().lower() for name in named}
    found = [key] if key else []
    for name, value in headers.items():
        if carries_credential(name) or name.strip().lower() in wanted:
            found += _credentials(name, value)
    return Secrets.of(found)


def all_of(several: Iterable[Secrets]) -> Secrets:
    """Return the secrets of several targets as one."""
    return Secrets.of(text for secrets in several for text in (*secrets.values, *secrets.words))


def _credentials(name: str, value: str) -> Iterator[str]:
    """Yield a header's value, and the credential in it: after the scheme, in a cookie, a password in Basic."""
    yield value
    scheme, blank, rest = value.partition(" ")
    if name.lower().endswith("authorization") and blank:
        yield rest.strip()
        if scheme.lower() == "basic":
            try:
                yield base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
            except (NotBase64, UnicodeDecodeError):
                return
    if name.lower().endswith("cookie"):
        yield from (pair.partition("=")[2].strip() for pair in value.split(";"))


def forms(secret: str) -> Iterator[bytes]:
    """
    Yield the forms in which a secret could come back: plain, escaped, reversed, hex, base64 and base32 at all offsets.

    Those of base64 and base32 (RFC 4648) are without the characters that hold bits of a neighbour.
    """
    plain = secret.encode()
    base16 = plain.hex().encode()
    escaped = json.dumps(secret)[1:-1].encode()
    found = [plain, plain[::-1], escaped, escaped.replace(b"/", rb"\/"), quote(secret, safe="").encode()]
    found += [base16, base16[::-1], plain[::-1].hex().encode()]
    found += [_core(base64.b64encode(b"\0" * offset + plain), offset, len(plain), bits=6) for offset in range(3)]
    found += [_core(base64.b32encode(b"\0" * offset + plain), offset, len(plain), bits=5) for offset in range(5)]
    yield from dict.fromkeys(found)


def _core(coded: bytes, offset: int, length: int, *, bits: int) -> bytes:
    """Return the characters of `bits` bits that hold nothing but `length` bytes after `offset` others."""
    return coded[-(-8 * offset // bits) : 8 * (offset + length) // bits]
