"""
Kinds of exchanges: what a check binds to when it holds of any response to such a request, whoever sent it.

A check that needs its own prompt names its exchange. A check that holds of every chat completion, every stream or every
error names a kind instead: it then reads all such responses of a run, and the recordings that others made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending


@dataclass(frozen=True, eq=False)
class Condition:
    """
    A condition on a request, beyond its kind.

    `text` completes "no response to a request in which ..."; `holds` looks at the request alone, never at the response.
    """

    text: str
    holds: Callable[[Request], bool]


@dataclass(frozen=True, eq=False)
class Kind:
    """
    A kind of exchanges.

    `name` is the subject in the ids of its checks. `method` and `operation` name what is asked: the path below the base
    URL, with `{id}` for one segment; empty for any. `streamed`: a stream of events was requested (True), was not
    (False), or either (None). `success`: the status is 2xx (True), 400 or above (False), or any (None).
    """

    name: str
    title: str
    method: str = ""
    operation: str = ""
    streamed: bool | None = None
    success: bool | None = True
    also: Callable[[Exchange], bool] = field(default=lambda _: True)

    def __repr__(self) -> str:
        return f"<kind {self.name}>"

    def includes(self, exchange: Exchange) -> bool:
        """Tell whether an exchange that has a response is of this kind."""
        request, response = exchange.request, exchange.response
        if request is None or response is None:
            return False
        if self.method and request.method != self.method:
            return False
        if self.streamed is not None and request.streamed is not self.streamed:
            return False
        if self.success is not None and not (200 <= response.status < 300 if self.success else response.status >= 400):
            return False
        return (not self.operation or _pattern(self.operation).fullmatch(request.operation) is not None) and self.also(
            exchange
        )


@cache
def _pattern(operation: str) -> re.Pattern[str]:
    """Return the pattern of an operation: `responses/{id}` stands for one segment after `responses/`."""
    parts = re.split(r"\{\w+\}", operation)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def usable(exchange: Exchange, *, any_ending: bool) -> bool:
    """
    Tell whether a response says something about its endpoint.

    A request that is invalid on purpose and was served all the same says nothing of good responses; a stream that we
    left, and a response that broke off, are not whole (`any_ending`: they count even so).
    """
    if exchange.invalid and exchange.response is not None and exchange.response.status < 400:
        return False
    return any_ending or exchange.ending is Ending.COMPLETE


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON body of a request, or an empty object when there is none."""
    return request.json if isinstance(request.json, dict) else {}
