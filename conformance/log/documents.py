"""What documents say of a target, as the log has it: statements, and what a rehearsal was dressed with."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.targets.model import Models
from conformance.targets.name import Name
from conformance.targets.target import ClaimKind


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dressing(_Part):
    """One deviation that the simulator served in a rehearsal, and who says that the target has it."""

    deviation: str
    says: str
    document: str
    assumption: bool = Field(default=False, description="in no document of the vendor about its endpoint")


class Rehearsed(_Part):
    """The target that a rehearsal stands for: what a run would ask, and what the simulator was dressed with."""

    target: Name
    base_url: str
    models: Models
    variable: str = Field(default="", description="the environment variable that holds its key")
    per_minute: int = Field(default=0, ge=0, description="the most that a run sends; 0: any number")
    dressing: list[Dressing] = Field(default_factory=list)


class Disagreement(_Part):
    """A point on which the documents disagree, with each other or within themselves."""

    id: str
    topic: str
    says: str = Field(description="who says what")
    claims: list[str] = Field(description="the ids of the claims that disagree, of any target")


class Stated(_Part):
    """What a document states about a target, as its file has it, before anything is measured."""

    type: Literal["claim"] = "claim"
    target: str
    id: str
    statement: str
    kind: ClaimKind
    capabilities: list[str] = Field(default_factory=list, description="those that a check of the suite can decide")
    beyond: list[str] = Field(default_factory=list, description="those that no check can decide")
    absent: list[str] = Field(default_factory=list, description="of the capabilities, those that it says are absent")
    applies: bool = Field(default=True, description="false: it is about other models than those that were asked")
    legacy: bool = Field(default=False, description="the document was withdrawn or replaced")
    place: str = Field(default="", description="document, edition, date and line")
    disagreements: list[Disagreement] = Field(default_factory=list)
