"""What a check asserts: the requirement, its level, who says so, and an answer that must make it deviate."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from conformance.definition.citation import Citation
from conformance.definition.counterexample import Counterexample
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.definition.kind import Condition, Kind
from conformance.wire.capability import MAY, MUST, SHOULD, Capability, Level, weaker
from conformance.wire.exchange import Exchanges, Facet

F = TypeVar("F", bound=Callable[..., None])

_ATTRIBUTE = "__conformance_check__"


@dataclass(frozen=True)
class Check:
    """
    One requirement on one or more exchanges.

    Each argument of `function` names an exchange of its module, or the check has one argument that names a kind and is
    called with each response of that kind (annotated `Exchanges`: once, with all of them).

    `subject`: the exchange judged, where there are several and the counterexample does not tell. `when`: conditions on
    the request, for a kind. `reads`: what a check of a kind reads beyond status and JSON values. `witness`: the
    exchanges that are sent for a check of a kind in any case; by default that of its counterexample. `any_status`: the
    check wants to see responses with an unexpected status, and those that broke off, too. `without_response`: it also
    judges that a server gave none. `builtin`: one of the checks that every exchange has; `bound` is then the exchange
    that it is about, and its capability and level are the exchange's. `about_status`: it cites the rule
    of its exchange about the status. `decides`: the request parameters whose fate the
    check tells, `<endpoint>: <name>, ...`; `{case}` is a case that has the name of a field. `effect_seen`: their effect
    can be seen from outside; else the check tells only whether they are accepted.
    """

    function: Callable[..., None]
    capability: Capability
    level: Level
    says: Citation
    counterexample: Counterexample | None
    subject: ExchangeSpec | None = None
    when: tuple[Condition, ...] = ()
    reads: frozenset[Facet] = frozenset()
    witness: tuple[ExchangeSpec, ...] = ()
    any_status: bool = False
    without_response: bool = False
    former: tuple[str, ...] = ()
    builtin: bool = False
    about_status: bool = False
    bound: ExchangeSpec | None = None
    decides: str = ""
    effect_seen: bool = True

    @property
    def statement(self) -> str:
        """Return the name of what is true: the function's name without `test_`."""
        return self.function.__name__.removeprefix("test_")

    @property
    def requirement(self) -> str:
        """Return the sentence that the check asserts: its docstring's first paragraph in one line."""
        return " ".join(inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[0].split())

    @property
    def owed(self) -> Level:
        """Return the level that counts: a strict rule about an optional capability is owed by who offers it."""
        return weaker(self.level, self.capability.level)

    @cached_property
    def _named(self) -> Mapping[str, ExchangeSpec | Kind]:
        """Return what the arguments name: exchanges, or one kind. Raises `TypeError` for anything else."""
        if self.builtin:
            return {"exchange": self.bound} if self.bound else {}
        found: dict[str, ExchangeSpec | Kind] = {}
        for name in self.arguments:
            value = self.function.__globals__.get(name)
            if not isinstance(value, ExchangeSpec | Kind):
                place = f"{self.function.__module__}.{self.function.__qualname__}"
                raise TypeError(f"{place}: `{name}` is not an exchange or a kind of its module")
            found[name] = value
        if len(found) > 1 and any(isinstance(value, Kind) for value in found.values()):
            raise TypeError(f"{self.function.__qualname__}: a check of a kind has one argument")
        return found

    @cached_property
    def kind(self) -> Kind | None:
        """Return the kind that the check holds of, or None for a check on named exchanges."""
        return next((value for value in self._named.values() if isinstance(value, Kind)), None)

    @cached_property
    def specs(self) -> Mapping[str, ExchangeSpec]:
        """Return the exchanges that the function names as arguments, in order; none for a check of a kind."""
        return {name: value for name, value in self._named.items() if isinstance(value, ExchangeSpec)}

    @cached_property
    def sent(self) -> tuple[ExchangeSpec, ...]:
        """Return the exchanges that must be sent so that the check can be judged."""
        if self.kind is None:
            return tuple(self.specs.values())
        told = self.counterexample.spec if self.counterexample else None
        witnesses = self.witness or ((told,) if told else ())
        if not witnesses:
            raise TypeError(f"{self.function.__qualname__}: a check of a kind needs `witness=`, exchanges of that kind")
        return witnesses

    def of(self, spec: ExchangeSpec) -> "Check":
        """Return a built-in check as the check of one exchange; it is made once, and runs in one process share it."""
        if spec not in self._of:
            says = spec.rule if self.about_status else self.says
            self._of[spec] = replace(self, capability=spec.capability, bound=spec, says=says)
        return self._of[spec]

    @cached_property
    def _of(self) -> dict[ExchangeSpec, "Check"]:
        return {}

    @cached_property
    def arguments(self) -> Mapping[str, bool]:
        """Return the names of the function's arguments, in order, and whether each takes all at once (`takes_all`)."""
        signature = inspect.signature(self.function)
        return {name: argument.annotation == Exchanges for name, argument in signature.parameters.items()}

    def takes_all(self, argument: str) -> bool:
        """Tell whether an argument takes all cases of its exchange, or all responses of its kind, at once."""
        return self.arguments[argument]

    @property
    def axis(self) -> ExchangeSpec | None:
        """Return the parametrised exchange whose cases multiply the check, or None."""
        axes = [s for name, s in self.specs.items() if s.cases and not self.takes_all(name)]
        if len({tuple(spec.cases) for spec in axes}) > 1:
            raise TypeError(f"{self.function.__qualname__}: its parametrised exchanges have different cases")
        return axes[0] if axes else None

    @property
    def judged(self) -> str:
        """Return the name of the subject: the kind, or the exchange judged, never the control beside it."""
        if self.bound is not None:
            return self.bound.name
        if self.kind is not None:
            return self.kind.name
        specs = tuple(dict.fromkeys(self.specs.values()))
        broken = self.counterexample.spec if self.counterexample else None
        chosen = self.subject or (broken if broken in specs else specs[0] if len(specs) == 1 else None)
        if chosen is None:
            raise TypeError(f"{self.function.__qualname__}: say which of its exchanges is judged: `subject=`")
        return chosen.name

    def id(self, case: str = "") -> str:
        """Return `<capability>/<subject>[case]/<statement>`."""
        return f"{self.capability.id}/{self.judged}{f'[{case}]' if case else ''}/{self.statement}"


def _decorator(level: Level) -> Callable[..., Callable[[F], F]]:
    def of(
        capability: Capability, *, says: Citation, counterexample: Counterexample | None = None, **options: Any
    ) -> Callable[[F], F]:
        def mark(function: F) -> F:
            check = Check(function, capability, level, says, counterexample, **options)
            setattr(function, _ATTRIBUTE, check)
            return function

        return mark

    return of


must = _decorator(MUST)
should = _decorator(SHOULD)
may = _decorator(MAY)


def check_of(function: object) -> Check | None:
    """Return the check that a function of the suite is, or None."""
    check: object = getattr(function, _ATTRIBUTE, None)
    return check if isinstance(check, Check) else None
