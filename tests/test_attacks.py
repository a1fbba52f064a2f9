"""What a run makes of some attacks of the table: those that are quick, and whose outcome is certain."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import Behaviour, Seen, detect, serving
from tests.hostile.attack import World
from tests.hostile.every import TABLE
from tests.hostile.judged import Judged, judged
from tests.hostile.measure import KEY as PLUS
from tests.hostile.upstream import Upstream
from tests.whole_run import CORE, KEY, KEY_ENV, Runner, run

__all__ = ["run"]

CHAT = ("chat.basic", "chat.stream.basic", "chat.stream.done")
NAMED = re.compile(r"HTTP|header|status line|length|chunk|101|upgrade|closed the connection|broke off", re.IGNORECASE)
ERRORS = ("conformance.checks.errors",)
EVENT_STREAM = (("content-type", "text/event-stream"), ("transfer-encoding", "chunked"))


def attacking(name: str) -> Behaviour:
    """Return what an attack does."""
    return TABLE[name].behaviour(World(Upstream(KEY), KEY, "http://127.0.0.1:9/v1"))


def not_conforming(found: Judged) -> list[str]:
    return [f"{item.id}: {one.reason}" for item, one in found.judgements if one.verdict is not Verdict.CONFORMS]


@pytest.mark.parametrize("name", ["header-utf8", "header-latin1", "header-utf8-late", "header-lines"])
def test_a_legal_header_changes_no_verdict(name: str, tmp_path: Path) -> None:
    assert not_conforming(judged(attacking(name), tmp_path, *CHAT, deadline_s=20)) == []


@pytest.mark.parametrize(
    "name",
    [
        *("status-line-illegal", "header-nul", "header-bare-name", "content-length-conflict", "http-0.9"),
        *("headers-10k", "header-1mb", "switching-protocols", "close-on-streams"),
        *("close-in-body", "close-in-chunk", "close-in-event", "content-length-long", "chunk-garbage"),
    ],
)
def test_broken_http_is_a_deviation_that_names_it(name: str, tmp_path: Path) -> None:
    found = judged(attacking(name), tmp_path, *CHAT, deadline_s=20)
    accused = [one for _, one in found.judgements if one.verdict is Verdict.DEVIATES]
    assert accused
    assert Verdict.ERROR not in found.verdicts, found.reasons
    assert any(NAMED.search(one.reason) for one in accused), found.reasons


@pytest.mark.parametrize("name", ["brotli", "encoding-lie"])
def test_an_encoding_that_nobody_asked_for_is_named(name: str, tmp_path: Path) -> None:
    found = judged(attacking(name), tmp_path, *CHAT, deadline_s=20)
    assert Verdict.DEVIATES in found.verdicts
    assert any(re.search(r"encoded as `(br|gzip)`", reason) for reason in found.reasons), found.reasons


@pytest.mark.parametrize(
    "name",
    [
        *("key-json", "key-json-plus", "key-percent", "key-html"),
        *("key-split-deltas", "key-header-name", "key-status-line", "key-location"),
    ],
)
def test_a_key_in_disguise_is_nowhere(run: Runner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(KEY_ENV, PLUS)
    with serving(TABLE[name].behaviour(World(Upstream(PLUS), PLUS, ""))) as server:
        ran = run.at(server.base_url, *CORE, "--capability", "chat.stream.basic")
    assert ran.run.results
    assert detect.search(run.root / "reports", ran.said.encode(), (PLUS,)) == []


@pytest.mark.parametrize("name", ["id-dots", "id-query", "id-host", "id-percent"])
def test_an_id_is_escaped_in_a_path(name: str, tmp_path: Path) -> None:
    paths = []
    answering = attacking(name)

    async def listening(seen: Seen, writer: asyncio.StreamWriter) -> None:
        paths.append(seen.path)
        await answering(seen, writer)

    judged(listening, tmp_path, "files.api", deadline_s=20)
    assert [path for path in paths if any(part in path for part in TABLE[name].never_in_paths)] == []


def test_who_answers_one_stream_at_a_time_is_not_accused_of_it(tmp_path: Path) -> None:
    """A stream that is asked for while another is sent gets a head and then nothing: it must be asked again, alone."""
    sending: list[Seen] = []

    async def one_at_a_time(seen: Seen, writer: asyncio.StreamWriter) -> None:
        alone = not sending
        sending.append(seen)
        try:
            if alone:
                await asyncio.sleep(0.1)
                await answering(seen, writer)
            else:
                await hostile.stall(hostile.head(200, EVENT_STREAM))(seen, writer)
        finally:
            sending.remove(seen)

    answering = hostile.faithful()
    behaviour = hostile.where(lambda seen: b'"stream":true' in seen.body, one_at_a_time, answering)
    assert not_conforming(judged(behaviour, tmp_path, *CHAT, "chat.stream.chunk_schema", deadline_s=2)) == []


def test_lone_surrogates_in_an_error_leave_the_reports_whole(run: Runner) -> None:
    with serving(attacking("surrogates")) as server:
        ran = replace(run, checks=ERRORS).at(server.base_url, "--capability", "errors.unknown_model")
    assert ran.run.results
    assert "reports not written" not in ran.said
