"""What goes to the maintainers of a server: texts that need nothing of this suite, and in which nothing is markup."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import Side, sides_of
from conformance.log.harm import Client
from conformance.log.records import ExchangeLine, Facts, Run
from conformance.upstream_reports.command import file_of, main, reports
from conformance.upstream_reports.decisive import decisive, short, within
from conformance.upstream_reports.quotes import quote
from conformance.upstream_reports.reproduction import recording_at, steps
from conformance.upstream_reports.server import server
from conformance.wire.verdict import UsageError, Verdict
from tests.runs import HOSTILE, json_answer, recorded, result, run, stream_answer, target, write_log

CHAT = Facts(method="POST", operation="chat/completions", expects=[200])
ROLE = "`choices.0.message.role` is 'bot', not 'assistant' (1 of 1 responses, the first: chat.basic/hello)"


def answered(folder: Path, body: Any, **changes: Any) -> ExchangeLine:
    line = recorded(folder, json_answer(json.dumps(body).encode()), **changes)
    return line.model_copy(update={"facts": CHAT})


def wrong_role(folder: Path, reason: str = ROLE, said: str = "hello", **facts: Any) -> Run:
    """A server whose messages have another role; `said` is the text of its message."""
    line = answered(folder, {"choices": [{"message": {"role": "bot", "content": said}}]})
    found = result(Verdict.DEVIATES, reason=reason, places=[line.label], source_url="https://example.org/reference")
    return run(folder, [target("alpha", **facts)], [line, found])


def side(made: Run) -> Side:
    return sides_of(made, "")[0]


def only(made: Run) -> str:
    ((report,), _) = reports(side(made))
    return report.text


def outside_of_code(markdown: str) -> str:
    fences = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", markdown)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", fences)


def test_a_text_has_all_that_a_maintainer_needs(tmp_path: Path) -> None:
    text = only(wrong_role(tmp_path))
    heads = ("# POST /chat/completions: expected: the role", "## Reproduction", "## Expected", "## Observed")
    places = [text.index(head) for head in (*heads, "## Who breaks", "## With the suite")]
    assert places == sorted(places)
    assert 'curl -sS -i -N "$BASE_URL"/chat/completions' in text
    assert "[openai-python 3.52.0, ChatCompletionMessage.role](https://example.org/reference)" in text
    assert "> `role: Literal['assistant']`" in text
    assert '"role": "bot"' in text
    assert "official client 3.52.0" in text.replace("openai 3.52.0", "3.52.0")


def test_labels_of_the_suite_are_not_in_what_was_observed(tmp_path: Path) -> None:
    text = only(wrong_role(tmp_path))
    observed = text.partition("## Observed")[2].partition("## Who breaks")[0]
    assert "chat.basic/hello" not in observed
    assert "(in 1 of 1 responses)" in observed


def test_a_local_server_has_a_placeholder_and_a_vendor_its_address(tmp_path: Path) -> None:
    assert "export BASE_URL=https://alpha.example/v1" in only(wrong_role(tmp_path / "a"))
    assert "export BASE_URL=http://localhost:8080/v1" in only(
        wrong_role(tmp_path / "b", base_url="http://127.0.0.1:4321/v1")
    )


def test_nothing_that_the_server_said_is_markup(tmp_path: Path) -> None:
    text = outside_of_code(only(wrong_role(tmp_path, reason=HOSTILE, said=f"```\n# @octocat\n{HOSTILE}")))
    for part in ("<img", "<script", "](javascript", "@octocat", "@here"):
        assert part not in text


def test_titles_are_unique(tmp_path: Path) -> None:
    line = answered(tmp_path, {"choices": []})
    found = [
        result(
            Verdict.DEVIATES,
            check=f"chat.basic/hello/s{n}",
            statement=f"s{n}",
            findings=[f"a/{n}"],
            places=[line.label],
        )
        for n in range(4)
    ]
    made, _ = reports(side(run(tmp_path, [target()], [line, *found])))
    assert len({one.title for one in made}) == len(made) == 4
    assert len({file_of(one.cause) for one in made}) == 4


def test_what_is_not_stable_is_left_out_and_counted(tmp_path: Path) -> None:
    line = answered(tmp_path, {"choices": []})
    flaky = result(Verdict.DEVIATES, places=[line.label], flaky=True)
    error = result(Verdict.ERROR, check="chat.basic/hello/other", reason="a time-out")
    assert reports(side(run(tmp_path, [target()], [line, flaky, error]))) == ([], 2)


@pytest.mark.parametrize("facts", [{"mode": "rehearse"}, {"name": "simulator"}, {"name": "treacherous"}])
def test_what_was_not_measured_at_somebody_is_reported_to_nobody(tmp_path: Path, facts: dict[str, Any]) -> None:
    name = facts.pop("name", "alpha")
    with pytest.raises(UsageError):
        reports(side(run(tmp_path, [target(name, **facts)], [])))


def test_who_breaks_is_said_of_the_bytes_that_are_shown(tmp_path: Path) -> None:
    made = wrong_role(tmp_path)
    raised = Client(target="alpha", exchange="chat.basic/hello", outcome="raises", raised="ValueError", reason="role")
    text = only(run(tmp_path, made.header.targets, [*made.exchanges, *made.results, raised]))
    assert "- With openai-python 3.52.0 this response raises ValueError: role." in text
    assert "Clients break." in text


def test_ids_of_earlier_responses_are_read_from_them(tmp_path: Path) -> None:
    """The suite defines what `responses.store/stored_fetched` builds on; the ids are those of the recordings."""
    first = answered(tmp_path, {"id": "resp_abc123def", "object": "response"}, id="responses.store/stored")
    second = recorded(
        tmp_path,
        json_answer(b"{}"),
        b"",
        id="responses.store/fetched",
        method="GET",
        url="https://alpha.example/v1/responses/resp_abc123def",
    )
    facts = Facts(method="GET", operation="responses/{response_id}")
    second = second.model_copy(update={"facts": facts})
    made = run(tmp_path, [target()], [first, second])
    from conformance.upstream_reports import reproduction  # noqa: PLC0415  what it reads of the suite is replaced

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reproduction, "_before", lambda _: ("responses.store/stored",))
        create, fetch = steps(made, "alpha", "responses.store/fetched")
    assert create.command.endswith("> response-1.json\nID_1=$(jq -r '.id' response-1.json)")
    assert '"$BASE_URL"/responses/"$ID_1"' in fetch.command
    assert "resp_abc123def" not in fetch.command


def test_a_shell_puts_an_id_into_a_quoted_body() -> None:
    from conformance.upstream_reports.reproduction import _Captured, _with_variables  # noqa: PLC0415  a detail

    held = {"resp_1234567": _Captured("ID_1", 0, ".id")}
    assert _with_variables("""curl --data-raw '{"a": "resp_1234567"}'""", held) == (
        """curl --data-raw '{"a": "'"$ID_1"'"}'"""
    )


def test_the_decisive_part_is_short_and_says_what_is_left_out(tmp_path: Path) -> None:
    line = answered(tmp_path, {"data": [{"embedding": [0.5] * 4000, "text": "x" * 9000}]})
    made = run(tmp_path, [target()], [line])
    recording = recording_at(made, line)
    assert recording is not None
    text = decisive(recording, "")
    assert len(text) < 1000
    assert "… 3997 more" in text


def test_of_a_stream_the_named_the_first_and_the_last_events_are_shown(tmp_path: Path) -> None:
    frames = [f'data: {{"n": {number}}}\n\n'.encode() for number in range(40)]
    line = recorded(tmp_path, stream_answer(frames), b'{"stream": true}')
    recording = recording_at(run(tmp_path, [target()], [line]), line)
    assert recording is not None
    text = decisive(recording, "chunk 17 has no `id`")
    assert [int(number) for number in re.findall(r'"n": (\d+)', text)] == [0, 1, 17, 38, 39]
    assert "… 15 events" in text


def test_what_is_too_long_loses_its_middle_and_keeps_its_end() -> None:
    text = within("\n".join(f"line {number}" for number in range(500)), 200)
    assert text.startswith("line 0\n")
    assert text.endswith("\nline 499")
    assert "\n…\n" in text
    assert len(text) <= 202
    assert within("short\ntext", 200) == "short\ntext"


def test_a_deeply_nested_value_is_cut() -> None:
    value: Any = []
    for _ in range(200):
        value = [value]
    assert len(json.dumps(short(value))) < 100


def test_the_reference_is_quoted_by_the_same_field_of_the_official_client() -> None:
    cited = result(source="OpenAI API reference 2.3.0, CreateChatCompletionRequest.seed")
    found = quote(cited)
    assert found is not None
    assert found.text.startswith("seed: Optional[int]")
    assert found.place.endswith("CompletionCreateParamsBase.seed")


def test_the_version_is_that_of_the_run_and_else_that_of_the_pins(tmp_path: Path) -> None:
    described = (
        'title = "Gate"\n[server]\ncommand = ["{bin}/gate", "{upstream}", "{port}"]\npython = "litellm"\n'
        'ready = "/health"\nupstream = "gemini"\ncannot = ["It is a mock."]\n[limits]\nin_flight = 1\n'
    )
    (tmp_path / "gate.toml").write_text(described, encoding="utf-8")
    found = server(target("gate"), targets=tmp_path)
    assert found.version.startswith("litellm ")
    assert found.upstream == "before the simulator's Gemini backend"
    assert found.cannot == ("It is a mock.",)
    assert server(target("gate", server="gate 1.2.3"), targets=tmp_path).version == "gate 1.2.3"
    assert server(target("gate", server="gate 1.2.3"), "2.0", targets=tmp_path).version == "2.0"
    assert server(target("unknown"), targets=tmp_path).version == ""


def test_the_command_writes_the_texts_and_an_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = wrong_role(tmp_path / "run")
    write_log(made)
    goal = tmp_path / "out"
    assert main(["--target", str(tmp_path / "run"), "--output", str(goal)]) == 0
    index = (goal / "index.md").read_text(encoding="utf-8")
    ((name,),) = [re.findall(r"\]\(\./(.+?)\)", index)]
    assert (goal / name).read_text(encoding="utf-8").startswith("# POST /chat/completions")
    assert "1 reports of alpha" in capsys.readouterr().out
    assert main(["--target", str(tmp_path / "nothing"), "--output", str(goal)]) == 4
