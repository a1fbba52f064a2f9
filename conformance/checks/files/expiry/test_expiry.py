"""
The end of a file.

Not checked: that it is gone then, which nobody waits for.
"""

from conformance import DOC, Deviation, Exchange, must
from conformance.checks.files.expiry.exchanges import EXPIRY, HOUR_S, expiring_file
from conformance.counterexamples import broken

TOLERANCE_S = 60


@must(
    EXPIRY,
    says=DOC("CreateFileRequest.expires_after"),
    counterexample=broken(expiring_file, "expires_at", None),
    decides="files: expires_after",
)
def test_file_expires_when_requested(expiring_file: Exchange) -> None:
    """`expires_at` of a file is its `created_at` plus the requested seconds of `expires_after`."""
    end = expiring_file.at("expires_at", int | None, None)
    if end is None:
        raise Deviation("`expires_at` is missing or null", finding="ignored:expires_after")
    lasts = end - expiring_file.at("created_at", int)
    assert abs(lasts - HOUR_S) <= TOLERANCE_S, f"the file expires after {lasts} s, and {HOUR_S} are requested"
