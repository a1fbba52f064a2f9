"""The list of models in contract and drift: new, gone, renamed, and shut down soon."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from conformance.compare.side import Side, sides
from conformance.contract.derive import derive
from conformance.contract.document import Listed, contract_json
from conformance.drift.drift import Drift, drift
from conformance.drift.page import drift_lines, drift_markdown
from conformance.log.records import ExchangeLine, Facts, Run
from conformance.shapes.change import Impact
from conformance.targets.shutdown import Shutdown
from tests.compared import COMPLETION
from tests.runs import STARTED, json_answer, recorded, run, target, write_log

Entry = Mapping[str, Any]


def listing(folder: Path, *models: str | Entry, served: bool = False, **facts: Any) -> Run:
    """A run that was told a list of models, and of which a chat model answered or was not asked."""
    folder.mkdir()
    data = [{"object": "model", **({"id": one} if isinstance(one, str) else one)} for one in models]
    body = json_answer(json.dumps({"object": "list", "data": data}).encode())
    lines = [
        recorded(folder, body, b"", id="models.list/models", method="GET", url="https://alpha.example/v1/models"),
        *([chat_line(folder)] if served else []),
    ]
    found = run(folder, [target(**facts)], lines)
    write_log(found)
    return found


def chat_line(folder: Path) -> ExchangeLine:
    line = recorded(folder, json_answer(json.dumps(COMPLETION).encode()), case="hello")
    facts = Facts(method="POST", operation="chat/completions", expects=[200], roles=["chat"])
    return line.model_copy(update={"facts": facts})


def of(run: Run) -> Side:
    return sides([str(run.folder)], Path.cwd())[0]


def drifted(now: Run, before: Run) -> Drift:
    return drift(derive([of(before)]), of(now))


def told(found: Drift) -> dict[str, Impact]:
    return {finding.says: finding.impact for finding in found.findings}


def test_models_that_are_new_gone_or_renamed_are_told(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", "small-2", "embed-1", "old-1", "acme/large-3")
    found = drifted(listing(tmp_path / "b", "embed-1", "large-3-2026-11-01", "brand-new"), before)
    assert told(found) == {
        "model `small-2`: gone": Impact.BREAKING,
        "model `old-1`: gone": Impact.COSMETIC,
        "model `acme/large-3`: perhaps renamed to `large-3-2026-11-01`": Impact.COSMETIC,
        "model `brand-new`: new": Impact.ADDITIVE,
    }


def test_a_model_that_is_gone_and_still_answers_breaks_nothing(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", "small-2", "embed-1", served=True)
    found = drifted(listing(tmp_path / "b", "embed-1", served=True), before)
    assert told(found) == {"model `small-2`: gone": Impact.COSMETIC}
    assert found.findings[0].why == "this target's checks ask it, and it still answers"


def made(name: str, created: int, owner: str = "acme", **more: Any) -> Entry:
    return {"id": name, "created": created, "owned_by": owner, **more}


def test_a_model_of_the_same_owner_and_moment_is_perhaps_the_same(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", made("first", 1_700_000_001), made("second", 1_700_000_002))
    found = drifted(listing(tmp_path / "b", made("other", 1_700_000_001), made("second", 1_700_000_002)), before)
    assert list(told(found)) == ["model `first`: perhaps renamed to `other`"]


def test_models_that_all_have_one_moment_are_not_taken_for_one_another(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", made("first", 1_626_777_600), made("second", 1_626_777_600))
    found = drifted(listing(tmp_path / "b", made("other", 1_626_777_600), made("second", 1_626_777_600)), before)
    assert list(told(found)) == ["model `other`: new", "model `first`: gone"]


def test_the_moment_of_the_request_is_not_part_of_a_contract(tmp_path: Path) -> None:
    now = int(STARTED.timestamp())
    found = derive([of(listing(tmp_path / "a", made("first", now), made("second", 1_700_000_002)))])
    assert found.listed == {"first": Listed(owner="acme"), "second": Listed(owner="acme", created=1_700_000_002)}
    assert str(now) not in contract_json(found)


def test_a_day_of_shutdown_that_is_announced_moved_or_taken_back_is_told(tmp_path: Path) -> None:
    old, day, later = 1_700_000_001, "2027-06-01", "2027-09-01"
    entries = [("small-2", None, day), ("embed-1", day, later), ("other", day, None)]
    before = listing(tmp_path / "a", *(made(name, old, shutdown_date=was) for name, was, _ in entries))
    after = listing(tmp_path / "b", *(made(name, old, shutdown_date=now) for name, _, now in entries))
    assert told(drifted(after, before)) == {
        "model `embed-1`: is shut down on 2027-09-01": Impact.ADDITIVE,
        "model `small-2`: is shut down on 2027-06-01": Impact.ADDITIVE,
        "model `other`: no day of its shutdown any more": Impact.COSMETIC,
    }


def test_what_is_no_day_is_no_shutdown(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", made("small-2", 1, shutdown_date="soon"), made("other", 1, shutdown_date=7))
    assert all(one.shutdown is None for one in derive([of(before)]).listed.values())


STATED = Shutdown(
    models=("small-2",), on=date(2026, 12, 1), source="https://alpha.example/days", dated=date(2026, 11, 1)
)


def test_a_model_that_is_shut_down_soon_is_said_on_page_and_screen_and_is_no_finding(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", "small-2")
    found = drifted(listing(tmp_path / "b", "small-2", shutdowns=[STATED]), before)
    assert found.findings == ()
    assert found.exit_code == 0
    (notice,) = found.notices
    assert notice.startswith("model `small-2` (chat) is shut down on 2026-12-01, in ")
    assert f"  SOON  {notice}" in drift_lines(found)
    assert "- **Soon:** model" in drift_markdown(found)


def test_the_targets_own_list_is_believed_before_any_document(tmp_path: Path) -> None:
    before = listing(tmp_path / "a", made("small-2", 1, shutdown_date="2026-12-03"))
    found = drifted(listing(tmp_path / "b", made("small-2", 1, shutdown_date="2026-12-03"), shutdowns=[STATED]), before)
    (notice,) = found.notices
    assert "on 2026-12-03" in notice
    assert "its list of models" in notice
