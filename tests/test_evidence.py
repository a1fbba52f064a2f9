import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.log.harm import Client
from conformance.log.records import ExchangeLine, Known, Result
from conformance.record.curl import body_as_file, command
from conformance.record.recording import Sent
from conformance.report.evidence.page import LARGEST, evidence_html
from conformance.report.evidence.source import proofs
from conformance.report.paths import proof_page
from conformance.report.write import write
from conformance.wire.request import WRONG_KEY, Key, Upload, multipart
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs
from tests.pages import Elements

URL = "https://alpha.example/v1/chat/completions"
JSON_TYPE = (("Content-Type", "application/json"),)


def page(folder: Path, line: ExchangeLine, *results: Result, **target: Any) -> str:
    run = runs.run(folder, [runs.target(**target)], [line, *results])
    (proof,) = proofs(run)
    return evidence_html(run, proof, results)


@pytest.mark.parametrize(
    "body",
    [b'{"a": "it\'s"}', b'{"a": "$HOME `id` \\\\ !x"}', b"@file", b"line\nline", "ü ✓".encode(), b"-x", b"' OR '1"],
)
def test_curl_gives_the_bytes_back(body: bytes) -> None:
    words = shlex.split(command(Sent("POST", URL, JSON_TYPE, body), Key.VALID, "x.body"))
    assert words[words.index("--data-raw") + 1].encode() == body
    assert URL in words
    assert "Authorization: Bearer $API_KEY" in words
    assert "Content-Type: application/json" in words


@pytest.mark.parametrize("body", [b"\x00\x01", b"\xff", b"x" * 20_000, "\u202e".encode(), b"'" * 3000, b"a\tb"])
def test_curl_reads_from_a_file_what_no_shell_passes_on(body: bytes) -> None:
    sent = Sent("POST", URL, JSON_TYPE, body)
    assert body_as_file(sent)
    assert "@x.body" in shlex.split(command(sent, Key.VALID, "x.body"))


def test_curl_sends_the_key_that_was_sent() -> None:
    sent = Sent("GET", URL, (), b"")
    assert not [word for word in shlex.split(command(sent, Key.NONE, "")) if "Authorization" in word]
    assert f"Authorization: Bearer {WRONG_KEY}" in shlex.split(command(sent, Key.WRONG, ""))


def test_curl_sends_the_method_and_no_form() -> None:
    assert shlex.split(command(Sent("DELETE", URL, (), b""), Key.VALID, ""))[4:6] == ["-X", "DELETE"]
    assert "Content-Type:" in shlex.split(command(Sent("POST", URL, (), b"x"), Key.VALID, ""))
    assert "-X" not in shlex.split(command(Sent("GET", URL, (), b""), Key.VALID, ""))
    assert "--globoff" in shlex.split(command(Sent("GET", URL + "?a[]=1", (), b""), Key.VALID, ""))


def test_a_page_tells_the_whole_exchange(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b'{"id": "c-1"}'))
    known = Known(reason="promised", since="2026-10-01")
    text = Elements(page(tmp_path, line, runs.result(Verdict.DEVIATES, known=known, note="over 3 of 4"))).text
    for part in (
        *(
            "One short user message",
            "POST https://alpha.example/v1/chat/completions",
            "429 → 200",
            "2026-11-21 03:12:00",
        ),
        *(
            "Response: 200",
            "x-request-id",
            '"id": "c-1"',
            "it is not",
            "known since 2026-10-01: promised",
            "over 3 of 4",
        ),
        *(
            "The role of the message is `assistant`.",
            "openai-python 3.52.0",
            "MUST",
            "$API_KEY",
            "0 of 1 checks conform",
        ),
    ):
        assert part in text


def test_frames_stand_with_their_arrival(tmp_path: Path) -> None:
    frames = [b'data: {"a": 1}\n\n', b": ping\n\n", b"event: x\ndata: two\n\n", b"data: [DONE]\n\n", b"data: torn"]
    text = Elements(page(tmp_path, runs.recorded(tmp_path, runs.stream_answer(frames)))).text
    for part in ('0100.0{"a": 1}', "1125.0xtwo", "2137.5[DONE]", "3 frames", "1: ping", "10 bytes: data: torn"):
        assert part in text


