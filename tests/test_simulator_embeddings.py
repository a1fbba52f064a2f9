"""The simulator's embeddings."""

import base64
import math
import struct
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from conformance.simulator.app.server import running


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with running() as url, httpx2.Client(base_url=url, headers={"Authorization": "Bearer any"}, timeout=30) as client:
        yield client


def embed(http: httpx2.Client, value: Any, **options: Any) -> dict[str, Any]:
    answer = http.post("/embeddings", json={"model": "sim-embedding", "input": value, **options})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def cosine(one: list[float], other: list[float]) -> float:
    return math.fsum(left * right for left, right in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("value", "size"), [("hello", 1), (["a", "b", "c"], 3), ([1, 2, 3], 1), ([[1], [2, 3]], 2), ("🦜", 1), (" ", 1)]
)
def test_every_form_of_input_gives_unit_vectors_in_order(http: httpx2.Client, value: Any, size: int) -> None:
    body = embed(http, value)
    assert body["object"] == "list"
    assert body["model"] == "sim-embedding"
    assert [entry["index"] for entry in body["data"]] == list(range(size))
    for entry in body["data"]:
        assert entry["object"] == "embedding"
        assert math.isclose(cosine(entry["embedding"], entry["embedding"]), 1, abs_tol=1e-5)
    assert body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 0


def test_the_same_text_is_the_same_vector_wherever_it_stands(http: httpx2.Client) -> None:
    alone, listed = embed(http, "hello world"), embed(http, ["other", "hello world"])
    assert alone["data"][0]["embedding"] == listed["data"][1]["embedding"]


def test_texts_that_share_words_are_nearer(http: httpx2.Client) -> None:
    texts = ["The cat sleeps on the sofa.", "A cat is asleep on a sofa.", "Interest rates rose sharply in March."]
    first, near, far = (entry["embedding"] for entry in embed(http, texts)["data"])
    assert cosine(first, near) > cosine(first, far) + 0.2


@pytest.mark.parametrize("size", [1, 8, 255, 256])
def test_dimensions_cut_and_keep_the_length_one(http: httpx2.Client, size: int) -> None:
    whole = embed(http, "hello world")["data"][0]["embedding"]
    cut = embed(http, "hello world", dimensions=size)["data"][0]["embedding"]
    assert len(cut) == size
    assert math.isclose(cosine(cut, cut), 1, abs_tol=1e-5)
    assert math.isclose(cosine(cut, whole[:size]), math.sqrt(cosine(whole[:size], whole[:size])), abs_tol=1e-5)


def test_base64_decodes_to_the_floats(http: httpx2.Client) -> None:
    floats = embed(http, ["a b", "c"], encoding_format="float")["data"]
    coded = embed(http, ["a b", "c"], encoding_format="base64")["data"]
    for one, other in zip(floats, coded, strict=True):
        content = base64.b64decode(other["embedding"], validate=True)
        assert list(struct.unpack(f"<{len(content) // 4}f", content)) == one["embedding"]


def test_as_many_inputs_as_allowed(http: httpx2.Client) -> None:
    assert len(embed(http, ["a"] * 2048, dimensions=2)["data"]) == 2048
