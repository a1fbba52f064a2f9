"""An option that nothing in the suite uses is dead: nothing shows that it works."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any

from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.plan import loader
from tests.fakes import spec

NOT_OPTIONS = {"bound"}
"""What a check gets when it is expanded."""


def unused(kind: type[Any], made: Iterable[Any]) -> set[str]:
    """Return the fields with a default that all of these leave as it is."""
    optional = {field.name: field for field in fields(kind) if field.name not in NOT_OPTIONS and _has_default(field)}
    return set(optional) - {name for one in made for name, field in optional.items() if _is_set(one, field)}


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _is_set(one: Any, field: Any) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(one, field.name) != default)


def test_an_option_that_one_sets_is_used() -> None:
    plain, alone = spec("plain"), spec("alone", alone=True)
    assert {"alone", "last", "each", "cost"} <= unused(ExchangeSpec, [plain])
    assert unused(ExchangeSpec, [plain]) - unused(ExchangeSpec, [plain, alone]) == {"alone"}


def test_every_option_of_an_exchange_is_used() -> None:
    assert unused(ExchangeSpec, loader.load().specs) == set()


def test_every_option_of_a_check_is_used() -> None:
    assert unused(Check, loader.load().checks) == set()
