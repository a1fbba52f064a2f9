"""The simulator reads what is attached to a message, and refuses what it cannot read."""

import base64
import zlib
from contextlib import suppress
from typing import Any

import httpx2
import openai
import pytest

from conformance.checks.common import prompts
from conformance.checks.common.fixtures import base64_of, content_of, data_url, fixture, word_of
from conformance.simulator.media.pictures import read_picture
from conformance.simulator.media.recordings import read_recording
from conformance.simulator.media.sniff import BrokenFile

KEY = "sk-test-0123456789"
PICTURES = ["word.png", "other.png", "word.jpeg", "word.webp", "word.gif"]


def image(url: str, **options: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **options}}


def audio(name: str, kind: str) -> dict[str, Any]:
    return audio_of(base64_of(name), kind)


def audio_of(data: str, kind: str) -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": data, "format": kind}}


def file(name: str, **fields: str) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": name, "file_data": data_url(name), **fields}}


def send(http: httpx2.Client, text: str, *parts: dict[str, Any], **options: Any) -> httpx2.Response:
    messages = [{"role": "user", "content": [{"type": "text", "text": text}, *parts]}]
    return http.post("/chat/completions", json={"model": "sim-chat", "messages": messages, **options})


def said(http: httpx2.Client, text: str, *parts: dict[str, Any], **options: Any) -> str:
    answer = send(http, text, *parts, **options)
    assert answer.status_code == 200, answer.text
    content: str = answer.json()["choices"][0]["message"]["content"]
    return content


def prompt_tokens(http: httpx2.Client, *parts: dict[str, Any]) -> int:
    tokens: int = send(http, prompts.ASK_PICTURE, *parts).json()["usage"]["prompt_tokens"]
    return tokens


@pytest.mark.parametrize("name", PICTURES)
def test_the_word_in_a_picture_is_read(http: httpx2.Client, name: str) -> None:
    assert said(http, prompts.ASK_PICTURE, image(data_url(name))) == word_of(name)


def test_two_pictures_are_told_apart(http: httpx2.Client) -> None:
    pictures = [image(data_url(name)) for name in ("other.png", "word.png")]
    assert said(http, prompts.ASK_PICTURES, *pictures) == "TULIP, CORAL"
    assert said(http, prompts.ASK_PICTURES, *reversed(pictures)) == "CORAL, TULIP"


def test_the_colour_of_a_picture_is_seen(http: httpx2.Client) -> None:
    assert said(http, prompts.ASK_COLOUR, image(data_url("solid.png"))) == "blue"


def test_an_unknown_picture_is_described(http: httpx2.Client) -> None:
    text = said(http, "Describe this.", image(data_url("solid.png")))
    assert "64 by 64" in text
    assert "blue" in text


def test_nothing_is_seen_where_nothing_is(http: httpx2.Client) -> None:
    assert "no picture" in said(http, prompts.ASK_PICTURE)
    assert "blue" in said(http, prompts.ASK_PICTURE, image(data_url("solid.png")))
    assert said(http, "Say hello in one short sentence.", image(data_url("word.png"))).startswith("Hello")


@pytest.mark.parametrize(
    "part",
    [file("word.pdf"), file("word.txt"), file("word.csv"), image(data_url("word.pdf")), image(data_url("word.csv"))],
)
def test_the_word_in_a_document_is_read(http: httpx2.Client, part: dict[str, Any]) -> None:
    assert said(http, prompts.ASK_DOCUMENT, part) in {"HERON", "WALNUT", "SADDLE"}


def test_only_the_lenient_model_takes_a_document_for_a_picture(http: httpx2.Client) -> None:
    answer = send(http, prompts.ASK_DOCUMENT, image(data_url("word.pdf")), model="sim-thinking")
    assert answer.json()["error"]["code"] == "invalid_image_format"


@pytest.mark.parametrize(("name", "kind"), [("spoken.wav", "wav"), ("spoken.mp3", "mp3")])
def test_the_spoken_word_is_heard(http: httpx2.Client, name: str, kind: str) -> None:
    answer = send(http, prompts.ASK_SPOKEN, audio(name, kind)).json()
    assert answer["choices"][0]["message"]["content"] == word_of(name)
    assert answer["usage"]["prompt_tokens_details"]["audio_tokens"] > 0


def test_the_word_reaches_structured_answers(http: httpx2.Client) -> None:
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    text = said(http, prompts.ASK_PICTURE, image(data_url("word.png")), response_format=wanted)
    assert text == '{"word": "CORAL"}'


def test_a_later_question_is_about_the_earlier_picture(http: httpx2.Client) -> None:
    messages = [
        {"role": "user", "content": [image(data_url("word.gif"))]},
        {"role": "assistant", "content": "I see it."},
        {"role": "user", "content": prompts.ASK_PICTURE},
    ]
    answer = http.post("/chat/completions", json={"model": "sim-chat", "messages": messages})
    assert answer.json()["choices"][0]["message"]["content"] == "PEPPER"


def test_detail_and_length_are_paid_for(http: httpx2.Client) -> None:
    low, high = (prompt_tokens(http, image(data_url("word.png"), detail=detail)) for detail in ("low", "high"))
    assert prompt_tokens(http) < low < high
    long = {"type": "file", "file": {"filename": "a.txt", "file_data": text_url("word " * 500)}}
    assert prompt_tokens(http, long) > prompt_tokens(http, file("word.txt")) + 400


