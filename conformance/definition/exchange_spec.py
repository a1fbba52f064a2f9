"""
What is sent: the definition of an exchange.

An exchange is a function from a target (and from the exchanges it builds on, named as arguments) to a request. It
is sent once per run and target, whatever asks for it. Names are looked up in the module that defines the function.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from conformance.definition.citation import DOC, RFC, Citation
from conformance.wire.capability import Capability
from conformance.wire.exchange import Exchange, label_of
from conformance.wire.request import Request

DEFAULT_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Until:
    """Ask again every `every_s` seconds until `met` is true of the answer, at most for `limit_s` seconds."""

    met: Callable[[Exchange], bool]
    every_s: float = 2.0
    limit_s: float = 120.0


@dataclass(frozen=True, eq=False)
class ExchangeSpec:
    """
    The definition of an exchange.

    `expects`: the statuses of a conforming answer. `each`: the rows of a parametrised exchange by case; the function
    takes the row as argument `row`, and a row with an attribute `expects` has statuses of its own. `until`: poll.
    `stop_after`: hang up after so many events. `together`: send all cases at the same time. `alone`: nothing else is in
    flight (timing). `last`: after all that depend on what it builds on (clean-up). `cost`: expected tokens in and out.
    `roles`: the roles of the models that it needs. `preflight`: asked before everything else. `media`: the media types
    of a good answer that is neither JSON nor a stream of events; one that ends with `/` stands for all that begin so.
    `invalid`: the request is invalid on purpose. `sibling`: an exchange without a sibling of its own that sends another
    value of the same parameter; where that is served, a refusal here refuses a value: that is never `unsupported`.
    `trigger`: what a target's `[triggers]` must name for it; its checks are not chosen where that is missing.
    """

    function: Callable[..., Request]
    capability: Capability
    expects: frozenset[int]
    each: Mapping[str, Any] = field(default_factory=dict)
    until: Until | None = None
    stop_after: int | None = None
    together: bool = False
    alone: bool = False
    last: bool = False
    cost: int = DEFAULT_TOKENS
    roles: tuple[str, ...] = ("chat",)
    preflight: bool = False
    needs_key: bool = False
    trigger: str = ""
    media: tuple[str, ...] = ()
    invalid: bool = False
    sibling: "ExchangeSpec | None" = None

    def __repr__(self) -> str:
        return f"<exchange {self.id}>"

    def expected(self, case: str) -> frozenset[int]:
        """Return the statuses of a conforming answer to one case: those of its row, if the row has any."""
        own = getattr(self.each.get(case), "expects", None)
        return frozenset(own) if own else self.expects

    @property
    def name(self) -> str:
        """Return the name of the function."""
        return self.function.__name__

    @property
    def id(self) -> str:
        """Return `<capability>/<name>`."""
        return f"{self.capability.id}/{self.name}"

    @cached_property
    def needs(self) -> Mapping[str, "ExchangeSpec"]:
        """Return the exchanges that this one builds on, by argument."""
        return arguments(self.function, ignore=("target", "row"))

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """Return the cases: its own, or those of the exchange that it builds on; none for a plain exchange."""
        if self.each:
            return tuple(self.each)
        return next((spec.cases for spec in self.needs.values() if spec.cases), ())

    @cached_property
    def all_roles(self) -> frozenset[str]:
        """Return the roles of the models that it needs, and of those that it builds on."""
        return frozenset(self.roles).union(*(spec.all_roles for spec in self.needs.values()))

    @property
    def rule(self) -> Citation:
        """Return the place that asks for its status: that about errors for a request that must be rejected."""
        rejected = self.invalid or min(self.expects) >= 400
        return DOC("ErrorResponse") if rejected else RFC(9110, "15.3")

    @cached_property
    def requirement(self) -> str:
        """Return what is special about the request: the function's docstring in one line."""
        return " ".join((self.function.__doc__ or "").split())

    def build(self, target: Any, case: str, needed: Mapping[str, Exchange]) -> Request:
        """Return the request. Raises what the function raises, and what reading the other exchanges raises."""
        named: dict[str, Any] = dict(needed)
        if "target" in inspect.signature(self.function).parameters:
            named["target"] = target
        if self.each:
            named["row"] = self.each[case]
        return self.function(**named)


@dataclass(frozen=True, slots=True)
class ExchangeKey:
    """
    What identifies an exchange within a run.

    `variant` is empty, or `<role>=<model>` where a role holds several models and this is not the first. `sample` counts
    from 1 how often the same is sent.
    """

    target: str
    spec: ExchangeSpec
    case: str = ""
    variant: str = ""
    sample: int = 1

    @property
    def expects(self) -> frozenset[int]:
        """Return the statuses of a conforming answer."""
        return self.spec.expected(self.case)

    @property
    def label(self) -> str:
        """Return `<capability>/<name>[case]`, with `@2` behind it for the second sample."""
        return label_of(self.spec.id, self.shown, self.sample)

    @property
    def shown(self) -> str:
        """Return case and variant as one text, for people and file names."""
        return ",".join(part for part in (self.case, self.variant) if part)

    def of(self, spec: ExchangeSpec) -> "ExchangeKey":
        """Return the key of another exchange, with the same case and variant as far as they concern it."""
        concerned = self.variant.partition("=")[0] in spec.all_roles
        case, variant = self.case if spec.cases else "", self.variant if concerned else ""
        return ExchangeKey(self.target, spec, case, variant, self.sample)

    def sampled(self, sample: int) -> "ExchangeKey":
        """Return the key of another sample of the same exchange."""
        return self if sample == self.sample else replace(self, sample=sample)

    @property
    def sibling(self) -> "ExchangeKey | None":
        """Return the key of the exchange that sends another value of the same parameter, or None."""
        return self.of(self.spec.sibling) if self.spec.sibling else None

    def needs(self) -> Iterator[tuple[str, "ExchangeKey"]]:
        """Yield the keys of the exchanges that this one builds on, by argument."""
        for argument, spec in self.spec.needs.items():
            yield argument, self.of(spec)


def exchange(
    capability: Capability, *, expects: int | Iterable[int] = 200, **options: Any
) -> Callable[[Callable[..., Request]], ExchangeSpec]:
    """Turn a function into an exchange; for the options see `ExchangeSpec`."""
    statuses = frozenset({expects} if isinstance(expects, int) else expects)

    def define(function: Callable[..., Request]) -> ExchangeSpec:
        return ExchangeSpec(function, capability, statuses, **options)

    return define


def arguments(function: Callable[..., Any], ignore: tuple[str, ...] = ()) -> dict[str, ExchangeSpec]:
    """Return the exchanges that a function names as arguments. Raises `TypeError` for a name that is none."""
    found = {}
    for name in inspect.signature(function).parameters:
        if name in ignore:
            continue
        spec = function.__globals__.get(name)
        if not isinstance(spec, ExchangeSpec):
            raise TypeError(f"{function.__module__}.{function.__qualname__}: `{name}` is no exchange of its module")
        found[name] = spec
    return found
