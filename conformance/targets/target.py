"""A target: everything about one endpoint. Never its key."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conformance.targets.auth import USUAL, Auth, Tls
from conformance.targets.documented import Documented
from conformance.targets.model import Models, of_variant, variants
from conformance.targets.name import Name
from conformance.targets.operations import Operations
from conformance.targets.price import Prices
from conformance.targets.server import Server, refuse_headers
from conformance.targets.shutdown import Shutdown
from conformance.targets.triggers import Triggers
from conformance.targets.url import is_local
from conformance.wire.capability import Capability, Level
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.response import MAX_DECODED
from conformance.wire.verdict import Inconclusive

Mode = Literal["live", "record", "replay", "rehearse"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    """
    What may be sent. `per_minute` and `tokens_per_minute` 0 are no limit; `deadline_s` bounds a whole exchange.

    `in_flight` is how many requests are in flight at first, `most_in_flight` how many may be, if it pays to send more.
    `fixed`: the number never changes, whatever comes.
    """

    in_flight: int = Field(default=4, ge=1)
    most_in_flight: int = Field(default=0, ge=0, description="0: never more than `in_flight`")
    fixed: bool = False
    per_minute: int = Field(default=30, ge=0)
    tokens_per_minute: int = Field(default=0, ge=0)
    deadline_s: float = Field(default=120.0, gt=0)
    max_bytes: int = Field(default=32 * 1024 * 1024, ge=1024, le=MAX_DECODED)
    thinking_tokens: int = Field(default=0, ge=0)


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
    withdrawn or replaced. `line`: where the statement stands in the edition that was read. `models`: it is about these
    models alone, by role (`chat = "sim-reasoning*"`); a negative one of that sort withdraws what others promise.
    `absent` are those of its capabilities that it says are not offered: a refusal is then as documented.
    """

    id: str
    capabilities: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    statement: str
    kind: ClaimKind = ClaimKind.POSITIVE
    document: str
    edition: str = ""
    dated: date | None = None
    line: str = ""
    legacy: bool = False
    models: Mapping[str, str] = Field(default_factory=dict)

    def about(self, capability: Capability, models: Models) -> bool:
        """Tell whether it states something about a capability, with these models in their roles."""
        named = any(fnmatchcase(capability.id, name) for name in self.capabilities)
        return named and self.of_models(models)

    def of_models(self, models: Models) -> bool:
        """Tell whether it is about these models in their roles."""
        return all(role in models and fnmatchcase(models[role].id, name) for role, name in self.models.items())

    @property
    def place(self) -> str:
        """Return where it is stated: the document, its edition, its day, and the line."""
        day = f"{self.dated:%Y-%m-%d}" if self.dated else ""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (self.document, self.edition, day, line) if part)

    @model_validator(mode="after")
    def _absent_of_its_own(self) -> "Claim":
        if not set(self.absent) <= set(self.capabilities):
            raise ValueError("`absent` names some of the claim's own `capabilities`")
        return self

    @property
    def withdraws(self) -> bool:
        """Tell whether it takes back for some models what the target promises otherwise."""
        return self.kind is ClaimKind.NEGATIVE and bool(self.models) and not self.legacy

    @property
    def promises(self) -> bool:
        """Tell whether the target can be held to it."""
        return self.kind in {ClaimKind.POSITIVE, ClaimKind.SHAPE} and not self.legacy


class KnownDeviation(_Part):
    """
    A deviation that is known and accepted for now: of a check, or of a finding.

    `places` are the exchanges in which it is known (`chat.basic/hello`), as the log names them, with `*` for any part.
    Without them it is known wherever it shows; with them it is new in any other place. One that only shows `sometimes`
    is never stale: so that it does not stay for ever, it has a day on which it `expires`.
    """

    check: str | None = None
    finding: str | None = None
    places: tuple[str, ...] = ()
    reason: str = Field(min_length=1)
    since: date
    expires: date | None = None
    link: str | None = None
    sometimes: bool = False

    @model_validator(mode="after")
    def _of_one_thing(self) -> "KnownDeviation":
        if self.sometimes and self.expires is None:
            raise ValueError("what shows `sometimes` is never stale: say the day on which it `expires`")
        if (self.check is None) == (self.finding is None):
            raise ValueError("name either a `check` or a `finding`")
        return self

    def over(self, today: date) -> bool:
        """Tell whether it was accepted until a day before this one: then it is new again."""
        return self.expires is not None and self.expires < today


