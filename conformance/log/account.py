"""What the vendor's account says of a run, as the log has it: its log entries against `usage`, and the quota."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.log.fields import MOST, Count
from conformance.targets.target import Claim, Target

CAPABILITY = "ops.account_api"
"""What a claim names that promises such a log."""

Amount = Annotated[float, Field(ge=-MOST, le=MOST, allow_inf_nan=False)]
Standing = Literal["agrees", "differs", "missing", "untold"]
By = Literal["", "request id", "tokens and time", "time"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Logged(_Part):
    """One entry of the vendor's log. None: the entry does not say it."""

    request_id: str = ""
    model: str = ""
    input: Count | None = None
    output: Count | None = None
    cost: Amount | None = Field(default=None, description="in the vendor's own unit")
    status: str = ""
    at: Amount | None = Field(default=None, description="seconds since 1970, by the vendor's clock")


class Spent(_Part):
    """What a response itself said of what it took, and when it came."""

    exchange: str = Field(description="the label of the exchange")
    request_id: str = ""
    models: list[str] = Field(default_factory=list, description="the model that was requested, and the one returned")
    status: Count
    input: Count | None = None
    output: Count | None = None
    dollars: Amount | None = Field(default=None, description="by that usage and the prices of the target's file")
    began: Amount = Field(description="seconds since 1970")
    ended: Amount = Field(description="seconds since 1970")


class HeldEntry(_Part):
    """One exchange, the entry of the vendor's log that is of it, and what comes of comparing them."""

    spent: Spent
    logged: Logged | None = None
    standing: Standing
    by: By = Field(default="", description="what made them a pair")
    says: str = Field(default="", description="what differs, or why it could not be told")


class Quota(_Part):
    """What the vendor tells of the key: what it was granted, has used and has left, in the vendor's own unit."""

    granted: Amount | None = None
    used: Amount | None = None
    available: Amount | None = None
    unlimited: bool | None = None


class Account(_Part):
    """What the account API of a target told after a run."""

    type: Literal["account"] = "account"
    target: str
    log: str = Field(default="", description="why the vendor's log could not be read; empty: it was read")
    entries: Count = Field(default=0, description="how many entries of the vendor's log were read")
    held: list[HeldEntry] = Field(default_factory=list)
    totals: list[str] = Field(default_factory=list, description="models whose sums differ where no pair could be told")
    quota: Quota | None = None
    quota_trouble: str = Field(default="", description="why the quota could not be read")

    @property
    def differing(self) -> list[str]:
        """Return in words each difference between the vendor's log and `usage`."""
        return [f"{one.spent.exchange}: {one.says}" for one in self.held if one.standing == "differs"] + self.totals


def contradictions(accounts: Iterable[Account], targets: Iterable[Target]) -> list[str]:
    """Return in words what the accounts contradict of what the targets' files promise of `ops.account_api`."""
    promised = {target.name for target in targets if any(map(_promises, target.claims))}
    return [
        f"{one.target} promises a log of its account that is right (ops.account_api): {said}"
        for one in accounts
        if one.target in promised
        for said in one.differing
    ]


def _promises(claim: Claim) -> bool:
    return claim.promises and any(fnmatchcase(CAPABILITY, name) for name in claim.capabilities)
