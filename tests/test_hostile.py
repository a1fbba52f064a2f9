"""A hostile endpoint ends in verdicts with a reason, in bounded time, and never in `conforms`."""

import asyncio
import json
from pathlib import Path

import pytest

from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import CHAT, MODELS, Behaviour, serving
from tests.hostile.judged import judged
from tests.whole_run import CORE, KEY, Ran, Runner, run

__all__ = ["run"]

LISTED = ("--capability", "models.list.schema")
EVIL = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202e</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def attacked(run: Runner, behaviour: Behaviour, *selection: str, deadline_s: float = 1) -> Ran:
    with serving(behaviour) as server:
        choice = run.target("hostile", server.base_url, deadline_s=deadline_s, max_bytes=200_000)
        return run(*choice, *(selection or CORE))


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (hostile.html(), "returns a web page (HTML, status 200)"),
        (hostile.html(404), "returns a web page (HTML, status 404)"),
        (hostile.html(500), "returns a web page (HTML, status 500)"),
        (hostile.redirect("https://evil.example/v1?key=x"), "redirects (307) to https://evil.example/v1; it is not"),
        (hostile.redirect("/login"), "redirects (307) to elsewhere"),
        (hostile.endless(b"x" * 65536, media_type="application/json"), "more than 200,000 bytes"),
        (hostile.endless(b"data: {}\n\n", every_s=0.05), "still arriving: the last byte came"),
        (hostile.wire(hostile.head(200, [("content-length", str(10**8))]) + b"[" * 300_000), "200,000 bytes"),
        (hostile.stall(hostile.head(200, [("content-length", str(2**30))])), "before the deadline of 1 s"),
        (hostile.parts(b'{"a":', media_type="application/json", after="stall"), "nothing came in the last"),
        (hostile.parts(b'{"a":', media_type="application/json", after="cut"), "does not end"),
        (hostile.hang_up, "Is the server running"),
        (hostile.envelope("Slow down", 429, retry_after="999"), "limits us (429)"),
        (hostile.envelope("Bad key", 401), "the key is rejected (401)"),
        (hostile.envelope("Bad key", 403), "the key is rejected (403)"),
        (hostile.envelope("Not Found", 404), "serves none of our paths (404)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_endpoint_that_is_none_never_conforms(behaviour: Behaviour, says: str, tmp_path: Path) -> None:
    found = judged(behaviour, tmp_path, "chat.basic", "chat.schema.core", "models.list.schema")
    assert found.verdicts == {Verdict.ERROR}
    (reason,) = found.reasons
    assert reason.startswith("preflight of hostile: ")
    assert says in reason


def test_an_endpoint_without_headers_is_given_up(tmp_path: Path) -> None:
    found = judged(hostile.slow_loris(), tmp_path, "chat.basic", deadline_s=0.2)
    assert found.verdicts == {Verdict.ERROR}
    assert "no response within 0.2 s" in next(iter(found.reasons))


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [(hostile.html(), "returns a web page"), (hostile.hang_up, "Is the server running")],
    ids=["html", "dead"],
)
def test_a_whole_run_says_why_nothing_was_measured(run: Runner, behaviour: Behaviour, says: str) -> None:
    ran = attacked(run, behaviour)
    assert ran.code == 6
    assert set(ran.verdicts.values()) == {Verdict.ERROR}
    assert ran.said.count(says) == 2  # why, and what decided the exit code


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 20_000,
        b'{"a":' * 10_000,
        b"9" * 100_000,
        b'{"choices": ' + b"1" * 100_000 + b"}",
        b'{"id": "\xff\xfe"}',
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b'{"choices": [null, 1e999, -1e999, {"index": 1e400}], "usage": {"total_tokens": 1e400}, "created": 1e300}',
        b'{"data": [[[]]], "object": {"a": 1}, "choices": {"0": {}}, "id": "\\ud800", "model": "\\u0000"}',
        b'\xef\xbb\xbf{"id": 1}',
        b'{"error": {"message": ' + b"[" * 10_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_json_that_is_a_weapon_is_a_verdict(body: bytes, tmp_path: Path) -> None:
    found = judged(hostile.answer(body), tmp_path, "chat", "models", "usage", deadline_s=10)
    assert [found for _, found in found.judgements if found.verdict is Verdict.ERROR] == []
    assert found.of("chat.basic", "text_is_not_empty") <= {Verdict.DEVIATES, Verdict.INCONCLUSIVE}
    assert Verdict.DEVIATES in found.of("models.list.schema")
    assert all(found.reasons)
    assert max(map(len, found.reasons)) < 1000


def test_reports_of_weapons_are_written(run: Runner) -> None:
    bodies = [b"[" * 150_000, b"9" * 100_000, b'{"usage": {"total_tokens": 1e400}}', b'{"id": "\\ud800\xff"}', b"NaN"]
    ran = attacked(run, hostile.in_turn(*map(hostile.answer, bodies)), *CORE, *LISTED, "--capability", "models.*")
    assert ran.code == 1
    assert "reports not written" not in ran.said
    assert (ran.folder / "matrix.html").is_file()


