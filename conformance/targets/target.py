"""
Targets: everything about one endpoint, in one TOML file.

A file is `targets/<name>.toml`. A key in it is refused: keys come from the environment alone. `load` applies what the
environment changes; the result never holds a key.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conformance.targets.model import Model, Models, of_variant, variants
from conformance.wire.capability import Capability, Level
from conformance.wire.verdict import Inconclusive, UsageError

TARGETS = Path(__file__).parent

_SECRET = re.compile(r"\b(sk-|AIza|Bearer\s)[A-Za-z0-9_\-]{8,}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}\Z")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    """What may be sent. `per_minute` 0 is no limit; `deadline_s` bounds a whole exchange."""

    in_flight: int = Field(default=4, ge=1)
    per_minute: int = Field(default=30, ge=0)
    deadline_s: float = Field(default=120.0, gt=0)
    max_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    thinking_tokens: int = Field(default=0, ge=0)


class Prices(_Part):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class ClaimKind(StrEnum):
    """What a claim says: that something works, that it does not, its shape, an operation, or nothing to hold it to."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    SHAPE = "shape"
    OPERATIONAL = "operational"
    VAGUE = "vague"


class Claim(_Part):
    """
    What a document of the vendor states about some capabilities, in our own words.

    A positive claim or one about a shape makes the checks of its capabilities gating. `legacy`: the document was
    withdrawn or replaced. `line`: where the statement stands in the edition that was read.
    """

    id: str
    capabilities: tuple[str, ...] = ()
    statement: str
    kind: ClaimKind = ClaimKind.POSITIVE
    document: str
    edition: str = ""
    dated: date | None = None
    line: str = ""
    legacy: bool = False

    @property
    def promises(self) -> bool:
        """Tell whether the target can be held to it."""
        return self.kind in {ClaimKind.POSITIVE, ClaimKind.SHAPE} and not self.legacy


class KnownDeviation(_Part):
    """A deviation that is known and accepted for now: of a check, or of a finding wherever it shows."""

    check: str | None = None
    finding: str | None = None
    reason: str = Field(min_length=1)
    since: date
    expires: date | None = None
    link: str | None = None

    @model_validator(mode="after")
    def _of_one_thing(self) -> "KnownDeviation":
        if (self.check is None) == (self.finding is None):
            raise ValueError("name either a `check` or a `finding`")
        return self


class Server(_Part):
    """A server that the suite starts and stops. `requirements` names the file that installs what it needs."""

    module: str
    arguments: tuple[str, ...] = ()
    requirements: str | None = None
    ready_s: float = 60.0


class Target(_Part):
    """
    One endpoint under test.

    `base_url` is without a trailing slash, or empty when the suite starts the server itself. `hosts` are the only
    hosts that its key may be sent to. `models` are by role: `chat`, `embedding`, ...
    """

    name: str
    title: str
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    base_url_env: str | None = None
    key_env: str | None = None
    documentation: str | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    models: Models = Field(default_factory=dict)
    limits: Limits = Limits()
    prices: Prices | None = None
    claims: tuple[Claim, ...] = ()
    known_deviations: tuple[KnownDeviation, ...] = ()
    server: Server | None = None

    @model_validator(mode="after")
    def _without_key(self) -> "Target":
        if any(header.lower() in {"authorization", "api-key", "x-api-key"} for header in self.headers):
            raise ValueError("a key comes from the environment: name its variable as `key_env`, not in `headers`")
        return self

    def model(self, role: str) -> str:
        """Return the id of the model with a role. Raises `Inconclusive` when there is none."""
        if role not in self.models:
            raise Inconclusive(f"no model for role `{role}`: name one with --model {role}=NAME")
        return self.models[role].id

    def variants(self, roles: frozenset[str]) -> tuple[str, ...]:
        """Return the variants of what needs these roles: an empty one, and `<role>=<model>` for each further model."""
        return variants(self.models, roles)

    def as_variant(self, variant: str) -> "Target":
        """Return the target with the model of a variant in its role."""
        return self.model_copy(update={"models": of_variant(self.models, variant)}) if variant else self

    def budget(self, tokens: int) -> int:
        """Return the token limit to ask for, to be able to see `tokens`: a thinking model spends some unseen."""
        return tokens + self.limits.thinking_tokens

    def claimed(self, capability: Capability) -> bool:
        """
        Tell whether the target promises a capability. Every MUST is promised by every target.

        A claim reaches as far as its words: `images.generate` does not promise what is below it, `images.*` does.
        """
        stated = any(
            claim.promises and any(fnmatchcase(capability.id, name) for name in claim.capabilities)
            for claim in self.claims
        )
        return stated or capability.level is Level.MUST

    @property
    def local(self) -> bool:
        """Tell whether the endpoint is on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def takes_key(self) -> bool:
        """Tell whether it is called with a key. A server that the suite starts gets one made for it."""
        return self.key_env is not None or self.server is not None

    @property
    def needs_key(self) -> bool:
        """Tell whether a key must be in the environment to call it."""
        return self.key_env is not None and self.server is None


_PARTS: dict[str, type[BaseModel]] = {
    "models": Model,
    "limits": Limits,
    "prices": Prices,
    "claims": Claim,
    "known_deviations": KnownDeviation,
    "server": Server,
}


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def names(folder: Path = TARGETS) -> list[str]:
    """Return the names of all target files."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(name: str, environ: Mapping[str, str], folder: Path = TARGETS) -> Target:
    """Return a target by name, with what the environment overrides. Raises `UsageError`."""
    path = folder / f"{name}.toml"
    if not _NAME.match(name) or not path.is_file():
        raise UsageError(f"unknown target `{name}`; known: {', '.join(names(folder))}")
    return _overridden(parse(path.read_text(encoding="utf-8"), name, f"targets/{name}.toml"), environ)


