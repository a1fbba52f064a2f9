"""What a change of endpoint costs an application: what is lost, what repairs it, the way back, and the exit code."""

import json
import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from conformance.causes.cause import Damage
from conformance.compare import app as apps
from conformance.compare.app import App, Sizes
from conformance.compare.command import main
from conformance.compare.comparison import compare
from conformance.compare.migration import Migration, migration
from conformance.compare.migration_page import migration_html, migration_lines, migration_markdown
from conformance.compare.needs import Outcome
from conformance.compare.repairs import repair_of, repairs
from conformance.compare.unmeasured import EDITION, NOT_ASKED, REHEARSED
from conformance.log.records import ExchangeLine, Run
from conformance.record import cassette
from conformance.record.recording import Recording
from conformance.report.html import markup
from conformance.targets.model import Model
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import ANSWERS, DONE, FINDINGS, INDEX, VECTORS, faithful, gateway, judged, made, side

IDS = Path(__file__).parent / "ids" / "current.txt"
AGENT = App(title="an agent", capabilities=("chat.*", "tools.*", "embeddings.*"))


def planned(old: Run, new: Run, app: App | None = None) -> Migration:
    return migration(compare([side(old, "old"), side(new, "new")]), app)


@pytest.fixture
def found(tmp_path: Path) -> Migration:
    return planned(faithful(tmp_path / "old"), gateway(tmp_path / "new"), AGENT)


def test_what_is_lost_is_named_with_its_repair(found: Migration) -> None:
    repaired = {loss.id: loss.repair.id if loss.repair else "" for loss in found.lost}
    assert repaired == {
        FINDINGS[DONE]: "read-to-the-end",
        FINDINGS[INDEX]: "calls-by-id",
        FINDINGS[VECTORS]: "one-text-a-request",
    }
    assert found.exit_code == 1
    assert (
        found.outcome
        == "of what an agent uses, 3 things are lost, 3 with a repair at the client; 0 things are not measured"
    )
    assert [operation.title for operation in found.shapes] == [
        "POST chat/completions",
        "POST chat/completions, streamed",
    ]


