"""The engine of one process with the sources of one run: where the answers of each target come from."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.definition.exchange_spec import ExchangeKey
from conformance.log.lines import exchange_line
from conformance.log.outline import Outline
from conformance.log.records import ExchangeLine
from conformance.plan.order import ordered
from conformance.record.ledger import Ledger
from conformance.record.replay import Replay
from conformance.record.spool import EXCHANGES, LOCKS, Spool, recalled
from conformance.run.options import ChosenTarget, RunOptions
from conformance.send.budget import Budget, written_in
from conformance.send.cache import ExchangeCache
from conformance.send.count import Count, RequestCount
from conformance.send.engine import Engine, Source
from conformance.send.gate import Gate, Passing
from conformance.send.shared import SharedCount, SharedGate
from conformance.send.spending import Spending
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from conformance.send.live import Live

LOOK_AHEAD = 4


class RunEngine:
    """
    Obtains the exchanges of one run, in one of its processes.

    `folder` is the run's, `workers` the number of processes that share it. `preflight` are the keys that are asked
    first, by target. `before` is how many requests the run has sent already. `tell` says something to whoever watches
    the run; it is called from another thread.
    """

    def __init__(  # noqa: PLR0913  what one process must know of a run
        self,
        options: RunOptions,
        folder: Path,
        keys: Sequence[ExchangeKey],
        preflight: Mapping[str, list[ExchangeKey]],
        *,
        workers: int = 1,
        before: int = 0,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._options = options
        self._folder = folder
        self._workers = workers
        self._before = before
        self._tell = tell
        self._targets = {chosen.target.name: chosen.target for chosen in options.targets}
        self._keys = ordered(keys)
        self._preflight = {
            chosen.target.name: preflight.get(chosen.target.name, [])
            for chosen in options.targets
            if chosen.mode != "replay"
        }
        self._engine: Engine | None = None
        self._live: list[Live] = []
        left = max(0, options.bounds.disk - written_in(folder / EXCHANGES)) // workers
        self._budget = Budget(options.bounds.disk, options.bounds.minutes, folder.name, options.bounds.disk - left)

        limit = options.bounds.dollars
        self.spending = Spending(None if limit is None else limit / workers, options.bounds.spent / workers)

    def start(self, *, look_ahead: int | None) -> None:
        """Start sending."""
        self._engine = Engine(
            self._targets,
            self._keys,
            preflight=self._preflight,
            look_ahead=look_ahead,
            cache=ExchangeCache(self._recall),
        )
        self._engine.start(self._open)

    async def _open(self) -> Mapping[str, Source]:
        return {chosen.target.name: self._source(chosen) for chosen in self._options.targets}

    def _source(self, chosen: ChosenTarget) -> Source:
        target = chosen.target
        if self._options.merged:
            from conformance.merge.source import Merged  # noqa: PLC0415  only a merge needs it

            return Merged(self._options.merged, self._folder)
        if chosen.mode == "replay":
            assert chosen.cassettes is not None
            return Replay(chosen.cassettes, chosen.record_command, self._folder)
        from conformance.send.live import Live  # noqa: PLC0415  a replay does not import the official client
        from conformance.send.transport import Transport  # noqa: PLC0415
        from conformance.send.tries import ALONE_A_RUN, Sender  # noqa: PLC0415
        from conformance.send.upstream import tail_of  # noqa: PLC0415

        key, other = self._options.keys.of(target.name), self._options.others.of(target.name)
        transport = Transport(target, key, self._options.secret_headers, other=other)
        most = self._options.max_requests
        gate: Passing = Gate(target.limits)
        requests: Count = RequestCount(None if most is None else max(0, most - self._before))
        alone: Count = RequestCount(ALONE_A_RUN)
        if self._workers > 1:
            shared = self._folder / LOCKS / target.name
            gate = SharedGate(target.limits, shared / "gate")
            requests = SharedCount(shared / "requests", most) if most is not None else requests
            alone = SharedCount(shared / "alone", ALONE_A_RUN)
        tail = tail_of(target)
        sender = Sender(transport, gate, requests, alone, budget=self._budget, tail=tail, tell=self._tell)
        if target.server is None or target.rehearsed:
            sender.spending = self.spending
        ledger = Ledger(self._folder) if target.server is None else None  # a server of ours takes it along
        versions = version("conformance"), version("openai")
        live = Live(sender, Spool(self._folder), *versions, ledger=ledger, server=chosen.server)
        self._live.append(live)
        return live

    def _recall(self, key: ExchangeKey, outline: Outline) -> Exchange:
        """Read an exchange again from this run's folder, where a replay keeps its own too."""
        return recalled(key, outline.request, self._folder / outline.evidence, outline.evidence)

    def wait(self, key: ExchangeKey) -> Exchange:
        """Return an exchange; blocks until it is there."""
        assert self._engine is not None
        return self._engine.wait(key)

    def keys_of(self, target: str, sample: int) -> list[ExchangeKey]:
        """Return the keys of all exchanges of a target in one sample of this run, in order."""
        return [key for key in self._keys if key.target == target and key.sample == sample]

    def outlined(self, key: ExchangeKey) -> Outline:
        """Return the outline of an exchange; blocks until it is there."""
        assert self._engine is not None
        return self._engine.outlined(key)

    def wait_for_all(self, tell: Callable[[int, int], None]) -> list[ExchangeKey]:
        """Block until all exchanges are there, and return their keys; `tell` hears how many are, and of how many."""
        for number, key in enumerate(self._keys, start=1):
            self.outlined(key)
            tell(number, len(self._keys))
        return self._keys

    @property
    def requests(self) -> int:
        """Return how many requests this process has sent."""
        return sum(live.sender.requests.taken for live in self._live)

    @property
    def trouble(self) -> str:
        """Return why nothing more could be recorded, or an empty text."""
        return next((live.trouble for live in self._live if live.trouble), "")

    def stop(self) -> tuple[list[ExchangeLine], int]:
        """End everything, and return the log's lines for the exchanges and how many requests this process sent."""
        if self._engine is None:
            return [], 0
        resumed = self._options.resume is not None
        lines = [
            exchange_line(key, outline, resumed=resumed, target=self._targets[key.target])
            for key, outline in self._engine.finished()
        ]
        self._engine.stop()
        return lines, self.requests
