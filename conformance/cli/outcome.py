"""A result as pytest's outcome, and the way it takes through pytest's report, perhaps from a worker."""

import pytest

from conformance.cli.terminal import failure_text, known_text
from conformance.log.records import Result
from conformance.wire.verdict import HarnessError, Verdict

PROPERTY = "conformance"


def tell(result: Result) -> None:
    """Turn a result into pytest's outcome: passed, skipped, xfailed or failed."""
    __tracebackhide__ = True
    if result.known is not None and not result.known.stale:
        pytest.xfail(known_text(result.known))
    if result.known is not None or result.verdict is Verdict.DEVIATES:
        pytest.fail(failure_text(result), pytrace=False)
    if result.verdict is Verdict.ERROR:
        raise HarnessError(failure_text(result))
    if result.verdict is not Verdict.CONFORMS:
        pytest.skip(f"{result.verdict}: {result.reason}")


def result_of(report: pytest.TestReport) -> Result | None:
    """Return the result that a report carries, perhaps from a worker."""
    found = next((value for name, value in report.user_properties if name == PROPERTY), None)
    return Result.model_validate_json(str(found)) if found is not None and report.when == "call" else None
