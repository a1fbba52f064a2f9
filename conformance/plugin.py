"""The pytest plugin: hooks only. What a run is stands in `run`, what a verdict is in `judge`."""

from conformance.run import early  # the first: it heeds Ctrl-C while the rest is imported, which takes a second

# isort: split

import gc
import os
from dataclasses import replace
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest

from conformance.call import SUITE, call
from conformance.cli.arguments import OPTIONS
from conformance.cli.junit import tell_causes
from conformance.cli.names import check_capabilities, check_checks, check_known_deviations
from conformance.cli.outcome import PROPERTY, result_of, tell
from conformance.cli.terminal import beginning, say, status, summary
from conformance.cli.watching import Watching
from conformance.definition.check import check_of
from conformance.log.writer import without_secrets
from conformance.plan import loader
from conformance.plan.order import planned, preflight_keys
from conformance.run import workers
from conformance.run.account import budgets
from conformance.run.command_line import CommandLine
from conformance.run.folder import announce, announced, refuse_unwritable
from conformance.run.interrupt import listen
from conformance.run.items import MARK, mark_of, selected_of, set_selected, test_id
from conformance.run.options import RunOptions, is_chosen, resolve
from conformance.run.session import Session
from conformance.run.sharding import part
from conformance.run.sources import LOOK_AHEAD
from conformance.targets.suggestion import near
from conformance.wire.verdict import HarnessError, UsageError

_STATE = pytest.StashKey[Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("conformance", "conformance of OpenAI-compatible endpoints")
    for option in OPTIONS:
        named: dict[str, Any] = dict(option.more)
        if option.metavar:
            named["metavar"] = option.metavar
        group.addoption(option.name, help=option.help, **named)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: list[str]) -> None:
    """Refuse an unknown option with the nearest one, before anything is imported for the run."""
    _, unknown = parser.parse_known_and_unknown_args(args)
    for name in (word.partition("=")[0] for word in unknown if word.startswith("--")):
        nearest = near(name, [option.name for option in OPTIONS])
        raise pytest.UsageError(f"unknown option `{name}`{nearest or ':'} {call(SUITE, '--help')} names them all")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer `--list` without a session."""
    if not config.option.list_suite:
        return None
    from conformance.cli import listing  # noqa: PLC0415  no run needs it

    try:
        options = _resolved(config)
        listed = listing.listing(loader.load(options.packages, judges=False), options)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    shown = listing.as_json if config.option.format == "json" else listing.as_text
    print(shown(listed))  # noqa: T201  this is what the option is for
    return 0


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, so that wrong use ends before anything is collected."""
    config.addinivalue_line("markers", f"{MARK}(selected): one check of the suite for one target and case")
    if config.option.list_suite:
        return
    worker = getattr(config, "workerinput", None)
    early.stop()
    interrupts, restore = listen(once=worker is not None)
    config.add_cleanup(restore)
    interrupts.check()
    try:
        options = _resolved(config)
        own = [package for package in options.packages if package not in loader.BUILT_IN]
        state = Session(options, interrupts=interrupts, tell=lambda line: say(config, [line]))
        if own or (worker is None and (options.capabilities or options.checks)):
            check_capabilities(options.capabilities, state.suite)
            for chosen in options.targets if options.checks else ():
                check_checks(options.checks, state.everything(chosen.target))
        config.args += [str(loader.folder_of(package)) for package in own]
        if worker is None and not config.option.collectonly and _names_suite(config, options):
            refuse_unwritable(options.resume or options.root / options.output)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    config.option.keyword = options.asked.keyword
    config.stash[_STATE] = state
    if config.getoption("allure_report_dir", None):
        from conformance.report.allure.results import register_identity  # noqa: PLC0415  only with --alluredir

        state.identity = register_identity()
    if worker is not None:
        workers.hear_controller(state, worker)
    elif not config.option.collectonly and _names_suite(config, options):
        watching = Watching(lambda line: say(config, [line]))
        config.pluginmanager.register(watching, "conformance-watching")
        if options.shard is not None:
            from conformance.cli.sending import Sending  # noqa: PLC0415  only a shard needs it

            config.pluginmanager.register(Sending(state, watching, config))


def _resolved(config: pytest.Config) -> RunOptions:
    worker = getattr(config, "workerinput", {})
    root = Path(worker.get(workers.ROOT) or config.invocation_params.dir)
    return resolve(CommandLine.read(config.option), os.environ, root)


