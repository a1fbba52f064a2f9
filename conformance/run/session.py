"""
One run in one process, from its options to its exit code.

Under xdist the controller keeps the folder, the servers and the log; each worker has an engine of its own.
"""

import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import Any, cast

from conformance.call import call
from conformance.causes.gather import new_causes
from conformance.claims.stated import stated
from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.log.exit_code import MEANINGS, Outcome
from conformance.log.lines import not_run_lines
from conformance.log.records import ExchangeLine, NotRun, Offered, Result, told
from conformance.log.writer import Log
from conformance.plan import loader
from conformance.plan.afford import affordable
from conformance.plan.expand import Selected, expand
from conformance.plan.narrow import patterns_of
from conformance.plan.offered import APIS, lifted
from conformance.plan.order import preflight_keys
from conformance.plan.select import Families, families_of
from conformance.record import shapes
from conformance.record.spool import LOCKS
from conformance.run import folder as runs
from conformance.run import offering, started
from conformance.run.account import accounts
from conformance.run.again import confirm
from conformance.run.cleanup import IN_THE_END_S, INTERRUPTED_S, clean
from conformance.run.damage import damage
from conformance.run.interrupt import Interrupts, going_on, resume_command, run_name
from conformance.run.judging import SampledJudging
from conformance.run.options import ChosenTarget, RunOptions, is_chosen
from conformance.run.place import Place
from conformance.run.promote import promote
from conformance.run.reopen import forget_gone, reopen
from conformance.run.sharding import Part, ended
from conformance.run.sources import RunEngine
from conformance.run.started import Servers
from conformance.run.write_reports import matrix_of
from conformance.targets.secrets import Secrets
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError, UsageError

INTERRUPTED = 2
INTERNAL = 3

HANGING_S = 5.0
"""How long the end of a run waits for a server that is still being started."""


@dataclass(frozen=True, slots=True)
class End:
    """What came of a run: its exit code and why, what else is to be said, and the path of its matrix, if any."""

    outcome: Outcome
    said: tuple[str, ...]
    matrix: str

    @property
    def code(self) -> int:
        """Return the exit code."""
        return self.outcome.code