@pytest.mark.parametrize(
    "answer",
    [
        runs.json_answer(json.dumps({"x": runs.HOSTILE * 20_000}).encode()),
        runs.json_answer(json.dumps(["<" * 400_000, "\ud800"]).encode()),
        runs.json_answer(("[" * 900 + "]" * 900).encode()),
        runs.json_answer(("\u202e&<>" * 200_000).encode()),
        runs.json_answer(bytes(range(256)) * 4000),
        runs.stream_answer([f"data: {'<&' * 300}\n\n".encode()] * 3000),
        runs.stream_answer([b"data: x\n"] * 20_000),
        runs.stream_answer([b"x" * 3000 + b"\n"] * 500 + [b"\xff"]),
        runs.json_answer(b"{}", headers=tuple(("x-ratelimit-" + str(n), "<" * 900) for n in range(80))),
        runs.json_answer(b""),
    ],
    ids=["long", "hostile", "deep", "turned", "binary", "frames", "one-event", "strange", "headers", "empty"],
)
def test_a_page_stays_small_and_harmless(tmp_path: Path, answer: Any) -> None:
    """Whatever is sent, the page has a bound, no script, no handler and no address elsewhere."""
    line = runs.recorded(tmp_path, answer, body=b"<" * 9000)
    results = [runs.result(Verdict.DEVIATES, check=f"c/x/{n}", reason=runs.HOSTILE[:600]) for n in range(400)]
    text = page(tmp_path, line, *results)
    assert len(text.encode()) <= LARGEST
    found = Elements(text)
    assert "script" not in {tag for tag, _ in found.tags}
    assert "img" not in {tag for tag, _ in found.tags}
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
    assert all((attributes.get("href") or "./").startswith("./") for _, attributes in found.tags)


def test_what_was_cut_is_counted(tmp_path: Path) -> None:
    text = Elements(page(tmp_path, runs.recorded(tmp_path, runs.json_answer(b"y" * 100_000)))).text
    assert "… [40,000 bytes cut]" in text
    assert "100,000 bytes" in text


def test_binary_is_shown_as_hexadecimal(tmp_path: Path) -> None:
    text = Elements(page(tmp_path, runs.recorded(tmp_path, runs.json_answer(b"\x89PNG\x00" + b"\xff" * 600)))).text
    assert "000000  89 50 4e 47 00 ff" in text
    assert "... 349 more bytes" in text


@pytest.mark.parametrize("ending", [Ending.UNSENT, Ending.UNREACHABLE, Ending.UNRECORDED])
def test_an_exchange_without_recording_says_why(tmp_path: Path, ending: Ending) -> None:
    line = ExchangeLine(target="alpha", id="chat.basic/hello", ending=ending, reason="connection refused")
    text = Elements(page(tmp_path, line)).text
    assert "No recording" in text
    assert "connection refused" in text


def test_a_damaged_recording_says_so(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b'{"id": "c-1"}'))
    (tmp_path / line.evidence).write_text((tmp_path / line.evidence).read_text().replace("c-1", "c-2"))
    assert "edited by hand" in Elements(page(tmp_path, line)).text
    (tmp_path / line.evidence).unlink()
    assert "is not there any more" in Elements(page(tmp_path, line)).text


def test_a_rehearsal_has_its_banner(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}"))
    text = Elements(page(tmp_path, line, mode="rehearse")).text
    assert "REHEARSAL: nothing was measured" in text
    assert "alpha (rehearsal)" in text


def test_every_link_of_the_matrix_has_its_page(tmp_path: Path) -> None:
    """Labels that only results name have a page too, and a name that leaves the folder stays in it."""
    labels = ["chat.basic/hello", "../../../etc/passwd", "a/b[c d]"]
    results = [runs.result(Verdict.DEVIATES, check=f"c/{n}/s", exchanges=[label]) for n, label in enumerate(labels)]
    write(runs.run(tmp_path, [runs.target()], results))
    links = [a["href"] for tag, a in Elements((tmp_path / "matrix.html").read_text()).tags if tag == "a"]
    assert len(links) == 4  # three exchanges, and the shapes
    assert all((tmp_path / str(link)).is_file() for link in links)
    document = json.loads((tmp_path / "matrix.json").read_text())
    cells = [case["cells"]["alpha"] for check in document["capabilities"][0]["checks"] for case in check["cases"]]
    assert all((tmp_path / path).is_file() for cell in cells for path in cell["evidence"])
    assert not (tmp_path.parent / "etc").exists()


