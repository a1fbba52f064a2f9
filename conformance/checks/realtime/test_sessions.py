"""
Sessions of the Realtime API other than the plain one: offered, or rejected in a way that a client can read.

Not checked: which model transcribes by default; calls, which take a browser or a telephone.
"""

from conformance import OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import NO_ERROR_OBJECT_UNROUTED, refused_with_object
from conformance.checks.realtime.exchanges import SESSIONS, broken_offer, transcription_secret, translation_secret
from conformance.checks.realtime.test_client_secret import bare
from conformance.counterexamples import broken, changed


@must(
    SESSIONS,
    says=SDK("RealtimeTranscriptionSessionCreateResponse.type"),
    counterexample=broken(transcription_secret, "session.type", "realtime"),
)
def test_transcription_session_is_one(transcription_secret: Exchange) -> None:
    """A client secret that is created for a `transcription` session has a `session` of that `type`."""
    if transcription_secret.status != 200:
        raise Inconclusive("no client secret is created")
    kind = transcription_secret.at("session.type", str)
    assert kind == "transcription", f"`session.type` is {kind!r}"


@should(SESSIONS, says=SDK("ErrorObject"), counterexample=changed(transcription_secret, bare))
def test_transcription_is_offered_or_rejected(transcription_secret: Exchange) -> None:
    """A client secret for a `transcription` session is created, or its request is rejected with an `error` object."""
    if transcription_secret.status != 200:
        refused_with_object(transcription_secret, NO_ERROR_OBJECT_UNROUTED)


@should(SESSIONS, says=SDK("ErrorObject"), counterexample=changed(translation_secret, bare))
def test_unknown_translator_is_rejected(translation_secret: Exchange) -> None:
    """A client secret for translations with a model that does not exist is rejected with an `error` object."""
    if translation_secret.status == 200:
        raise Inconclusive("the model that does not exist is served: the name of the model may not matter here")
    refused_with_object(translation_secret, NO_ERROR_OBJECT_UNROUTED)


@should(
    SESSIONS,
    says=OBSERVED("OpenAI rejects a broken offer with an error object", *evidence.BROKEN_OFFER),
    counterexample=changed(broken_offer, bare),
)
def test_broken_offer_is_rejected(broken_offer: Exchange) -> None:
    """A call of the Realtime API whose session description cannot be read is rejected with an `error` object."""
    refused_with_object(broken_offer, NO_ERROR_OBJECT_UNROUTED)
