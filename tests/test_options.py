from dataclasses import replace
from pathlib import Path

import pytest

from conformance.plan.afford import STANDARD_REQUESTS, STANDARD_TOKENS, RequestLimit
from conformance.record import cassette
from conformance.run import folder as runs_folder
from conformance.run.folder import find
from conformance.targets.load import load, names
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError
from tests import runs
from tests.fakes import RECORDED, chosen, provenance, recording

ELSEWHERE = ("--base-url", "https://gateway.example/v1", "--model", "m")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def refused(root: Path, *arguments: str, **environ: str) -> str:
    with pytest.raises(UsageError) as caught:
        chosen(root, *arguments, **environ)
    return str(caught.value)


def recorded(folder: Path, name: str = "openai", **changes: object) -> Path:
    """Write one cassette of a target; return its path."""
    path = folder / name / "fake.owed" / "asked.json"
    made = replace(recording(), provenance=provenance(target=name, **changes))
    cassette.write(path, made, [])
    return path


def earlier_run(root: Path, name: str = "20261101T000000Z-x", *targets: str) -> Path:
    """Write the log of an earlier run; return its folder."""
    folder = root / "reports" / "runs" / name
    folder.mkdir(parents=True)
    facts = [runs.target(found) for found in targets or ("openai",)]
    runs.write_log(runs.run(folder, facts, []))
    return folder


def test_without_options_the_simulator_is_tested_live(root: Path) -> None:
    found = chosen(root)
    (choice,) = found.targets
    assert (choice.target.name, choice.mode, choice.cassettes) == ("simulator", "live", None)
    assert found.limit == RequestLimit(STANDARD_REQUESTS, STANDARD_TOKENS)
    assert (found.level, found.capabilities, found.filtered) == (Level.SHOULD, (), False)
    assert found.name.endswith("Z-simulator")


def test_targets_are_tested_in_the_order_given_and_once(root: Path) -> None:
    found = chosen(root, "--target", "simulator", "--target", "openai", "--target", "simulator", OPENAI_API_KEY="k")
    assert [choice.target.name for choice in found.targets] == ["simulator", "openai"]
    assert found.name.endswith("Z-simulator+openai")


def test_a_run_of_many_targets_has_a_short_name(root: Path) -> None:
    known = names()
    keys = {variable: "k" for name in known if (variable := load(name, {}).key_env)}
    arguments = [part for name in known for part in ("--target", name)]
    assert chosen(root, *arguments, **keys).name.endswith(f"Z-{'+'.join(known[:3])}+{len(known) - 3}")


def test_an_unknown_target_lists_the_known_ones(root: Path) -> None:
    said = refused(root, "--target", "opanai")
    known = ", ".join(names())
    assert said == f"unknown target `opanai`: did you mean `openai`? Known: {known}, or the path of a TOML file"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*ELSEWHERE, "--target", "openai"), "--base-url names an endpoint itself: leave out --target"),
        (("--base-url", "https://h/v1"), "--base-url needs --model NAME: the model to ask"),
        (("--header", "X: y"), "--header goes with --base-url or --endpoint; a target has it in its file"),
        (("--api-key-env", "K"), "--api-key-env goes with --base-url or --endpoint; a target has it in its file"),
        (("--name", "x"), "--name goes with --base-url; a target has the name of its file"),
        (("--from", "x", "--mode", "live"), "--from replays a run: it does not go with --mode live"),
        (("--from", "x", "--mode", "record"), "--from replays a run: it does not go with --mode record"),
        (("--resume", "x", "--mode", "replay"), "--resume sends what is missing: it does not go with a replay"),
        (("--resume", "x", "--from", "y"), "--resume sends what is missing: it does not go with a replay"),
        (("--shard", "1/2", "--confirm"), "--confirm asks again what deviates: a shard judges nothing"),
        (("--merge", "x", "--confirm"), "and a merge sends nothing"),
        (("--max-requests", "0"), "--max-requests: use a number from 1"),
        (("--max-requests", "-3"), "--max-requests: use a number from 1"),
        (("--model", ""), "--model ``: use ID, or ROLE=ID for one role"),
        (("--model", "chat="), "--model `chat=`: use ID, or ROLE=ID for one role"),
        ((*ELSEWHERE, "--header", "X-Team"), '--header `X-Team`: use "Name: value"'),
        ((*ELSEWHERE, "--header", ": blue"), '--header ``: use "Name: value"'),
        ((*ELSEWHERE, "--header", "X-Team: "), '--header `X-Team`: use "Name: value"'),
        (("--base-url", "gateway.example/v1", "--model", "m"), "it needs a scheme and a host"),
        ((*ELSEWHERE, "--name", "My Gateway"), "--name `My Gateway`: use lower-case letters, digits, dots and hyphens"),
    ],
)
def test_a_contradiction_is_refused_in_words(root: Path, arguments: tuple[str, ...], message: str) -> None:
    assert message in refused(root, *arguments)


