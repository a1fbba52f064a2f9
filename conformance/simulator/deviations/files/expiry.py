"""Files that are told when to expire, and lists of those of one purpose."""

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


@deviation(
    "files-purpose-ignored",
    severity="minor",
    says="A list of files requested with a `purpose` has the files of all purposes.",
    breaks="Who deletes all files of one purpose: others are deleted with them.",
    source=INVENTED,
    caught_by=("files.purposes/files_of_another_purpose/file_of_another_purpose_is_not_listed",),
)
def purpose_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "purpose") if call.path == "/files" else call)


@deviation(
    "files-purpose-never-listed",
    severity="minor",
    says="A list of files requested with a `purpose` is empty.",
    breaks="Who looks for a file before it is uploaded again.",
    source=INVENTED,
    caught_by=("files.purposes/files_of_its_purpose/listed_files_have_the_purpose",),
)
def purpose_never_listed(call: Call, handler: Handler) -> Answer:
    concerned = call.path == "/files" and call.method == "GET" and "purpose" in call.query
    return change.body(handler(call), lambda value: value.update(data=[])) if concerned else handler(call)