def test_three_faults_of_the_zoo_are_named_by_their_causes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The logs are cut from real runs: on the simulator, and on it with three deviations of the zoo."""
    runs = ["--runs", str(Path(__file__).parent / "migrated"), "--output", str(tmp_path)]
    assert main(["--from", "simulator", "--to", "portkey", *runs]) == 1
    migrated = json.loads((tmp_path / "compare.json").read_text(encoding="utf-8"))["migration"]
    assert {loss["id"]: loss["repair"].partition(" ")[0] for loss in migrated["losses"]} == {
        "chat.stream.done/last_event_is_done": "Take",
        "wrong-value:tool-call-index": "Begin",
        "embeddings.array/different_texts_have_different_embeddings": "Send",
    }
    assert "rollback: base_url: https://simulator.example/v1" in capsys.readouterr().out
    app = tmp_path / "app.toml"
    for used, number, code in (('"chat.*", "tools.*"', 2, 1), ('"chat.basic"', 0, 0)):
        app.write_text(f"capabilities = [{used}]\n", encoding="utf-8")
        assert main(["--from", "simulator", "--to", "portkey", "--profile", str(app), *runs]) in {code, 6}
        migrated = json.loads((tmp_path / "compare.json").read_text(encoding="utf-8"))["migration"]
        assert [loss["id"] for loss in migrated["losses"] if "embeddings" in loss["id"]] == []
        assert len(migrated["losses"]) == number


def test_the_former_values_are_told_for_a_rollback(tmp_path: Path) -> None:
    new = gateway(tmp_path / "new", base_url="https://gate.example/v1", models={"chat": "other-1"})
    found = planned(faithful(tmp_path / "old"), new, AGENT)
    settings = {one.name: (one.value, one.former) for one in found.settings}
    assert settings["base_url"] == ("https://gate.example/v1", "https://alpha.example/v1")
    assert settings["model for chat"] == ("other-1", "small-2")
    assert settings["key of streamed tool calls"] == ("`id`", "`index`")
    assert "rollback: model for chat: small-2 (now other-1)" in migration_lines(found)


def test_nothing_is_lost_by_what_an_application_does_not_use(tmp_path: Path) -> None:
    app = App(capabilities=("chat.basic",))
    found = planned(faithful(tmp_path / "old"), gateway(tmp_path / "new"), app)
    assert (found.losses, found.exit_code) == ((), 0)
    assert found.outcome == "nothing of what the application uses is lost"


def test_what_deviates_at_the_old_endpoint_already_is_not_lost(tmp_path: Path) -> None:
    broken = [judged(check, Verdict.DEVIATES) for check in (DONE, INDEX, VECTORS)]
    assert planned(faithful(tmp_path / "old", *broken), gateway(tmp_path / "new"), AGENT).exit_code == 0


def test_what_only_a_request_shows_that_the_old_endpoint_was_not_asked_is_not_lost(tmp_path: Path) -> None:
    wrong = judged(DONE, Verdict.DEVIATES, places=["chat.basic/hello[two]"])
    new = made(tmp_path / "new", {}, {**ANSWERS, "two": ANSWERS["hello"]}, [wrong])
    found = planned(faithful(tmp_path / "old"), new, AGENT)
    assert (found.lost, found.exit_code) == ((), 6)
    assert [one.why for one in found.unmeasured] == [NOT_ASKED]


def test_what_the_new_endpoint_does_not_offer_is_lost(tmp_path: Path) -> None:
    new = faithful(tmp_path / "new", judged(VECTORS, Verdict.UNSUPPORTED))
    found = planned(faithful(tmp_path / "old"), new)
    (loss,) = found.lost
    assert (loss.id, loss.damage) == ("not-offered:embeddings.array", Damage.REFUSES)
    assert found.exit_code == 1


def test_what_harms_nobody_is_listed_and_does_not_count(tmp_path: Path) -> None:
    check = "headers.request_id/any_response/request_id_is_sent"
    old = faithful(tmp_path / "old", judged(check))
    new = faithful(tmp_path / "new", judged(check, Verdict.DEVIATES, findings=["missing:header/x-request-id"]))
    found = planned(old, new)
    assert [loss.id for loss in found.losses] == ["missing:header/x-request-id"]
    assert (found.lost, found.exit_code) == ((), 0)


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.UNRECORDED, Verdict.ERROR])
def test_what_was_not_measured_is_neither_lost_nor_kept(tmp_path: Path, verdict: Verdict) -> None:
    new = faithful(tmp_path / "new", judged(VECTORS, verdict))
    found = planned(faithful(tmp_path / "old"), new, AGENT)
    assert list(map(str, found.unmeasured)) == ["embeddings.array: at new, it is not"]
    assert found.exit_code == 6


def test_what_a_glob_names_counts_only_where_the_old_endpoint_has_it(tmp_path: Path) -> None:
    check = "chat.fields/hello/may_be_there"
    unknown = [judged(check, Verdict.INCONCLUSIVE), judged(VECTORS, Verdict.INCONCLUSIVE)]
    old, new = faithful(tmp_path / "old", *unknown), faithful(tmp_path / "new", *unknown)
    assert planned(old, new, App(capabilities=("chat.*",))).exit_code == 0
    assert planned(old, new, App(capabilities=("chat.fields",))).exit_code == 6


def test_a_glob_of_which_nothing_was_measured_at_the_old_endpoint_is_not_kept(tmp_path: Path) -> None:
    unknown = judged(VECTORS, Verdict.INCONCLUSIVE)
    found = planned(faithful(tmp_path / "old", unknown), faithful(tmp_path / "new"), App(capabilities=("embed*",)))
    assert list(map(str, found.unmeasured)) == ["embed*: no check of it was conclusive at old"]
    assert found.exit_code == 6


def test_what_another_edition_of_a_check_says_is_neither_lost_nor_kept(tmp_path: Path) -> None:
    new = faithful(tmp_path / "new", judged(DONE, Verdict.DEVIATES, edition="e2"))
    found = planned(faithful(tmp_path / "old"), new, AGENT)
    assert (found.lost, found.exit_code) == ((), 6)
    assert [one.why for one in found.unmeasured] == [EDITION]


def test_what_is_not_known_is_told_by_its_reasons(tmp_path: Path) -> None:
    why = "no model for role `embedding`: name one with --model embedding=NAME"
    unknown = [
        judged(VECTORS, Verdict.INCONCLUSIVE, reason=f"embeddings.array/embeddings was not sent: {why}"),
        judged("embeddings.dim/one/has_a_size", Verdict.INCONCLUSIVE, reason=f"embeddings.dim/one was not sent: {why}"),
    ]
    old = faithful(tmp_path / "old", judged("embeddings.dim/one/has_a_size"))
    lines = migration_lines(planned(old, faithful(tmp_path / "new", *unknown)))
    assert f"not measured (2): at new, {why}: embeddings.array, embeddings.dim" in lines


@pytest.mark.parametrize("rehearsed", ["old", "new"])
def test_a_rehearsal_measures_nothing(tmp_path: Path, rehearsed: str) -> None:
    modes = {"old": "live", "new": "live"} | {rehearsed: "rehearse"}
    old, new = faithful(tmp_path / "old", mode=modes["old"]), gateway(tmp_path / "new", mode=modes["new"])
    found = planned(old, new, AGENT)
    assert found.lost == ()
    assert found.exit_code == 6
    assert {one.why for one in found.unmeasured} == {REHEARSED}


def test_a_capability_that_nobody_tested_is_not_measured_and_has_a_suggestion(tmp_path: Path) -> None:
    app = App(capabilities=("chat.basik",))
    found = planned(faithful(tmp_path / "old"), faithful(tmp_path / "new"), app)
    assert list(map(str, found.unmeasured)) == ["chat.basik: no such capability was tested: did you mean `chat.basic`?"]


def outcomes(old: Run, new: Run, **uses: Any) -> dict[str, Outcome]:
    return {need.what: need.outcome for need in planned(old, new, App(**uses)).needs}


def test_a_parameter_is_kept_lost_or_not_measured(tmp_path: Path) -> None:
    check = "params.stop/stopped/stop_ends_the_text"
    decided: dict[str, Any] = {"parameter": "chat/completions: stop", "exchanges": ["chat.basic/hello"]}
    old = faithful(tmp_path / "old", judged(check, **decided))
    new = faithful(tmp_path / "new", judged(check, Verdict.DEVIATES, findings=["ignored:stop"], **decided))
    assert outcomes(old, old, parameters=["stop"]) == {"parameter `stop`": Outcome.KEPT}
    assert outcomes(old, new, parameters=["stop"]) == {"parameter `stop`": Outcome.LOST}
    assert outcomes(old, new, parameters=["sotp"]) == {"parameter `sotp`": Outcome.UNMEASURED}
    assert planned(old, new, App(parameters=("stop",))).exit_code == 1


def test_a_keyword_of_schemas_is_told_by_its_case(tmp_path: Path) -> None:
    def feature(case: str, verdict: Verdict) -> Any:
        check = f"structured.schema_features/schema_feature[{case}]/text_matches_such_a_schema"
        return judged(check, verdict, case=case, capability="structured.schema_features")

    new = faithful(tmp_path / "new", feature("pattern", Verdict.CONFORMS), feature("range", Verdict.DEVIATES))
    found = outcomes(new, new, schema_keywords=["pattern", "range", "oneOf"])
    assert list(found.values()) == [Outcome.KEPT, Outcome.LOST, Outcome.UNMEASURED]


def test_a_model_a_size_and_a_concurrency_that_were_not_sent_are_not_measured(tmp_path: Path) -> None:
    new = faithful(tmp_path / "new", models={"chat": Model(id="small-2")})
    used = {
        "models": {"chat": "small-2", "embedding": "e"},
        "concurrency": 50,
        "sizes": Sizes(tools=20, request_bytes=5),
    }
    assert outcomes(new, new, **used) == {
        "model `small-2` as `chat`": Outcome.KEPT,
        "model `e` as `embedding`": Outcome.UNMEASURED,
        "50 requests at once": Outcome.UNMEASURED,
        "tools: 20": Outcome.UNMEASURED,
        "request bytes: 5": Outcome.KEPT,
    }


def test_each_recording_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    really = cassette.read

    def counted(path: Path, below: Path | None = None) -> Recording:
        reads.append(path)
        return really(path, below)

    monkeypatch.setattr(cassette, "read", counted)
    whole = [faithful(tmp_path / "old"), gateway(tmp_path / "new")]
    old, new = (replace(run, exchanges=(_invalid(run.exchanges[0]), *run.exchanges[1:])) for run in whole)
    found = planned(old, new, App(sizes=Sizes(request_bytes=5)))
    assert [need.outcome for need in found.needs] == [Outcome.KEPT]
    assert len(reads) == len(set(reads)) == 4


def _invalid(line: ExchangeLine) -> ExchangeLine:
    return line.model_copy(update={"invalid": True})


def test_every_repair_is_for_a_check_that_there_is() -> None:
    known = IDS.read_text(encoding="utf-8").split()
    unknown = [
        glob for repair in repairs() for glob in repair.checks if not any(fnmatchcase(id_, glob) for id_ in known)
    ]
    assert unknown == []
    assert len({repair.id for repair in repairs()}) == len(repairs())


def test_what_is_accepted_although_invalid_is_not_repaired_by_what_its_check_is_about() -> None:
    assert repair_of("accepted:chat/completions/structured.edge", ["structured.edge/wrong_format/status"]) is None
    assert repair_of("something:else", ["structured.edge/wrong_format/status"]) is not None


def test_the_command_is_a_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faithful(tmp_path / "old")
    gateway(tmp_path / "new")
    file = tmp_path / "app.toml"
    moving = ["--from", str(tmp_path / "old"), "--to", str(tmp_path / "new"), "--output", str(tmp_path / "out")]
    assert main(moving) == 1
    said = capsys.readouterr().out
    assert all(word in said for word in ("`[DONE]`", "Several tool calls", "Several texts", "rollback: base_url"))
    assert "Exit code 1: something that is used is lost" in said
    file.write_text('capabilities = ["chat.basic"]\n', encoding="utf-8")
    assert main([*moving, "--profile", str(file)]) == 0
    held = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    assert held["migration"]["exit_code"] == 0


@pytest.mark.parametrize(
    "arguments",
    [["--from", "a"], ["--from", "a", "--to", "b", "c"], ["a", "b", "--profile", "app.toml"], ["--to", "b"]],
)
def test_a_half_migration_is_wrong_use(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.toml").write_text("", encoding="utf-8")
    assert main(arguments) == 4
    assert "--from" in capsys.readouterr().err


def test_an_unknown_key_of_an_application_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "app.toml"
    file.write_text('title = "x"\nparameter = ["n"]\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 2: `parameter`.*did you mean `parameters`"):
        apps.load(file)
    file.write_text("concurrency = 0\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1: `concurrency`: .*greater than or equal to 1"):
        apps.load(file)
    with pytest.raises(UsageError, match="missing"):
        apps.load(tmp_path / "missing.toml")


def test_the_forms_say_the_same(found: Migration) -> None:
    for form in (str(markup(migration_html(found))), migration_markdown(found), "\n".join(migration_lines(found))):
        assert "do not wait for `[DONE]`" in re.sub(r"</?code>", "`", form.replace("\\", ""))
        assert "3 things are lost" in form


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/compare/app.schema.json"
    command = "python -m conformance.compare.app > conformance/compare/app.schema.json"
    assert committed.read_text(encoding="utf-8") == apps.schema(), command
