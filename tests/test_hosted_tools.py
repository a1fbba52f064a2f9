"""What shows nothing of a hosted tool or of a vector store: a key that is left out, an empty search, work not done."""

from typing import Any

import pytest

from conformance.checks.responses.hosted.test_file_search import (
    test_included_results_name_their_files as results_name_their_files,
)
from conformance.checks.responses.hosted.test_included import test_included_outputs_are_logs_or_images as are_outputs
from conformance.checks.responses.more_fields.test_more_fields import (
    test_applied_cache_mode_is_the_requested_one as cache_mode_is_applied,
)
from conformance.checks.responses.more_fields.test_more_fields import (
    test_moderation_judges_input_and_output as moderation_judges,
)
from conformance.checks.vector_stores.files.test_file_batches import (
    test_ended_batch_is_not_begun_again as ended_batch_stays,
)
from conformance.requests import post
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import observed

FILE = observed({"id": "file-1"})


def answered(tool: str, *items: dict[str, Any], status: str = "completed") -> Exchange:
    sent = post("/responses", {"model": "m", "tools": [{"type": tool}]})
    return observed({"status": status, "output": list(items)}, request=sent)


def searched(**found: Any) -> Exchange:
    return answered("file_search", {"type": "file_search_call", "queries": ["q"], **found})


@pytest.mark.parametrize("found", [{}, {"results": None}])
def test_results_that_are_left_out_are_not_included(found: dict[str, Any]) -> None:
    with pytest.raises(Deviation) as raised:
        results_name_their_files(searched(**found), FILE, FILE)
    assert raised.value.findings == ("ignored:include",)


def test_a_search_that_finds_nothing_names_no_files() -> None:
    with pytest.raises(Inconclusive, match="finds nothing"):
        results_name_their_files(searched(results=[]), FILE, FILE)


def test_a_response_that_failed_has_not_dropped_its_tool() -> None:
    with pytest.raises(Inconclusive, match="`failed`"):
        results_name_their_files(answered("file_search", status="failed"), FILE, FILE)


@pytest.mark.parametrize("written", [{}, {"outputs": None}, {"outputs": []}])
def test_code_that_has_written_nothing_shows_no_outputs(written: dict[str, Any]) -> None:
    with pytest.raises(Inconclusive, match="not included"):
        are_outputs(answered("code_interpreter", {"type": "code_interpreter_call", **written}))


@pytest.mark.parametrize("told", [{}, {"moderation": None}])
def test_a_moderation_that_is_left_out_is_ignored(told: dict[str, Any]) -> None:
    with pytest.raises(Deviation) as raised:
        moderation_judges(observed({"status": "completed", **told}))
    assert raised.value.findings == ("ignored:moderation",)


@pytest.mark.parametrize("told", [{}, {"prompt_cache_options": None}])
def test_options_that_are_left_out_are_not_others(told: dict[str, Any]) -> None:
    with pytest.raises(Inconclusive, match="does not say"):
        cache_mode_is_applied(observed(told))


def test_a_batch_that_has_not_ended_may_go_on() -> None:
    slow = observed({"status": "in_progress"})
    with pytest.raises(Inconclusive, match="was still"):
        ended_batch_stays(slow, slow)
    with pytest.raises(AssertionError):
        ended_batch_stays(slow, observed({"status": "completed"}))
