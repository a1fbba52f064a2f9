"""In which order exchanges are sent, and what they build on."""

from collections.abc import Container, Iterable, Mapping, Sequence

from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.targets.target import Target


def closure(keys: Iterable[ExchangeKey]) -> list[ExchangeKey]:
    """Return the keys and all that they build on, and their siblings, each once, what is built on first."""
    found: dict[ExchangeKey, None] = {}

    def add(key: ExchangeKey) -> None:
        for _, below in key.needs():
            add(below)
        if key.sibling is not None:
            add(key.sibling)
        found.setdefault(key)

    for key in keys:
        add(key)
    return list(found)


def chain(keys: Iterable[ExchangeKey]) -> list[ExchangeKey]:
    """Return the keys and all that they build on, each once, what is built on first; their siblings are left out."""
    found: dict[ExchangeKey, None] = {}

    def add(key: ExchangeKey) -> None:
        for _, below in key.needs():
            add(below)
        found.setdefault(key)

    for key in keys:
        add(key)
    return list(found)


def preflight_keys(target: Target, specs: Iterable[ExchangeSpec]) -> list[ExchangeKey]:
    """Return the exchanges asked first: those that need no model, and the first whose models are named."""
    asked = [spec for spec in specs if spec.preflight]
    without = [spec for spec in asked if not spec.roles]
    speaking = [spec for spec in asked if spec.roles and set(spec.roles) <= set(target.models)]
    return [ExchangeKey(target.name, spec) for spec in [*without, *speaking[:1]]]


def planned(
    selected: Iterable[ExchangeKey],
    first: Mapping[str, Sequence[ExchangeKey]],
    live: Container[str],
    samples: int = 1,
) -> list[ExchangeKey]:
    """
    Return the keys of all exchanges of a run: `first` those of the preflight, by target, then what is selected.

    A target that is not `live` is asked nothing that is not selected, but in the same order: "the first response that
    deviates" is then the same one in a run and in its replay. What is selected is sent so many times (`samples`), with
    all that it builds on.
    """
    wanted = closure(selected)
    asked = set(wanted)
    early = [key for target, keys in first.items() for key in keys if target in live or key in asked]
    again = [key.sampled(sample) for sample in range(2, samples + 1) for key in wanted]
    return closure([*early, *wanted, *again])


def ordered(keys: Iterable[ExchangeKey]) -> list[ExchangeKey]:
    """
    Return keys in the order of sending.

    First what should succeed, then what must be alone, then wrong requests (some gateways put a model to sleep
    after an error), clean-up last.
    """
    return sorted(closure(keys), key=lambda key: (key.spec.last, min(key.expects) >= 400, key.spec.alone))
