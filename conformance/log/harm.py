"""Who breaks, as the log says it: what clients get, and which deviations of the zoo are alike."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


PYTHON, PYTHON_TITLE = "openai-python", "the official Python client"


class Client(_Part):
    """What a user of a client gets of an exchange in which some check deviates."""

    type: Literal["client"] = "client"
    target: str
    exchange: str = Field(description="the label of the exchange")
    client: str = Field(default=PYTHON, description="which client; a run by itself looks at the official Python one")
    title: str = Field(default=PYTHON_TITLE, description="what people call it")
    version: str = Field(default="", description="its packages and their versions; empty: that of the run")
    outcome: Literal["survives", "raises", "loses"] = Field(description="loses: data is lost without an exception")
    raised: str = Field(default="", description="the class of the exception that the client raises")
    reason: str = Field(default="", description="which call of the client, and what it raises or loses")
    calls: dict[str, str] = Field(
        default_factory=dict, description="what came of each way to call it, where the run was given to several clients"
    )
    cuts: str = Field(
        default="", description="of a stream that ends between two events: where a user of the client cannot tell"
    )


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
