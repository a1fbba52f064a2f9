"""Controls of single checks: without what a check measures against, it says that it cannot tell."""

from contextlib import nullcontext
from typing import Any

import pytest

from conformance.checks.audio import test_speech as speech
from conformance.checks.audio.exchanges import speech_streamed
from conformance.checks.auth import test_keys as keys
from conformance.checks.chat.stream.exchanges import unknown_model_streamed
from conformance.checks.errors import test_refused as refused_fields
from conformance.checks.errors.exchanges import unknown_model
from conformance.checks.errors.wrong import WRONG_FIELDS
from conformance.checks.params import test_taken as taken
from conformance.checks.reasoning import test_effort as effort
from conformance.checks.structured.exchanges import format_without_schema
from conformance.checks.transport import test_base_url as base_url
from conformance.checks.transport.test_every_exchange import is_among
from conformance.definition.check import check_of
from conformance.wire.capability import MAY, MUST, SHOULD, Level
from conformance.wire.exchange import Exchange
from conformance.wire.request import Key, get
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import answer, observed


def embedded(*numbers: float) -> Exchange:
    return observed({"data": [{"embedding": list(numbers)}]})


def test_random_vectors_accuse_no_parameter() -> None:
    with pytest.raises(Inconclusive, match="another vector each time"):
        taken.test_embedding_parameter_does_no_harm(embedded(1, 0), embedded(0, 1), embedded(1, 1))
    with pytest.raises(AssertionError, match="with it the vector differs"):
        taken.test_embedding_parameter_does_no_harm(embedded(1, 0), embedded(0, 1), embedded(0, 1))


@pytest.mark.parametrize("unknown", [unknown_model, unknown_model_streamed])
def test_an_unknown_model_of_a_chat_is_asked_for_where_a_good_one_is_served(unknown: Any) -> None:
    """Where chats are not served at all, a 404 says nothing about the model."""
    assert [one.name for one in unknown.needs.values()] == ["hello"]
    assert unknown.all_roles == {"chat"}


NO_KEY = get("/chat/completions", key=Key.NONE)
CHALLENGE = {"www-authenticate": "Bearer"}


def refused(case: str, headers: dict[str, str] | None = None) -> Exchange:
    return observed(response=answer({}, 401, headers=headers), case=case, request=NO_KEY)


def test_a_401_that_names_no_scheme_is_accused_only_where_another_does() -> None:
    wrong, missing = refused("wrong-key"), refused("no-key")
    with pytest.raises(Inconclusive, match="no 401 for a chat names a scheme"):
        keys.test_401_names_the_scheme((wrong, missing))
    with pytest.raises(Deviation):
        keys.test_401_names_the_scheme((refused("wrong-key", CHALLENGE), missing))
    keys.test_401_names_the_scheme((wrong, refused("no-key", CHALLENGE)))


@pytest.mark.parametrize(("status", "accused"), [(301, MUST), (303, MUST), (307, SHOULD), (308, SHOULD), (200, None)])
def test_a_redirect_that_keeps_the_request_weighs_less(status: int, accused: Level | None) -> None:
    weighed = {MUST: base_url.test_nothing_is_redirected, SHOULD: base_url.test_nothing_is_sent_elsewhere}
    assert {level: _level(one) for level, one in weighed.items()} == {MUST: MUST, SHOULD: SHOULD}
    for level, one in weighed.items():
        with pytest.raises(Deviation) if level is accused else nullcontext():
            one(observed({}, status))


def _level(function: Any) -> Level | None:
    found = check_of(function)
    return found.level if found else None


def wrong(case: str, status: int) -> Exchange:
    return observed({"choices": []} if status == 200 else {}, status, case=case)


def test_a_lenient_server_is_not_accused_of_what_no_client_can_notice() -> None:
    assert _level(refused_fields.test_missing_model_is_refused) is MAY
    assert _level(refused_fields.test_message_of_another_form_is_refused) is SHOULD
    refused_fields.test_missing_model_is_refused((wrong("no-model", 400), wrong("message-as-string", 200)))
    with pytest.raises(Deviation, match="answered with 200: no-model"):
        refused_fields.test_missing_model_is_refused((wrong("no-model", 200),))
    with pytest.raises(Inconclusive):
        refused_fields.test_missing_model_is_refused((wrong("no-model", 500),))
    for row in ("no-model", "message-as-string", "message-without-role", "content-as-number"):
        assert WRONG_FIELDS[row].expects == {200, 400, 404, 415, 422}


def test_sound_where_events_are_asked_for_is_one_finding() -> None:
    sound = observed(b"ID3", media_type="audio/mpeg")
    with pytest.raises(Deviation) as caught:
        speech.test_streamed_speech_is_whole(sound)
    assert caught.value.findings == ("ignored:stream_format",)
    with pytest.raises(Inconclusive):
        speech.test_streamed_speech_says_when_it_is_done(sound)
    assert is_among("audio/mpeg", speech_streamed.media)


def test_what_the_document_makes_optional_weighs_little() -> None:
    assert _level(effort.test_tokens_of_thought_are_reported) is MAY
    assert format_without_schema.expects == {200, 400, 422}
