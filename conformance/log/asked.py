"""What a run was asked to do: its options, as `--resume` repeats them."""

from pydantic import BaseModel, ConfigDict, Field


class Asked(BaseModel):
    """
    The options of one run, called as on the command line. Never a key, and of a header its name alone.

    A log may be a stranger's: whoever repeats it takes no file, no code and no credential because it is named here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: tuple[str, ...] = ()
    base_url: tuple[str, ...] = ()
    endpoint: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    header: tuple[str, ...] = Field(default=(), description="`[NAME=]HEADER`, without its value")
    api_key_env: tuple[str, ...] = Field(default=(), description="the names of the variables that held keys")
    auth_header: tuple[str, ...] = ()
    auth_prefix: tuple[str, ...] = ()
    ca_file: tuple[str, ...] = ()
    client_cert: tuple[str, ...] = ()
    client_key: tuple[str, ...] = Field(default=(), description="the path of the file, not what it holds")
    known: tuple[str, ...] = Field(default=(), description="`[NAME=]FILE`: files of known deviations")
    name: str | None = None
    mode: str | None = None
    profile: str | None = None
    packages: tuple[str, ...] = Field(default=(), description="of `--checks`")
    capability: tuple[str, ...] = ()
    level: str | None = None
    cost: str | None = None
    samples: int | None = None
    confirm: int | None = None
    max_requests: int | None = None
    in_flight: int | None = None
    deadline: float | None = None
    max_bytes: int | None = None
    max_disk: int | None = None
    max_minutes: float | None = None
    max_cost: float | None = None
    secret_header: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    keep: str = "bodies"
    shard: str | None = Field(default=None, description="`K/N`: the part of the plan that this run sends")
    keyword: str = Field(default="", description="of pytest's `-k`")
