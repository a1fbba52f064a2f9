"""The simulator's videos."""

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


def create(http: httpx2.Client, **body: Any) -> dict[str, Any]:
    answer = http.post("/videos", json={"prompt": "A cat.", **body})
    assert answer.status_code == 200, answer.text
    video: dict[str, Any] = answer.json()
    return video


def test_a_video_is_done_at_the_second_look(http: httpx2.Client) -> None:
    video = create(http, model="sim-video", seconds="8", size="1280x720")
    path = f"/videos/{video['id']}"
    refused(http.get(f"{path}/content"), 404, None, None)
    seen = [video, *(http.get(path).json() for _ in range(3))]
    assert all(schema.load("Video").valid(one) for one in seen)
    assert [one["status"] for one in seen] == ["queued", "in_progress", "completed", "completed"]
    assert [one["progress"] for one in seen] == [0, 50, 100, 100]
    done = seen[-1]
    assert (done["object"], done["prompt"], done["seconds"], done["size"]) == ("video", "A cat.", "8", "1280x720")
    assert done["created_at"] <= done["completed_at"] < done["expires_at"]
    content = http.get(f"{path}/content")
    assert content.headers["content-type"] == "video/mp4"
    assert content.content[4:8] == b"ftyp"
    refused(http.get(f"{path}/content", params={"variant": "thumbnail"}), 400, "variant", "unsupported_value")


def test_a_form_is_taken_as_well(http: httpx2.Client) -> None:
    answer = http.post("/videos", data={"prompt": "A cat."}, files={"input_reference": ("a.png", b"x", "image/png")})
    video = answer.json()
    assert (video["model"], video["seconds"], video["size"]) == ("sim-video", "4", "720x1280")


def test_a_deleted_video_is_gone(http: httpx2.Client) -> None:
    video = create(http)
    path = f"/videos/{video['id']}"
    assert http.delete(path).json() == {"id": video["id"], "object": "video.deleted", "deleted": True}
    for answer in (http.get(path), http.get(f"{path}/content"), http.delete(path)):
        refused(answer, 404, None, None)


REFUSALS: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({}, 400, "prompt", "missing_required_parameter"),
    ({"prompt": ""}, 400, "prompt", "empty_string"),
    ({"prompt": "A cat.", "seconds": 4}, 400, "seconds", "invalid_type"),
    ({"prompt": "A cat.", "seconds": "5"}, 400, "seconds", "invalid_value"),
    ({"prompt": "A cat.", "size": "1x1"}, 400, "size", "invalid_value"),
    ({"prompt": "A cat.", "model": "nope"}, 404, None, "model_not_found"),
    ({"prompt": "A cat.", "model": "sim-chat"}, 400, "model", "invalid_value"),
]


@pytest.mark.parametrize(("body", "status", "param", "code"), REFUSALS, ids=str)
def test_refusals(http: httpx2.Client, body: dict[str, Any], status: int, param: str | None, code: str | None) -> None:
    refused(http.post("/videos", json=body), status, param, code)


@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
def test_the_client_makes_videos(client: openai.OpenAI) -> None:
    video = client.videos.create(model="sim-video", prompt="A cat.", seconds="4", input_reference=("a.png", b"x"))
    assert [client.videos.retrieve(video.id).status for _ in range(2)] == ["in_progress", "completed"]
    assert client.videos.download_content(video.id).read()[4:8] == b"ftyp"
    other = client.videos.create(prompt="A dog.")
    assert [one.id for one in client.videos.list(limit=1)][:2] == [other.id, video.id]
    assert client.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(video.id)
