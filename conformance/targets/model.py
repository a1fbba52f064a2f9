"""
Which models a target is asked for: one form, from the target's file over recordings and log to the reports.

A role (`chat`, `embedding`, ...) has a model, and may have further ones that get results of their own, as variants.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """A model's id, the environment variable that overrides it, and further models that get results of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    env: str | None = Field(default=None, exclude=True)
    also: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the model and of the further ones."""
        return (self.id, *self.also)


def _model(value: object) -> object:
    """Turn the short forms into the long one: an id alone, or a list of ids."""
    if isinstance(value, list) and value:
        return {"id": value[0], "also": value[1:]}
    return {"id": value} if isinstance(value, str) else value


Models = Mapping[str, Annotated[Model, BeforeValidator(_model)]]
"""The models of a target by role. A text is accepted for a model without further ones."""


def variants(models: Mapping[str, Model], roles: Iterable[str]) -> tuple[str, ...]:
    """Return the variants of what needs these roles: an empty one, and `<role>=<model>` for each further model."""
    several = next((role for role in sorted(roles) if role in models and models[role].also), None)
    return ("", *(f"{several}={model}" for model in models[several].also)) if several else ("",)


def of_variant(models: Mapping[str, Model], variant: str) -> Mapping[str, Model]:
    """Return the models that a variant is asked with: that of the variant in its role, the first ones in the others."""
    role, _, model = variant.partition("=")
    return {**models, role: Model(id=model)} if variant else models


def asked(models: Mapping[str, Model], variant: str, roles: Iterable[str]) -> dict[str, str]:
    """Return the id of the one model that is asked for each of these roles, as far as they have one."""
    found = of_variant(models, variant)
    return {role: found[role].id for role in roles if role in found}


def together(recorded: Iterable[Mapping[str, Model]]) -> dict[str, Model]:
    """
    Return the models that several recordings of one target were made with.

    The first recording that has a role names its model; the further models of all are kept, so that a variant
    without a recording is noticed.
    """
    found: dict[str, Model] = {}
    for models in recorded:
        for role, model in models.items():
            first = found.setdefault(role, Model(id=model.id))
            more = dict.fromkeys(name for name in (*first.also, *model.also) if name != first.id)
            found[role] = Model(id=first.id, also=tuple(more))
    return found


def shown(models: Mapping[str, Model]) -> dict[str, str]:
    """Return the ids of all models by role, as one text each, for people."""
    return {role: ", ".join(model.ids) for role, model in models.items()}