@pytest.mark.parametrize("name", ["Authorization", "authorization", " AUTHORIZATION "])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(root: Path, name: str) -> None:
    said = refused(root, *ELSEWHERE, "--header", f"{name}: Bearer hunter2hunter2")
    assert "name it by --api-key-env VAR" in said
    assert "hunter2" not in said


def test_an_endpoint_without_a_file_is_described_by_options(root: Path) -> None:
    (choice,) = chosen(
        root,
        *ELSEWHERE,
        "--model",
        "embedding=e",
        "--header",
        "X-Team: blue: 1",
        "--name",
        "gate",
        "--api-key-env",
        "K",
        K="k",
    ).targets
    found = choice.target
    assert (found.name, found.base_url, choice.mode) == ("gate", "https://gateway.example/v1", "live")
    assert {role: model.id for role, model in found.models.items()} == {"chat": "m", "embedding": "e"}
    assert (found.headers, found.key_env) == ({"X-Team": "blue: 1"}, "K")


@pytest.mark.parametrize("mode", [(), ("--mode", "live"), ("--mode", "record")])
@pytest.mark.parametrize("environ", [{}, {"K": ""}, {"K": "  "}])
def test_a_named_variable_without_a_key_is_refused(root: Path, mode: tuple[str, ...], environ: dict[str, str]) -> None:
    assert refused(root, *ELSEWHERE, "--name", "gate", "--api-key-env", "K", *mode, **environ) == (
        "target `gate` needs its key: set K"
    )


@pytest.mark.parametrize(
    ("given", "models"),
    [
        (["a"], {"chat": "a"}),
        (["chat=a"], {"chat": "a"}),
        (["vendor/a:b"], {"chat": "vendor/a:b"}),
        (["a", "image=b"], {"chat": "a", "image": "b"}),
        (["a", "b"], {"chat": "b"}),
        (["x-y=z"], {"chat": "x-y=z"}),
        (["chat=a=b"], {"chat": "a=b"}),
    ],
)
def test_a_model_is_for_chat_or_for_the_role_before_the_equals_sign(
    root: Path, given: list[str], models: dict[str, str]
) -> None:
    arguments = [part for item in given for part in ("--model", item)]
    (choice,) = chosen(root, "--base-url", "https://h/v1", *arguments).targets
    assert {role: model.id for role, model in choice.target.models.items()} == models


def test_a_model_option_changes_that_role_of_a_target(root: Path) -> None:
    (choice,) = chosen(root, "--target", "simulator", "--model", "embedding=other").targets
    assert choice.target.model("embedding") == "other"
    assert choice.target.model("chat") == "sim-chat"


@pytest.mark.parametrize("ci", [{}, {"CI": "true"}])
def test_with_its_key_a_target_is_tested_live(root: Path, ci: dict[str, str]) -> None:
    (choice,) = chosen(root, "--target", "openai", OPENAI_API_KEY="k", **ci).targets
    assert (choice.mode, choice.target.name) == ("live", "openai")


