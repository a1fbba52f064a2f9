"""What one account made, returned to another one that knows or guesses its id."""

from dataclasses import replace

from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import OTHER_ACCOUNT, Call
from conformance.simulator.http.registry import Handler


def as_first_account(call: Call) -> Call:
    """Return a call as if the first account had made it."""
    key = call.headers.get("authorization", "").removesuffix(OTHER_ACCOUNT)
    return replace(call, headers={**call.headers, "authorization": key})


@deviation(
    "accounts-share-files",
    severity="critical",
    says="A file is returned to every account that names its id.",
    breaks="Everyone whose files hold what others must not read.",
    source=INVENTED,
    caught_by=("triggers.accounts/file_by_other_account/a_file_stays_in_its_account",),
)
def share_files(call: Call, handler: Handler) -> Answer:
    return handler(as_first_account(call) if call.path.startswith("/files/") else call)


@deviation(
    "accounts-share-stored-responses",
    severity="critical",
    says="A stored response is returned to every account that names its id.",
    breaks="Everyone whose conversations a gateway keeps under the one key that it has upstream.",
    source=("BerriAI/litellm#39559",),
    caught_by=("triggers.accounts/response_by_other_account/a_stored_response_stays_in_its_account",),
)
def share_responses(call: Call, handler: Handler) -> Answer:
    return handler(as_first_account(call) if call.path.startswith("/responses/") else call)