def test_a_cause_leads_to_a_recording_where_its_exchange_has_no_page(tmp_path: Path) -> None:
    """A known deviation that is gone conforms on its exchange, and so does what was asked beside what deviates."""
    good = runs.recorded(tmp_path, runs.json_answer(b"{}"))
    wrong = runs.recorded(tmp_path, runs.json_answer(b"[]"), case="wrong")
    gone = runs.result(check="a/b/c", exchanges=[good.label], known=Known(reason="old", since="2026-01-01", stale=True))
    found = runs.result(Verdict.DEVIATES, check="a/b/d", exchanges=[good.label, wrong.label], places=[wrong.label])
    write(runs.run(tmp_path, [runs.target()], [good, wrong, gone, found]))
    links = [a["href"] for tag, a in Elements((tmp_path / "matrix.html").read_text()).tags if tag == "a"]
    assert f"./{good.evidence}" in links
    assert all((tmp_path / str(link)).is_file() for link in links)
    (column,) = json.loads((tmp_path / "matrix.json").read_text())["targets"]
    assert len(column["causes"]) == 2
    assert all((tmp_path / path).is_file() for cause in column["causes"] for path in cause["evidence"])


def test_a_body_beside_the_page_is_what_was_sent(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}"), body=b"\x00\xffbinary")
    write(runs.run(tmp_path, [runs.target()], [line, runs.result(Verdict.DEVIATES, exchanges=[line.label])]))
    assert (tmp_path / "evidence/alpha/chat.basic--hello.body").read_bytes() == b"\x00\xffbinary"


@pytest.mark.parametrize(
    ("outcome", "raised", "reason", "words"),
    [
        ("raises", "TypeError", "create(): not a list", "this response raises TypeError: create(): not a list"),
        ("loses", "", "stream(): text", "this response loses data without an exception: stream(): text"),
        ("survives", "", "", "this response raises no exception"),
    ],
)
def test_a_page_says_what_the_official_client_makes_of_the_response(
    tmp_path: Path, outcome: Any, raised: str, reason: str, words: str
) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}"))
    client = Client(target="alpha", exchange=line.label, outcome=outcome, raised=raised, reason=reason)
    run = runs.run(tmp_path, [runs.target()], [line, client])
    (proof,) = proofs(run)
    text = Elements(evidence_html(run, proof, [])).text
    assert f"With openai-python {run.header.client.removeprefix('openai ')} {words}" in text


def test_a_stream_that_was_asked_for_is_shown_as_frames_whatever_its_media_type_says(tmp_path: Path) -> None:
    answer = replace(runs.stream_answer([b'data: {"a": 1}\n\n']), headers=(("content-type", "application/json"),))
    asked = page(tmp_path, runs.recorded(tmp_path, answer, body=b'{"stream": true}'))
    assert "1 frames" in Elements(asked).text
    assert "1 frames" not in Elements(page(tmp_path, runs.recorded(tmp_path, answer))).text


def test_the_files_of_a_form_lie_beside_the_page(tmp_path: Path) -> None:
    form = multipart("/audio/transcriptions", {"model": "m"}, {"file": Upload("s.wav", b"\x00\xff", "audio/wav")})
    line = runs.recorded(
        tmp_path, runs.json_answer(b"{}"), body=form.content or b"", media_type=form.headers["Content-Type"]
    )
    write(runs.run(tmp_path, [runs.target()], [line, runs.result(Verdict.DEVIATES, exchanges=[line.label])]))
    assert (tmp_path / "evidence/alpha/chat.basic--hello.body.1").read_bytes() == b"\x00\xff"


def test_what_conforms_is_proved_by_its_recording_and_has_no_page(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}"))
    told = runs.recorded(tmp_path, runs.json_answer(b"{}"), id="chat.basic/told")
    deviates = runs.result(Verdict.DEVIATES, exchanges=[line.label, told.label], places=[told.label])
    run = runs.run(tmp_path, [runs.target()], [line, told, runs.result(exchanges=[line.label]), deviates])
    write(run)
    assert [path.name for path in (tmp_path / "evidence").rglob("*.*")] == ["chat.basic--told.html"]
    assert (proof_page(run, "alpha", line.label), proof_page(run, "alpha", told.label)) == (
        line.evidence,
        "evidence/alpha/chat.basic--told.html",
    )


@pytest.mark.parametrize(("size", "held"), [(10, True), (1024 * 1024, False)])
def test_a_large_recording_is_not_held_but_read_again(tmp_path: Path, size: int, *, held: bool) -> None:
    body = b'{"id": "' + size * b"x" + b'"}'
    line = runs.recorded(tmp_path, runs.json_answer(body))
    (proof,) = proofs(runs.run(tmp_path, [runs.target()], [line]))
    assert (proof.held is not None) is held
    assert proof.recording is not None
    assert proof.recording.response.decoded == body
