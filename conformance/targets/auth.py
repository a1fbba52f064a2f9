"""How a target takes its key, and whom it trusts. Neither holds a key."""

import re

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

BEARER = "Bearer"

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_SECRET_NAME = re.compile(r"key|token|secret|passw|credential|signature|\bsig\b|authorization|cookie", re.IGNORECASE)


class Auth(BaseModel):
    """
    The header that carries the key, and the word before it.

    Without a `prefix` it is `Bearer` for `Authorization`, and none for another header (`api-key: ...`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: str = "Authorization"
    prefix: str | None = None

    @field_validator("header")
    @classmethod
    def _name(cls, header: str) -> str:
        if not _TOKEN.match(header):
            raise ValueError("use the name of a header, for example api-key")
        return header

    @field_validator("prefix")
    @classmethod
    def _word(cls, prefix: str | None) -> str | None:
        if prefix is not None and (not prefix.isascii() or not prefix.isprintable()):
            raise ValueError("use a word in ASCII, or an empty text for none")
        return prefix.strip() if prefix is not None else None

    @property
    def usual(self) -> bool:
        """Tell whether the key goes where the official client puts it."""
        return self.header.lower() == "authorization" and self.prefix in {None, BEARER}

    def value(self, key: str) -> str:
        """Return the header's value for a key."""
        prefix = BEARER if self.prefix is None and self.header.lower() == "authorization" else self.prefix
        return f"{prefix} {key}" if prefix else key


USUAL = Auth()
"""Where the official client puts a key."""


class Tls(BaseModel):
    """
    Files for TLS, as paths in PEM.

    `ca_file` is trusted besides the usual authorities; `client_cert`, with `client_key` if the key is not in the same
    file, is shown to the server.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Tls":
        if self.client_key and not self.client_cert:
            raise ValueError("`client_key` needs `client_cert`")
        return self

    def __bool__(self) -> bool:
        return self != Tls()


def sounds_secret(name: str) -> bool:
    """Tell whether a header or a part of a query is by its name a credential."""
    return _SECRET_NAME.search(name) is not None
