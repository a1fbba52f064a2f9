"""
Profiles: named selections, in TOML. Their keys are those of the options; an option on the command line wins.

The suite's own are `profiles/<name>.toml`; a user names a file of theirs, for example what one application uses.
"""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.targets.mistake import explain
from conformance.targets.suggestion import unknown
from conformance.wire.capability import SHOULD, Level
from conformance.wire.verdict import UsageError

PROFILES = Path(__file__).parent / "profiles"


OF_APPLICATIONS = frozenset({"parameters", "schema_keywords", "models", "concurrency", "sizes", "observed"})
"""Keys of an application's `app.toml` that select nothing here: `compare` reads them."""


class Profile(BaseModel):
    """
    One selection.

    `capabilities` and `checks` (globs of ids) are chosen whatever their level; without any of them `level` chooses.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    capabilities: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    level: Level = SHOULD
    cost: Literal["standard", "all"] = "standard"
    max_requests: int | None = Field(default=None, ge=1)


def names(folder: Path = PROFILES) -> list[str]:
    """Return the names of the suite's own profiles."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(name: str, root: Path, folder: Path = PROFILES) -> Profile:
    """Return a profile by its name, or from a file below `root`. Raises `UsageError` that says what is known."""
    known = name in names(folder)
    path = folder / f"{name}.toml" if known else root / name
    if not known and not path.is_file():
        raise UsageError(f"{unknown('profile', name, names(folder))}, or the path of a TOML file")
    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
        return Profile.model_validate({key: told[key] for key in told if key not in OF_APPLICATIONS})
    except ValidationError as error:
        raise UsageError(f"profile {name}{explain(error, Profile, text)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"profile {name}: {error}") from None