def _names_suite(config: pytest.Config, options: RunOptions) -> bool:
    place = config.invocation_params.dir
    return workers.names_suite(config.args, place, options.packages, modules=config.option.pyargs)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let servers start while the suite is collected, in the process that keeps them."""
    config = session.config
    state = config.stash.get(_STATE, None)
    if state is None or state.place is not None or hasattr(config, "workerinput") or config.option.collectonly:
        return
    if _names_suite(config, state.options):
        state.start_servers()


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over a file of the suite in which the options choose nothing."""
    state = config.stash.get(_STATE, None)
    if state is None or collection_path.suffix != ".py" or _names_test(config):
        return None
    return True if state.passes_over(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Make nothing of a check that the options do not choose: thousands of items cost seconds."""
    check = check_of(obj) if isfunction(obj) else None
    if check is None or _names_test(collector.config) or collector.config.stash[_STATE].chosen(check):
        return None
    return []


def _names_test(config: pytest.Config) -> bool:
    """Tell whether a test is named by `file::name`: pytest then must find it, chosen or not."""
    return any("::" in argument for argument in config.args)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each check for each target and case. Nothing is sent yet."""
    check = check_of(metafunc.function)
    if check is None:
        return
    state = metafunc.config.stash[_STATE]
    selected = state.each(check) if _names_test(metafunc.config) else state.chosen(check)
    names = list(metafunc.fixturenames)
    rows = [pytest.param(*([item] * len(names)), id=test_id(item), marks=mark_of(item)) for item in selected]
    metafunc.parametrize(names, rows)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the options choose and what fits into the limits."""
    by_item = {item: found for item in items if (found := selected_of(item)) is not None}
    if not by_item:
        return
    state = config.stash[_STATE]
    everything = {choice.target.name: state.everything(choice.target) for choice in state.options.targets}
    try:
        for choice in state.options.targets:
            check_known_deviations(choice.target, everything[choice.target.name], state.families)
    except UsageError as error:
        items.clear()  # pytest goes on to `pytest_collection_finish` even so, and nothing may be sent
        raise pytest.UsageError(str(error)) from None
    _ask_offers(config, state, items)
    for item, selected in by_item.items():
        by_item[item] = state.owed(selected)
        set_selected(item, by_item[item])
    kept = {item: selected for item, selected in by_item.items() if is_chosen(selected, state.options)}
    every = [state.owed(item) for items in everything.values() for item in items]
    chosen = sum(is_chosen(item, state.options) for item in every)
    state.deselected = chosen < len(every)
    # `-k`, a path and the like leave some out before we see them.
    state.partial = len(kept) < chosen
    dear = state.leave_out(list(kept.values()))
    final = [item for item in items if item not in by_item or (item in kept and not dear & set(kept[item].keys))]
    staying = set(final)
    # A check of a kind reads every response of the run, so it waits until all are there.
    final.sort(key=lambda item: item in by_item and by_item[item].check.kind is not None)
    if dropped := [item for item in items if item not in staying]:
        state.deselected = True
        config.hook.pytest_deselected(items=dropped)
    items[:] = final


def _ask_offers(config: pytest.Config, state: Session, items: list[pytest.Item]) -> None:
    """Ask what the targets offer, in the process that keeps the run, if it decides anything of what was collected."""
    if hasattr(config, "workerinput") or config.option.collectonly or not state.decides_offers:
        return
    if not any(selected.check.capability.core for item in items if (selected := selected_of(item)) is not None):
        return
    try:
        if state.place is None:
            _open(config, state, workers=1)
        state.ask_offers()
    except pytest.UsageError:
        items.clear()
        raise


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what it costs, then start sending, before the first test runs."""
    config = session.config
    selected = [found for item in session.items if (found := selected_of(item)) is not None]
    if not selected or config.option.collectonly:
        return
    state = config.stash[_STATE]
    state.interrupts.check()
    live = {chosen.target.name for chosen in state.options.targets if chosen.mode != "replay"}
    first = {chosen.target.name: preflight_keys(chosen.target, state.specs) for chosen in state.options.targets}
    preflight = {name: keys for name, keys in first.items() if name in live}
    keys = planned((key for found in selected for key in found.keys), first, live, state.options.samples)
    try:
        sent = part(state.options, selected, keys, state.specs)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    if state.place is None:
        if live and not state.options.merged:
            import conformance.send.live  # noqa: F401, PLC0415  the official client: while a server starts
        _open(config, state, workers=1)
    lines = list(beginning(state.options, sent, state.offers_said))
    if hasattr(config, "workerinput"):
        announce(state.folder, lines)
    else:
        say(config, [*lines, *budgets(state.options, sent.keys)])
    gc.freeze()  # what is imported stays; pytest collects garbage five times in the end, each over all of it
    state.start(selected, sent, preflight, look_ahead=LOOK_AHEAD if config.option.maxfail else None)


def _open(config: pytest.Config, state: Session, *, workers: int) -> None:
    """Make the folder, the servers and the log of a run, in the process that keeps them."""
    try:
        state.open(config.invocation_params.args, config.option.run_pointer, workers=workers)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give an xdist worker the run's folder, the addresses of the servers and the keys."""
    config: pytest.Config = node.config
    state = config.stash[_STATE]
    if state.place is None and _names_suite(config, state.options):
        _open(config, state, workers=len(config.option.tx) or 1)
        if state.decides_offers:
            state.ask_offers()
    workers.tell_worker(state, node.workerinput)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Print the cost that a worker has counted."""
    state = node.config.stash[_STATE]
    if state.place is not None and not state.cost_said:
        lines = announced(state.folder)
        lines = [*state.offers_said, *lines] if lines else []
        state.cost_said = bool(lines)
        say(node.config, lines)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Wait for the exchanges of a check, judge, and tell pytest the verdict in its own words."""
    selected = selected_of(pyfuncitem)
    if selected is None:
        return None
    state = pyfuncitem.config.stash[_STATE]
    state.interrupts.check()
    assert state.judging is not None
    found = without_secrets(state.judging.result(selected), state.secrets)
    pyfuncitem.user_properties.append((PROPERTY, found.model_dump_json()))
    if state.identity is not None:
        state.identity.judged = found, state.column(found)
    tell(found)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show an error of ours without the traceback of the plugin."""
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(HarnessError) and selected_of(item) is not None:
        report.longrepr = str(call.excinfo.value)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """
    Count a check under its verdict.

    pytest then prints no list of failures for it, which the summary of the run does better; tests of others are shown
    as ever.
    """
    result = result_of(report) if isinstance(report, pytest.TestReport) else None
    return status(result) if result is not None else None


class Booker:
    """Writes results into the log, in the process that keeps it, and ends the workers with it."""

    def __init__(self, state: Session, config: pytest.Config) -> None:
        self._state = state
        self._config = config

    def pytest_keyboard_interrupt(self) -> None:
        """Let workers hear of an interruption at once."""
        workers.interrupt(self._config.pluginmanager.get_plugin("dsession"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result out of a report; it may come from a worker."""
        log = self._state.log
        if log is not None and (result := result_of(report)) is not None:
            log.add(result)
            if log.trouble:
                pytest.exit(log.trouble)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take a worker's exchanges when it ends."""
        workers.hear_worker(self._state, getattr(node, "workeroutput", {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Register the booker."""
    config = session.config
    if _STATE in config.stash and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Booker(config.stash[_STATE], config), "conformance-booker")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop sending, close the log, write the reports, set the exit code."""
    config = session.config
    state = config.stash.get(_STATE, None)
    if state is None:
        return
    if state.place is None:
        state.stop_servers()
        return
    if hasattr(config, "workerinput"):
        # xdist documents the name; pytest's types do not know it.
        workers.tell_controller(state, config.workeroutput)  # type: ignore[attr-defined]
        return
    end = state.finish(int(exitstatus), cut=exitstatus in {2, 3} or bool(session.shouldfail))
    if end is not None:
        if state.recorded:
            from conformance.run.listing import list_verdicts  # noqa: PLC0415  only a recording needs it

            state.end = replace(end, said=(*end.said, *list_verdicts(state.options, state.recorded)))
        session.exitstatus = end.code
        tell_causes(getattr(config.option, "xmlpath", None), state.folder)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was found."""
    state = config.stash.get(_STATE, None)
    if state is not None and state.log is not None and state.end is not None:
        for line in summary(state.log, state.end, state.options.root):
            terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say as the last words of an interrupted run how to go on with it."""
    state = config.stash.get(_STATE, None)
    if state is None or not state.interrupts.came or hasattr(config, "workerinput"):
        return
    if state.place is not None or _names_suite(config, state.options):
        say(config, state.interrupts.says)
