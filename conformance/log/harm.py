"""Who breaks, as the log says it: what the official client gets, and which deviations of the zoo are alike."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Client(_Part):
    """What a user of the official client gets of an exchange in which some check deviates."""

    type: Literal["client"] = "client"
    target: str
    exchange: str = Field(description="the label of the exchange")
    outcome: Literal["survives", "raises", "loses"] = Field(description="loses: data is lost without an exception")
    raised: str = Field(default="", description="the class of the exception that the client raises")
    reason: str = Field(default="", description="which call of the client, and what it raises or loses")


class SimilarDeviation(_Part):
    """A deviation of the zoo that a check is meant to find: who notices it, and where it was seen."""

    id: str
    breaks: str
    links: list[str] = Field(default_factory=list)


class Similar(_Part):
    """The deviations of the zoo that a check is meant to find, for a check that deviates."""

    type: Literal["similar"] = "similar"
    target: str
    check: str
    deviations: list[SimilarDeviation]
