"""What a gateway sends upstream: read from the record, kept with the exchange, shown, and judged on both sides."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import Deviation, Inconclusive
from conformance.checks.upstream import test_parameters as parameters
from conformance.checks.upstream.schemas import lost_structure, lost_words
from conformance.plan.select import chosen
from conformance.record import cassette
from conformance.record.recording import CassetteError, KeyFound
from conformance.report.evidence.upstream import sent_upstream
from conformance.send.upstream import Tail
from conformance.simulator.gemini.forward import native_request
from conformance.simulator.gemini.generate import chat_of
from conformance.simulator.gemini.models import find
from conformance.targets.load import load
from conformance.targets.secrets import Secrets
from conformance.wire.capability import MAY
from conformance.wire.response import NotJson, Response
from conformance.wire.upstream import Bounded, Credential, UpstreamRequest, Whose, as_line, of_line
from tests.fakes import SECRET, asking, observed, recording
from tests.simulated import every_check

NO_SECRETS = Secrets.of([])


def sent(body: Any, answers: str = "") -> UpstreamRequest:
    """Return a native request that was sent upstream."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return UpstreamRequest(
        api="gemini",
        began=1.5,
        answered=2.0,
        method="POST",
        path="/v1beta/models/m:generateContent",
        headers=(("content-type", "application/json"),),
        credentials=(Credential("x-goog-api-key", Whose.CONFIGURED),),
        body=Bounded(content, len(content)),
        status=200,
        returned=Bounded(b"{}", 2),
        answers=answers,
    )


def response(request_id: str) -> Response:
    return Response(200, (("x-request-id", request_id),), b"{}", (2,), (1.0,), 1.0)


@pytest.mark.parametrize("body", [{"contents": []}, b"\xff\x00", "ü ✓"])
def test_a_line_gives_the_request_back(body: Any) -> None:
    assert of_line(as_line(sent(body))) == sent(body)


def test_a_body_that_was_cut_is_not_read_as_json() -> None:
    cut = replace(sent({}), body=Bounded(b"{}", 3))
    with pytest.raises(NotJson, match="only the first 2 of 3 bytes"):
        _ = cut.json


def test_what_was_sent_since_a_mark_belongs_to_the_exchange(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "sent.jsonl")
    assert (tail.mark(), tail.told(0, None, NO_SECRETS)) == (0, ())
    tail.file.write_text(as_line(sent({"a": 1})))
    mark = tail.mark()
    with tail.file.open("a") as file:
        file.write(as_line(sent({"a": 2})) + as_line(sent({"a": 3}))[:40])
    assert [request.json for request in tail.told(mark, None, NO_SECRETS)] == [{"a": 2}]


def test_a_line_that_names_its_response_belongs_to_that_one_alone(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "sent.jsonl")
    tail.file.write_text(as_line(sent({"a": 1}, "req_1")) + as_line(sent({"a": 2}, "req_2")))
    assert [request.json for request in tail.told(0, response("req_2"), NO_SECRETS)] == [{"a": 2}]
    assert tail.told(0, None, NO_SECRETS) == ()


def test_a_key_is_not_taken_from_the_record(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "sent.jsonl")
    tail.file.write_text(as_line(sent({"text": f"it is {SECRET}"})))
    (request,) = tail.told(0, None, Secrets.of([SECRET]))
    assert SECRET.encode() not in request.body.content


def test_a_cassette_keeps_what_was_sent_upstream(tmp_path: Path) -> None:
    path = tmp_path / "hello.json"
    made = replace(recording(), upstream=(sent({"contents": []}), sent(b"\xff")))
    cassette.write(path, made, [SECRET])
    assert cassette.read(path).upstream == made.upstream
    path.write_text(path.read_text().replace("x-goog-api-key", "authorization "))
    with pytest.raises(CassetteError, match="edited by hand"):
        cassette.read(path)


def test_a_cassette_without_an_upstream_has_none(tmp_path: Path) -> None:
    path = tmp_path / "hello.json"
    cassette.write(path, recording(), [SECRET])
    assert "upstream" not in path.read_text()
    assert cassette.read(path).upstream == ()


def test_a_key_that_was_sent_upstream_is_never_written(tmp_path: Path) -> None:
    made = replace(recording(), upstream=(sent({"key": SECRET}),))
    with pytest.raises(KeyFound):
        cassette.write(tmp_path / "hello.json", made, [SECRET])


def test_checks_of_both_sides_are_chosen_where_an_upstream_tells() -> None:
    told = load("simulator", {}).told_by("sent.jsonl")
    (one,) = [item for item in every_check() if item.id.endswith("/temperature_is_sent")]
    assert not chosen(one, capabilities=("upstream.*",), level=MAY)
    assert chosen(replace(one, target=told), capabilities=("upstream.*",), level=MAY)
    assert (told.limits.in_flight, told.limits.fixed) == (1, True)