def parse(text: str, name: str, place: str) -> Target:
    """Return the target that a TOML text describes. Raises `UsageError` that names the place and the mistake."""
    if _SECRET.search(text):
        raise UsageError(f"{place}: holds what looks like a key; put it into an environment variable and name that")
    try:
        described = tomllib.loads(text)
        if "name" in described:
            raise UsageError(f"{place}: `name`: a target has the name of its file")
        target = Target.model_validate({"name": name, **described})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{place}: {error}") from None
    except ValidationError as error:
        raise UsageError(f"{place}: {_explain(error)}") from None
    return target.model_copy(update={"base_url": clean_url(target.base_url, place)}) if target.base_url else target


def _explain(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_input=False)
    first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(part) for part in first["loc"])
    known = f"; known: {', '.join(_known(first['loc']))}" if first["type"] == "extra_forbidden" else ""
    return f"`{where}`: {first['msg'].lower()}{known}"


def _known(place: tuple[int | str, ...]) -> list[str]:
    """Return the keys that stand beside an unknown one, in the part of the file that holds it."""
    part = _PARTS[str(place[0])] if len(place) > 1 else Target
    return [name for name in part.model_fields if name != "name"]


def _overridden(target: Target, environ: Mapping[str, str]) -> Target:
    changes: dict[str, Any] = {
        "models": {
            role: model.model_copy(update={"id": environ.get(model.env or "") or model.id})
            for role, model in target.models.items()
        }
    }
    if override := environ.get(target.base_url_env or ""):
        url = clean_url(override, str(target.base_url_env))
        host = urlsplit(url).hostname or ""
        if url.startswith("http://") and not is_loopback(host):
            raise UsageError(f"{target.base_url_env}: `{host}` would get the key unencrypted; use https")
        if host not in target.hosts:
            raise UsageError(
                f"{target.base_url_env} points to `{host}`, which is no host of {target.name} "
                f"({', '.join(target.hosts)}): the key would go to a stranger. Use --base-url for another endpoint."
            )
        changes["base_url"] = url
    return target.model_copy(update=changes)


def clean_url(url: str, place: str) -> str:
    """Return a base URL without its trailing slash. Raises `UsageError` for what is no http(s) URL of an API."""
    shown = url.strip().rpartition("@")[2][:80]
    try:
        parts = urlsplit(url.strip())
        problem = None if parts.port != 0 else "there is no port 0"
    except ValueError as error:
        raise UsageError(f"{place}: `{shown}` is no base URL: {str(error).lower()}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problem = "it needs a scheme and a host, for example https://api.example.com/v1"
    elif not url.strip().isprintable() or " " in url.strip():
        problem = "it holds a blank or a character that cannot be printed"
    elif "@" in parts.netloc:
        problem = "it holds a user name or a password; give the key by --api-key-env VAR"
    elif parts.query or parts.fragment:
        problem = "it must have no query and no fragment"
    if problem:
        raise UsageError(f"{place}: `{parts.hostname or shown}` is no base URL: {problem}")
    path = parts.path.rstrip("/")
    for tail in ("/chat/completions", "/embeddings", "/models"):
        path = path.removesuffix(tail)
    return f"{parts.scheme}://{parts.netloc}{path}"


def ad_hoc(
    base_url: str,
    models: Mapping[str, str],
    *,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    key_env: str | None = None,
) -> Target:
    """Return a target for any endpoint, without a file. Raises `UsageError`."""
    url = clean_url(base_url, "--base-url")
    host = urlsplit(url).hostname or ""
    if name is not None and not _NAME.match(name):
        raise UsageError(f"--name `{name}`: use lower-case letters, digits, dots and hyphens")
    local = is_loopback(host)
    return Target(
        name=name or re.sub(r"[^a-z0-9.]+", "-", urlsplit(url).netloc.lower()).strip("-.") or "endpoint",
        title=url,
        base_url=url,
        hosts=(host,),
        key_env=key_env,
        headers=dict(headers or {}),
        models={role: Model(id=model) for role, model in models.items()},
        limits=Limits(in_flight=64, per_minute=0, deadline_s=30) if local else Limits(),
    )


Mode = Literal["live", "record", "replay", "rehearse"]
