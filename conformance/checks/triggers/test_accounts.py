"""
A second account asks by its id for what the first one made, and does not get it.

The key must be of an account that shares nothing with the first: two keys of one project see the same files. Not
checked: lists, which tell the same, and deletion, which would take away what other checks need.
"""

from conformance import DOC, Deviation, Exchange, Inconclusive, should
from conformance.checks.files.exchanges import file_retrieved
from conformance.checks.responses.exchanges import retrieved
from conformance.checks.triggers.exchanges import (
    ACCOUNTS,
    file_by_other_account,
    other_account_listing,
    response_by_other_account,
)
from conformance.counterexamples import changed

FINDING = "accounts:{}-of-another-account"


def _withheld(observed: Exchange, own: Exchange, listing: Exchange, what: str) -> None:
    """Assert that one account gets nothing of what the other one gets by the same id."""
    listing.at("data", list)
    name = own.at("id", str)
    if observed.status < 300 and observed.get("id") == name:
        raise Deviation(f"the {what} is returned to a second account", finding=FINDING.format(what))
    if observed.status < 300:
        raise Inconclusive(f"the status is {observed.status}, and the body is not the {what}")


def _leaked(observed: Exchange, what: str) -> Exchange:
    """Return the response as if it were to the first account."""
    name = observed.sent.path.rpartition("/")[2]
    return observed.with_response(status=200, body=f'{{"id": "{name}", "object": "{what}"}}'.encode())


@should(
    ACCOUNTS,
    says=DOC("createFile"),
    counterexample=changed(file_by_other_account, lambda observed: _leaked(observed, "file")),
)
def test_a_file_stays_in_its_account(
    file_by_other_account: Exchange, file_retrieved: Exchange, other_account_listing: Exchange
) -> None:
    """A file that was uploaded with a key of one account is not returned to the key of another account."""
    _withheld(file_by_other_account, file_retrieved, other_account_listing, "file")


@should(
    ACCOUNTS,
    says=DOC("getResponse"),
    counterexample=changed(response_by_other_account, lambda observed: _leaked(observed, "response")),
)
def test_a_stored_response_stays_in_its_account(
    response_by_other_account: Exchange, retrieved: Exchange, other_account_listing: Exchange
) -> None:
    """A stored response that was made with a key of one account is not returned to the key of another account."""
    _withheld(response_by_other_account, retrieved, other_account_listing, "response")
