"""The simulator's Responses API: refusals, what stands in the result of a call, and what Codex sends beside it."""

import httpx2
import pytest

from conformance.checks.common.fixtures import data_url
from tests.responses_talk import ask, said, streamed

CALL = {"type": "function_call", "call_id": "call_1", "name": "open_attachment", "arguments": "{}"}
PICTURE = {"type": "input_image", "image_url": data_url("word.png")}
DOCUMENT = {"type": "input_file", "filename": "a.pdf", "file_data": data_url("word.pdf")}
REFUSE = "Refuse this request."


@pytest.mark.parametrize(
    ("part", "question", "word"),
    [
        (PICTURE, "What word is in the picture? Answer with that word only.", "CORAL"),
        (DOCUMENT, "Which code word does the document name? Answer with that word only.", "HERON"),
    ],
)
def test_what_stands_in_a_result_is_read(http: httpx2.Client, part: dict[str, str], question: str, word: str) -> None:
    output = {"type": "function_call_output", "call_id": "call_1", "output": [part]}
    assert said(ask(http, [{"role": "user", "content": question}, CALL, output])) == word


def test_a_result_without_attachments_is_repeated(http: httpx2.Client) -> None:
    output = {"type": "function_call_output", "call_id": "call_1", "output": "18 degrees"}
    question = {"role": "user", "content": "What word is in the picture? Answer with that word only."}
    assert said(ask(http, [question, CALL, output])) == "The answer is: 18 degrees."


def test_a_refusal_is_a_part_of_its_own(http: httpx2.Client) -> None:
    [message] = ask(http, REFUSE)["output"]
    [part] = message["content"]
    assert part.keys() == {"type", "refusal"}
    assert part["type"] == "refusal"
    assert part["refusal"]


def test_a_refusal_has_events_of_its_own(http: httpx2.Client) -> None:
    told = streamed(http, REFUSE)
    assert not [event for event in told if event["type"].startswith("response.output_text")]
    [done] = [event for event in told if event["type"] == "response.refusal.done"]
    joined = "".join(event["delta"] for event in told if event["type"] == "response.refusal.delta")
    assert joined == done["refusal"] == told[-1]["response"]["output"][0]["content"][0]["refusal"]


def test_client_metadata_are_taken(http: httpx2.Client) -> None:
    assert "client_metadata" not in ask(http, "Hello", client_metadata={"session_id": "1"})


@pytest.mark.parametrize("options", [{"temperature": 0}, {"top_p": 0.001}])
def test_sampling_is_used(http: httpx2.Client, options: dict[str, float]) -> None:
    draw = "Name a random number between 1 and 1000. Answer with the number only."
    assert len({said(ask(http, draw, **options)) for _ in range(3)}) == 1
    assert len({said(ask(http, draw)) for _ in range(5)}) > 1
