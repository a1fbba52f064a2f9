"""The table of the Responses API's events is whole and true, and an event that it lacks accuses nobody."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.event_types.table import ENDED_BY, EventType, event_types
from conformance.judge.judge import judge
from conformance.plan import loader
from conformance.plan.expand import Selected
from conformance.schemas import schema
from conformance.wire import sse
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Verdict
from tests.simulated import Simulated, every_check, simulating

SLICE = Path(
    os.environ.get("CONFORMANCE_OPENAPI_SLICE")
    or Path(__file__).parents[2] / "shared" / "reference" / "openai_openapi_slice.json"
)

EXCERPTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("response.file_search_call.in_progress", {"item_id": "fs_006dcb10", "output_index": 0, "sequence_number": 3}),
    ("response.file_search_call.searching", {"item_id": "fs_006dcb10", "output_index": 0, "sequence_number": 4}),
    ("response.file_search_call.completed", {"item_id": "fs_006dcb10", "output_index": 0, "sequence_number": 5}),
    ("response.mcp_list_tools.in_progress", {"item_id": "mcpl_034c5e93", "output_index": 1, "sequence_number": 5}),
    ("response.mcp_list_tools.completed", {"item_id": "mcpl_034c5e93", "output_index": 1, "sequence_number": 8}),
    (
        "response.output_text.annotation.added",
        {
            "annotation": {
                "type": "url_citation",
                "end_index": 243,
                "start_index": 153,
                "title": "Index of packages",
                "url": "https://packages.example/?utm_source=openai",
            },
            "annotation_index": 0,
            "content_index": 0,
            "item_id": "msg_037ed810",
            "output_index": 1,
            "sequence_number": 20,
        },
    ),
)
"""Events in the shape in which OpenAI sent them on the days that the table names, with shortened ids and texts."""


def declared() -> set[str]:
    """Return the types of events of the official client's union."""
    definitions = schema.load("ResponseStreamEvent").definitions
    union = definitions["ResponseStreamEvent"]["anyOf"]
    return {definitions[one["$ref"].rpartition("/")[2]]["properties"]["type"]["const"] for one in union}


def test_the_table_has_every_type_that_the_official_client_declares() -> None:
    assert set(event_types()) == declared()


@pytest.mark.skipif(not SLICE.exists(), reason="no copy of OpenAI's document lies beside the project")
def test_the_table_has_every_type_of_the_document() -> None:
    schemas = json.loads(SLICE.read_text(encoding="utf-8"))["schemas"]
    names = [one["$ref"].rpartition("/")[2] for one in schemas["ResponseStreamEvent"]["anyOf"]]
    told = {value for name in names for value in schemas[name]["properties"]["type"]["enum"]}
    assert len(told) == 58
    assert told - set(event_types()) == set()


def test_a_type_is_sent_or_recorded_with_its_day_or_only_documented() -> None:
    for known in event_types().values():
        assert bool(known.recorded) == bool(known.day), known.name


def test_every_recorded_type_has_an_excerpt_of_the_documented_shape() -> None:
    assert {name for name, _ in EXCERPTS} == {known.name for known in event_types().values() if known.recorded}
    for name, event in EXCERPTS:
        assert schema.load("ResponseStreamEvent").valid({"type": name, **event}), name


def test_pieces_of_a_text_have_an_end() -> None:
    assert {name for name in event_types() if name.endswith(".delta")} == set(ENDED_BY)


def _provoking() -> list[Selected]:
    """Return, for each exchange that the table names, one check that reads it."""
    wanted = {known.sent for known in event_types().values() if known.sent}
    found = {key.label: item for item in every_check() for key in item.keys if key.label in wanted}
    assert set(found) == wanted
    return list(found.values())


@pytest.fixture(scope="module")
def streams() -> Iterator[dict[str, Exchange]]:
    """The streams that the table names, by their label."""
    with simulating(_provoking()) as simulated:
        yield _streams(simulated)


def _streams(simulated: Simulated) -> dict[str, Exchange]:
    return {f"{one.id}[{one.case}]" if one.case else one.id: one for one in simulated.exchanges()}


@pytest.mark.parametrize("known", [one for one in event_types().values() if one.sent], ids=lambda one: one.name)
def test_an_exchange_that_the_table_names_provokes_the_event(known: EventType, streams: dict[str, Exchange]) -> None:
    assert known.name in {chunk.get("type") for chunk in streams[known.sent].chunks}


def with_unknown(stream: Exchange) -> Exchange:
    """Return a stream with events between its own that nobody knows, one of which OpenAI has sent."""
    events: list[Any] = [chunk.value for chunk in stream.chunks]
    mixed: list[Any] = events[:2]
    for number, event in enumerate(events[2:]):
        mixed += [{"type": "keepalive"} if number % 2 else {"type": "response.vendor.note", "note": {"a": 1}}, event]
    body = sse.encode(
        tuple(sse.Event(json.dumps({**event, "sequence_number": n}), event["type"]) for n, event in enumerate(mixed))
    )
    return stream.with_response(body=body, sizes=(len(body),), at_ms=stream.received.at_ms[-1:])


def test_an_unknown_type_of_event_accuses_nobody(streams: dict[str, Exchange]) -> None:
    checks = [check for check in loader.load().checks if check.kind is response_stream]
    changed = [with_unknown(one) for one in streams.values()]
    assert len(changed) > 5
    for stream in changed:
        for check in checks:
            if not all(condition.holds(stream.sent) for condition in check.when):
                continue
            found = judge(check, {response_stream.name: stream}, claimed=True)
            assert found.verdict is not Verdict.DEVIATES, f"{check.id()}: {found.reason}"
