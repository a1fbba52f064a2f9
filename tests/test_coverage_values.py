"""The table of values: which events were seen, which tools and `include` were sent, and what no document has."""

import json

from conformance.record.recording import Recording, Sent
from conformance.report.coverage_values import Values, values, values_as_markdown
from conformance.wire import sse
from conformance.wire.response import Response

BASE = "http://127.0.0.1:1/v1"


def recording(path: str, body: dict[str, object] | None = None, *events: str) -> Recording:
    content = json.dumps(body).encode() if body is not None else b""
    sent = Sent("POST" if body is not None else "GET", f"{BASE}{path}", (), content)
    streamed = sse.encode(tuple(sse.Event(json.dumps({"type": event}), event) for event in events))
    headers = (("content-type", "text/event-stream" if events else "application/json"),)
    response = Response(200, headers, streamed or b"{}", (len(streamed or b"{}"),), (1.0,), 1.0)
    return Recording(sent, response, None)  # type: ignore[arg-type]  # who was called does not matter here


def found(*recordings: Recording) -> dict[str, Values]:
    return {one.title: one for one in values(recordings)}


def test_all_that_the_client_declares_is_known() -> None:
    known = found()
    assert len(known["types of events seen"].known) == 59
    assert {"function", "web_search", "mcp", "custom"} <= known["types of tools sent"].known
    assert "reasoning.encrypted_content" in known["values of `include` sent"].known


def test_events_of_a_stream_are_seen() -> None:
    seen = found(recording("/responses", {"stream": True}, "response.created", "keepalive"))["types of events seen"]
    assert seen.found == {"response.created", "keepalive"}


def test_tools_and_include_are_sent_in_a_body_or_in_a_query() -> None:
    asked = recording("/responses", {"tools": [{"type": "custom"}], "include": ["message.output_text.logprobs"]})
    listed = recording("/responses/resp_1/input_items?include%5B%5D=file_search_call.results")
    known = found(asked, listed)
    assert known["types of tools sent"].found == {"custom"}
    assert known["values of `include` sent"].found == {"message.output_text.logprobs", "file_search_call.results"}


def test_what_is_sent_elsewhere_does_not_count() -> None:
    assert not found(recording("/chat/completions", {"tools": [{"type": "function"}]}))["types of tools sent"].found


def test_the_table_names_what_was_not_tried_and_what_no_document_has() -> None:
    (row,) = values_as_markdown([Values("letter", "letters", frozenset("ab"), frozenset("bc"))]).splitlines()[2:]
    assert row == "| letters | 1/2 | `a` | `c` |"
