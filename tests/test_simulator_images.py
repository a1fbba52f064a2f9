"""The simulator's pictures are real ones, of the size, kind and colour that were asked for."""

import base64
import io
import json
from typing import Any

import httpx2
import openai
import pytest

from conformance.checks.common.fixtures import content_of, data_url
from conformance.simulator.media.paint import Painting, imagine, paint
from conformance.simulator.media.pictures import Picture, colour_name, read_picture

SMALL = "64x48"


def decode(text: str | None) -> Picture:
    assert text
    return read_picture(base64.b64decode(text))


def made(http: httpx2.Client, **options: Any) -> dict[str, Any]:
    body = {"model": "sim-image", "prompt": "A red square.", "size": SMALL, **options}
    answer = http.post("/images/generations", json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def events(answer: httpx2.Response) -> list[tuple[str, dict[str, Any]]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


@pytest.mark.parametrize("size", ["auto", "1024x1024", "1536x1024", "1024x1536", "256x256", "64x48", "48x144"])
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_has_the_size_and_the_kind_that_were_asked_for(http: httpx2.Client, kind: str, size: str) -> None:
    body = made(http, size=size, output_format=kind)
    picture = decode(body["data"][0]["b64_json"])
    wanted = "1024x1024" if size == "auto" else size
    assert (f"{picture.width}x{picture.height}", picture.media_type) == (wanted, f"image/{kind}")
    assert (body["size"], body["output_format"]) == (wanted, kind)
    assert set(body) == {"created", "background", "data", "output_format", "quality", "size", "usage"}


def test_the_colour_is_the_one_that_the_prompt_names(http: httpx2.Client) -> None:
    for name in ("red", "blue", "white", "yellow"):
        colour = decode(made(http, prompt=f"Paint it {name}.")["data"][0]["b64_json"]).colour
        assert colour
        assert colour_name(colour) == name
    assert imagine("A song") == imagine("A song") != imagine("A dance")


def test_several_pictures_differ_and_are_paid_for(http: httpx2.Client) -> None:
    one, three = made(http, prompt="white"), made(http, prompt="white", n=3)
    assert len({entry["b64_json"] for entry in three["data"]}) == 3
    assert three["usage"]["output_tokens"] == 3 * one["usage"]["output_tokens"]


def test_usage_adds_up_and_grows_with_quality(http: httpx2.Client) -> None:
    spent = [made(http, quality=quality)["usage"] for quality in ("low", "medium", "high")]
    assert all(usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] for usage in spent)
    assert spent[0]["output_tokens"] < spent[1]["output_tokens"] < spent[2]["output_tokens"]


def test_a_transparent_background_is_transparent(http: httpx2.Client) -> None:
    body = made(http, background="transparent")
    assert body["background"] == "transparent"
    content = base64.b64decode(body["data"][0]["b64_json"])
    assert content[25] == 6  # red, green, blue and alpha
    assert base64.b64decode(made(http)["data"][0]["b64_json"])[25] == 2


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_url_leads_to_the_picture_without_a_key(http: httpx2.Client, kind: str) -> None:
    options = {"output_format": kind, "n": 2}
    urls = [entry["url"] for entry in made(http, response_format="url", **options)["data"]]
    whole = [base64.b64decode(entry["b64_json"]) for entry in made(http, **options)["data"]]
    answers = [httpx2.get(url) for url in urls]
    assert [answer.content for answer in answers] == whole
    assert {answer.headers["content-type"] for answer in answers} == {f"image/{kind}"}


@pytest.mark.parametrize("name", ["x.png", "0x16-000000o.png", "16x9999-000000o.png", "16x16-000000o.gif"])
def test_no_other_url_leads_to_a_picture(http: httpx2.Client, name: str) -> None:
    assert http.get(f"/images/painted/{name}").status_code == 404


@pytest.mark.parametrize("partial", [0, 1, 3])
def test_a_stream_ends_with_the_whole_picture(http: httpx2.Client, partial: int) -> None:
    body = {"prompt": "A red square.", "size": SMALL, "stream": True, "partial_images": partial}
    told = events(http.post("/images/generations", json=body))
    assert [name for name, _ in told] == ["image_generation.partial_image"] * partial + ["image_generation.completed"]
    assert all(data["type"] == name for name, data in told)
    assert [data["partial_image_index"] for _, data in told[:-1]] == list(range(partial))
    assert len({data["b64_json"] for _, data in told}) == partial + 1
    assert told[-1][1]["b64_json"] == made(http)["data"][0]["b64_json"]
    assert told[-1][1]["usage"] == made(http)["usage"]


def test_the_official_client_makes_pictures(client: openai.OpenAI) -> None:
    answer = client.images.generate(model="sim-image", prompt="A red square.", size="1024x1024", quality="low")
    assert answer.data
    assert decode(answer.data[0].b64_json).width == 1024
    assert answer.usage
    stream = client.images.generate(model="sim-image", prompt="red", size="64x64", stream=True, partial_images=2)
    kinds = [event.type for event in stream]
    assert kinds == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]


