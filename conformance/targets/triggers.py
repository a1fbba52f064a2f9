"""What no request of ours can provoke by itself: its user knows it of the endpoint, or has it."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from conformance.wire.verdict import Inconclusive


class Triggers(BaseModel):
    """
    What makes further checks run; without it they are not chosen.

    `blocked_prompt`: a prompt that the endpoint's content filter blocks. `image_url`: where the suite's `word.png`
    (`conformance/checks/common/fixtures`) is served, for the endpoint to fetch. `other_key_env`: the variable that
    holds the key of a second account, which shares nothing with the first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocked_prompt: str | None = Field(default=None, min_length=1, max_length=20_000)
    image_url: str | None = Field(default=None, max_length=2_000)

    other_key_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,199}$")

    @field_validator("image_url")
    @classmethod
    def _fetched(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("`image_url` is http:// or https://, where the endpoint can fetch the picture")
        return url

    def has(self, name: str) -> bool:
        """Tell whether there is such a trigger. No name is none that is needed."""
        return not name or bool(getattr(self, name))

    def of(self, name: str) -> str:
        """Return a trigger. Raises `Inconclusive` when there is none."""
        if not self.has(name):
            raise Inconclusive(f"nobody can provoke it from outside: the target's file names no `[triggers] {name}`")
        return str(getattr(self, name))
