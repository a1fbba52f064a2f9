"""What a client can change so that it copes with a fault: a table as data, `repairs.toml`."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Repair(BaseModel):
    """
    One entry: what it repairs, in words what to do, and the setting of the client with its new and its former value.

    `causes` and `checks` are globs of ids. In `setting`, `{what}` stands for what the cause is about, such as a key.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    says: str
    setting: str
    value: str
    former: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting to change, with what it goes back to on a rollback."""

    name: str
    value: str
    former: str
    why: str


_OF_INVALID_REQUESTS = ("accepted:", "crashed:")
"""Causes that show in requests which are wrong on purpose: what their checks are about is no repair of them."""


def setting_of(repair: Repair, cause: str) -> Setting:
    """Return the setting that repairs a cause."""
    what = cause.partition(":")[2].partition("[")[0] or cause
    return Setting(repair.setting.replace("{what}", f"`{what}`"), repair.value, repair.former, repair.says)


@cache
def repairs() -> tuple[Repair, ...]:
    """Return the table in its order."""
    text = files("conformance.compare").joinpath("repairs.toml").read_text(encoding="utf-8")
    return tuple(Repair.model_validate(entry) for entry in tomllib.loads(text)["repair"])


def repair_of(cause: str, checks: Iterable[str]) -> Repair | None:
    """Return what a client can do about a cause: by its id, or by the checks that show it; None where nothing helps."""
    names = () if cause.startswith(_OF_INVALID_REQUESTS) else tuple(checks)
    for repair in repairs():
        by_checks = names and all(any(fnmatchcase(name, glob) for glob in repair.checks) for name in names)
        if by_checks or any(fnmatchcase(cause, glob) for glob in repair.causes):
            return repair
    return None