def test_the_page_shows_the_bytes_that_were_sent_upstream() -> None:
    shown = str(sent_upstream([sent({"contents": [{"role": "user"}]})] * 5))
    assert "Sent upstream: 5 requests" in shown
    assert "x-goog-api-key (configured)" in shown
    assert '"role"' in shown
    assert "2 more in the recording" in shown
    assert sent_upstream([]) is None


CITY = {"type": "string", "description": "a city", "minLength": 2}
WANTED = {"type": "object", "properties": {"city": CITY, "unit": {"enum": ["C", "F"]}}, "required": ["city"]}
LIST = {
    "type": "object",
    "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "word": {"$ref": "#/$defs/word"}},
    "$defs": {"word": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("found", "structure", "words"),
    [
        (WANTED, [], []),
        (
            {
                "type": "OBJECT",
                "properties": {
                    "city": {"type": "STRING", "description": "a city", "min_length": "2"},
                    "unit": {"type": "STRING", "enum": ["C", "F"]},
                },
                "required": ["city"],
            },
            [],
            [],
        ),
        ({"type": "object", "properties": {"city": {"type": "string"}, "unit": {}}}, ["/properties/unit/enum"], None),
        ({"type": "array"}, ["/type", "/required (city)", "/properties/city", "/properties/unit"], None),
    ],
)
def test_what_a_native_schema_lacks_is_named(found: Any, structure: list[str], words: list[str] | None) -> None:
    assert [place for place in lost_structure(WANTED, found) if place in structure] == structure
    if words is not None:
        assert (lost_structure(WANTED, found), lost_words(WANTED, found)) == ([], words)
    else:
        assert lost_words(WANTED, found) == ["/properties/city/description", "/properties/city/minLength"]


def test_what_refers_back_need_not_be_sent() -> None:
    unrolled = {"type": "object", "properties": {"next": {"nullable": True}, "word": {"type": "STRING"}}}
    assert lost_structure(LIST, unrolled) == []
    assert lost_structure(LIST, {"type": "object", "properties": {"next": {}}}) == ["/properties/word"]


def test_an_alternative_beside_null_may_be_sent_as_one_that_is_nullable() -> None:
    wanted = {"properties": {"unit": {"anyOf": [{"type": "string", "enum": ["C"]}, {"type": "null"}]}}}
    for unit in (
        {"type": "STRING", "enum": ["C"], "nullable": True},
        {"anyOf": [{"type": "STRING", "enum": ["C"], "nullable": True}]},
        {"anyOf": [{"type": "STRING", "enum": ["C"]}, {"type": "NULL"}]},
    ):
        assert lost_structure(wanted, {"properties": {"unit": unit}}) == []


CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}
CHAT: dict[str, Any] = {
    "model": "sim-chat",
    "messages": [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}, {"type": "text", "text": "In Paris."}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"},
        {"role": "user", "content": "Thanks."},
    ],
    "temperature": 0.5,
    "top_p": 0.9,
    "max_completion_tokens": 50,
    "stop": ["END"],
    "seed": 7,
    "n": 2,
    "presence_penalty": 0.5,
    "frequency_penalty": 1,
    "logprobs": True,
    "top_logprobs": 3,
    "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": WANTED}}],
    "tool_choice": "required",
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": WANTED}},
}


def test_a_chat_comes_back_from_its_native_request_as_it_was() -> None:
    model = find("gemini-2.5-flash", "generateContent")
    assert chat_of(native_request(CHAT), model) == {**CHAT, "model": model.behind}


DROPPED = {
    "frequency_penalty": (1.9, parameters.test_frequency_penalty_is_sent),
    "presence_penalty": (1.5, parameters.test_presence_penalty_is_sent),
    "logprobs": (True, parameters.test_logprobs_are_requested),
}


@pytest.mark.parametrize("name", DROPPED)
@pytest.mark.parametrize(
    ("model", "raised"),
    [
        ("gemini-2.0-flash", Deviation),
        ("gemini-2.5-flash", Inconclusive),
        ("gemini-3-flash-preview", Inconclusive),
    ],
)
def test_a_gateway_may_leave_out_what_the_model_rejects(name: str, model: str, raised: type[Exception]) -> None:
    value, check = DROPPED[name]
    native = replace(sent({"contents": []}), path=f"/v1beta/models/{model}:generateContent?key=***")
    taken = replace(observed(request=asking(**{name: value})), upstream=(native,))
    with pytest.raises(raised, match=r"is not sent upstream|the model behind rejects"):
        check(taken)
