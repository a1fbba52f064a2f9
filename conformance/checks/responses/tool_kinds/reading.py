"""Reading the items of tools that are not plain functions."""

from conformance import Deviation, Exchange, Inconclusive
from conformance.checks.responses.reading import require_whole, whole
from conformance.checks.responses.tool_kinds.exchanges import MADE_UP, SERVED

EMPTY = b'{"status": "completed", "output": []}'
"""A response that drops its tool; for counterexamples."""

_ALL = {**SERVED, **MADE_UP}


def expected(observed: Exchange) -> tuple[str, ...]:
    """Return the types of items that a call of the offered tool is."""
    return _ALL[observed.sent.json["tools"][0]["type"]].items


def assert_not_dropped(observed: Exchange, wanted: tuple[str, ...]) -> None:
    """
    Assert that a response has an item of the offered tool. Raises `Inconclusive` when it failed or was cut.

    `wanted`: the types of items that a call of the tool is.
    """
    require_whole(whole(observed))
    if observed.get("status") == "failed":
        raise Inconclusive("the `status` of the response is `failed`")
    if not set(wanted) & set(observed.all("output.*.type", str)):
        raise Deviation(
            f"the tool is accepted and dropped: `output` has no `{wanted[0]}` item", finding="ignored:tools"
        )
