"""Contract and run side by side: for each exchange that both have, what its response looked like then and now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.compare.shapes import Seen
from conformance.compare.side import Side
from conformance.contract.document import Contract
from conformance.contract.observe import Sample, samples, together
from conformance.log.records import Result
from conformance.shapes.answer import title_of
from conformance.shapes.change import Changed, Impact, changes, stream_changes
from conformance.shapes.shape import from_lines, seen_once
from conformance.targets.model import shown
from conformance.wire.exchange import without_sample
from conformance.wire.verdict import Verdict

_REFUSED = frozenset({Verdict.DEVIATES, Verdict.UNSUPPORTED})


@dataclass(frozen=True)
class Pair:
    """A contract and a run of its target; `now` is what the run observed, by the label of the exchange."""

    contract: Contract
    side: Side
    now: Mapping[str, Sample]

    @cached_property
    def common(self) -> tuple[str, ...]:
        """Return the labels of the exchanges that both have observed."""
        return tuple(sorted(self.contract.exchanges.keys() & self.now.keys()))

    @cached_property
    def unmeasured(self) -> tuple[str, ...]:
        """Return the exchanges of the contract that were chosen and not measured: unsent, no response, an outage."""
        sent = self.side.exchanges.keys() & self.contract.exchanges.keys()
        return tuple(sorted(sent - self.now.keys() - self._judged))

    @cached_property
    def _judged(self) -> set[str]:
        """Return the exchanges that a check has told something by: a request that is refused with 501, for example."""
        told = [result for result in self.side.results.values() if result.verdict in _REFUSED]
        return {place for result in told for place in places_of(result)}

    @cached_property
    def before(self) -> dict[str, Seen]:
        """Return the shapes of the contract, by label."""
        found = {}
        for label in self.common:
            one = self.contract.exchanges[label]
            if one.form is not None and one.shape is not None:
                shape = from_lines(one.shape)
                shape = seen_once(shape) if one.samples == 1 else shape  # a contract of version 1 says `always`
                found[label] = Seen(
                    one.operation, title_of(one.operation, one.form), one.form, shape, self._order(label)
                )
        return found

    @cached_property
    def after(self) -> dict[str, Seen]:
        """Return the shapes of the run, by label."""
        found = {}
        for label in self.common:
            one = self.now[label]
            if one.form is not None and one.shape is not None:
                title = title_of(one.operation, one.form)
                found[label] = Seen(one.operation, title, one.form, one.shape, one.events)
        return found

    def _order(self, label: str) -> tuple[str, ...]:
        """Return the order of events to compare with: the one that the run has too, if the contract knows it."""
        known = [tuple(order) for order in self.contract.exchanges[label].events]
        now = self.now[label].events
        return now if now in known else known[0] if known else ()

    @cached_property
    def changed(self) -> dict[str, tuple[Changed, ...]]:
        """Return what changed in the response to each exchange, without what does not matter."""
        found = {}
        for label in self.before.keys() & self.after.keys():
            one, other = self.before[label], self.after[label]
            both = [*changes(one.shape, other.shape), *stream_changes(one.events, other.events)]
            found[label] = tuple(change for change in both if change.impact is not Impact.COSMETIC)
        return found

    def answered_otherwise(self, label: str) -> str:
        """Return in words how the response to an exchange has another status or form; nothing where it has not."""
        was, now, line = self.contract.exchanges.get(label), self.now.get(label), self.side.exchanges.get(label)
        if was is None or line is None or line.status is None:
            return ""
        if line.status not in was.statuses:
            return f"status {line.status}, before {' or '.join(map(str, was.statuses))}"
        return "another form of response" if now is not None and now.form is not was.form else ""

    def lost_headers(self, label: str) -> set[str]:
        """Return the headers that a response has no more, of those that were not there only sometimes."""
        was, now = self.contract.exchanges.get(label), self.now.get(label)
        known = {name for name, presence in was.headers.items() if presence != "sometimes"} if was else set()
        return known - now.headers if now else set()

    def asked_otherwise(self, label: str) -> str:
        """Return in words how the request differs from the contract's; nothing where it is the same as far as known."""
        was, line = self.contract.exchanges.get(label), self.side.exchanges.get(label)
        if was is None or line is None or line.facts is None or line.status is None:
            return ""
        if was.fields and was.fields != sorted(line.facts.fields):
            return "the request has other fields"
        models = shown(self.side.facts.models)
        roles = [role for role in line.facts.roles if self.contract.models.get(role) != models.get(role)]
        return f"another model was asked ({', '.join(roles)})" if roles else ""


def in_all_samples(labels: Iterable[str]) -> tuple[str, ...]:
    """Return exchanges without their samples, each once: as a contract and a target's file name them."""
    return tuple(dict.fromkeys(map(without_sample, labels)))


def places_of(result: Result) -> tuple[str, ...]:
    """Return the exchanges that a result is about: those that deviate, if known, else all that it looked at."""
    return in_all_samples(result.places or result.exchanges)


def pair(contract: Contract, side: Side) -> Pair:
    """Return a contract beside what a run observed, all its samples of an exchange together."""
    return Pair(contract, side, {label: together(found) for label, found in samples(side).items()})
