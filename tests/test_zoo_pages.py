"""What the simulator says about the deviations that it serves."""

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from conformance.__main__ import main
from conformance.explain import provoking
from conformance.simulator.app import pages
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry

SMALL = 200_000


@pytest.fixture(scope="module", name="zoo")
def _zoo() -> Iterator[httpx2.Client]:
    with running(None, table()) as base_url, httpx2.Client(base_url=base_url.removesuffix("/v1")) as client:
        yield client


def named(name: str) -> Entry:
    return next(entry for entry in entries() if entry.id == name)


def test_the_index_names_every_deviation_that_is_served(zoo: httpx2.Client) -> None:
    for path in ("/~", "/~/"):
        found = zoo.get(path)
        assert found.headers["content-type"] == "text/html; charset=utf-8"
        assert len(found.content) < SMALL
        assert [name for name in table() if f"<code>{name}</code>" not in found.text] == []


def test_the_index_escapes_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = replace(named("usage-fields-null"), id="a<b", says="<script>", area="x&y")
    monkeypatch.setattr(pages, "entries", lambda: (hostile,))
    assert '<h2>x&amp;y</h2><ul><li><a href="/~a%3Cb"><code>a&lt;b</code></a> (major) &lt;script&gt;' in pages.index()


def test_each_deviation_has_a_page_at_its_path(zoo: httpx2.Client) -> None:
    found = zoo.get("/~usage-fields-null")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert found.text == f"{pages.page('usage-fields-null')}\n"


def test_other_paths_and_methods_are_refused_as_before(zoo: httpx2.Client) -> None:
    answers = (
        zoo.get("/~no-such-deviation"),
        zoo.get("/~usage-fields-null,usage-fields-null"),
        zoo.post("/~"),
        zoo.get("/~/v1/models"),
    )
    assert [answer.status_code for answer in answers] == [404] * 4
    with running() as base_url:
        assert httpx2.get(base_url.replace("/v1", "/~")).status_code == 404


def test_a_description_says_which_request_shows_the_deviation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulator", "--describe", "usage-fields-null"]) == 0
    said = capsys.readouterr().out
    assert "export BASE_URL=http://127.0.0.1:PORT/~usage-fields-null/v1 API_KEY=any" in said
    assert '"stream_options": {"include_usage": true}' in said


def test_the_requests_that_it_builds_on_come_first() -> None:
    listed, shortened = provoking.commands(named("models-shortened-id-is-served"))
    assert listed == ("The list of models.", 'curl -sS -i -N "$BASE_URL"/models -H "Authorization: Bearer $API_KEY"')
    assert "/chat/completions" in shortened[1]


def test_what_is_only_listed_is_not_provoked(capsys: pytest.CaptureFixture[str]) -> None:
    listed = next(entry for entry in entries() if entry.function is None)
    assert provoking.commands(listed) == []
    assert main(["simulator", "--describe", listed.id]) == 0
    assert "To see it" not in capsys.readouterr().out
