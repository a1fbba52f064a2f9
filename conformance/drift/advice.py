"""What to do about a drift, by who moved."""

from collections.abc import Iterator

from conformance.drift.drift import Drift
from conformance.drift.finding import Who


def advice(found: Drift) -> Iterator[str]:
    """Yield what to do, a sentence for each of those who moved: about what breaks clients, else about all."""
    decisive = found.breaking or found.findings
    named = {finding.moved.who for finding in decisive}
    target, run = found.contract.target, found.side.run.header.run
    again = f"`python -m conformance contract --target {target} --from {run}`"
    told = {
        Who.VENDOR: "Report it: `--issues DIR` writes a text for the vendor, with request ids and a command to see it "
        "again. What is accepted for now: `python -m conformance accept ID --target FILE --reason TEXT`. "
        f"If it is meant to stay so: {again}, and review the difference.",
        Who.CHECK: "The check is new or has another edition, and the responses look as before: read it with "
        f"`python -m conformance explain CHECK`. If it is right: {again}.",
        Who.REFERENCE: "The reference has another edition, and the responses look as before: the endpoint did "
        f"not move. Then: {again}.",
        Who.UNKNOWN: "Run again before you report it: what comes and goes is learned from several runs "
        f"(`python -m conformance contract --target {target} --from RUN --from RUN`).",
    }
    yield from (f"{str(who).capitalize()}: {told[who]}" for who in Who if who in named)
    if found.trouble:
        yield "Not all was measured: run again. Nothing is said about what was not measured."