@pytest.mark.parametrize("key", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": " \n"}])
def test_without_its_key_a_target_is_replayed_from_its_cassettes(root: Path, key: dict[str, str]) -> None:
    recorded(root / "cassettes")
    (choice,) = chosen(root, "--target", "openai", **key).targets
    assert (choice.mode, choice.cassettes) == ("replay", root / "cassettes" / "openai")


@pytest.mark.parametrize("key", [{}, {"OPENAI_API_KEY": ""}])
def test_in_ci_a_lost_key_never_becomes_a_replay(root: Path, key: dict[str, str]) -> None:
    recorded(root / "cassettes")
    said = refused(root, "--target", "openai", CI="1", **key)
    assert said == (
        "target `openai` needs its key: set OPENAI_API_KEY, or give --mode replay, or --mode rehearse to measure "
        "nothing (with CI set, nothing is guessed)"
    )


def test_in_ci_a_replay_can_be_asked_for(root: Path) -> None:
    recorded(root / "cassettes")
    assert chosen(root, "--target", "openai", "--mode", "replay", CI="1").targets[0].mode == "replay"


def test_a_slip_in_a_role_is_not_taken_for_a_role(root: Path) -> None:
    said = refused(root, "--target", "simulator", "--model", "embeding=e")
    assert said.startswith("--model `embeding=...`: unknown role `embeding`: did you mean `embedding`? Known: audio, ")


def test_all_missing_keys_are_named_at_once(root: Path) -> None:
    said = refused(root, "--target", "openai", "--target", "google", "--mode", "live")
    assert [name in said for name in ("set OPENAI_API_KEY", "set GEMINI_API_KEY")] == [True, True]


@pytest.mark.parametrize("ci", [{}, {"CI": "true"}])
def test_a_missing_key_does_not_stop_the_targets_that_have_theirs(root: Path, ci: dict[str, str]) -> None:
    options = chosen(root, "--target", "openai", "--target", "google", GEMINI_API_KEY="k", **ci)
    assert [choice.target.name for choice in options.targets] == ["google"]
    assert [reason.partition(",")[0].partition(" (")[0] for reason in options.keyless] == [
        "target `openai` needs its key: set OPENAI_API_KEY"
    ]


@pytest.mark.parametrize("mode", ["live", "record"])
def test_a_target_that_needs_a_key_is_not_called_without_it(root: Path, mode: str) -> None:
    recorded(root / "cassettes")
    assert "set OPENAI_API_KEY" in refused(root, "--target", "openai", "--mode", mode)


@pytest.mark.parametrize("arguments", [("--target", "openai"), ELSEWHERE])
def test_a_replay_without_cassettes_says_how_to_record(root: Path, arguments: tuple[str, ...]) -> None:
    (root / "cassettes" / "openai").mkdir(parents=True)
    assert "record them with --mode record" in refused(root, *arguments, "--mode", "replay")


def test_a_replay_takes_models_and_base_url_from_the_recordings(root: Path) -> None:
    recorded(root / "cassettes", base_url="https://old.example/v1")
    (choice,) = chosen(root, "--target", "openai", "--mode", "replay", OPENAI_CHAT_MODEL="new").targets
    assert choice.target.model("chat") == "recorded-model"
    assert choice.target.base_url == "https://old.example/v1"
    assert choice.recorded == RECORDED
    assert choice.facts.grade == "recorded on 2026-11-01"


def test_a_replay_says_what_server_answered(root: Path) -> None:
    recorded(root / "cassettes", server="gate 1.2.3")
    (choice,) = chosen(root, "--target", "openai", "--mode", "replay").targets
    assert choice.facts.grade == "recorded on 2026-11-01 from gate 1.2.3"


def test_a_server_that_the_suite_starts_is_asked_though_it_was_recorded(root: Path) -> None:
    recorded(root / "cassettes", "llama-cpp", server="gate 1.2.3")
    (choice,) = chosen(root, "--target", "llama-cpp").targets
    assert choice.mode == "live"
    assert choice.facts.server.startswith("xllamacpp 20")


def test_a_replay_is_as_old_as_its_oldest_cassette_and_survives_a_damaged_one(root: Path) -> None:
    path = recorded(root / "cassettes")
    older = RECORDED.replace(year=2025)
    cassette.write(path.with_name("b.json"), replace(recording(), provenance=provenance(recorded=older)), [])
    path.with_name("a.json").write_text("{cut", encoding="utf-8")
    assert chosen(root, "--target", "openai", "--mode", "replay").targets[0].recorded == older


def test_a_replay_of_damaged_cassettes_alone_is_left_to_the_checks(root: Path) -> None:
    recorded(root / "cassettes").write_text("{cut", encoding="utf-8")
    (choice,) = chosen(root, "--target", "openai", "--mode", "replay").targets
    assert (choice.mode, choice.recorded, choice.facts.grade) == ("replay", None, "recorded")


def test_an_earlier_run_is_replayed_with_its_targets(root: Path) -> None:
    folder = earlier_run(root, "one", "openai")
    recorded(folder / "exchanges")
    (choice,) = chosen(root, "--from", "one", CI="1").targets
    assert (choice.target.name, choice.mode) == ("openai", "replay")
    assert choice.cassettes == folder / "exchanges" / "openai"


def test_an_endpoint_without_a_file_is_replayed_from_its_run(root: Path) -> None:
    folder = earlier_run(root, "one", "gate")
    recorded(folder / "exchanges", "gate")
    (choice,) = chosen(root, "--from", "one").targets
    assert (choice.target.name, choice.target.title, choice.mode) == ("gate", "Target gate", "replay")
    assert choice.target.model("chat") == "recorded-model"


def test_a_cut_run_is_resumed_with_its_targets(root: Path) -> None:
    folder = earlier_run(root, "one", "simulator", "openai")
    found = chosen(root, "--resume", "one", OPENAI_API_KEY="k")
    assert found.resume == folder
    assert [choice.target.name for choice in found.targets] == ["simulator", "openai"]


def test_a_run_is_found_by_its_name_and_by_its_path(root: Path) -> None:
    folder = earlier_run(root)
    for name in (folder.name, f"reports/runs/{folder.name}", str(folder)):
        assert find(name, root) == folder


def test_an_unknown_run_lists_the_last_ones(root: Path) -> None:
    said = refused(root, "--from", "nope")
    assert said == f"no run `nope` below {runs_folder.RUNS}; the last ones: there are none yet"
    for number in range(7):
        earlier_run(root, f"2026110{number}T000000Z-x")
    (root / "reports" / "runs" / "zzz-empty").mkdir()
    said = refused(root, "--resume", "nope")
    assert said.endswith("the last ones: " + ", ".join(f"2026110{number}T000000Z-x" for number in (6, 5, 4, 3, 2)))


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [
        ((), RequestLimit(STANDARD_REQUESTS, STANDARD_TOKENS)),
        (("--cost", "all"), RequestLimit(None, None)),
        (("--max-requests", "5"), RequestLimit(5, STANDARD_TOKENS)),
        (("--max-requests", "5", "--cost", "all"), RequestLimit(5, None)),
    ],
)
def test_what_may_be_sent_is_chosen(root: Path, arguments: tuple[str, ...], limit: RequestLimit) -> None:
    assert chosen(root, *arguments).limit == limit


def test_what_is_tested_is_chosen(root: Path) -> None:
    found = chosen(root, "--capability", "chat.*", "--capability", "models", "--level", "may")
    assert (found.capabilities, found.level, found.filtered) == (("chat.*", "models"), Level.MAY, True)


def test_no_more_is_read_than_a_recording_holds(root: Path) -> None:
    assert chosen(root, "--max-bytes", "64M").targets[0].target.limits.max_bytes == 64 * 1024**2
    assert refused(root, "--max-bytes", "65M") == "--max-bytes: at most 64M: no recording holds more"


def test_cassettes_that_a_killed_run_has_put_aside_are_replayed(root: Path) -> None:
    recorded(root / "cassettes").parents[1].rename(root / "cassettes" / ".old-openai")
    (choice,) = chosen(root, "--target", "openai", "--mode", "replay").targets
    assert choice.recorded == RECORDED
