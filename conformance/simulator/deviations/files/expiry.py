"""Files that are told when to expire."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "files-expiry-ignored",
    severity="major",
    says="`expires_after` of an upload is ignored: the file stays for ever.",
    breaks="Who must not store data longer than promised.",
    source=INVENTED,
    caught_by=("files.expiry/expiring_file/file_expires_when_requested",),
)
def expiry_ignored(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, "/files"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(expires_at=None))
