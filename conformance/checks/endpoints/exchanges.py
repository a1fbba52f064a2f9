"""What is sent to endpoints that may be absent: nothing that costs anything or creates something."""

from conformance import Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.requests import get, post

ABSENT_ARE_CLEAN = capability("endpoints.absent_are_clean")

# A listing where there is one, else a body without the fields that are required.
PROBES = {
    "files": get("/files"),
    "batches": get("/batches"),
    "responses": post("/responses", {}),
    "completions": post("/completions", {}),
    "audio-speech": post("/audio/speech", {}),
    "audio-transcriptions": post("/audio/transcriptions", {}),
    "images-generations": post("/images/generations", {}),
    "moderations": post("/moderations", {}),
    "videos": get("/videos"),
    "fine-tuning-jobs": get("/fine_tuning/jobs"),
    "assistants": get("/assistants"),
    "vector-stores": get("/vector_stores"),
}

OFFERED = frozenset({200, 400, 415, 422})
"""How an endpoint that is there responds: with its list, or by rejecting the empty body (415: it wants a form)."""

FORBIDDEN = frozenset({401, 403})
"""The endpoint is there, and not for this key."""

NOT_SERVED = frozenset({404, 405, 410, 501})
"""How an endpoint that is absent responds."""

REJECTED = OFFERED - {200} | FORBIDDEN | NOT_SERVED
MADE_UP = "/no-such-api-4f1c"


@exchange(ABSENT_ARE_CLEAN, expects=OFFERED | FORBIDDEN | NOT_SERVED, each=PROBES, cost=0, roles=())
def probe(row: Request) -> Request:
    """A request without content to an endpoint that OpenAI documents and others may leave out."""
    return row


@exchange(ABSENT_ARE_CLEAN, expects=REJECTED | {200}, cost=20, roles=())
def made_up(target: Target) -> Request:
    """A question that any API might take, to a path that does not exist: what answers everything offers nothing."""
    model = next((model.id for model in target.models.values()), "")
    return post(MADE_UP, {"model": model, "input": HELLO})
