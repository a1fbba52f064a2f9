"""What the log says of the zoo: the deviations that a check is meant to find."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
