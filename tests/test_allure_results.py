import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.log.records import Known, Result
from conformance.report.allure.results import write_results
from conformance.report.evidence.source import proofs
from conformance.report.paths import ALLURE_RESULTS as RESULTS
from conformance.wire.verdict import Verdict
from tests import runs

CHECK = "chat.basic/hello/role_is_assistant"
CAUSE = f"Not met: The role of the message is `assistant`. (MUST, wrong data, silently, {CHECK})"
STALE = "Stale: The role of the message is `assistant`. (MUST, cosmetic, stale:chat.basic/hello/role_is_assistant)"
KNOWN = Known(reason="promised for December", since="2026-10-02")


def written(folder: Path, lines: list[Any], *names: str, mode: str = "live") -> list[dict[str, Any]]:
    """Return the results that Allure gets, in the order of their check and target."""
    run = runs.run(folder, [runs.target(name, mode=mode) for name in names or ("alpha",)], lines)
    write_results(run, folder / RESULTS, proofs(run))
    found = [json.loads(path.read_text()) for path in (folder / RESULTS).glob("*-result.json")]
    return sorted(found, key=lambda one: (one["fullName"], one["historyId"]))


def category(folder: Path, result: dict[str, Any]) -> str | None:
    """Return the first category that takes a result, as Allure finds it."""
    details = result.get("statusDetails", {})
    for rule in json.loads((folder / RESULTS / "categories.json").read_text()):
        if result["status"] in rule["matchedStatuses"] and re.search(rule["traceRegex"], details.get("trace", "")):
            return str(rule["name"])
    return None


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in result["labels"] if label["name"] == name]


def test_each_case_is_a_test_and_each_target_a_history(tmp_path: Path) -> None:
    """Cases of a check and targets are told apart; the test case is the same for all targets."""
    lines = [
        runs.result(target=target, case=case, check=f"chat.basic/wrong[{case}]/is_refused")
        for target in ("alpha", "beta")
        for case in ("a", "b")
    ]
    found = written(tmp_path, lines, "alpha", "beta")
    assert len(found) == 4
    assert len({one["testCaseId"] for one in found}) == 2
    assert len({one["historyId"] for one in found}) == 4
    assert len({one["uuid"] for one in found}) == 4
    assert {one["fullName"] for one in found} == {"chat.basic/wrong[a]/is_refused", "chat.basic/wrong[b]/is_refused"}


def test_identities_are_the_same_in_the_next_run(tmp_path: Path) -> None:
    lines = [runs.result(), runs.result(check="chat.basic/hello/other")]
    one, other = (written(tmp_path / name, lines) for name in ("one", "other"))
    assert one == other


def test_a_rehearsal_has_a_history_of_its_own(tmp_path: Path) -> None:
    (live,) = written(tmp_path / "live", [runs.result()])
    (rehearsed,) = written(tmp_path / "rehearsed", [runs.result()], mode="rehearse")
    assert live["testCaseId"] == rehearsed["testCaseId"]
    assert live["historyId"] != rehearsed["historyId"]
    assert labels(rehearsed, "target") == ["alpha (rehearsal)"]
    assert list(json.loads((tmp_path / "rehearsed" / RESULTS / "environments.json").read_text())) == [
        "alpha (rehearsal)"
    ]


@pytest.mark.parametrize(
    ("result", "status", "name"),
    [
        (runs.result(), "passed", None),
        (runs.result(Verdict.DEVIATES), "failed", CAUSE),
        (runs.result(Verdict.DEVIATES, gating=False), "failed", f"Not gating: {CAUSE}"),
        (runs.result(Verdict.DEVIATES, known=KNOWN), "failed", f"Known: {CAUSE}"),
        (runs.result(Verdict.ERROR), "broken", "Errors: ours or the network's"),
        (
            runs.result(known=KNOWN.model_copy(update={"stale": True})),
            "broken",
            STALE,
        ),
        (
            runs.result(Verdict.INCONCLUSIVE),
            "skipped",
            "Inconclusive: nothing is proven either way; the reason says why",
        ),
        (
            runs.result(Verdict.UNSUPPORTED),
            "skipped",
            "Unsupported: a clear rejection of what is not promised",
        ),
        (runs.result(Verdict.UNRECORDED), "skipped", "Unrecorded: replay, and there is no recording"),
    ],
)
def test_a_verdict_has_its_status_and_category(tmp_path: Path, result: Result, status: str, name: str | None) -> None:
    (found,) = written(tmp_path, [result])
    assert found["status"] == status
    assert category(tmp_path, found) == name
    assert labels(found, "tag")[0] == result.verdict.value


