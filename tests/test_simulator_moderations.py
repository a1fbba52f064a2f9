"""The simulator's moderations."""

from typing import Any

import httpx2
import openai
import pytest

from conformance.schemas import schema


def refused(answer: httpx2.Response, status: int, param: str | None, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"], error["code"]) == (param, code), error


KILL = "I will kill you."
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def judge(http: httpx2.Client, given: Any) -> list[dict[str, Any]]:
    answer = http.post("/moderations", json={"input": given})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert schema.load("ModerationCreateResponse").valid(body)
    assert body.keys() == {"id", "model", "results"}
    assert (body["id"][:5], body["model"]) == ("modr-", "sim-moderation")
    results: list[dict[str, Any]] = body["results"]
    return results


def test_a_text_is_flagged_by_its_words(http: httpx2.Client) -> None:
    [bad] = judge(http, KILL)
    [good] = judge(http, "I bake a cake; this takes skill.")
    assert (bad["flagged"], good["flagged"]) == (True, False)
    assert [name for name, found in bad["categories"].items() if found] == ["violence"]
    assert not any(good["categories"].values())
    for result in (bad, good):
        names = result["categories"].keys()
        assert len(names) == 13
        assert names == result["category_scores"].keys() == result["category_applied_input_types"].keys()
        for name, found in result["categories"].items():
            assert 0 < result["category_scores"][name] < 1
            assert (result["category_scores"][name] > 0.5) == found
            assert result["category_applied_input_types"][name] == ["text"]


def test_each_string_has_a_result(http: httpx2.Client) -> None:
    assert [result["flagged"] for result in judge(http, ["Hello.", KILL, "Bye."])] == [False, True, False]


def test_all_parts_together_have_one_result(http: httpx2.Client) -> None:
    [result] = judge(http, [{"type": "text", "text": KILL}, PICTURE])
    assert result["flagged"]
    assert result["category_applied_input_types"]["violence"] == ["text", "image"]
    assert result["category_applied_input_types"]["hate"] == ["text"]
    [result] = judge(http, [PICTURE])
    assert not result["flagged"]
    assert result["category_applied_input_types"]["hate"] == []


REFUSALS: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({}, 400, "input", "missing_required_parameter"),
    ({"input": []}, 400, "input", "empty_array"),
    ({"input": 1}, 400, "input", "invalid_type"),
    ({"input": ["a", PICTURE]}, 400, "input", "invalid_type"),
    ({"input": [{"type": "nope"}]}, 400, "input[0].type", "invalid_value"),
    ({"input": "a", "model": "nope"}, 404, None, "model_not_found"),
    ({"input": "a", "model": "sim-chat"}, 400, "model", None),
]


@pytest.mark.parametrize(("body", "status", "param", "code"), REFUSALS, ids=str)
def test_refusals(http: httpx2.Client, body: dict[str, Any], status: int, param: str | None, code: str | None) -> None:
    refused(http.post("/moderations", json=body), status, param, code)


def test_the_client_moderates(client: openai.OpenAI) -> None:
    answer = client.moderations.create(model="sim-moderation", input=["Hello.", KILL])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.violence
