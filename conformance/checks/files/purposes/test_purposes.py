"""
Lists of files of one purpose.

Not checked: which purposes there are; the order of the list.
"""

from conformance import SDK, Deviation, Exchange, Inconclusive, must
from conformance.checks.common.pages import assert_listed
from conformance.checks.files.exchanges import file_uploaded
from conformance.checks.files.purposes.exchanges import (
    OTHER,
    PURPOSE,
    PURPOSES,
    files_of_another_purpose,
    files_of_its_purpose,
)
from conformance.counterexamples import broken

FILTER = SDK("file_list_params.FileListParams.purpose")


@must(PURPOSES, says=FILTER, counterexample=broken(files_of_its_purpose, "data.0.purpose", OTHER))
def test_listed_files_have_the_purpose(files_of_its_purpose: Exchange, file_uploaded: Exchange) -> None:
    """A list of files requested with a `purpose` has files of that `purpose` alone, and the uploaded one among them."""
    others = set(files_of_its_purpose.all("data.*.purpose", str)) - {PURPOSE}
    if others:
        raise Deviation(f"files of {sorted(others)} are listed", finding="ignored:purpose")
    assert_listed(files_of_its_purpose, file_uploaded)


@must(
    PURPOSES,
    says=FILTER,
    counterexample=broken(files_of_another_purpose, "data", [{"id": "another", "purpose": PURPOSE}]),
)
def test_file_of_another_purpose_is_not_listed(files_of_another_purpose: Exchange) -> None:
    """A list of files requested with another `purpose` has no file of the purpose of the uploaded one."""
    found = [kind for kind in files_of_another_purpose.all("data.*.purpose", str) if kind == PURPOSE]
    if found:
        raise Deviation(f"{len(found)} files of the purpose {PURPOSE!r} are listed", finding="ignored:purpose")
