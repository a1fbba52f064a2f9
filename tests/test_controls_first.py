"""Controls of single checks: without what a check measures against, it says that it cannot tell."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.checks.audio import test_speech as speech
from conformance.checks.audio.exchanges import speech_streamed
from conformance.checks.auth import test_keys as keys
from conformance.checks.chat.stored import test_stored as stored
from conformance.checks.chat.stream.exchanges import unknown_model_streamed
from conformance.checks.completions import test_plain as completions
from conformance.checks.embeddings import test_long as long_texts
from conformance.checks.errors import test_refused as refused_fields
from conformance.checks.errors.exchanges import too_many_tokens, unknown_model
from conformance.checks.errors.wrong import WRONG_FIELDS
from conformance.checks.images import test_options as images
from conformance.checks.native import test_tools as native_tools
from conformance.checks.params import test_taken as taken
from conformance.checks.params.limits import test_n as several
from conformance.checks.reasoning import test_dialects as dialects
from conformance.checks.reasoning import test_effort as effort
from conformance.checks.responses import test_answer as response
from conformance.checks.responses import test_refused as responses_refused
from conformance.checks.responses.events import is_completed
from conformance.checks.responses.more_fields import test_more_fields as more_fields
from conformance.checks.structured.exchanges import format_without_schema
from conformance.checks.structured.reading import assert_fits
from conformance.checks.transport import test_base_url as base_url
from conformance.checks.transport.test_every_exchange import is_among
from conformance.definition.check import check_of
from conformance.media.image import Picture
from conformance.targets.load import load as load_target
from conformance.wire.capability import MAY, MUST, SHOULD, Level
from conformance.wire.exchange import Exchange
from conformance.wire.request import Key, get
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import answer, asking, error, observed


def embedded(*numbers: float) -> Exchange:
    return observed({"data": [{"embedding": list(numbers)}]})


def test_random_vectors_accuse_no_parameter() -> None:
    with pytest.raises(Inconclusive, match="different vector each time"):
        taken.test_vector_is_not_changed(embedded(1, 0), embedded(0, 1), embedded(1, 1))
    with pytest.raises(AssertionError, match="the vector differs"):
        taken.test_vector_is_not_changed(embedded(1, 0), embedded(0, 1), embedded(0, 1))


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
    with pytest.raises(Inconclusive, match="no 401 of a chat completion has"):
        keys.test_401_names_the_scheme((wrong, missing))
    with pytest.raises(Deviation):
        keys.test_401_names_the_scheme((refused("wrong-key", CHALLENGE), missing))
    keys.test_401_names_the_scheme((wrong, refused("no-key", CHALLENGE)))


@pytest.mark.parametrize(("status", "accused"), [(301, MUST), (303, MUST), (307, SHOULD), (308, SHOULD), (200, None)])
def test_a_redirect_that_keeps_the_request_weighs_less(status: int, accused: Level | None) -> None:
    weighed = {MUST: base_url.test_nothing_is_redirected, SHOULD: base_url.test_nothing_is_redirected_by_307_or_308}
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
    assert _level(refused_fields.test_missing_model_is_rejected) is MAY
    assert _level(refused_fields.test_malformed_message_is_rejected) is SHOULD
    refused_fields.test_missing_model_is_rejected((wrong("no-model", 400), wrong("message-as-string", 200)))
    with pytest.raises(Deviation, match="served with status 200: no-model"):
        refused_fields.test_missing_model_is_rejected((wrong("no-model", 200),))
    with pytest.raises(Inconclusive):
        refused_fields.test_missing_model_is_rejected((wrong("no-model", 500),))
    for row in ("no-model", "message-as-string", "message-without-role", "content-as-number"):
        assert WRONG_FIELDS[row].expects == {200, 400, 404, 415, 422}


def test_sound_where_events_are_asked_for_is_one_finding() -> None:
    sound = observed(b"ID3", media_type="audio/mpeg")
    with pytest.raises(Deviation) as caught:
        speech.test_streamed_speech_is_whole(sound)
    assert caught.value.findings == ("ignored:stream_format",)
    with pytest.raises(Inconclusive):
        speech.test_streamed_speech_ends_with_done(sound)
    assert is_among("audio/mpeg", speech_streamed.media)


def test_what_the_document_makes_optional_weighs_little() -> None:
    assert _level(effort.test_reasoning_tokens_are_reported) is MAY
    assert format_without_schema.expects == {200, 400, 422}


def choices(*texts: str, reason: str = "stop", tokens: int = 30) -> Exchange:
    body = {
        "choices": [{"message": {"content": text}, "finish_reason": reason} for text in texts],
        "usage": {"completion_tokens": tokens},
    }
    return observed(body, request=asking(n=2))


def test_the_text_of_choices_is_judged_where_one_ends_by_itself() -> None:
    several.test_every_choice_has_text(choices("a", "b"))
    with pytest.raises(Inconclusive, match="no choice ends"):
        several.test_every_choice_has_text(choices("a", "b", reason="length"))
    with pytest.raises(AssertionError, match="choice 1 has no text"):
        several.test_every_choice_has_text(choices("a", ""))


def test_two_choices_that_one_may_pay_for_show_nothing() -> None:
    hello = choices("Hello you", tokens=3)
    several.test_tokens_of_all_choices_are_counted(choices("one two", "three four"), hello)
    for nothing, alone in ((choices("", ""), hello), (choices("one", "two"), hello), (choices("a", "b"), choices("a"))):
        with pytest.raises(Inconclusive):
            several.test_tokens_of_all_choices_are_counted(nothing, alone)
    with pytest.raises(AssertionError, match="3 `completion_tokens` for 4 words"):
        several.test_tokens_of_all_choices_are_counted(choices("Hello you", "Hello you", tokens=3), hello)


def test_a_completion_without_likely_tokens_shows_no_number_of_them() -> None:
    logprobs = {"tokens": ["a"], "top_logprobs": [None]}
    told = observed({"choices": [{"logprobs": logprobs}]}, request=asking(logprobs=2))
    with pytest.raises(Inconclusive, match="`top_logprobs` has no values"):
        completions.test_top_logprobs_have_the_requested_number(told)


def test_the_usual_size_of_a_picture_shows_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "first", lambda _: Picture("png", 1024, 1024))
    with pytest.raises(Inconclusive, match="is the default of most models"):
        images.test_image_has_the_requested_size(observed(request=asking(size="1024x1024")))
    with pytest.raises(Deviation):
        images.test_image_has_the_requested_size(observed(request=asking(size="1536x1024")))


def test_a_rejected_text_shows_nothing_of_what_is_cut() -> None:
    with pytest.raises(Inconclusive):
        long_texts.test_long_texts_are_not_truncated(observed({}, 400), embedded(1))
    judged = responses_refused.test_long_input_is_used_or_rejected
    controls = counting(10), counting(20)
    judged(observed(error("Your input exceeds the context window.", param="input"), 400), *controls)
    with pytest.raises(Inconclusive, match="another reason"):
        judged(observed(error("No such field."), 400), *controls)


def counting(tokens: int) -> Exchange:
    return observed({"status": "completed", "output": [], "usage": {"input_tokens": tokens}})


def test_an_input_is_not_called_cut_by_an_endpoint_that_does_not_count() -> None:
    judged = responses_refused.test_long_input_is_used_or_rejected
    judged(counting(12_000), counting(10), counting(20))
    with pytest.raises(Inconclusive, match="does not count"):
        judged(counting(10), counting(10), counting(10))
    with pytest.raises(AssertionError, match=r"`usage\.input_tokens` is 2051 where 9000 words"):
        judged(counting(2_051), counting(10), counting(20))
    cut = observed({"status": "incomplete", "output": [], "usage": {"input_tokens": 10}})
    with pytest.raises(AssertionError, match="the status is 200, and the response is `incomplete`"):
        judged(cut, counting(10), counting(10))


def test_a_limit_is_asked_for_by_the_name_that_the_model_takes() -> None:
    refused = observed(error("Unsupported parameter: 'max_tokens'.", param="max_tokens"), 400)
    for tried, name in ((observed({}), "max_tokens"), (refused, "max_completion_tokens")):
        request = too_many_tokens.build(load_target("simulator", {}), "", {"hello_with_max_tokens": tried})
        assert request.json[name] > 1_000_000


def thinking(tokens: int, status: int = 200) -> Exchange:
    usage = {"completion_tokens_details": {"reasoning_tokens": tokens}}
    body = {"choices": [{"message": {"content": "7"}, "finish_reason": "stop"}], "usage": usage}
    return observed(body if status == 200 else error("No such thinking."), status, case="nothinking")


def test_an_order_about_thinking_is_judged_where_it_is_taken_by_a_model_that_thinks() -> None:
    dialects.test_suffix_is_used_or_rejected((thinking(0),), thinking(9))
    for suffixed, control in ((thinking(0), thinking(0)), (thinking(0, 404), thinking(9))):
        with pytest.raises(Inconclusive):
            dialects.test_suffix_is_used_or_rejected((suffixed,), control)
    with pytest.raises(Inconclusive, match="its effect cannot be observed"):
        dialects.test_requested_reasoning_is_returned((thinking(0, 400),), thinking(9))
    with pytest.raises(Inconclusive, match="its effect cannot be observed"):
        dialects.test_zero_budget_turns_reasoning_off(thinking(0, 400), thinking(9))
    with pytest.raises(Inconclusive, match="was cut off"):
        effort.test_there_is_text_unless_cut_off(choices("", reason="length"))


def test_a_completion_that_may_be_on_a_later_page_is_not_called_missing() -> None:
    kept = observed({"id": "chatcmpl-1"})
    with pytest.raises(Inconclusive, match="`has_more` is true"):
        stored.test_stored_completion_is_listed(observed({"data": [{"id": "other"}], "has_more": True}), kept)
    with pytest.raises(AssertionError, match="not among the 1 listed"):
        stored.test_stored_completion_is_listed(observed({"data": [{"id": "other"}], "has_more": False}), kept)


def test_a_response_of_the_first_weeks_need_not_be_counted() -> None:
    body = {"status": "completed", "output": [], "usage": {"input_tokens": 0, "output_tokens": 0}}
    early = observed(body, recorded=datetime(2025, 3, 27, tzinfo=UTC))
    with pytest.raises(Inconclusive, match="first weeks"):
        response.test_tokens_are_counted(early)
    with pytest.raises(AssertionError):
        response.test_tokens_are_counted(observed(body, recorded=datetime(2026, 8, 1, tzinfo=UTC)))


@pytest.mark.parametrize("body", [{"output": []}, {"output": [], "prompt_cache_options": None}])
def test_a_response_need_not_say_which_cache_options_were_applied(body: dict[str, Any]) -> None:
    """OpenAI's client declares the key as optional: a server that leaves it out is not accused."""
    with pytest.raises(Inconclusive, match="does not say"):
        more_fields.test_applied_cache_mode_is_the_requested_one(observed(body))
    with pytest.raises(AssertionError, match="'implicit'"):
        more_fields.test_applied_cache_mode_is_the_requested_one(
            observed({"prompt_cache_options": {"mode": "implicit"}})
        )


