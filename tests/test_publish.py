"""What is published: only what was measured, with its proof, on pages that call nobody; the README agrees with it."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import Side, sides_of
from conformance.log.records import ExchangeLine, Facts, Run
from conformance.publish import command
from conformance.publish.catalogue import Requirement, digest, requirements, stable, with_examples, without_case
from conformance.publish.command import differing, main, pages
from conformance.publish.document import Published, dump, read_all, schema, verified_in
from conformance.publish.index_page import index_html
from conformance.publish.markdown import BEGIN, END, index_markdown, summary_markdown, with_summary
from conformance.publish.measured import published
from conformance.publish.ranking import ranked
from conformance.publish.requirements_page import requirements_html
from conformance.publish.server_page import server_html
from conformance.publish.ten_page import ten_html, ten_markdown
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError, Verdict
from tests.runs import HOSTILE, STARTED, json_answer, recorded, result, run, target, write_log

ROOT = Path(__file__).parents[1]
FACTS = Facts(method="POST", operation="chat/completions", expects=[200])


def answered(folder: Path, said: str = "hello") -> ExchangeLine:
    line = recorded(folder, json_answer(json.dumps({"choices": [{"message": {"content": said}}]}).encode()))
    return line.model_copy(update={"facts": FACTS})


def measured(folder: Path, reason: str = "it is 'bot'", said: str = "hello", **facts: Any) -> Run:
    line = answered(folder, said)
    found = result(Verdict.DEVIATES, reason=reason, places=[line.label], source_url="https://example.org/reference")
    good = result(check="chat.basic/hello/other", statement="other")
    return run(folder, [target("alpha", **facts)], [line, found, good])


def side(made: Run) -> Side:
    return sides_of(made, "")[0]


def server(folder: Path, name: str = "alpha", **changes: Any) -> Published:
    made = published(side(measured(folder)), "9.8")
    return made.model_copy(update={"name": name, **changes})


def every_page(servers: Sequence[Published]) -> str:
    shown = [index_html(servers), ten_html(servers), index_markdown(servers), ten_markdown(servers)]
    return "\n".join([*shown, *map(server_html, servers)])


def test_the_index_names_servers_versions_dates_and_grades(tmp_path: Path) -> None:
    text = index_html([server(tmp_path)])
    for part in ("alpha", "9.8", "2026-11-21", "live", "1 of 2 conform", "the role of the message"):
        assert part in text


def test_what_was_verified_by_hand_leads_to_its_record(tmp_path: Path) -> None:
    one = server(tmp_path)
    assert 'href="./verified/alpha.md"' in index_html([one], {"alpha"})
    assert "(./verified/alpha.md)" in index_markdown([one], {"alpha"})
    assert "verified" not in index_html([one]) + index_markdown([one])


def test_every_finding_leads_to_its_bytes(tmp_path: Path) -> None:
    one = server(tmp_path)
    assert 'href="./servers/alpha.html#c1"' in index_html([one])
    page = server_html(one)
    assert 'id="c1"' in page
    assert '"content": "hello"' in page
    assert 'curl -sS -i -N "$BASE_URL"/chat/completions' in page.replace("&#34;", '"')
    assert "https://example.org/reference" in page


def test_pages_call_nobody_and_need_no_other_file(tmp_path: Path) -> None:
    text = every_page([server(tmp_path)])
    assert not re.search(r"<(script|img|link)[^>]* (src|href)=", text)
    assert "default-src &#39;none&#39;" in text


def test_nothing_that_a_server_said_is_markup(tmp_path: Path) -> None:
    one = published(side(measured(tmp_path, reason=HOSTILE, said=HOSTILE)))
    html = "\n".join([index_html([one]), ten_html([one]), server_html(one)])
    for part in ("<img", "<script>alert", 'href="javascript', "\u202e"):
        assert part not in html
    markdown = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", "\n".join([index_markdown([one]), ten_markdown([one])]))
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)
    for part in ("<img", "](javascript", "@here"):
        assert part not in outside


@pytest.mark.parametrize("name", ["simulator", "faithful"])
def test_the_simulator_is_not_a_server_of_somebody(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="simulator"):
        published(side(run(tmp_path, [target(name)], [])))


def test_a_rehearsal_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was measured"):
        published(side(measured(tmp_path, mode="rehearse")))


def test_recordings_of_others_are_not_published(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="recordings that others made"):
        published(side(measured(tmp_path, mode="foreign")))


def test_a_run_that_was_cut_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did not come to its end"):
        published(side(run(tmp_path, [target()], [], footer=False)))


def test_the_plain_name_of_a_vendor_stands_only_for_its_host(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"measured 127\.0\.0\.1"):
        published(side(run(tmp_path, [target("google", base_url="http://127.0.0.1:4000/v1")], [])))


def test_what_a_reader_must_know_of_a_server_is_on_its_page(tmp_path: Path) -> None:
    assert "It is a mock." in server_html(server(tmp_path, cannot=["It is a mock."]))


def test_a_gateway_before_a_server_of_ours_says_so_wherever_it_is_named(tmp_path: Path) -> None:
    one = server(tmp_path, upstream="before the simulator's Gemini backend")
    plain = "before the simulator's Gemini backend"
    for text in (index_html([one]), server_html(one), ten_html([one])):
        assert plain in text.replace("&#39;", "'")
    for text in (index_markdown([one]), summary_markdown([one]), ten_markdown([one])):
        assert plain in text
    assert "nothing of it was observed at a vendor" in index_html([one])


def test_one_cause_at_two_servers_is_one_finding_of_the_ten(tmp_path: Path) -> None:
    servers = [server(tmp_path, "one"), server(tmp_path, "two")]
    (found,) = ranked(servers)
    assert {one.name for one in found.servers} == {"one", "two"}


def test_what_breaks_clients_comes_before_what_falsifies_and_agents_before_others(tmp_path: Path) -> None:
    base = server(tmp_path).findings[0]
    changes: list[dict[str, Any]] = [
        {"id": "d", "damage": 3},
        {"id": "c", "damage": 1, "agents": False},
        {"id": "b", "damage": 1, "agents": True},
        {"id": "a", "damage": 0, "level": Level.SHOULD},
    ]
    one = server(tmp_path, findings=[base.model_copy(update=change) for change in changes])
    assert [found.finding.id for found in ranked([one])] == ["a", "b", "c", "d"]


def test_what_nobody_owes_is_counted_apart_and_not_among_the_ten(tmp_path: Path) -> None:
    base = server(tmp_path).findings[0]
    one = server(tmp_path, findings=[base, base.model_copy(update={"id": "m", "level": Level.MAY, "damage": 0})])
    assert one.number == "1 and 1 at MAY"
    assert [found.finding.id for found in ranked([one])] == [base.id]


def test_the_pages_of_many_servers_stay_small(tmp_path: Path) -> None:
    base = server(tmp_path)
    names = [f"family{number % 30}.topic_{number}" for number in range(320)]
    finding = base.findings[0].model_copy(update={"title": "x" * 180})
    changes = {"capabilities": dict.fromkeys(names, base.capabilities["chat.basic"]), "findings": [finding] * 40}
    servers = [base.model_copy(update={"name": f"server-{number}", **changes}) for number in range(15)]
    assert len(index_html(servers).encode()) < 950_000


def test_the_table_of_the_readme_is_made_anew_between_its_marks(tmp_path: Path) -> None:
    one = server(tmp_path)
    text = with_summary(f"before\n{BEGIN}\nold\n{END}\nafter\n", [one])
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert with_summary(text, [one]) == text
    assert with_summary("without marks", [one]) == "without marks"


def test_the_command_publishes_a_run_and_check_finds_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = measured(tmp_path / "run")
    write_log(made)
    readme, goal = tmp_path / "README.md", tmp_path / "published"
    readme.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    where = ["--output", str(goal), "--readme", str(readme)]
    assert main([str(tmp_path / "run"), "--no-requirements", *where]) == 0
    assert "alpha: 1 causes" in capsys.readouterr().out
    assert [one.name for one in read_all(goal)] == ["alpha"]
    assert main(["--check", *where]) == 0
    (goal / "index.md").write_text("edited", encoding="utf-8")
    readme.write_text(f"{BEGIN}\nedited\n{END}\n", encoding="utf-8")
    assert differing(goal, readme) == [goal / "index.md", readme]
    assert main(["--check", *where]) == 1
    assert main(["--withdraw", "alpha", "--no-requirements", *where]) == 0
    assert read_all(goal) == []
    assert main(["--withdraw", "alpha", "--no-requirements", *where]) == 4


def test_a_target_without_a_run_is_replayed_from_its_cassettes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cassettes" / "alpha").mkdir(parents=True)

    def replay(words: Sequence[str], **_: object) -> None:
        assert words[words.index("--mode") + 1] == "replay"
        made = measured(Path(words[words.index("--output") + 1]) / "a-run", mode="replay", recorded=STARTED)
        write_log(made)

    monkeypatch.setattr(subprocess, "run", replay)
    assert main(["alpha", "--no-requirements", "--output", "out"]) == 0
    assert read_all(tmp_path / "out")[0].grade == "recorded on 2026-11-21"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)
    assert main(["alpha", "--no-requirements", "--output", "out"]) == 4
    assert "could not be replayed" in capsys.readouterr().err
    assert main(["beta", "--no-requirements", "--output", "out"]) == 4


def test_what_is_published_is_read_as_it_was_written(tmp_path: Path) -> None:
    one = server(tmp_path)
    assert Published.model_validate_json(dump(one)) == one


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/publish/published.schema.json"
    command = "python -m conformance.publish.document > conformance/publish/published.schema.json"
    assert committed.read_text(encoding="utf-8") == schema(), f"not current: {command}"


def test_a_stranger_among_what_is_published_is_named(tmp_path: Path) -> None:
    (tmp_path / "servers").mkdir()
    (tmp_path / "servers" / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.json"):
        read_all(tmp_path)


def test_every_requirement_is_in_the_catalogue_with_its_source_and_what_breaks_it(tmp_path: Path) -> None:
    one = server(tmp_path)
    finding = one.findings[0].model_copy(update={"checks": ["chat.stream.done/chat_stream/last_event_is_done"]})
    found = {each.id: each for each in requirements([one.model_copy(update={"findings": [finding]})])}
    assert len(found) > 800
    done = found["chat.stream.done/chat_stream/last_event_is_done"]
    assert done.servers == ("alpha",)
    assert done.deviations
    assert done.url.startswith("https://")
    assert all(each.sentence and each.source for each in found.values())


def test_an_example_shows_what_breaks_a_requirement() -> None:
    """Of a response, and of what a gateway sends upstream; the simulator is asked for both."""
    names = ("chat.stream.done/chat_stream/last_event_is_done", "upstream.parameters/translated_chat/seed_is_sent")
    found = with_examples([one for one in requirements([]) if one.id in names])
    done, seed = (one.example for one in found)
    assert "-data: [DONE]" in done
    assert any(line.startswith("-") and '"seed"' in line for line in seed)


def some_requirement(**changes: Any) -> Requirement:
    facts: dict[str, Any] = {
        "id": "chat.basic/hello/a",
        "sentence": "A `thing` is so.",
        "level": Level.MUST,
        "capability": "chat.basic",
        "title": "one message",
        "source": "RFC 9110, section 15.3",
        "url": "https://www.rfc-editor.org/rfc/rfc9110#section-15.3",
        "condition": "",
        "cases": 1,
        "deviations": ("some-deviation",),
        "servers": ("alpha before the simulator's Gemini backend",),
        "example": ("-1", "+2"),
    }
    return Requirement(**{**facts, **changes})


def test_a_requirement_shows_what_breaks_it_and_leads_to_who_does() -> None:
    text = requirements_html([some_requirement()])
    assert 'href="./servers/alpha.html"' in text
    assert "-1\n+2" in text
    assert "some-deviation" in text
    assert f'data-digest="{digest([some_requirement()])}"' in text


def test_the_digest_does_not_depend_on_the_examples() -> None:
    assert digest([some_requirement()]) == digest([some_requirement(example=())])
    assert digest([some_requirement()]) != digest([some_requirement(sentence="Another.")])


def test_times_and_ids_of_an_example_are_the_same_each_time() -> None:
    line = '- "id": "chatcmpl-ae371f3d3bbf4506b6eefadf98dbb578", "created": 1795800660, "n": 12'
    assert stable(line) == '- "id": "chatcmpl-1a2b3c…", "created": 1790000000, "n": 12'


def test_an_id_loses_its_case_alone() -> None:
    assert without_case("params.n/two[a]/b") == "params.n/two/b"


def test_readme_and_published_agree() -> None:
    """`nox -s publish -- --check` is the same, and looks at the requirements too."""
    folder = ROOT / command.OUTPUT
    servers = read_all(folder)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert BEGIN in readme
    assert with_summary(readme, servers) == readme, "run nox -s publish"
    for path, text in pages(servers, verified_in(folder)).items() if servers else ():
        assert (folder / path).read_text(encoding="utf-8") == text, f"{path}: run nox -s publish"