def test_the_official_client_changes_pictures(client: openai.OpenAI) -> None:
    source = io.BytesIO(content_of("solid.png"))
    source.name = "solid.png"
    answer = client.images.edit(model="sim-image", image=source, prompt="Make it red.", n=2)
    assert answer.data
    pictures = [decode(entry.b64_json) for entry in answer.data]
    assert [(one.width, one.height) for one in pictures] == [(64, 64)] * 2
    assert pictures[0].colour == (255, 0, 0)
    several = [("a.png", content_of("word.png"), "image/png"), ("b.jpeg", content_of("word.jpeg"), "image/jpeg")]
    mask = ("m.png", content_of("other.png"), "image/png")
    stream = client.images.edit(model="sim-image", image=several, mask=mask, prompt="red", stream=True)
    last = list(stream)[-1]
    assert last.type == "image_edit.completed"
    assert last.usage.input_tokens_details.image_tokens == 2 * 255
    with pytest.warns(DeprecationWarning, match="deprecated"):
        varied = client.images.create_variation(model="sim-image", image=content_of("solid.png"), n=2, size="256x256")
    assert varied.data
    assert len({entry.b64_json for entry in varied.data}) == 2


def test_an_edit_in_json(http: httpx2.Client) -> None:
    body = {"model": "sim-image", "prompt": "Make it blue.", "images": [{"image_url": data_url("solid.png")}]}
    answer = http.post("/images/edits", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"][0]["b64_json"] != data_url("solid.png").partition(",")[2]
    picture = decode(answer.json()["data"][0]["b64_json"])
    assert picture.colour != (0, 0, 255)


def test_an_edit_of_an_uploaded_file(http: httpx2.Client) -> None:
    upload = {"file": ("solid.png", content_of("solid.png"))}
    uploaded = http.post("/files", data={"purpose": "vision"}, files=upload).json()
    answer = http.post("/images/edits", json={"prompt": "Make it red.", "images": [{"file_id": uploaded["id"]}]})
    assert answer.status_code == 200, answer.text
    assert decode(answer.json()["data"][0]["b64_json"]).colour == (255, 0, 0)


def chat(http: httpx2.Client, content: Any, **options: Any) -> httpx2.Response:
    body = {"model": "sim-image", "messages": [{"role": "user", "content": content}], **options}
    return http.post("/chat/completions", json=body)


def test_an_image_model_answers_a_chat_with_a_picture_in_markdown(http: httpx2.Client) -> None:
    answer = chat(http, "Draw a red square, 96x48.", modalities=["text", "image"])
    text = answer.json()["choices"][0]["message"]["content"]
    assert text.startswith("![A picture](data:image/png;base64,")
    picture = decode(text.partition("base64,")[2].removesuffix(")"))
    assert (picture.width, picture.height, picture.colour) == (96, 48, (255, 0, 0))
    streamed = chat(http, "Draw a red square, 96x48.", stream=True)
    assert streamed.text.endswith("data: [DONE]\n\n")


def test_an_image_model_changes_the_picture_it_is_shown(http: httpx2.Client) -> None:
    shown = {"type": "image_url", "image_url": {"url": data_url("solid.png")}}
    for prompt in ("Make it red.", "Make it blue."):
        answer = chat(http, [{"type": "text", "text": prompt}, shown])
        text = answer.json()["choices"][0]["message"]["content"]
        assert decode(text.partition("base64,")[2].removesuffix(")")).colour != (0, 0, 255)


def test_only_an_image_model_answers_with_pictures(http: httpx2.Client) -> None:
    check(chat(http, "x", model="sim-chat", modalities=["text", "image"]), 400, "unsupported_value", "modalities")


GENERATIONS: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"prompt": None}, 400, "invalid_type", "prompt"),
    ({"prompt": ""}, 400, "empty_string", "prompt"),
    ({"prompt": "x" * 32_001}, 400, "string_above_max_length", "prompt"),
    ({"model": "nope"}, 404, "model_not_found", None),
    ({"model": "sim-chat"}, 400, "invalid_value", "model"),
    ({"n": 0}, 400, "integer_below_min_value", "n"),
    ({"n": 11}, 400, "integer_above_max_value", "n"),
    ({"size": "big"}, 400, "invalid_value", "size"),
    ({"size": "100x100"}, 400, "invalid_value", "size"),
    ({"size": "4096x4096"}, 400, "invalid_value", "size"),
    ({"size": "64x208"}, 400, "invalid_value", "size"),
    ({"size": 1024}, 400, "invalid_type", "size"),
    ({"quality": "best"}, 400, "invalid_value", "quality"),
    ({"output_format": "bmp"}, 400, "invalid_value", "output_format"),
    ({"output_format": "jpeg", "background": "transparent"}, 400, "invalid_value", "background"),
    ({"output_compression": 50}, 400, "invalid_value", "output_compression"),
    ({"output_format": "webp", "output_compression": 101}, 400, "integer_above_max_value", "output_compression"),
    ({"partial_images": 2}, 400, None, "partial_images"),
    ({"stream": True, "partial_images": 4}, 400, "integer_above_max_value", "partial_images"),
    ({"stream": True, "n": 2}, 400, "invalid_value", "n"),
    ({"stream": True, "response_format": "url"}, 400, "invalid_value", "response_format"),
    ({"response_format": "hex"}, 400, "invalid_value", "response_format"),
    ({"style": "vivid"}, 400, "unsupported_parameter", "style"),
    ({"odd": 1}, 400, "unknown_parameter", "odd"),
]


