"""What the processes of a run say to each other, and when there is a run at all."""

from pathlib import Path
from typing import Any

import pytest

from conformance import checks
from conformance.log.records import NotRun
from conformance.log.writer import Log
from conformance.plan.loader import BUILT_IN
from conformance.run.place import Place
from conformance.run.session import Session
from conformance.run.workers import hear_controller, hear_worker, names_suite, tell_controller, tell_worker
from tests.fakes import chosen

SUITE = Path(checks.__path__[0])
KEY = "sk-worker-0123456789"


@pytest.mark.parametrize(
    "argument", ["conformance.checks", "conformance.checks.chat", "conformance.checks.chat.test_answer"]
)
def test_a_module_of_the_suite_leads_to_it(tmp_path: Path, argument: str) -> None:
    assert names_suite([argument], tmp_path, BUILT_IN, modules=True)
    assert not names_suite([argument], tmp_path, BUILT_IN, modules=False)


@pytest.mark.parametrize("argument", [str(SUITE), f"{SUITE}/chat/test_answer.py::test_x", str(SUITE.parent)])
def test_a_path_of_the_suite_leads_to_it(tmp_path: Path, argument: str) -> None:
    assert names_suite([argument], tmp_path, BUILT_IN, modules=False)


@pytest.mark.parametrize("argument", ["conformance-x/checks/test_a.py", "tests", "nothing.at.all", "a::b", "-x"])
def test_tests_of_somebody_else_do_not(tmp_path: Path, argument: str) -> None:
    (tmp_path / "conformance-x" / "checks").mkdir(parents=True)
    (tmp_path / "conformance-x" / "checks" / "test_a.py").touch()
    assert not names_suite([argument], tmp_path, BUILT_IN, modules=True)


def test_a_worker_gets_addresses_and_keys_and_its_environment_stays_as_it_is(tmp_path: Path) -> None:
    keeps = Session(chosen(tmp_path))
    keeps.join(Place(str(tmp_path / "run"), {"simulator": "http://127.0.0.1:9/v1"}, 2), {"simulator": KEY})
    told: dict[str, Any] = {}
    tell_worker(keeps, told)
    worker = Session(chosen(tmp_path))
    hear_controller(worker, told)
    assert worker.place == keeps.place
    assert worker.options.keys.of("simulator") == KEY
    assert worker.options.targets[0].target.base_url == "http://127.0.0.1:9/v1"
    assert KEY not in repr(worker)


def test_a_worker_without_a_run_joins_none(tmp_path: Path) -> None:
    told: dict[str, Any] = {}
    tell_worker(Session(chosen(tmp_path)), told)
    worker = Session(chosen(tmp_path))
    hear_controller(worker, told)
    assert worker.place is None


def test_what_a_worker_left_out_reaches_the_process_that_keeps_the_log(tmp_path: Path) -> None:
    left = NotRun(target="simulator", id="x", why="dear", tokens=1, checks=1)
    worker = Session(chosen(tmp_path), not_run=[left], partial=True)
    told: dict[str, Any] = {}
    tell_controller(worker, told)
    keeps = Session(chosen(tmp_path), log=Log(tmp_path, [], []))
    hear_worker(keeps, told)
    assert keeps.log is not None
    keeps.log.close(status=0, targets=[], whole=True)
    assert (keeps.not_run, keeps.partial, keeps.deselected) == ([left], True, False)
