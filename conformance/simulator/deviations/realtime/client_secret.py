"""Client secrets of the Realtime API."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/realtime/client_secrets"
CHECKS = "realtime/client_secret"


@deviation(
    "realtime-secret-of-the-old-api",
    severity="major",
    says="A client secret has the shape of the beta: an object `client_secret`, and no `value`.",
    breaks="Browsers of current clients: they connect without a key.",
    source=INVENTED,
    caught_by=(f"{CHECKS}/secret_has_a_value_and_an_end",),
)
def secret_of_the_old_api(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> change.Object:
        secret = {"value": value.get("value"), "expires_at": value.get("expires_at")}
        return {"object": "realtime.session", "client_secret": secret}

    return change.body(handler(call), apply) if change.posted(call, PATH) else handler(call)


@deviation(
    "realtime-rejected-by-the-framework",
    severity="minor",
    says="The Realtime API is missing, and the rejection is that of a framework: `detail`, and no `error`.",
    breaks="Clients that show why the call failed.",
    source=INVENTED,
    caught_by=(f"{CHECKS}/secret_is_created_or_rejected",),
)
def rejected_by_the_framework(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH):
        return answer
    return change.instead(answer, {"detail": "Not Found"}, 404, "application/json")


@deviation(
    "realtime-sessions-all-alike",
    severity="major",
    says="A client secret for transcriptions is one for a conversation: the `type` of the session is ignored.",
    breaks="Applications that only transcribe: the model talks back, and that is paid.",
    source=INVENTED,
    caught_by=("realtime.sessions/transcription_secret/transcription_session_is_one",),
)
def sessions_all_alike(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "session") if change.posted(call, PATH) else call)


@deviation(
    "realtime-half-routed",
    severity="minor",
    says="Other sessions and calls of the Realtime API are rejected by a framework: `detail`, and no `error`.",
    breaks="Clients that show why the call failed.",
    source=INVENTED,
    caught_by=(
        "realtime.sessions/transcription_secret/transcription_is_offered_or_rejected",
        "realtime.sessions/translation_secret/unknown_translator_is_rejected",
        "realtime.sessions/broken_offer/broken_offer_is_rejected",
    ),
)
def half_routed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    is_plain = call.path == PATH and "session" not in change.asked(call)
    if not call.path.startswith("/realtime/") or is_plain:
        return answer
    return change.instead(answer, {"detail": "Not Found"}, 404, "application/json")