class Target(_Part):
    """
    One endpoint under test.

    `base_url` is without a trailing slash, or empty when the suite starts the server itself; a query in it goes along
    with every request. `hosts` are the only hosts that its key may be sent to, `auth` says how. `models` are by role:
    `chat`, `embedding`, ... `documented` is what its documents say it does otherwise than OpenAI, `prices`
    are by model, as far as a document states them; so are the days of `shutdowns`. `operations` is where its vendor
    tells what was asked and billed, `triggers` what makes further checks run. `upstream`: an endpoint of ours stands
    behind it, which tells what the target sends; `upstream_record` is the file that it tells it in.
    """

    name: Name
    title: str
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    base_url_env: str | None = None
    key_env: str | None = None
    auth: Auth = USUAL
    tls: Tls = Tls()
    documentation: str | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    models: Models = Field(default_factory=dict)
    limits: Limits = Limits()
    prices: Prices = Field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    documented: tuple[Documented, ...] = ()
    known_deviations: tuple[KnownDeviation, ...] = ()
    shutdowns: tuple[Shutdown, ...] = ()
    server: Server | None = None
    operations: Operations | None = None
    triggers: Triggers = Triggers()
    upstream: bool = False
    upstream_record: str = Field(default="", description="set at the start of a run")

    @model_validator(mode="after")
    def _account_at_its_hosts(self) -> "Target":
        host = urlsplit(self.operations.base_url).hostname if self.operations else None
        if host and host not in self.hosts:
            raise ValueError(f"`operations.base_url` is at `{host}`, which `hosts` does not name")
        return self

    @model_validator(mode="after")
    def _without_key(self) -> "Target":
        if any(header.lower() in {"authorization", "api-key", "x-api-key"} for header in self.headers):
            raise ValueError("a key comes from the environment: name its variable as `key_env`, not in `headers`")
        return self

    @model_validator(mode="after")
    def _as_its_server_needs(self) -> "Target":
        refuse_headers(self.headers, self.server)
        if self.server and self.server.upstream and max(self.limits.in_flight, self.limits.most_in_flight) > 1:
            raise ValueError("behind a server with an `upstream` goes one request at a time: `[limits] in_flight = 1`")
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
        """Tell whether a refusal of a capability deviates: it is stated, or a MUST, which every target owes."""
        return self.states(capability) or capability.level is Level.MUST

    def states(self, capability: Capability) -> bool:
        """
        Tell whether a claim of the target's file promises a capability; that lifts its MAY checks.

        A claim reaches as far as its words: `images.generate` does not promise what is below it, `images.*` does.
        """
        told = [claim for claim in self.claims if claim.about(capability, self.models)]
        return any(claim.promises for claim in told) and not any(claim.withdraws for claim in told)

    def told_by(self, record: str) -> "Target":
        """
        Return the target with the file in which the endpoint behind it tells what it is sent.

        Only one request is in flight then: what is sent upstream meanwhile belongs to it.
        """
        limits = self.limits.model_copy(update={"in_flight": 1, "most_in_flight": 0, "fixed": True})
        return self.model_copy(update={"upstream_record": record, "limits": limits})

    @property
    def tells_upstream(self) -> bool:
        """Tell whether it is known what the target sends to the endpoint behind it."""
        return bool(self.upstream or self.upstream_record or (self.server and self.server.upstream))

    @property
    def rehearsed(self) -> bool:
        """Tell whether the simulator answers in the place of another target: nothing is measured at that one."""
        return self.name.endswith(SUFFIX)

    @property
    def local(self) -> bool:
        """Tell whether the endpoint is on this machine."""
        return is_local(self.base_url)

    @property
    def takes_key(self) -> bool:
        """Tell whether it is called with a key. A server that the suite starts gets one made for it."""
        return self.key_env is not None or self.server is not None

    @property
    def needs_key(self) -> bool:
        """Tell whether a key must be in the environment to call it."""
        return self.key_env is not None and self.server is None