def test_an_uploaded_file_is_read(http: httpx2.Client) -> None:
    for name in ("word.pdf", "word.txt", "word.csv"):
        upload = {"file": (name, content_of(name))}
        uploaded = http.post("/files", data={"purpose": "user_data"}, files=upload).json()
        part = {"type": "file", "file": {"file_id": uploaded["id"]}}
        assert said(http, prompts.ASK_DOCUMENT, part) == word_of(name)


def text_url(text: str) -> str:
    return f"data:text/plain;base64,{base64.b64encode(text.encode()).decode()}"


def encoded(content: bytes, media_type: str = "image/png") -> dict[str, Any]:
    return image(f"data:{media_type};base64,{base64.b64encode(content).decode()}")


PNG = content_of("word.png")
BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "https": (image("https://127.0.0.1/x.png"), "invalid_image_url", "image_url.url"),
    "http": (image("http://127.0.0.1/x.png"), "invalid_image_url", "image_url.url"),
    "ftp": (image("ftp://127.0.0.1/x.png"), "invalid_image_url", "image_url.url"),
    "no url": (image("word.png"), "invalid_image_url", "image_url.url"),
    "data url without base64": (image("data:image/png,plain"), "invalid_image_url", "image_url.url"),
    "odd characters": (image("data:image/png;base64,no base64!"), "invalid_base64_image", "image_url.url"),
    "cut base64": (image("data:image/png;base64,abc"), "invalid_base64_image", "image_url.url"),
    "empty": (image("data:image/png;base64,"), "empty_image_file", "image_url.url"),
    "video": (encoded(PNG, "video/mp4"), "invalid_image_format", "image_url.url"),
    "bmp": (encoded(PNG, "image/bmp"), "unsupported_image", "image_url.url"),
    "png as jpeg": (
        encoded(PNG, "image/jpeg"),
        "image_parse_error",
        "image_url.url",
    ),
    "pdf as png": (
        encoded(content_of("word.pdf")),
        "image_parse_error",
        "image_url.url",
    ),
    "cut png": (encoded(PNG[:-20]), "image_parse_error", "image_url.url"),
    "wrong checksum": (encoded(PNG[:40] + b"?" + PNG[41:]), "image_parse_error", "image_url.url"),
    "too large": (encoded(PNG + b"\0" * 21 * 1024 * 1024), "image_file_too_large", "image_url.url"),
    "text as pdf": (
        encoded(b"text", "application/pdf"),
        "invalid_value",
        "image_url.url",
    ),
    "wav as mp3": (audio("spoken.wav", "mp3"), "invalid_value", "input_audio.data"),
    "ogg": (audio("spoken.mp3", "ogg"), "invalid_value", "input_audio.format"),
    "audio without base64": (
        audio_of("???", "wav"),
        "invalid_value",
        "input_audio.data",
    ),
    "file without data url": (file("word.pdf", file_data="JVBERi0="), "invalid_value", "file.file_data"),
    "file without base64": (
        file("word.pdf", file_data="data:text/csv;base64,?"),
        "invalid_value",
        "file.file_data",
    ),
    "png as file": (file("word.pdf", file_data=data_url("word.png")), "invalid_value", "file.file_data"),
    "binary as text": (file("word.pdf", file_data="data:text/plain;base64,AAAA"), "invalid_value", "file.file_data"),
    "no filename": (file("word.pdf", filename=""), "missing_required_parameter", "file.filename"),
    "neither file": ({"type": "file", "file": {"filename": "a.pdf"}}, "missing_required_parameter", "file.file_id"),
    "unknown file": ({"type": "file", "file": {"file_id": "file-none"}}, "invalid_value", "file.file_id"),
}


@pytest.mark.parametrize(("part", "code", "param"), list(BROKEN.values()), ids=list(BROKEN))
def test_what_cannot_be_read_is_refused(http: httpx2.Client, part: dict[str, Any], code: str, param: str) -> None:
    answer = send(http, prompts.ASK_PICTURE, part)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
    assert error["param"] == f"messages[0].content[1].{param}"


@pytest.mark.parametrize("name", [*PICTURES, "solid.png", "spoken.wav", "spoken.mp3"])
def test_no_damage_crashes_a_reader(name: str) -> None:
    content = content_of(name)
    read = read_picture if fixture(name).media_type.startswith("image/") else read_recording
    for place in range(0, min(len(content), 400), 3):
        for damaged in (content[:place], content[:place] + b"\xff" + content[place + 1 :]):
            with suppress(BrokenFile):
                read(damaged)


def test_a_small_file_with_a_huge_picture_is_read_at_once(http: httpx2.Client) -> None:
    rows = zlib.compress(b"\0" * 50_000_000)
    head = (60000).to_bytes(4) * 2 + b"\x08\x00\0\0\0"
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks
    )
    assert said(http, prompts.ASK_COLOUR, encoded(content)) == "black"


def test_the_official_client_sends_attachments(base_url: str) -> None:
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0, _strict_response_validation=True) as client:
        chunks = client.chat.completions.create(
            model="sim-chat",
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": prompts.ASK_PICTURE},
                        {"type": "image_url", "image_url": {"url": data_url("word.webp"), "detail": "low"}},
                    ],
                }
            ],
            stream=True,
        )
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "ANCHOR"
