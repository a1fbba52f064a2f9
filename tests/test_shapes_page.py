"""The shapes of the responses against OpenAI's schemas: what is wrong, how often, where; hostile names are harmless."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.log.records import ExchangeLine, Facts
from conformance.record.shapes import rewrite
from conformance.report.evidence.source import proofs
from conformance.report.html import LARGEST
from conformance.report.shapes import document
from conformance.report.shapes.markdown import shapes_markdown
from conformance.report.shapes.model import Shapes, shapes
from conformance.report.shapes.page import shapes_html
from conformance.report.write import write
from conformance.shapes.answer import LARGEST as LARGEST_BODY
from conformance.shapes.gathered import MOST_ROWS, Group
from conformance.wire.response import Response
from tests.pages import Elements
from tests.runs import HOSTILE, json_answer, recorded, run, stream_answer, target

CHAT = "https://alpha.example/v1/chat/completions"
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_783_700_000,
    "model": "small-2",
    "choices": [
        {
            "index": 0,
            "logprobs": None,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Hello.", "refusal": None},
        }
    ],
}


def body(value: Any, status: int = 200) -> Response:
    return json_answer(json.dumps(value).encode(), status=status)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in COMPLETION.items() if name != key}


def found(folder: Path, *answers: Response, **changes: Any) -> Shapes:
    lines = [
        recorded(folder, answer, case=f"c{number}").model_copy(update={"target": "alpha", **changes})
        for number, answer in enumerate(answers)
    ]
    made = run(folder, [target()], lines)
    return shapes(made, proofs(made))


def rows(of: Shapes) -> list[tuple[Group, str, str]]:
    return [
        (cell.group, cell.name, cell.often)
        for table in of.tables
        for line in table.lines
        for cell in line.cells
        if cell
    ]


def test_a_faithful_response_has_no_difference(tmp_path: Path) -> None:
    of = found(tmp_path, body(COMPLETION))
    assert rows(of) == []
    assert of.words(0) == "1 responses of 1 operations: 0 differences, 0 extensions"


def test_of_a_rehearsal_it_is_said_at_which_target_nothing_was_measured(tmp_path: Path) -> None:
    of = shapes(run(tmp_path, [target("alpha.rehearsal", mode="rehearse")], []), [])
    assert of.warnings == ("REHEARSAL: nothing was measured at alpha; the simulator answered.",)


@pytest.mark.parametrize(
    ("wrong", "row"),
    [
        (without("id"), (Group.MISSING, "ChatCompletion.id", "1 of 2")),
        ({**COMPLETION, "created": None}, (Group.NULL, "ChatCompletion.created", "1 of 2")),
        ({**COMPLETION, "model": 5}, (Group.TYPE, "ChatCompletion.model", "1 of 2")),
        ({**COMPLETION, "object": "chat"}, (Group.VALUE, "ChatCompletion.object", "1 of 2")),
        ({**COMPLETION, "provider": "x"}, (Group.EXTENSION, "ChatCompletion.provider", "1 of 2")),
    ],
)
def test_each_sort_of_difference_is_told_with_how_often(
    tmp_path: Path, wrong: dict[str, Any], row: tuple[Group, str, str]
) -> None:
    assert rows(found(tmp_path, body(COMPLETION), body(wrong))) == [row]


def test_a_difference_of_one_event_counts_its_stream_once_and_names_the_event(tmp_path: Path) -> None:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_783_700_000,
        "model": "small-2",
        "choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": None, "finish_reason": None}],
    }
    bad = {**chunk, "id": 7}
    frames = [f"data: {text}\n\n".encode() for text in (json.dumps(chunk), json.dumps(bad), json.dumps(bad), "[DONE]")]
    ((table),) = found(tmp_path, stream_answer(frames)).tables
    (cell,) = table.lines[0].cells
    assert cell is not None
    assert (table.title, cell.often, cell.pointer) == ("POST chat/completions, streamed", "1 of 1", "/1/id")


def test_a_rejection_counts_only_where_the_request_asks_for_one(tmp_path: Path) -> None:
    refused = body({"error": {"message": "no", "type": "x", "code": 400, "param": None}}, 400)
    asked = Facts(method="POST", operation="chat/completions", expects=[400])
    assert rows(found(tmp_path, refused)) == []
    of = found(tmp_path, refused, facts=asked)
    assert [row[1] for row in rows(of)] == ["ErrorObject.code"]
    assert of.tables[0].title == "rejected requests"


def test_an_invalid_request_that_was_served_says_nothing_of_the_shape(tmp_path: Path) -> None:
    assert found(tmp_path, body(without("id")), invalid=True).tables == ()


def test_the_targets_stand_side_by_side_and_what_was_not_measured_is_no_agreement(tmp_path: Path) -> None:
    lines: list[ExchangeLine] = [recorded(tmp_path, body(without("id")))]
    made = run(tmp_path, [target(), target("beta", mode="rehearse")], lines)
    of = shapes(made, proofs(made))
    assert [cell is None for cell in of.tables[0].lines[0].cells] == [False, True]
    assert of.tables[0].measured[1] is None
    text = shapes_html(of)
    assert "REHEARSAL" in text
    assert "no recorded response" in text
    assert "beta (rehearsal)" in shapes_markdown(of)


def test_hostile_names_are_escaped_and_bounded_in_every_form(tmp_path: Path) -> None:
    many = {f"{number}{HOSTILE}": HOSTILE for number in range(2_000)}
    of = found(tmp_path, body({**COMPLETION, **many, "k" * 100_000: 1}))
    page = shapes_html(of)
    assert len(page.encode()) <= LARGEST
    tags = {tag for tag, _ in Elements(page).tags}
    assert tags.isdisjoint({"script", "img"})
    assert "\u202e" not in page + shapes_markdown(of)
    (operation,) = json.loads(document.shapes_json(of))["operations"]
    assert len(operation["differences"]) <= MOST_ROWS
    assert operation["left_out"]
    assert max(len(row["field"]) for row in operation["differences"]) < 200


def test_what_is_too_large_or_holds_no_texts_is_not_compared_and_that_is_said(tmp_path: Path) -> None:
    of = found(tmp_path, body({**without("id"), "pad": "x" * LARGEST_BODY}))
    assert of.tables == ()
    assert of.warnings[0].startswith("1 recordings are not compared")
    line = recorded(tmp_path, body(without("id")))
    assert rewrite(tmp_path) == []
    made = run(tmp_path, [target()], [line])
    assert shapes(made, proofs(made)).unread == (1,)


def test_the_page_calls_nobody(tmp_path: Path) -> None:
    elements = Elements(shapes_html(found(tmp_path, body(without("id")))))
    policy = [attributes for tag, attributes in elements.tags if tag == "meta" and "http-equiv" in attributes]
    assert "default-src 'none'" in str(policy)
    links = [str(attributes["href"]) for tag, attributes in elements.tags if tag == "a"]
    assert {link[:2] for link in links} <= {"./", "#o"}


def test_every_run_has_the_page_and_the_matrix_leads_to_it(tmp_path: Path) -> None:
    made = run(tmp_path, [target()], [recorded(tmp_path, body(without("id")))])
    matrix = write(made)
    assert "./shapes.html" in matrix.read_text(encoding="utf-8")
    held = json.loads((tmp_path / "shapes.json").read_text(encoding="utf-8"))
    (difference,) = held["operations"][0]["differences"]
    assert (tmp_path / difference["cells"]["alpha"]["evidence"]).is_file()
    assert "ChatCompletion.id" in (tmp_path / "shapes.md").read_text(encoding="utf-8")


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/report/shapes/shapes.schema.json"
    command = "python -m conformance.report.shapes.document > conformance/report/shapes/shapes.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), command
