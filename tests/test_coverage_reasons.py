"""What is not sent has a reason: each reason is one for something, and nothing that matters is without one."""

from functools import cache

from conformance.report import coverage
from conformance.report.coverage import not_sent
from conformance.report.coverage_reasons import reasons, reasons_as_markdown, sorted_out
from conformance.report.coverage_values import not_tried, values


@cache
def everything() -> tuple[str, ...]:
    """Return the names of all operations, fields and values, as if nothing had been sent."""
    known = coverage.operations()
    return (*not_sent(known, {}), *not_sent(known, {one: set() for one in known}), *not_tried(values([])))


def test_each_pattern_fits_something_of_the_official_client() -> None:
    idle = [
        pattern
        for reason in reasons()
        for pattern in reason.names
        if not any(type(reason)((pattern,), "").fits(name) for name in everything())
    ]
    assert idle == []


def test_operations_without_a_reason_are_those_of_the_endpoints_that_are_judged() -> None:
    known = coverage.operations()
    names = list(not_sent(known, {}))
    reasoned = {name for some in sorted_out(names).values() for name in some}
    groups = {one.group for one in known if f"{one.method} {one.path}" not in reasoned}
    assert groups == {
        *("audio", "batches", "chat", "completions", "conversations", "embeddings", "files", "images", "models"),
        *("moderations", "realtime", "responses", "uploads", "vector_stores"),
    }


def test_the_first_reason_that_fits_counts() -> None:
    table = reasons_as_markdown(["event error", "event response.failed", "event response.created"])
    (row,) = table.splitlines()[2:]
    assert row.startswith("| `event error`, `event response.failed` | 2 | The server's own failure")
