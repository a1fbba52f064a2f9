"""
Where a vendor tells of an account what was asked, what it cost and what is left; and which keys of a log entry say it.

The paths and keys are those of new-api (docs.newapi.pro, "log" and "token usage"; read 2026-11-27), which many routers
run. No token stands here: it comes from the environment alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from conformance.targets.keys import key_of
from conformance.targets.url import is_loopback

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}\Z")


class LogFields(BaseModel):
    """The keys of one entry of the vendor's log. `cost` is in the vendor's own unit, `at` in seconds since 1970."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request_id: str = "request_id"
    model: str = "model_name"
    input: str = "prompt_tokens"
    output: str = "completion_tokens"
    cost: str = "quota"
    status: str = "type"
    at: str = "created_at"


class Operations(BaseModel):
    """
    The account API of a target.

    `log_path` is asked with the account's token, which the variable `account_env` holds; `usage_path` with the key that
    is under test. Both are paths at `base_url`, or where that is empty at the host of the target. `headers` names
    further headers, and for each the variable that holds its value. `request_id` is the header of a response that
    carries the id of the request. `units_per_dollar`: so much of the log's unit is one US dollar; None: not known.
    `billed` are the values of a log entry's status that say that it was served.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    log_path: str = Field(default="", pattern=r"^(/[!-~]*)?$", max_length=500)
    usage_path: str = Field(default="", pattern=r"^(/[!-~]*)?$", max_length=500)
    base_url: str = ""
    account_env: str | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    request_id: str = Field(default="x-oneapi-request-id", pattern=r"^[A-Za-z0-9-]{0,80}[Rr]equest-[Ii][Dd]$")
    units_per_dollar: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    billed: tuple[str, ...] = ("2",)
    fields: LogFields = LogFields()

    @field_validator("headers")
    @classmethod
    def _names(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        if not all(_HEADER.match(name) and _VARIABLE.match(value) for name, value in headers.items()):
            raise ValueError("`headers` names a header and the environment variable that holds its value")
        return headers

    @model_validator(mode="after")
    def _whole(self) -> "Operations":
        if self.log_path and not self.account_env:
            raise ValueError("`log_path` needs `account_env`, the variable that holds the account's token")
        if self.base_url:
            parts = urlsplit(self.base_url)
            safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
            if not safe or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
                raise ValueError("`base_url` is https://HOST of the account API: its token goes there")
        return self

    def origin(self, base_url: str) -> str:
        """Return scheme and host of the account API of a target with this base URL."""
        parts = urlsplit(self.base_url or base_url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the account API: the account's token and further headers. It shows neither."""

    token: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must not be written down."""
        return self.token, *self.headers.values()


def access(operations: Operations | None, environ: Mapping[str, str]) -> Access | None:
    """Return what the environment holds for an account API, or None where its token is not set."""
    token = key_of(operations.account_env, environ) if operations else None
    if operations is None or token is None:
        return None
    held = {name: key_of(variable, environ) for name, variable in operations.headers.items()}
    return Access(token, {name: value for name, value in held.items() if value})
