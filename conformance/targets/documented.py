"""What a document says a target does otherwise than OpenAI: with that a rehearsal dresses the simulator."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Documented(BaseModel):
    """
    A documented behavior as deviations that the simulator can serve, by their ids.

    `assumption`: no document of the vendor says it of its endpoint: it is known of the software that the vendor seems
    to run, or was reported by others.
    `line`: where it stands in the edition that was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    deviations: tuple[str, ...] = Field(min_length=1)
    says: str = Field(min_length=1)
    document: str = Field(min_length=1)
    edition: str = ""
    dated: date | None = None
    line: str = ""
    assumption: bool = False

    @property
    def place(self) -> str:
        """Return where it is said: the document, its edition, and the line."""
        day = f"{self.dated:%Y-%m-%d}" if self.dated else ""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (self.document, self.edition, day, line) if part)
