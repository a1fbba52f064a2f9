"""Who breaks, as the log says it at the end of a run."""

from pathlib import Path
from typing import Any

from conformance.checks.chat.exchanges import hello
from conformance.log.harm import Client, Similar
from conformance.run.damage import damage
from conformance.wire.verdict import Verdict
from tests import runs

CHECK = "tools.stream.delta_shape/chat_stream/every_fragment_has_an_index"


def found(folder: Path, body: bytes, **changes: Any) -> list[Client | Similar]:
    line = runs.recorded(folder, runs.json_answer(body))
    results = [runs.result(Verdict.DEVIATES, exchanges=[line.label], **changes)]
    return damage(folder, results, [line], [hello])


def test_a_client_that_raises_is_named(tmp_path: Path) -> None:
    (client,) = found(tmp_path, b'{"choices": null}')
    assert isinstance(client, Client)
    assert (client.outcome, client.raised, client.exchange) == ("raises", "TypeError", "chat.basic/hello")


def test_hostile_bytes_raise_nothing(tmp_path: Path) -> None:
    for body in (b"", b"\xff\x00", b"[" * 5000, b'{"choices": [{"message": 1}]}'):
        assert all(isinstance(line, Client) for line in found(tmp_path, body))


def test_a_check_names_the_deviations_that_it_is_meant_to_find(tmp_path: Path) -> None:
    *_, similar = found(tmp_path, b"{}", check=CHECK)
    assert isinstance(similar, Similar)
    first = similar.deviations[0]
    assert first.id == "stream-tool-delta-index-missing"
    assert "stream helper raises" in first.breaks
    assert all(link.startswith("https://") for link in first.links)


def test_a_run_without_deviations_says_nothing(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b"{}"))
    assert damage(tmp_path, [runs.result()], [line], [hello]) == []


def test_a_deviation_is_alike_only_if_all_checks_that_are_meant_to_find_it_deviate(tmp_path: Path) -> None:
    check = "chat.schema.strict/chat_completion/body_has_every_documented_key"
    named = [
        entry.id
        for line in found(tmp_path, b"{}", check=check)
        if isinstance(line, Similar)
        for entry in line.deviations
    ]
    assert "answer-of-another-api" not in named