def test_a_known_deviation_stays_failed_and_says_so(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [runs.result(Verdict.DEVIATES, known=KNOWN)])
    assert found["statusDetails"]["known"] is True
    assert "promised for December" in found["statusDetails"]["trace"]
    assert labels(found, "tag") == ["deviates", "known"]


def test_a_result_says_who_asks_for_what(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [runs.result(Verdict.DEVIATES, case="a", duration_ms=12.4)])
    assert found["name"] == "The role of the message is `assistant`."
    assert [labels(found, name) for name in ("epic", "feature", "story", "severity", "target")] == [
        ["chat"],
        ["chat.basic"],
        ["role_is_assistant"],
        ["critical"],
        ["alpha"],
    ]
    assert found["parameters"] == [{"name": "target", "value": "alpha"}, {"name": "case", "value": "a"}]
    assert found["statusDetails"]["message"] == "it is not"
    assert found["stop"] - found["start"] == 12
    assert "openai-python 3.52.0" in found["description"]
    assert "links" not in found


def test_a_source_with_an_address_is_a_link(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [runs.result(source="WHATWG, https://html.spec.example/#sse")])
    assert [(link["type"], link["url"]) for link in found["links"]] == [("link", "https://html.spec.example/#sse")]


def test_each_result_has_a_request_and_a_response_of_its_own(tmp_path: Path) -> None:
    """The report shows a file at the first result that names it, and only there; hostile bytes do not break it."""
    line = runs.recorded(tmp_path, runs.json_answer(json.dumps({"x": runs.HOSTILE + "\ud800" + "y" * 90_000}).encode()))
    found = written(tmp_path, [line, *(runs.result(check=f"chat.basic/hello/s{n}") for n in range(10))])
    files = sorted((tmp_path / RESULTS).glob("*-attachment.txt"))
    assert len(files) == 20
    for one in found:
        assert [attachment["name"].split()[0] for attachment in one["attachments"]] == ["request", "response"]
    assert {a["source"] for one in found for a in one["attachments"]} == {path.name for path in files}
    texts = [path.read_text() for path in files]
    assert any(text.startswith("POST https://alpha.example/v1/chat/completions") for text in texts)
    assert all(len(text) < 21_000 for text in texts)
    assert not [text for text in texts if "\u202e" in text]


def test_an_exchange_without_recording_says_why(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [runs.result(Verdict.ERROR)])
    (attachment,) = found["attachments"]
    assert "the log does not say why" in (tmp_path / RESULTS / attachment["source"]).read_text()


def test_environments_tell_the_targets_facts(tmp_path: Path) -> None:
    written(tmp_path, [runs.result()], "alpha", "beta")
    found = json.loads((tmp_path / RESULTS / "environments.json").read_text())
    assert found["beta"] == {
        "name": "beta",
        "variables": {
            "base_url": "https://beta.example/v1",
            "models": "chat: small-2, embedding: embed-1",
            "grade": "live",
        },
    }


def test_no_secret_of_the_command_is_written(tmp_path: Path) -> None:
    written(tmp_path, [runs.result()])
    assert not [path for path in (tmp_path / RESULTS).iterdir() if b"s3cr3t" in path.read_bytes()]
    assert (
        (tmp_path / RESULTS / "environment.properties")
        .read_text()
        .startswith("suite=0.1.0\nclient=openai 3.52.0\nrun=")
    )


def test_the_categories_are_the_causes_that_every_report_counts(tmp_path: Path) -> None:
    lines = [runs.result(Verdict.DEVIATES, check=f"a/b/s{n}", findings=["missing:A/x"]) for n in range(3)]
    lines += [runs.result(Verdict.DEVIATES, check="a/b/both", findings=["missing:A/x", "ignored:y"])]
    found = written(tmp_path, lines)
    names = [category(tmp_path, one) for one in found]
    assert len(set(names)) == 2
    assert all(name and ("missing:A/x" in name or "ignored:y" in name) for name in names)
