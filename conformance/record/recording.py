"""One recorded exchange: what was sent, what came back, and where both are from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from conformance.targets.auth import Auth
from conformance.targets.model import Models, asked
from conformance.targets.name import Name
from conformance.wire.exchange import label_of
from conformance.wire.response import Ending, NotJson, Response, read_json
from conformance.wire.upstream import UpstreamRequest
from conformance.wire.verdict import HarnessError

Part = Annotated[str, Field(pattern=r"^\w[\w.-]*$", max_length=120)]
"""
The id of a capability or the name of an exchange: a part of a path.

Its length is no part of the pattern: to compile one that counts to 119 takes 70 ms at every start.
"""

Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,199}$")]


REQUEST_CHANGED = "request changed since it was recorded"
"""How the reason of an exchange begins whose cassette is of another request."""


class CassetteError(HarnessError):
    """A cassette that cannot be used: cut or edited by hand."""


class RequestChanged(CassetteError):
    """A cassette of another request than the one that the suite sends today."""


class KeyFound(HarnessError):
    """A cassette was not written, because it would have held a key."""


class Kept(StrEnum):
    """What a recording holds of the bodies: all of them, or their shapes, which cannot be judged."""

    BODIES = "bodies"
    SHAPES = "shapes"


class Provenance(BaseModel):
    """
    What was called, when and how it ended. `digest` is over the wire, so that an edit by hand is noticed.

    `models` are all models of the target; `variant` (`<role>=<model>`) and the `roles` that the exchange needs say
    which of them were asked here. `sample` counts from 1 how often a run has sent the same. `auth` says in which
    header the key went, if it was not the usual one; the key is not recorded. `withheld` names the headers of the
    request whose values are secret, and for each the environment variable that is to hold the value to send it
    again; it is None in a recording that does not tell. `beside` is how many other requests of ours were in flight
    to the target meanwhile, `deadline_s` how long the exchange might take. `lag_ms` is how late our own event
    loop was while the response came, at most; None: it was not measured. `server` is what answered, by the pins that
    it was installed from, where the suite started it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Name
    capability: Part
    exchange: Part
    case: str = ""
    variant: str = ""
    sample: Annotated[int, Field(ge=1)] = 1
    roles: tuple[str, ...] = ()
    base_url: str
    auth: Auth | None = None
    withheld: dict[Header, Variable] | None = None
    models: Models
    suite: str
    client: str
    server: str = ""
    recorded: datetime
    ending: Ending
    reason: str = ""
    attempts: tuple[str, ...] = ()
    leaked: int = 0
    beside: int = 0
    lag_ms: float | None = None
    deadline_s: float | None = None
    kept: Kept = Kept.BODIES
    digest: str = ""

    @property
    def label(self) -> str:
        """Return the label of the exchange, as the log names it."""
        shown = ",".join(part for part in (self.case, self.variant) if part)
        return label_of(f"{self.capability}/{self.exchange}", shown, self.sample)

    @property
    def asked(self) -> dict[str, str]:
        """Return the id of the model that was asked in this exchange, by role."""
        return asked(self.models, self.variant, self.roles)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went over the wire, without its key."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def streamed(self) -> bool:
        """Tell whether a stream of events is asked for, in the body or in the query."""
        if not self.body:
            return "stream=true" in self.url.partition("?")[2].split("&")
        try:
            value = read_json(self.body)
        except NotJson:
            return False
        return isinstance(value, dict) and value.get("stream") is True


@dataclass(frozen=True, slots=True)
class Recording:
    """
    One recorded exchange.

    `searched`: the keys that were looked for in the response, and of which none was there. Searching a large one takes
    seconds, so it is searched once. `upstream` is what was sent for it to the endpoint behind, where that tells it.
    """

    sent: Sent
    response: Response
    provenance: Provenance
    searched: frozenset[str] = frozenset()
    upstream: tuple[UpstreamRequest, ...] = ()
