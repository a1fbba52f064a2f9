"""Every check of a kind reads what it says it reads, and is killed at a response that its author did not name."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

import pytest

from conformance.definition.check import Check
from conformance.judge.judge import judge
from conformance.wire.exchange import Exchange, Facet
from conformance.wire.verdict import Verdict
from tests.simulated import Simulated, every_check

ITEMS = {item.check.id(): item for item in every_check() if item.check.kind is not None}

READING = {
    Facet.HEADERS: {"header", "headers", "media_type"},
    Facet.BYTES: {"body", "decoded", "stream", "sizes"},
    Facet.TIMES: {"at_ms", "arrival", "headers_ms", "total_ms"},
}
"""The attributes of a response by which its headers, bytes and times are read."""

OPTIONAL = {"require_current", "require_content"}
"""
Helpers that look at a header where there is one, and judge alike where the recording has none.

That a body is empty, which `require_content` asks, every recording tells.
"""

MOST = 25
"""So many other responses are tried at most."""


def functions(start: FunctionType) -> Iterator[FunctionType]:
    """Yield a function and those of the suite's checks that it calls."""
    found: list[FunctionType] = [start]
    for function in found:
        yield function
        for name in names(function.__code__):
            other = function.__globals__.get(name)
            if isinstance(other, FunctionType) and _is_followed(other) and other not in found:
                found.append(other)


def _is_followed(function: FunctionType) -> bool:
    return function.__module__.startswith("conformance.checks") and function.__name__ not in OPTIONAL


def names(code: CodeType) -> Iterator[str]:
    """Yield the names that a function uses, those of its inner functions too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names(constant)


def read_by(check: Check) -> set[Facet]:
    """Return what the code of a check reads beyond status and JSON values."""
    assert isinstance(check.function, FunctionType)
    used = {
        name
        for function in functions(check.function)
        for name in names(function.__code__)
        if name not in function.__globals__
    }
    return {facet for facet, attributes in READING.items() if used & attributes}


def test_a_check_of_a_kind_declares_what_it_reads() -> None:
    lacking = {name: read_by(item.check) - item.check.reads for name, item in ITEMS.items()}
    assert {name: facets for name, facets in lacking.items() if facets} == {}, "add `reads=` to these"


@pytest.fixture(scope="module")
def everything(simulated: Simulated) -> tuple[Exchange, ...]:
    """Every response of the faithful simulator to the whole suite."""
    return tuple(simulated.exchanges())


@pytest.mark.parametrize("check_id", ITEMS)
def test_a_check_of_a_kind_fails_at_other_responses_too(check_id: str, everything: tuple[Exchange, ...]) -> None:
    """The change of its counterexample makes the check deviate at another response, where there is one."""
    check = ITEMS[check_id].check
    others = [exchange for exchange in everything if exchange.id not in {spec.id for spec in check.sent}]
    good = (exchange for exchange in others if _verdict(check, exchange) is Verdict.CONFORMS)
    tried = 0
    for exchange in islice(good, MOST):
        changed = _changed(check, exchange)
        tried += _differs(changed, exchange)
        # What compares responses shows a change only beside a response without it.
        if Verdict.DEVIATES in {_verdict(check, changed), _verdict(check, exchange, changed)}:
            return
    assert not tried, f"{tried} other responses conform, and the counterexample's change spoils none"


def _differs(one: Exchange, other: Exchange) -> bool:
    """Tell whether a change found a place, whatever way its JSON is written now."""
    upstream = [
        [(sent.json, sent.credentials, sent.status, sent.path) for sent in side.upstream] for side in (one, other)
    ]
    return upstream[0] != upstream[1] or replace(one, upstream=()) != replace(other, upstream=())


def _verdict(check: Check, exchange: Exchange, other: Exchange | None = None) -> Verdict | None:
    """Return what a check says of a response, or of two where it takes all: `other` is the second, by default again."""
    (argument,) = ITEMS[check.id()].arguments
    taken: Any = (exchange, other or exchange) if check.takes_all(argument) else (exchange,)
    return judge(check, {argument: taken}, claimed=True).verdict


def _changed(check: Check, exchange: Exchange) -> Exchange:
    assert check.counterexample is not None
    try:
        return check.counterexample.change(exchange)
    except (AssertionError, IndexError, KeyError, TypeError, ValueError):
        return exchange  # a change that this response has no place for
