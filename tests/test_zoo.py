"""The zoo's entries are well formed, and a handful of them is found. The whole score is held by `nox -s zoo`."""

import re
from collections import Counter

import pytest

from conformance.plan.select import names_check
from conformance.simulator.app import pages
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import INVENTED, Entry, Severity
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.targets.load import load
from conformance.targets.target import Target
from conformance.zoo import dressing, looking
from conformance.zoo.unkilled import UNKILLED

MOST_EXCLUDED = 15
HANDFUL = (
    "stream-tool-delta-index-missing",
    "request-id-is-missing",
    "own-vectors-backwards",
    "own-moderation-score-missing",
    "own-response-cut-is-completed",
    "own-completion-stop-ignored",
)
CASE = re.compile(r"\[.*?\]")


@pytest.fixture(scope="module")
def base() -> Target:
    return load("simulator", {})


@pytest.fixture(scope="module")
def plan(base: Target) -> dressing.Plan:
    return dressing.parts(base)


def test_ids_are_distinct_and_fit_into_a_path() -> None:
    counted = Counter(entry.id for entry in entries())
    assert [name for name, times in counted.items() if times > 1] == []
    assert [name for name in counted if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_entry_says_what_is_sent_and_where_it_was_seen() -> None:
    assert [entry.id for entry in entries() if not _is_sentence(entry.says)] == []
    assert [entry.id for entry in entries() if not entry.source or not all(entry.source)] == []


def test_an_area_is_the_package_that_an_entry_stands_in() -> None:
    assert [entry.id for entry in entries() if not entry.area] == []
    made = [(entry.area, entry.function) for entry in entries() if entry.function is not None]
    assert [area for area, function in made if f".deviations.{area}." not in function.__module__] == []


def test_a_page_says_where_a_deviation_was_seen_or_that_it_is_invented() -> None:
    seen = next(entry for entry in entries() if entry.seen)
    invented = next(entry for entry in entries() if not entry.seen)
    assert f"Seen at         {seen.source[0]}" in (pages.page(seen.id) or "")
    assert "Seen at         nowhere yet: invented" in (pages.page(invented.id) or "")


def test_every_entry_is_served_or_says_why_not() -> None:
    served = [entry for entry in entries() if entry.function is not None]
    assert [entry.id for entry in served if not _is_sentence(entry.breaks) or entry.excluded] == []
    assert [entry.id for entry in entries() if entry.function is None and not entry.excluded] == []


def test_at_most_a_few_real_deviations_are_only_listed() -> None:
    listed = [entry.id for entry in entries() if entry.excluded and entry.seen]
    assert len(listed) <= MOST_EXCLUDED, listed


def test_every_pattern_names_a_check(plan: dressing.Plan) -> None:
    checks = {part.item.id for part in plan}
    served = [entry for entry in entries() if entry.function is not None]
    assert [entry.id for entry in served if not entry.caught_by] == []
    idle = [
        f"{entry.id}: {pattern}"
        for entry in served
        for pattern in entry.caught_by
        if pattern not in checks and not any(names_check(pattern, check) for check in checks)
    ]
    assert idle == []


def test_what_is_not_killed_is_a_statement_of_the_suite(plan: dressing.Plan) -> None:
    statements = {CASE.sub("", part.item.id) for part in plan}
    assert set(UNKILLED) <= statements


def test_a_handful_is_found_and_the_faithful_simulator_is_not_accused(base: Target, plan: dressing.Plan) -> None:
    chosen = [entry for entry in entries() if entry.id in HANDFUL]
    patterns = tuple(pattern for entry in chosen for pattern in entry.caught_by)
    nothing = Entry("nothing", Severity.MINOR, "Nothing is changed.", "Nobody.", INVENTED, patterns, _unchanged)
    with running(dressing.KEY, {**table(), nothing.id: _unchanged}) as base_url:
        *found, faithful = looking.look([dressing.dress([entry], base_url, base, plan) for entry in (*chosen, nothing)])
    assert len(found) == len(HANDFUL)
    assert [sighting.ids for sighting in found if not sighting.meant or sighting.errors] == []
    assert (faithful.meant, faithful.others, faithful.errors) == ((), (), ())


def test_the_two_deviations_with_the_longest_ids_are_sent_as_one_target(base: Target, plan: dressing.Plan) -> None:
    served = sorted((entry for entry in entries() if entry.function is not None), key=lambda entry: len(entry.id))
    with running(dressing.KEY, table()) as base_url:
        [both] = looking.look([dressing.dress(served[-2:], base_url, base, plan)])
    assert both.errors == ()


def _unchanged(call: Call, handler: Handler) -> Answer:
    return handler(call)


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and text.strip() == text and (text[0].isupper() or not text[0].isalpha())