@pytest.mark.parametrize(
    "broken",
    [
        hostile.endless(b"data: {}\n\n" * 1000),
        hostile.endless(b"x" * 4096),
        hostile.parts(b"data: {}\n\n", after="stall"),
        hostile.parts(b"data: {}\n\n", after="cut"),
        hostile.parts(b"data: " + b"[" * 100_000 + b"\n\n"),
        hostile.parts(b"data: \xff\xfe\n\n", b"data: [DONE]\n\n"),
        hostile.parts(b"data\n" * 10_000),
    ],
    ids=["endless", "endless-line", "stalls", "cut", "deep", "utf-8", "no-data"],
)
def test_a_hostile_stream_deviates_and_leaves_the_rest_unharmed(broken: Behaviour, tmp_path: Path) -> None:
    streamed = hostile.where(lambda seen: b'"stream":true' in seen.body, broken, hostile.faithful(KEY))
    named = ("chat.basic", "chat.schema.core", "models.list.schema", "chat.stream.basic", "chat.stream.done")
    found = judged(streamed, tmp_path, *named, deadline_s=2)
    assert found.of("chat.stream", "body_is_whole") == {Verdict.DEVIATES}
    assert found.of("chat.basic") | found.of("chat.schema.core") | found.of("models") == {Verdict.CONFORMS}
    assert Verdict.ERROR not in found.verdicts, found.reasons


def test_one_dead_path_leaves_the_rest_unharmed(tmp_path: Path) -> None:
    dead = hostile.on_path(MODELS, hostile.hang_up)
    found = judged(dead, tmp_path, "chat.basic", "chat.schema.core", "models.list.schema")
    assert found.of("chat") == {Verdict.CONFORMS}
    assert found.of("models") == {Verdict.DEVIATES, Verdict.INCONCLUSIVE}


async def _tells_the_key(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
    """Answer well, and tell the key in the text, in a name, in a header and in JSON escapes."""
    value = hostile.chat(content=f"Your key is {seen.key}", **{seen.key: seen.key.encode().hex()})
    await hostile.json_answer({**value, "id": seen.key}, x_request_id=seen.key)(seen, writer)


async def _tells_it_zipped(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
    error = json.dumps({"error": {"message": f"Bad key {seen.key}", "type": "x", "param": None, "code": None}})
    await hostile.zipped(lambda _: error.encode(), 400)(seen, writer)


async def _tells_it_in_garbage(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
    await hostile.wire(f"HTTP/1.1 {seen.key}\r\n\r\n".encode(), close=True)(seen, writer)


async def _redirects_with_it(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
    await hostile.redirect(f"https://evil.example/{seen.key}?k={seen.key}")(seen, writer)


@pytest.mark.parametrize(
    "behaviour",
    [hostile.echo(), _tells_the_key, _tells_it_zipped, _tells_it_in_garbage, _redirects_with_it],
    ids=["refusal", "good-answer", "zipped", "garbage", "redirect"],
)
def test_a_key_that_is_told_back_is_nowhere(run: Runner, behaviour: Behaviour) -> None:
    telling = hostile.on_path(CHAT, behaviour, behaviour)
    with serving(telling) as server:
        ran = run(*run.target("telltale", server.base_url), *CORE, *LISTED, "--junitxml", "junit.xml")
    assert {seen.key for seen in server.seen} == {KEY}
    assert hostile.files_with(run.root, KEY) == []
    assert [form for form in hostile.key_forms(KEY) if form in ran.said.encode()] == []
    assert ran.run.results


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.json_answer(hostile.chat(content=EVIL, role=EVIL) | {"model": EVIL, "object": EVIL, EVIL: EVIL}),
        hostile.json_answer({"error": {"message": EVIL, "type": EVIL, "param": EVIL, "code": EVIL}}, 500),
        hostile.on_path(
            MODELS,
            hostile.json_answer({"object": EVIL, "data": [{"id": EVIL, "object": EVIL}]}),
            hostile.envelope(f"The model sim-chat does not exist {EVIL}", 404),
        ),
        hostile.answer("{}", media_type="text/\x1b[31mevil"),
        hostile.redirect("https://evil.example/\x1b[31m<script>alert(1)</script>"),
        hostile.answer("{}", x_request_id="<script>alert(1)</script>"),
    ],
    ids=["answer", "error", "model-names", "media-type", "location", "header"],
)
def test_what_an_endpoint_says_is_never_raw_on_the_screen_nor_in_a_report(run: Runner, behaviour: Behaviour) -> None:
    ran = attacked(run, behaviour, *CORE, *LISTED, "--junitxml", "junit.xml", deadline_s=10)
    raw = {"\x1b", "\x07", "\x9b", "\u202e"}
    assert [character for character in raw if character in ran.said] == []
    assert "reports not written" not in ran.said
    for path in ran.folder.rglob("*"):
        if path.suffix in {".html", ".md", ".svg", ".xml"}:
            text = path.read_text(encoding="utf-8")
            assert not raw & set(text), path
            assert path.suffix == ".md" or "<script>alert" not in text, path
            assert path.suffix == ".md" or "<img src=x" not in text, path
