"""One result over several samples of a check: what it says, how often that came, and whether it may fail a run."""

from collections.abc import Sequence

from conformance.log.records import Result
from conformance.samples.counted import Samples
from conformance.wire.verdict import Verdict

_TELLING = (Verdict.DEVIATES, Verdict.CONFORMS, Verdict.UNSUPPORTED)


def over_samples(each: Sequence[Result]) -> Result:
    """
    Return the result of a check from those of its samples, in their order.

    It is the first sample that deviates, else the first that tells most, with the count of all. What deviates in some
    samples and conforms in others is flaky, and never gates.
    """
    if len(each) == 1:
        return each[0]
    samples = Samples.of(result.verdict for result in each)
    shown = next((one for verdict in _TELLING for one in each if one.verdict is verdict), each[0])
    return shown.model_copy(
        update={
            "samples": samples,
            "flaky": samples.unstable,
            "gating": shown.gating and not samples.unstable,
            "note": "; ".join(filter(None, [shown.note, samples.words])),
            "duration_ms": round(sum(one.duration_ms for one in each), 1),
        }
    )
