"""What the log says of a check that deviated and was asked again (`--confirm`)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from conformance.samples.counted import Samples


class Confirmation(BaseModel):
    """What came of a check that deviated when its exchanges, and all that they build on, were asked again alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["confirmation"] = "confirmation"
    target: str
    check: str
    samples: Samples
