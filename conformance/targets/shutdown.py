"""When models are shut down: the days that documents state, from the suite's table and from a target's own file."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from conformance.targets.model import Model

TABLE = Path(__file__).parent / "shutdowns" / "table.toml"
"""Not beside the targets: each TOML file there is one."""

SOON_DAYS = 60


class Shutdown(BaseModel):
    """
    The day from which some models are not served any more. `source` states it, and was read on the day `dated`.

    `instead`: the model that the source recommends in their place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[str, ...] = Field(min_length=1)
    on: date
    source: str = Field(min_length=1)
    dated: date
    instead: str = ""


@cache
def table(path: Path = TABLE) -> tuple[Shutdown, ...]:
    """Return the suite's own table."""
    described = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Shutdown.model_validate(entry) for entry in described["shutdowns"])


def of_models(models: Mapping[str, Model], own: Sequence[Shutdown]) -> list[Shutdown]:
    """Return what is known of the models that a target is asked for, one entry each; `own`: its file's."""
    asked = dict.fromkeys(name for model in models.values() for name in model.ids)
    found = ((name, _first(name, (*own, *table()))) for name in asked)
    return [entry.model_copy(update={"models": (name,)}) for name, entry in found if entry]


def _first(name: str, entries: Iterable[Shutdown]) -> Shutdown | None:
    """Return the first entry that names a model, which a gateway may write behind its maker: `maker/model`."""
    plain = name.rpartition("/")[2]
    return next((entry for entry in entries if name in entry.models or plain in entry.models), None)


def soon(entries: Iterable[Shutdown], models: Mapping[str, Model], today: date) -> Iterator[str]:
    """Yield in words which of the models that are asked for are shut down within 60 days, or should be by now."""
    for entry in sorted(entries, key=lambda one: (one.on, one.models)):
        days = (entry.on - today).days
        roles = [role for role, model in models.items() if set(model.ids) & set(entry.models)]
        if days > SOON_DAYS or not roles:
            continue
        when = f"is shut down on {entry.on}, in {_days(days)}" if days > 0 else f"was to be shut down on {entry.on}"
        instead = f"; recommended instead: `{entry.instead}`" if entry.instead else ""
        yield f"model `{entry.models[0]}` ({', '.join(roles)}) {when} ({entry.source}, read on {entry.dated}){instead}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
