"""The simulator's Responses API: objects, input, state."""

import base64
import json
from typing import Any

import httpx2
import pytest

from conformance.simulator.app.server import running
from tests.responses_talk import (
    ASK,
    COUNT,
    CUSTOM,
    KEYS,
    KIWI,
    NAMED,
    PARIS,
    WEATHER,
    ask,
    events_of,
    message,
    refused,
    said,
    streamed,
)

# A Response


def test_a_response_has_all_keys(http: httpx2.Client) -> None:
    body = ask(http, "Say hello in one short sentence.")
    assert body.keys() == KEYS
    assert body["id"].startswith("resp_")
    assert (body["object"], body["status"], body["model"]) == ("response", "completed", "sim-chat")
    assert body["completed_at"] >= body["created_at"]
    [item] = body["output"]
    assert item["id"].startswith("msg_")
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "completed")
    assert item["content"][0].keys() == {"type", "text", "annotations", "logprobs"}
    usage = body["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_chat_and_responses_are_twins(http: httpx2.Client) -> None:
    body = ask(http, COUNT)
    asked = {"model": "sim-chat", "messages": [{"role": "user", "content": COUNT}]}
    chat = http.post("/chat/completions", json=asked).json()
    assert said(body) == chat["choices"][0]["message"]["content"]
    assert body["usage"]["input_tokens"] == chat["usage"]["prompt_tokens"]
    assert body["usage"]["output_tokens"] == chat["usage"]["completion_tokens"]
    tools = {"tools": [{"type": "function", "function": {k: v for k, v in WEATHER.items() if k != "type"}}]}
    called = http.post("/chat/completions", json={**asked, **tools}).json()
    assert ask(http, COUNT, tools=[WEATHER])["usage"]["input_tokens"] == called["usage"]["prompt_tokens"]


def test_parameters_are_repeated_as_they_were_understood(http: httpx2.Client) -> None:
    sent = {
        "instructions": "Be short.",
        "max_output_tokens": 64,
        "max_tool_calls": 3,
        "metadata": {"a": "b"},
        "parallel_tool_calls": False,
        "prompt_cache_key": "k",
        "safety_identifier": "s",
        "service_tier": "flex",
        "temperature": 0.5,
        "tool_choice": {"type": "function", "name": "get_weather"},
        "top_logprobs": 2,
        "top_p": 0.5,
        "truncation": "auto",
        "user": "u",
        "store": False,
    }
    body = ask(http, "Hello.", tools=[WEATHER, CUSTOM], text={"format": NAMED, "verbosity": "low"}, **sent)
    assert {key: body[key] for key in sent} == sent
    assert body["tools"][0] == {**WEATHER, "description": None, "output_schema": None}
    assert body["text"] == {"format": {**NAMED, "description": None}, "verbosity": "low"}


def test_defaults_are_named(http: httpx2.Client) -> None:
    body = ask(http, "Hello.")
    assert body["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    assert body["reasoning"] == {"context": None, "effort": None, "summary": None}
    assert (body["tool_choice"], body["tools"], body["truncation"]) == ("auto", [], "disabled")
    assert (body["store"], body["background"], body["metadata"]) == (True, False, {})
    assert (body["temperature"], body["top_p"], body["service_tier"]) == (1, 1, "default")


@pytest.mark.parametrize("model", ["sim-chat", "sim-thinking"])
def test_a_limit_is_exact_and_makes_it_incomplete(http: httpx2.Client, model: str) -> None:
    body = ask(http, COUNT, model=model, max_output_tokens=36)
    assert body["status"] == "incomplete"
    assert body["incomplete_details"] == {"reason": "max_output_tokens"}
    assert body["completed_at"] is None
    assert body["usage"]["output_tokens"] == 36
    assert body["output"][-1]["status"] == "incomplete"
    assert said(ask(http, COUNT)).startswith(said(body))


def test_thinking_may_use_up_the_limit(http: httpx2.Client) -> None:
    body = ask(http, COUNT, model="sim-thinking", max_output_tokens=16, reasoning={"effort": "high"})
    assert [item["type"] for item in body["output"]] == ["reasoning"]
    assert body["usage"]["output_tokens_details"] == {"reasoning_tokens": 16}


def test_a_summary_of_the_reasoning_comes_when_asked_for(http: httpx2.Client) -> None:
    as_now = {"context": "current_turn", "mode": "standard"}
    plain = ask(http, COUNT, model="sim-thinking")
    assert [item["type"] for item in plain["output"]] == ["reasoning", "message"]
    assert plain["output"][0]["summary"] == []
    assert plain["reasoning"] == {**as_now, "effort": "medium", "summary": None}
    told = ask(http, COUNT, model="sim-thinking", reasoning={"effort": "low", "summary": "auto"})
    assert told["output"][0]["summary"][0]["type"] == "summary_text"
    assert told["reasoning"] == {**as_now, "effort": "low", "summary": "detailed"}
    none = ask(http, COUNT, model="sim-thinking", reasoning={"effort": "none"})
    assert [item["type"] for item in none["output"]] == ["message"]


def test_logprobs_are_included_when_asked_for(http: httpx2.Client) -> None:
    body = ask(http, COUNT, include=["message.output_text.logprobs"], top_logprobs=3)
    entries = body["output"][0]["content"][0]["logprobs"]
    assert "".join(entry["token"] for entry in entries) == said(body)
    assert all(len(entry["top_logprobs"]) == 3 for entry in entries)


def test_text_formats(http: httpx2.Client) -> None:
    body = ask(http, "The weather in Rome.", text={"format": NAMED})
    assert json.loads(said(body)) == {"city": "Rome"}
    assert isinstance(json.loads(said(ask(http, "Hello, JSON.", text={"format": {"type": "json_object"}}))), dict)
    lengths = [
        len(said(ask(http, "Tell me something.", text={"verbosity": level}))) for level in ("low", "medium", "high")
    ]
    assert lengths == sorted(set(lengths))


# Input


@pytest.mark.parametrize(
    "before",
    [
        [message("system", KIWI)],
        [message("developer", KIWI)],
        [{"role": "user", "content": KIWI}, message("assistant", "Noted.")],
        [message("assistant", KIWI)],
    ],
)
def test_the_whole_conversation_is_read(http: httpx2.Client, before: list[dict[str, Any]]) -> None:
    assert said(ask(http, [*before, {"role": "user", "content": ASK}])) == "KIWI-7"


def test_instructions_are_read_and_not_carried_over(http: httpx2.Client) -> None:
    first = ask(http, ASK, instructions=KIWI)
    assert said(first) == "KIWI-7"
    other = ask(http, "Hello.", instructions=KIWI)
    assert said(ask(http, ASK, previous_response_id=other["id"])) == "I do not know any code word."


PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
NOTE = "data:text/plain;base64,VGhlIGNvZGUgd29yZCBpcyBMSU1FLTQu"


@pytest.mark.parametrize(
    "part",
    [
        {"type": "input_image", "image_url": PIXEL},
        {"type": "input_image", "image_url": PIXEL, "detail": "low"},
        {"type": "input_file", "file_data": NOTE, "filename": "a.txt"},
    ],
)
def test_attachments_are_accepted_and_counted(http: httpx2.Client, part: dict[str, Any]) -> None:
    text = {"type": "input_text", "text": COUNT}
    body = ask(http, [{"role": "user", "content": [text, part]}])
    assert said(body) == said(ask(http, COUNT))
    assert body["usage"]["input_tokens"] > ask(http, COUNT)["usage"]["input_tokens"]


def test_uploads_are_read_by_their_id(http: httpx2.Client) -> None:
    pixel = base64.b64decode(PIXEL.partition(",")[2])
    for name, content, part in (("a.gif", pixel, "input_image"), ("a.txt", b"The code word is LIME-4.", "input_file")):
        sent = http.post("/files", data={"purpose": "user_data"}, files={"file": (name, content)})
        given = [{"type": part, "file_id": sent.json()["id"]}]
        body = ask(http, [{"role": "user", "content": [{"type": "input_text", "text": "Look."}, *given]}])
        assert said(body).startswith("I see a ")
        given[0]["file_id"] = "file-none"
        asked = {"model": "sim-chat", "input": [{"role": "user", "content": given}]}
        refused(http.post("/responses", json=asked), 400, "input", "invalid_value")


def test_a_function_is_called_and_its_output_is_read(http: httpx2.Client) -> None:
    called = ask(http, PARIS, tools=[WEATHER])
    [call] = called["output"]
    assert call.keys() == {"id", "type", "status", "arguments", "call_id", "name"}
    assert (call["type"], call["name"], call["arguments"]) == ("function_call", "get_weather", '{"city": "Paris"}')
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "21 degrees"}
    by_hand = ask(http, [{"role": "user", "content": PARIS}, call, output], tools=[WEATHER])
    by_state = ask(http, [output], tools=[WEATHER], previous_response_id=called["id"])
    assert said(by_hand) == said(by_state) == "The answer is: 21 degrees."
    assert by_hand["usage"] == by_state["usage"]


def test_reasoning_items_are_sent_back(http: httpx2.Client) -> None:
    called = ask(http, PARIS, model="sim-thinking", tools=[WEATHER], store=False)
    assert [item["type"] for item in called["output"]] == ["reasoning", "function_call"]
    output = {
        "type": "function_call_output",
        "call_id": called["output"][1]["call_id"],
        "output": [{"type": "input_text", "text": "21 degrees"}],
    }
    body = ask(http, [{"role": "user", "content": PARIS}, *called["output"], output], model="sim-thinking")
    assert said(body) == "The answer is: 21 degrees."


def test_tool_choice(http: httpx2.Client) -> None:
    tools = [WEATHER, CUSTOM]

    def names(text: str, **options: Any) -> list[str]:
        return [item["name"] for item in ask(http, text, tools=tools, **options)["output"] if "name" in item]

    assert names(PARIS) == ["get_weather"]
    assert names(PARIS, tool_choice="none") == []
    assert names("Hello.", tool_choice="required") == ["get_weather"]
    assert names("Hello.", tool_choice={"type": "custom", "name": "run_code"}) == ["run_code"]
    reference = {"type": "custom", "name": "run_code"}
    assert names("Hello.", tool_choice={"type": "allowed_tools", "mode": "required", "tools": [reference]}) == [
        "run_code"
    ]
    assert len(names("What is the weather in Paris and Rome?")) == 2
    assert len(names("What is the weather in Paris and Rome?", parallel_tool_calls=False)) == 1


def test_truncation_drops_the_oldest(http: httpx2.Client) -> None:
    long = [{"role": "user", "content": "word " * 5000} for _ in range(3)]
    asked = {"model": "sim-chat", "input": [*long, {"role": "user", "content": COUNT}]}
    refused(http.post("/responses", json=asked), 400, "input", "context_length_exceeded")
    body = http.post("/responses", json={**asked, "truncation": "auto"}).json()
    assert body["usage"]["input_tokens"] <= 8192


# State


def test_a_code_word_told_earlier_is_known(http: httpx2.Client) -> None:
    first = ask(http, KIWI)
    second = ask(http, "Hello.", previous_response_id=first["id"])
    third = ask(http, ASK, previous_response_id=second["id"])
    assert said(third) == "KIWI-7"
    assert third["previous_response_id"] == second["id"]
    assert third["usage"]["input_tokens"] > ask(http, ASK)["usage"]["input_tokens"]
    assert said(ask(http, ASK)) == "I do not know any code word."


def test_a_response_is_retrieved_and_deleted(http: httpx2.Client) -> None:
    body = ask(http, "Hello.")
    path = f"/responses/{body['id']}"
    assert http.get(path).json() == body
    assert http.delete(path).json() == {"id": body["id"], "object": "response", "deleted": True}
    refused(http.get(path), 404, None, None)
    refused(http.delete(path), 404, None, None)
    again = {"model": "sim-chat", "input": "Hello.", "previous_response_id": body["id"]}
    refused(http.post("/responses", json=again), 400, "previous_response_id", "previous_response_not_found")


def test_what_is_not_stored_is_not_retrieved(http: httpx2.Client) -> None:
    body = ask(http, "Hello.", store=False)
    for answer in (http.get(f"/responses/{body['id']}"), http.get(f"/responses/{body['id']}/input_items")):
        refused(answer, 404, None, None)


def test_applications_share_no_state(http: httpx2.Client) -> None:
    body = ask(http, "Hello.")
    with running() as url:
        answer = httpx2.get(f"{url}/responses/{body['id']}", headers={"Authorization": "Bearer x"})
    refused(answer, 404, None, None)


def test_a_background_response_is_polled(http: httpx2.Client) -> None:
    body = ask(http, COUNT, background=True)
    assert (body["status"], body["output"], body["usage"]) == ("queued", [], None)
    seen = [http.get(f"/responses/{body['id']}").json() for _ in range(3)]
    assert [one["status"] for one in seen] == ["in_progress", "completed", "completed"]
    assert said(seen[1]) == said(ask(http, COUNT))
    assert http.post(f"/responses/{body['id']}/cancel").json() == seen[2]


def test_a_background_response_is_cancelled(http: httpx2.Client) -> None:
    body = ask(http, COUNT, background=True)
    cancelled = http.post(f"/responses/{body['id']}/cancel").json()
    assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
    assert http.get(f"/responses/{body['id']}").json() == cancelled
    assert http.post(f"/responses/{body['id']}/cancel").json() == cancelled
    refused(http.post(f"/responses/{ask(http, 'Hello.')['id']}/cancel"), 400, None, None)
    refused(http.post("/responses/resp_none/cancel"), 404, None, None)


def test_a_streamed_background_response_is_told_again(http: httpx2.Client) -> None:
    told = streamed(http, COUNT, background=True)
    assert [one["type"] for one in told[:3]] == ["response.created", "response.queued", "response.in_progress"]
    path = f"/responses/{told[-1]['response']['id']}"
    assert events_of(http.get(path, params={"stream": "true"})) == told
    assert events_of(http.get(path, params={"stream": "true", "starting_after": "4"})) == told[5:]
    plain = ask(http, "Hello.")["id"]
    refused(http.get(f"/responses/{plain}", params={"stream": "true"}), 400, "stream", None)
    answer = http.get(path, params={"stream": "true", "starting_after": "x"})
    refused(answer, 400, "starting_after", "invalid_type")


def test_input_items_are_listed_in_pages(http: httpx2.Client) -> None:
    given = [message("user", KIWI), message("assistant", "Noted."), {"role": "user", "content": ASK}]
    path = f"/responses/{ask(http, given)['id']}/input_items"
    whole = http.get(path, params={"order": "asc"}).json()
    assert whole.keys() == {"object", "data", "first_id", "last_id", "has_more"}
    assert [item["role"] for item in whole["data"]] == ["user", "assistant", "user"]
    assert whole["data"][2]["content"] == [{"type": "input_text", "text": ASK}]
    assert (whole["first_id"], whole["last_id"]) == (whole["data"][0]["id"], whole["data"][2]["id"])
    assert http.get(path).json()["data"] == whole["data"][::-1]
    page = http.get(path, params={"limit": 1, "order": "asc", "after": whole["first_id"]}).json()
    assert (page["data"], page["has_more"]) == (whole["data"][1:2], True)
    last = http.get(path, params={"after": whole["last_id"], "order": "asc"}).json()
    assert (last["data"], last["has_more"], last["first_id"]) == ([], False, None)
    refused(http.get(path, params={"limit": 0}), 400, "limit", "integer_below_min_value")
    refused(http.get(path, params={"limit": "many"}), 400, "limit", "invalid_type")
    refused(http.get(path, params={"order": "up"}), 400, "order", "invalid_value")
    refused(http.get(path, params={"after": "x"}), 400, "after", "invalid_value")


def test_input_tokens_are_those_of_the_answer(http: httpx2.Client) -> None:
    first = ask(http, KIWI)
    more = {"instructions": "Be short.", "tools": [WEATHER], "previous_response_id": first["id"]}
    counted = http.post("/responses/input_tokens", json={"model": "sim-chat", "input": ASK, **more}).json()
    read = ask(http, ASK, **more)["usage"]["input_tokens"]
    assert counted == {"object": "response.input_tokens", "input_tokens": read}
    assert http.post("/responses/input_tokens", json={}).json()["input_tokens"] > 0


def test_a_compacted_conversation_is_gone_on_with(http: httpx2.Client) -> None:
    given = [message("assistant", KIWI), message("user", "Hello.")]
    compacted = http.post("/responses/compact", json={"model": "sim-chat", "input": given}).json()
    assert compacted["object"] == "response.compaction"
    assert [item["type"] for item in compacted["output"]] == ["message", "compaction"]
    assert compacted["usage"]["total_tokens"] > 0
    assert said(ask(http, [*compacted["output"], message("user", ASK)])) == "KIWI-7"
    forged = {"type": "compaction", "encrypted_content": "eyJ9"}
    answer = http.post("/responses", json={"model": "sim-chat", "input": [forged]})
    refused(answer, 400, "input", "invalid_encrypted_content")


def test_a_picture_in_an_output_needs_no_detail(http: httpx2.Client) -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "draw", "arguments": "{}"}
    shown = [{"type": "input_image", "image_url": PIXEL}]
    output = {"type": "function_call_output", "call_id": "call_1", "output": shown}
    body = ask(http, [message("user", "Draw."), call, output])
    assert body["status"] == "completed"


@pytest.mark.parametrize("kind", [{"type": "item_reference"}, {}])
def test_an_item_is_referred_to_by_its_id(http: httpx2.Client, kind: dict[str, str]) -> None:
    first = ask(http, PARIS, model="sim-thinking", tools=[WEATHER])
    references = [{**kind, "id": item["id"]} for item in first["output"]]
    call = first["output"][-1]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "18 degrees"}
    again = [{"role": "user", "content": PARIS}, *references, output]
    assert "18 degrees" in said(ask(http, again, model="sim-thinking", tools=[WEATHER]))
    unknown = {"model": "sim-chat", "input": [{**kind, "id": "rs_no"}]}
    refused(http.post("/responses", json=unknown), 404, "input", None)
