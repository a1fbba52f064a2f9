"""What a check asserts: the requirement, its level, who says so, and an answer that must make it deviate."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from conformance.definition.counterexample import Counterexample
from conformance.definition.exchange_spec import ExchangeSpec, arguments
from conformance.wire.capability import MAY, MUST, SHOULD, Capability, Level, weaker
from conformance.wire.exchange import Exchanges

F = TypeVar("F", bound=Callable[..., None])

_ATTRIBUTE = "__conformance_check__"


class SourceKind(StrEnum):
    """What kind of text says so."""

    SDK = "sdk"
    DOC = "doc"
    RFC = "rfc"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Source:
    """The place that says so: `locator` within a document, and the document's `edition`."""

    kind: SourceKind
    locator: str
    edition: str = ""

    def __str__(self) -> str:
        names = {
            SourceKind.SDK: "openai-python",
            SourceKind.DOC: "OpenAI API reference",
            SourceKind.OBSERVED: "observed",
        }
        document = names.get(self.kind)
        edition = f" {self.edition}" if self.edition else ""
        return f"{document}{edition}, {self.locator}" if document else f"{self.edition}, {self.locator}"


def SDK(path: str) -> Source:  # noqa: N802  reads as the name of a document
    """Return a source in the official client: a type and perhaps a property, as the generated schemas name them."""
    return Source(SourceKind.SDK, path, "3.52.0")


def DOC(operation: str, edition: str = "2.3.0") -> Source:  # noqa: N802
    """Return a source in OpenAI's API reference: an operation id or a schema with a property."""
    return Source(SourceKind.DOC, operation, edition)


def RFC(number: int, section: str) -> Source:  # noqa: N802
    """Return a source in a standard of the IETF."""
    return Source(SourceKind.RFC, f"section {section}", f"RFC {number}")


def WHATWG(section: str) -> Source:  # noqa: N802
    """Return a source in the HTML standard, which defines server-sent events."""
    return Source(SourceKind.RFC, f"section {section}", "WHATWG HTML")


def OBSERVED(what: str) -> Source:  # noqa: N802
    """Return a source that is an observation of OpenAI's own endpoint, written down in public."""
    return Source(SourceKind.OBSERVED, what)


@dataclass(frozen=True, slots=True)
class Check:
    """
    One requirement on one or more exchanges.

    `any_status`: the check wants to see answers with an unexpected status too. `over`: the check takes all cases
    of these exchanges in its argument `sent`. `builtin`: one of the checks that every exchange has; `bound` is then
    the exchange that it is about, and its capability and level are the exchange's. `decides`: the request parameters
    whose fate the check tells, `<endpoint>: <name>, ...`; `{case}` is a case that has the name of a field.
    `effect_seen`: their effect can be seen from outside; else the check tells only whether they are accepted.
    """

    function: Callable[..., None]
    capability: Capability
    level: Level
    says: Source
    counterexample: Counterexample | None
    any_status: bool = False
    over: tuple[ExchangeSpec, ...] = ()
    former: tuple[str, ...] = ()
    builtin: bool = False
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

    @property
    def specs(self) -> Mapping[str, ExchangeSpec]:
        """Return the exchanges that the function names as arguments, in order."""
        if self.builtin:
            return {"exchange": self.bound} if self.bound else {}
        return arguments(self.function, ignore=("sent",) if self.over else ())

    def of(self, spec: ExchangeSpec) -> "Check":
        """Return a built-in check as the check of one exchange."""
        return replace(self, capability=spec.capability, bound=spec)

    def takes_all(self, argument: str) -> bool:
        """Tell whether an argument takes all cases of its exchange."""
        annotation: object = inspect.signature(self.function).parameters[argument].annotation
        return annotation == Exchanges

    @property
    def axis(self) -> ExchangeSpec | None:
        """Return the parametrised exchange whose cases multiply the check, or None."""
        axes = [s for name, s in self.specs.items() if s.cases and not self.takes_all(name)]
        if len({tuple(spec.cases) for spec in axes}) > 1:
            raise TypeError(f"{self.function.__qualname__}: its parametrised exchanges have different cases")
        return axes[0] if axes else None

    def id(self, case: str = "") -> str:
        """Return `<capability>/<exchange>[case]/<statement>`."""
        first = next(iter(self.specs.values()), None)
        exchange = first.name if first else "every"
        return f"{self.capability.id}/{exchange}{f'[{case}]' if case else ''}/{self.statement}"


def _decorator(level: Level) -> Callable[..., Callable[[F], F]]:
    def of(
        capability: Capability, *, says: Source, counterexample: Counterexample | None = None, **options: Any
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