def calling(name: str, case: str) -> Exchange:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return observed({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}, case=case)


def test_a_model_that_calls_what_was_not_offered_took_no_function_away() -> None:
    control = calling("get_weather", "")
    native_tools.test_function_with_that_name_is_called(calling("googleSearch", "googleSearch"), control)
    with pytest.raises(Inconclusive, match="not offered"):
        native_tools.test_function_with_that_name_is_called(calling("get_weather", "googleSearch"), control)


@pytest.mark.parametrize(("text", "finding"), [(" 1, 2, 3", "ignored:stop"), (" 1,", "partly:stop")])
def test_a_stop_sequence_at_the_end_of_a_text_was_not_ignored(text: str, finding: str) -> None:
    stopped = observed({"choices": [{"text": text}]})
    with pytest.raises(Deviation) as raised:
        completions.test_stop_ends_the_text(stopped, observed({"choices": [{"text": " 1, 2, 3, 4"}]}))
    assert raised.value.findings == (finding,)


@pytest.mark.parametrize(("prompt", "finding"), [("a person as JSON", "ignored"), ("a person", "partly")])
def test_json_that_the_prompt_asks_for_does_not_show_that_the_schema_was_read(prompt: str, finding: str) -> None:
    schema = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}
    request = asking(messages=[{"role": "user", "content": prompt}], response_format=form)
    message = {"role": "assistant", "content": '{"name": "Ada"}'}
    with pytest.raises(Deviation) as raised:
        assert_fits(observed({"choices": [{"message": message, "finish_reason": "stop"}]}, request=request))
    assert raised.value.findings == (f"{finding}:response_format",)


@pytest.mark.parametrize(("status", "completed"), [("completed", True), ("incomplete", False)])
def test_a_stream_that_was_cut_is_not_whole_whatever_its_last_event_is_called(status: str, *, completed: bool) -> None:
    last = json.dumps({"type": "response.completed", "response": {"status": status}})
    body = f"event: response.completed\ndata: {last}\n\n".encode()
    stream = observed(response=answer(body, media_type="text/event-stream"), request=asking(stream=True))
    assert is_completed(stream) is completed