def check(answer: httpx2.Response, status: int, code: str | None, param: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


@pytest.mark.parametrize(
    ("change", "status", "code", "param"), GENERATIONS, ids=[str(row[0])[:50] for row in GENERATIONS]
)
def test_bad_requests(http: httpx2.Client, change: dict[str, Any], status: int, code: str, param: str) -> None:
    check(http.post("/images/generations", json={"prompt": "red", **change}), status, code, param)


def test_bad_edits(http: httpx2.Client) -> None:
    picture = ("a.png", content_of("solid.png"), "image/png")
    prompt = {"prompt": "red"}

    def sent(files: Any, data: dict[str, str] = prompt) -> httpx2.Response:
        return http.post("/images/edits", data=data, files=files)

    check(sent({"image": ("a.png", b"nothing", "image/png")}), 400, "invalid_image_file", "image")
    check(sent({"image": picture, "mask": ("m.png", content_of("word.png"))}), 400, "invalid_image_file", "mask")
    check(sent({"picture": picture}), 400, "unknown_parameter", "picture")
    check(sent({"mask": picture}), 400, "missing_required_parameter", "image")
    check(sent({"image": picture}, {}), 400, "missing_required_parameter", "prompt")
    check(sent({"image": picture}, {**prompt, "n": "many"}), 400, "invalid_type", "n")
    check(sent([("image[]", picture)] * 17), 400, "array_above_max_length", "image")
    check(http.post("/images/edits", content=b"x", headers={"Content-Type": "text/plain"}), 415, CONTENT_TYPE, None)


CONTENT_TYPE = "unsupported_content_type"


@pytest.mark.parametrize(
    "body",
    [b"", b"--b", b"--b\r\n\r\n--b--", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", b"--c\r\n\r\n--c--"],
)
@pytest.mark.parametrize("boundary", ["; boundary=b", ""])
def test_broken_forms(http: httpx2.Client, body: bytes, boundary: str) -> None:
    headers = {"Content-Type": f"multipart/form-data{boundary}"}
    check(http.post("/images/edits", content=body, headers=headers), 400, None, None)


JSON_EDITS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "no images": ({}, "missing_required_parameter", "images"),
    "empty": ({"images": []}, "empty_array", "images"),
    "https": ({"images": [{"image_url": "https://127.0.0.1/a.png"}]}, "invalid_image_url", "images[0].image_url"),
    "no base64": ({"images": [{"image_url": "data:;base64,?"}]}, "invalid_base64_image", "images[0].image_url"),
    "neither": ({"images": [{}]}, None, "images[0]"),
    "no file": ({"images": [{"file_id": "file-x"}]}, "invalid_value", "images[0].file_id"),
    "no picture": ({"images": [{"image_url": data_url("word.txt")}]}, "invalid_image_file", "images[0]"),
}


@pytest.mark.parametrize(("change", "code", "param"), list(JSON_EDITS.values()), ids=list(JSON_EDITS))
def test_bad_edits_in_json(http: httpx2.Client, change: dict[str, Any], code: str, param: str) -> None:
    check(http.post("/images/edits", json={"prompt": "red", **change}), 400, code, param)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("transparent", [False, True])
def test_paintings_are_read_back(kind: Any, *, transparent: bool) -> None:
    for width, height in ((1, 1), (100, 37), (1536, 1024)):
        for colour in ((0, 0, 0), (255, 255, 255), (255, 0, 0), (12, 200, 99)):
            picture = read_picture(paint(Painting(width, height, colour, transparent), kind))
            assert (picture.width, picture.height) == (width, height)
            assert picture.colour in {None, colour}
