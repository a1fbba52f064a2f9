"""The pytest plugin: hooks only. What a run is stands in `conduct`, what a verdict is in `judge`."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import listing
from conformance.cli.arguments import OPTIONS
from conformance.cli.terminal import bill_line, failure_text, summary
from conformance.definition.check import check_of
from conformance.judge.judge import judge
from conformance.log.book import result as book_result
from conformance.log.records import ExchangeLine, NotRun, Result
from conformance.plan import loader
from conformance.plan.plan import Selected, affordable, bill, closure, expand, preflight_keys
from conformance.run import conduct
from conformance.run.choices import Choices, choose
from conformance.run.conduct import LOOK_AHEAD, Log, Performance, Place
from conformance.send.local_server import Running
from conformance.wire.verdict import HarnessError, UsageError, Verdict

PROPERTY = "conformance"
_SELECTED = pytest.StashKey[Selected]()
_STATE = pytest.StashKey["State"]()


@dataclass
class State:
    """What the plugin keeps during one session of pytest."""

    choices: Choices
    place: Place | None = None
    servers: list[Running] = field(default_factory=list)
    performance: Performance | None = None
    log: Log | None = None
    not_run: list[NotRun] = field(default_factory=list)
    must_left_out: bool = False
    deselected: bool = False
    partial: bool = False
    said: list[str] = field(default_factory=list)
    matrix: str = ""
    code: int | None = None
    billed: bool = False
    identity: Any = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("conformance", "conformance of OpenAI-compatible endpoints")
    for option in OPTIONS:
        named: dict[str, Any] = dict(option.more)
        if option.metavar and "choices" not in named:
            named["metavar"] = option.metavar
        group.addoption(option.name, help=option.help, **named)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer `--list` without a session."""
    if not config.option.list_suite:
        return None
    try:
        listed = listing.listing(loader.load(), _choose(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    shown = listing.as_json if config.option.format == "json" else listing.as_text
    print(shown(listed))  # noqa: T201  this is what the option is for
    return 0


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, so that wrong use ends before anything is collected."""
    if _runs_suite(config):
        config.option.tbstyle = "no" if config.option.tbstyle == "auto" else config.option.tbstyle
        config.option.reportchars = ""
    if config.option.list_suite:
        return
    try:
        config.stash[_STATE] = State(_choose(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    if config.getoption("allure_report_dir", None):
        from conformance.report.allure.results import register_identity  # noqa: PLC0415  only with --alluredir

        config.stash[_STATE].identity = register_identity()
    if worker := getattr(config, "workerinput", None):
        state = config.stash[_STATE]
        state.place = Place(**json.loads(worker[PROPERTY])) if worker.get(PROPERTY) else None
        os.environ.update(worker.get("conformance_keys", {}))


def _choose(config: pytest.Config) -> Choices:
    worker = getattr(config, "workerinput", {})
    root = Path(worker.get("conformance_root") or config.invocation_params.dir)
    return choose(config.option, os.environ, root)


def _runs_suite(config: pytest.Config) -> bool:
    return any("conformance" in str(arg) and "checks" in str(arg) for arg in config.args)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each check for each target and case. Nothing is sent yet."""
    check = check_of(metafunc.function)
    if check is None:
        return
    state = metafunc.config.stash[_STATE]
    specs = loader.load_specs() if check.builtin else ()
    selected = [item for choice in state.choices.targets for item in expand(check, choice.target, specs)]
    names = list(metafunc.fixturenames)
    rows = [pytest.param(*([item] * len(names)), id=_test_id(item)) for item in selected]
    metafunc.parametrize(names, rows)


def _test_id(item: Selected) -> str:
    about = [item.target.name]
    if item.check.bound is not None:
        about.append(item.check.bound.id.replace("/", "-"))
    return "-".join([*about, item.shown] if item.shown else about)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the options choose and what fits into the limits."""
    by_item = {item: found for item in items if (found := _selected(item)) is not None}
    if not by_item:
        return
    state = config.stash[_STATE]
    try:
        listing.check_capabilities(state.choices.capabilities, loader.load())
        for choice in state.choices.targets:
            listing.check_checks(state.choices.checks, choice.target, loader.load())
            listing.check_known_deviations(choice.target, loader.load())
    except UsageError as error:
        items.clear()  # pytest goes on to `pytest_collection_finish` even so, and nothing may be sent
        raise pytest.UsageError(str(error)) from None
    kept = {item: selected for item, selected in by_item.items() if listing.is_chosen(selected, state.choices)}
    state.partial = len(by_item) < _size(state.choices)
    dear = set()
    for choice in state.choices.targets:
        own = [selected for selected in kept.values() if selected.target.name == choice.target.name]
        first = preflight_keys(choice.target, loader.load_specs())
        _, left_out = affordable(own, first, state.choices.limit_of(choice.target))
        lines, must = conduct.left_out(own, left_out)
        state.not_run += lines
        state.must_left_out |= must
        dear |= left_out
    final = [item for item in items if item not in by_item or (item in kept and not dear & set(kept[item].keys))]
    staying = set(final)
    # A check of a kind reads every response of the run, so it waits until all are there.
    final.sort(key=lambda item: item in by_item and by_item[item].check.kind is not None)
    if dropped := [item for item in items if item not in staying]:
        state.deselected = True
        config.hook.pytest_deselected(items=dropped)
    items[:] = final


def _size(choices: Choices) -> int:
    """Return how many tests the whole suite has; `-k`, a path and the like leave some out before we see them."""
    loaded = loader.load()
    return sum(len(expand(check, choice.target, loaded.specs)) for check in loaded.checks for choice in choices.targets)


def _selected(item: pytest.Item) -> Selected | None:
    """Return what a test of the suite is about, from the parameters that `pytest_generate_tests` gave it."""
    if _SELECTED not in item.stash:
        callspec = getattr(item, "callspec", None)
        values = list(callspec.params.values()) if callspec is not None else []
        if not values or not isinstance(values[0], Selected):
            return None
        item.stash[_SELECTED] = values[0]
    return item.stash[_SELECTED]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what it costs, then start sending, before the first test runs."""
    config = session.config
    selected = [found for item in session.items if (found := _selected(item)) is not None]
    if not selected or config.option.collectonly:
        return
    state = config.stash[_STATE]
    if state.place is None:
        _open(config, state, workers=1)
    assert state.place is not None
    state.choices = conduct.as_started(state.choices, state.place)
    specs = loader.load_specs()
    live = [choice for choice in state.choices.targets if choice.mode != "replay"]
    preflight = {choice.target.name: preflight_keys(choice.target, specs) for choice in live}
    keys = closure([key for keys in preflight.values() for key in keys] + [k for s in selected for k in s.keys])
    lines = [bill_line(bill(choice.target, keys), choice) for choice in state.choices.targets]
    if hasattr(config, "workerinput"):
        conduct.announce(Path(state.place.folder), lines)
    else:
        _say(config, lines)
    state.performance = Performance(state.choices, state.place, keys, preflight)
    state.performance.start(look_ahead=LOOK_AHEAD if config.option.maxfail else None)


def _open(config: pytest.Config, state: State, *, workers: int) -> None:
    """Make the folder, the servers and the log of a run, in the process that keeps them."""
    try:
        state.place, state.servers = conduct.open_place(state.choices, workers=workers)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    folder = Path(state.place.folder)
    conduct.write_pointer(config.option.run_pointer, state.place.folder)
    facts = [choice.facts for choice in conduct.as_started(state.choices, state.place).targets]
    state.log = Log(folder, facts, config.invocation_params.args)


def _say(config: pytest.Config, lines: Sequence[str]) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for line in lines:
            reporter.write_line(line)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give an xdist worker the run's folder and the addresses of the servers."""
    config: pytest.Config = node.config
    state = config.stash[_STATE]
    if state.place is None and _runs_suite(config):
        _open(config, state, workers=len(config.option.tx) or 1)
    node.workerinput[PROPERTY] = json.dumps(asdict(state.place)) if state.place else ""
    node.workerinput["conformance_root"] = str(config.invocation_params.dir)
    node.workerinput["conformance_keys"] = conduct.server_keys(state.place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Print the bill that a worker has made."""
    state = node.config.stash[_STATE]
    if state.place is not None and not state.billed:
        lines = conduct.announced(Path(state.place.folder))
        state.billed = bool(lines)
        _say(node.config, lines)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Wait for the exchanges of a check, judge, and tell pytest the verdict in its own words."""
    selected = _selected(pyfuncitem)
    if selected is None:
        return None
    state = pyfuncitem.config.stash[_STATE]
    performance = state.performance
    assert performance is not None
    arguments = performance.arguments(selected)
    started = time.perf_counter()
    judgement = judge(selected.check, arguments, claimed=selected.target.claimed(selected.check.capability))
    booked = book_result(selected, judgement, arguments, (time.perf_counter() - started) * 1000)
    pyfuncitem.user_properties.append((PROPERTY, booked.model_dump_json()))
    if state.identity is not None:
        facts = next(choice.facts for choice in state.choices.targets if choice.target.name == booked.target)
        state.identity.judged = booked, facts.column
    _tell(booked)
    return True


def _tell(result: Result) -> None:
    """Turn a result into pytest's outcome: passed, skipped, xfailed or failed."""
    __tracebackhide__ = True
    if result.known is not None and not result.known.stale:
        pytest.xfail(f"known since {result.known.since}: {result.known.reason}")
    if result.known is not None or result.verdict is Verdict.DEVIATES:
        pytest.fail(failure_text(result), pytrace=False)
    if result.verdict is Verdict.ERROR:
        raise HarnessError(failure_text(result))
    if result.verdict is not Verdict.CONFORMS:
        pytest.skip(f"{result.verdict}: {result.reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show an error of ours without the traceback of the plugin."""
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(HarnessError) and _selected(item) is not None:
        report.longrepr = str(call.excinfo.value)
    return report


class Booker:
    """Writes results into the log, in the process that keeps it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result out of a report; it may come from a worker."""
        if report.when != "call" or self._state.log is None:
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                self._state.log.add(Result.model_validate_json(str(value)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take a worker's exchanges when it ends."""
        output = getattr(node, "workeroutput", {}).get(PROPERTY)
        if output and self._state.log is not None:
            told = json.loads(output)
            self._state.log.add_exchanges([ExchangeLine.model_validate(e) for e in told["exchanges"]], told["requests"])
            self._state.not_run = [NotRun.model_validate(line) for line in told["not_run"]]
            self._state.must_left_out |= told["must_left_out"]
            self._state.deselected |= told["deselected"]
            self._state.partial |= told["partial"]


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Register the booker."""
    config = session.config
    if _STATE in config.stash and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Booker(config.stash[_STATE]), "conformance-booker")


def _worker_report(state: State, lines: Sequence[ExchangeLine], requests: int) -> str:
    told = {
        "exchanges": [line.model_dump(mode="json") for line in lines],
        "requests": requests,
        "not_run": [line.model_dump(mode="json") for line in state.not_run],
        "must_left_out": state.must_left_out,
        "deselected": state.deselected,
        "partial": state.partial,
    }
    return json.dumps(told)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop sending, close the log, write the reports, set the exit code."""
    config = session.config
    state = config.stash.get(_STATE, None)
    if state is None or state.place is None:
        return
    lines, requests = state.performance.stop() if state.performance is not None else ([], 0)
    if hasattr(config, "workerinput"):
        vars(config)["workeroutput"][PROPERTY] = _worker_report(state, lines, requests)
        return
    for running in state.servers:
        running.stop()
    if state.log is None:
        return
    state.log.add_exchanges(lines, requests)
    state.log.not_run = state.not_run
    cut = exitstatus in {2, 3} or bool(session.shouldfail)
    whole = not cut and not state.choices.filtered and not state.deselected and not state.partial
    state.code = state.log.close(
        status=int(exitstatus), choices=state.choices, must_left_out=state.must_left_out, whole=whole
    )
    state.said = conduct.promote(state.choices, state.log, whole=not cut, partial=state.partial)
    try:
        state.matrix = conduct.write_reports(state.log.folder)
    except Exception as error:  # noqa: BLE001  the log is written: a broken report must not take the verdicts along
        again = f"python -m conformance.report {state.log.folder}"
        state.said.append(f"reports not written: {type(error).__name__}: {error}; try again with: {again}")
    session.exitstatus = state.code


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was found."""
    state = config.stash.get(_STATE, None)
    if state is not None and state.log is not None and state.code is not None:
        for line in summary(state.log, state.said, state.code, state.matrix, state.choices.root):
            terminalreporter.write_line(line)
