"""What is sent about the purpose of files: the list of those of one purpose."""

from conformance import Exchange, Request, capability, exchange
from conformance.checks.common.pages import page
from conformance.checks.files.exchanges import PATH, file_uploaded, files_listed

PURPOSES = capability("files.purposes")

PURPOSE, OTHER = "batch", "fine-tune"


@exchange(PURPOSES, cost=0)
def files_of_its_purpose(file_uploaded: Exchange, files_listed: Exchange) -> Request:
    """The list of the files with the `purpose` of the uploaded one."""
    del file_uploaded, files_listed
    return page(PATH, purpose=PURPOSE)


@exchange(PURPOSES, cost=0)
def files_of_another_purpose(file_uploaded: Exchange, files_listed: Exchange) -> Request:
    """The list of the files with another `purpose` than the uploaded one."""
    del file_uploaded, files_listed
    return page(PATH, purpose=OTHER)