@dataclass
class Session:
    """
    What one process keeps during a run.

    `place` is None until something of the suite is to be run. `not_run`, `deselected` and `partial` say
    what of the suite was left out: for its cost, by the options, and by pytest's own selection. `tell` says
    something to whoever watches the run. `interrupts` knows of Ctrl-C. `plan` is the digest of the plan of which a
    shard sends a part. `trouble` says why nothing more could be recorded, `recorded` of whom the whole suite was.
    """

    options: RunOptions
    place: Place | None = None
    starting: Callable[[float | None], Servers] | None = None
    servers: Servers = field(default_factory=Servers)
    engine: RunEngine | None = None
    judging: SampledJudging | None = None
    log: Log | None = None
    not_run: list[NotRun] = field(default_factory=list)
    deselected: bool = False
    partial: bool = False
    cost_said: bool = False
    offers_said: list[str] = field(default_factory=list)
    asked_before: int = 0
    tell: Callable[[str], None] = lambda _: None
    identity: Any = None
    interrupts: Interrupts = field(default_factory=Interrupts)
    plan: str = ""
    trouble: str = ""
    recorded: tuple[str, ...] = ()
    end: End | None = None
    _expanded: dict[tuple[FunctionType, str], Sequence[Selected]] = field(default_factory=dict, repr=False)
    _chosen: dict[tuple[FunctionType, bool], list[Selected]] = field(default_factory=dict, repr=False)

    @property
    def suite(self) -> loader.Suite:
        """Return the exchanges of the run's packages, and the checks that the options may choose; imports them."""
        targets = [one.target for one in self.options.targets]
        named = patterns_of(self.options.capabilities, self.options.checks, targets)
        return loader.load(self.options.packages, named)

    @cached_property
    def families(self) -> Families:
        """Return the families that the options can name."""
        return families_of([*self.options.capabilities, *self.options.checks])

    @cached_property
    def specs(self) -> tuple[ExchangeSpec, ...]:
        """Return the exchanges of the run's packages, without importing the checks."""
        return loader.load_specs(self.options.packages)

    def expanded(self, check: Check, target: Target) -> Sequence[Selected]:
        """Return a check of one target for each of its cases; it is expanded once in a run."""
        key = (cast("FunctionType", check.function), target.name)
        if key not in self._expanded:
            self._expanded[key] = expand(check, target, self.specs)
        return self._expanded[key]

    def each(self, check: Check) -> list[Selected]:
        """Return a check for all targets and cases."""
        return [item for one in self.options.targets for item in self.expanded(check, one.target)]

    def chosen(self, check: Check) -> list[Selected]:
        """Return what the options choose of a check, for all targets and cases; anew once the offers are known."""
        key = (cast("FunctionType", check.function), self.place is not None and self.place.offered is not None)
        if key not in self._chosen:
            self._chosen[key] = [item for item in self.each(check) if is_chosen(self.possible(item), self.options)]
        return self._chosen[key]

    def possible(self, item: Selected) -> Selected:
        """Return a check as it is owed by who offers everything that is not known not to be offered."""
        if self.place is not None and self.place.offered is not None:
            return self.owed(item)
        return lifted(item, [api.name for api in APIS]) if self.decides_offers else item

    def owed(self, item: Selected) -> Selected:
        """Return a check as its target owes it: what is core to an API that it offers is a SHOULD."""
        known = (self.place.offered if self.place else None) or {}
        return lifted(item, known.get(item.target.name, ()))

    @cached_property
    def decides_offers(self) -> bool:
        """Tell whether anything of the run depends on what the targets offer."""
        return offering.decides(self.options)

    def ask_offers(self) -> None:
        """Ask the targets what they offer, once in a run, in the process that keeps it; keep it in `place` and log."""
        assert self.place is not None
        assert self.log is not None
        if self.place.offered is not None:
            return
        targets = [chosen.target for chosen in self.options.targets]
        first = {target.name: preflight_keys(target, self.specs) for target in targets}
        keys = [key for target in targets for key in offering.first_keys(target, self.specs)]
        engine = RunEngine(self.options, self.folder, keys, first, workers=self.place.workers, tell=self.tell)
        found = offering.ask(self.options, engine, self.specs, probes=not self.options.filtered)
        self.log.add_offers(found.offered)
        self.log.add_exchanges(found.exchanges, found.requests)
        self.asked_before = found.requests
        bounds = replace(self.options.bounds, spent=engine.spending.spent)
        self.options = replace(self.options, bounds=bounds)
        self.offers_said = list(found.said)
        offered = {target.name: _offered(found.offered, target.name) for target in targets}
        self.place = replace(self.place, offered=offered)

    def passes_over(self, path: Path) -> bool:
        """Tell whether a file is one of the suite's own of which the options choose no check."""
        return str(path).startswith(self._own_folder) and str(path) not in self._chosen_files

    @cached_property
    def _own_folder(self) -> str:
        return f"{loader.folder_of(*loader.BUILT_IN)}{os.sep}"

    @cached_property
    def _chosen_files(self) -> set[str]:
        return {check.function.__code__.co_filename for check in self.suite.checks if self.chosen(check)}

    def everything(self, target: Target) -> list[Selected]:
        """Return the loaded suite for one target."""
        return [item for check in self.suite.checks for item in self.expanded(check, target)]

    def leave_out(self, selected: Sequence[Selected]) -> set[ExchangeKey]:
        """Return the keys that do not fit into the limits of their targets, and keep in mind what is not run."""
        dear: set[ExchangeKey] = set()
        for chosen in self.options.targets:
            own = [item for item in selected if item.target.name == chosen.target.name]
            first = preflight_keys(chosen.target, self.specs)
            _, left_out = affordable(own, first, self.options.limit_of(chosen.target))
            self.not_run += not_run_lines(own, left_out)
            dear |= left_out
        return dear

    @cached_property
    def secrets(self) -> Secrets:
        """Return the secrets of the run. Those of started servers are known once the run is open."""
        return self.options.secrets

    @property
    def folder(self) -> Path:
        """Return the run's folder."""
        assert self.place is not None
        return Path(self.place.folder)

    def start_servers(self) -> None:
        """Start the servers of the targets while the suite is collected: `open` waits for them."""
        self.starting = started.begin(self._asked)

    @property
    def _asked(self) -> Sequence[ChosenTarget]:
        """Return the targets to which something may be sent."""
        return () if self.options.merged else self.options.targets

    def stop_servers(self) -> None:
        """End the servers, also those that nobody has waited for. One that hangs ends with this process."""
        if self.starting is not None and not self.servers.running:
            with suppress(HarnessError, TimeoutError):
                self.servers = self.starting(HANGING_S)
        self.servers.stop()

    def open(self, command: Sequence[str], pointer: str | None, *, workers: int) -> None:
        """
        Make the folder, the servers and the log, in the process that keeps them.

        Raises `HarnessError` when a server does not start, and then there is no folder either, or when nothing can be
        written into the folder.
        """
        options = self.options
        self.servers = self.starting(None) if self.starting else started.start(self._asked)
        try:
            self._open_folder(command, pointer, workers)
        except OSError as error:
            raise UsageError(runs.unwritable(options.root / options.output, error)) from None

    def _open_folder(self, command: Sequence[str], pointer: str | None, workers: int) -> None:
        options = self.options
        folder = reopen(options.resume) if options.resume else runs.make(options.root / options.output, options.name)
        self.place = self.servers.place(folder, workers)
        self.options = options.with_servers(self.place, self.servers.keys)
        asks = any(chosen.mode in {"live", "record"} for chosen in options.targets)
        runs.point(folder, pointer, latest=asks)
        facts = [chosen.facts for chosen in self.options.targets]
        self.log = Log(folder, facts, command, options.asked, secrets=self.secrets, shards=options.merged)
        self.log.add_claims([line for chosen in options.targets for line in stated(chosen.target)])
        self.interrupts.says = going_on(folder, options.root)

    def join(self, place: Place, keys: Mapping[str, str]) -> None:
        """Take part in a run that another process has opened; `keys` are those of its targets."""
        self.place = place
        self.options = self.options.with_servers(place, keys)

    def start(
        self,
        selected: Sequence[Selected],
        part: Part,
        preflight: Mapping[str, list[ExchangeKey]],
        *,
        look_ahead: int | None,
    ) -> None:
        """Start sending what the selected checks need, or the part of it that this run sends."""
        assert self.place is not None
        self.plan = part.plan
        if self.options.resume:
            forget_gone(self.folder, part.keys)
        self.engine = RunEngine(
            self.options,
            self.folder,
            part.keys,
            preflight,
            workers=self.place.workers,
            before=self.asked_before,
            tell=self.tell,
        )
        self.judging = SampledJudging(self.engine, selected, self.options.samples)
        self.engine.start(look_ahead=look_ahead)

    def finish(self, status: int, *, cut: bool) -> End | None:
        """
        Stop sending, close the log and write the reports. `status` is pytest's own exit code.

        A signal that comes meanwhile never leaves anything half done: what takes long is given up, the rest is done.
        """
        before = self.interrupts.came
        if not cut:
            self._confirm()
        lines, requests = self._stop()
        if self.log is None:
            return None
        cleaned = self._clean(INTERRUPTED_S if cut else IN_THE_END_S)
        with suppress(KeyboardInterrupt):
            seen = [*self.log.exchanges.values(), *lines]
            self.log.accounts = [] if cut else accounts(self.options, self.folder, seen)
        with self.interrupts.hold():
            outcome, said = self._close(lines, requests, status, cut=cut)
        said += cleaned
        shutil.rmtree(self.folder / LOCKS, ignore_errors=True)  # hundreds of files, of processes that have ended
        if self.trouble:
            outcome, said = _as(INTERNAL), [*said, f"internal: {self.trouble}. Make room, then: {self._again}"]
        matrix = ""
        if self.log.trouble:
            said.append(f"internal: {self.log.trouble}. Make room, then: {self._again}")
        elif self.options.shard is None:
            matrix, trouble = matrix_of(self.folder, allure=self.options.allure)
            outcome, said = (outcome, said) if matrix else (_as(INTERNAL), [*said, trouble])
        interrupted = status == INTERRUPTED or self.interrupts.came > before
        outcome = _as(INTERRUPTED) if interrupted and not self.log.trouble else outcome
        self.end = End(outcome, tuple(said), matrix)
        return self.end

    def _confirm(self) -> None:
        """Ask again what deviates, if that is asked for."""
        if self.log is not None and self.options.confirm:
            items = [one for chosen in self.options.targets for one in self.everything(chosen.target)]
            with suppress(KeyboardInterrupt):
                confirm(self.options, self.log, items, self.engine, self.tell)

    def _stop(self) -> tuple[list[ExchangeLine], int]:
        """Stop sending and end the servers; return the log's lines for the exchanges and the number of requests."""
        seen: tuple[list[ExchangeLine], int] = ([], 0)
        if self.engine is not None:
            # A second signal: the recordings are there, and a run that is gone on with finds them.
            with suppress(KeyboardInterrupt):
                seen = self.engine.stop()
            self.trouble = self.trouble or self.engine.trouble
        with self.interrupts.hold():
            self.stop_servers()
        return seen

    def _clean(self, seconds: float) -> list[str]:
        """Take away what the run has created at its targets; return what was done, in words."""
        try:
            return clean(self.options, self.folder, seconds)
        except (KeyboardInterrupt, OSError) as error:
            why = runs.words(error) if isinstance(error, OSError) else "interrupted"
            name = run_name(self.folder, self.options.root)
            return [f"what the run has created is not all deleted ({why}): {call('cleanup', name)}"]

    def _close(
        self, lines: Sequence[ExchangeLine], requests: int, status: int, *, cut: bool
    ) -> tuple[Outcome, list[str]]:
        """Close the log and keep cassettes; return what the run comes to and what was done, in words."""
        assert self.log is not None
        options = self.options
        self.log.add_exchanges(lines, requests)
        self.log.not_run = self.not_run
        whole = not cut and not options.filtered and not self.deselected and not self.partial
        targets = [chosen.target for chosen in options.targets]
        lines = list(self.log.exchanges.values())
        shown = told(lines, self.log.results)
        kept = not cut and not self.log.trouble and not self.trouble
        promoted = promote(options, self.log.folder, self.log.results, lines, whole=kept, partial=self.partial)
        self.recorded = promoted.whole
        if not cut:
            self.log.damage = damage(self.folder, self.log.results, shown, self.specs)
            self.log.causes = new_causes(self.log.results, shown, self.log.damage)
        unshaped = shapes.rewrite(self.log.folder) if options.keep_shapes else []
        status, said = (INTERNAL if promoted.failed or unshaped else status), [*promoted.said, *unshaped]
        said += [spent] if self.engine and (spent := self.engine.spending.words) else []
        said += [ended(options, run_name(self.folder, options.root))] if self.plan and status not in {2, 3, 4} else []
        named, absent = options.asked.capability, (*options.keyless, *options.outdated)
        closed = self.log.close(
            status=status,
            targets=targets,
            whole=whole,
            named=named,
            absent=absent,
            asked_to_rehearse=options.rehearses,
            plan=self.plan,
        )
        return closed, said

    @property
    def _again(self) -> str:
        return resume_command(self.folder, self.options.root)

    def column(self, result: Result) -> str:
        """Return the name of the column that a result belongs to."""
        return next(chosen.facts.column for chosen in self.options.targets if chosen.target.name == result.target)


def _offered(lines: Collection[Offered], target: str) -> list[str]:
    return [line.api for line in lines if line.target == target and line.offered]


def _as(code: int) -> Outcome:
    return Outcome(code, MEANINGS[code])
