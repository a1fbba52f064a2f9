"""
Judging: a check and the exchanges it takes in, a judgement out.

A pure library function. The pytest plugin, replay, the zoo and the meta-tests all call it. Before a check
looks at an exchange, the exchange itself is examined: was it sent, did it end well, is its status expected? One cause
is one finding: a wrong status deviates in the status check, and makes the checks behind it inconclusive.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property

from conformance.definition.check import Check
from conformance.definition.kind import Kind, usable
from conformance.judge.reason import in_one_line, reason_of
from conformance.judge.refusals import examine_refusal
from conformance.wire.exchange import Exchange, Exchanges
from conformance.wire.response import Ending
from conformance.wire.verdict import Deviation, HarnessError, Inconclusive, Unmeasured, Unrecorded, Unsupported, Verdict
from conformance.wire.weight import weight

Arguments = Mapping[str, Exchange | Exchanges]
Within = Callable[[], AbstractContextManager[object]]

Known = dict[Kind, bool]
"""Of which kinds an exchange is, and of which it is not, as far as somebody has asked."""

TOGETHER = 64 * 1024 * 1024
"""Bytes that responses may take which a check of a kind takes all at once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding, what the check said of the first response that shows it, and the labels of all that do."""

    finding: str
    reason: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    A verdict, its reason in words (empty for `conforms`), and the findings behind a deviation.

    `places` are the labels of the responses that deviate, which a check of a kind always knows; `judged` says of how
    many. `shown` says which places show which finding, where there are several findings, and `said` what is said of one
    finding alone. `unmeasured`: it is
    inconclusive or unrecorded for want of a response, and not because the model lacks skill or a condition did not
    occur.
    """

    verdict: Verdict
    reason: str = ""
    findings: tuple[str, ...] = ()
    note: str = ""
    places: tuple[str, ...] = ()
    judged: int = 0
    unmeasured: bool = False
    shown: tuple[Shown, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)


def judge(check: Check, arguments: Arguments, *, claimed: bool, within: Within = nullcontext) -> Judgement:
    """
    Return the judgement of a check on the exchanges that its arguments name.

    `claimed`: the target promises the check's capability, so a refusal deviates. A check of a kind takes any exchanges,
    and judges those of its kind that meet its conditions. `within` is entered around each call of the check; what it
    raises there is what the check says.
    """
    if check.kind is not None:
        return _judge_kind(check, arguments, claimed=claimed, within=within)
    note = ""
    try:
        taken: dict[str, Exchange | Exchanges] = {}
        for name, value in arguments.items():
            if isinstance(value, tuple):
                taken[name], note = _whole_ones(check, value, claimed=claimed)
            else:
                _examine(check, value, claimed=claimed)
                taken[name] = value
        with within():
            check.function(**taken)
    except Exception as end:  # noqa: BLE001  the verdict is the class of what was raised
        return _judgement(check, end, note)
    return Judgement(Verdict.CONFORMS, note=note)


def _judgement(check: Check, end: Exception, note: str = "") -> Judgement:
    """Return the judgement that what a check raised stands for."""
    match end:
        case Unsupported():
            return Judgement(Verdict.UNSUPPORTED, reason_of(end), note=note)
        case Unrecorded():
            return Judgement(Verdict.UNRECORDED, reason_of(end), note=note, unmeasured=True)
        case Inconclusive():
            return Judgement(Verdict.INCONCLUSIVE, reason_of(end), note=note, unmeasured=isinstance(end, Unmeasured))
        case AssertionError():
            places = end.places if isinstance(end, Deviation) else ()
            alone = end.said if isinstance(end, Deviation) else {}
            each = {finding: in_one_line(text) for finding, text in alone.items()}
            return Judgement(Verdict.DEVIATES, reason_of(end), _findings(check, end), note, places, said=each)
        case HarnessError():
            return Judgement(Verdict.ERROR, reason_of(end), note=note)
        case _:  # a bug of a check must never count against a target
            frame = traceback.extract_tb(end.__traceback__)[-1]
            said = f"bug in the suite: {type(end).__name__}: {reason_of(end)} ({frame.name}, line {frame.lineno})"
            return Judgement(Verdict.ERROR, said, note=note)


def _findings(check: Check, deviation: AssertionError) -> tuple[str, ...]:
    own = deviation.findings if isinstance(deviation, Deviation) else ()
    return own or (f"{check.capability.id}/{check.statement}",)


def _judge_kind(check: Check, arguments: Arguments, *, claimed: bool, within: Within) -> Judgement:
    """Judge each response of the check's kind; the verdict over all of them is the worst that says something."""
    (value,) = arguments.values()
    tally = Tally(check, claimed=claimed, within=within)
    for exchange in value if isinstance(value, tuple) else (value,):
        tally.look(exchange)
    return tally.judgement()


class Tally:
    """
    What a check of a kind says of one exchange after the other, so that nobody has to hold all of them.

    `claimed` and `within` as in `judge`.
    """

    def __init__(self, check: Check, *, claimed: bool, within: Within = nullcontext) -> None:
        self._check = check
        self._claimed = claimed
        self._within = within
        (self._name,) = check.arguments
        self._takes_all = check.takes_all(self._name)
        self._each: list[tuple[str, Judgement]] = []
        self._together: list[Exchange] = []
        self._weight = 0
        self._left_out = 0
        self._lacking = ""
        self._without: Judgement | None = None

    @cached_property
    def _sent(self) -> frozenset[str]:
        """Return the ids of the exchanges that are sent for the check."""
        return frozenset(spec.id for spec in self._check.sent)

    def look(self, exchange: Exchange, known: Known | None = None) -> None:
        """Judge the exchange, if it concerns the check. `known`: what others have found of its kinds."""
        check = self._check
        try:
            if not concerns(check, exchange, known):
                self._note_absence(exchange)
            elif lacking := check.reads & exchange.lacks:
                self._lacking = self._lacking or ", ".join(sorted(lacking))
            elif self._takes_all:
                self._gather(exchange)
            else:
                self._each.append((exchange.label, _called(check, {self._name: exchange}, self._within)))
        except Exception as end:  # noqa: BLE001  the verdict is the class of what was raised
            self._each.append((exchange.label, _judgement(check, end)))

    def _note_absence(self, exchange: Exchange) -> None:
        """Note why there is no response to judge, from what became of an exchange that was sent for the check."""
        if self._without is not None or exchange.id not in self._sent:
            return
        try:
            with self._within():
                _examine(self._check, exchange, claimed=self._claimed)
        except Exception as end:  # noqa: BLE001  the verdict is the class of what was raised
            self._without = _judgement(self._check, end)

    def _gather(self, exchange: Exchange) -> None:
        """Keep an exchange for a check that takes all at once, as long as they can be held together."""
        more = weight(exchange.received)
        if self._weight + more > TOGETHER:
            self._left_out += 1
            return
        self._weight += more
        self._together.append(exchange)

    def judgement(self) -> Judgement:
        """Return the judgement over all that was looked at."""
        if self._each:
            return _over(self._each)
        if self._together:
            return self._over_all()
        if self._left_out:
            return Judgement(Verdict.INCONCLUSIVE, "each response is too large to be compared with others")
        if self._lacking:
            lacking = f"the recording lacks what the check reads: {self._lacking}"
            return Judgement(Verdict.INCONCLUSIVE, lacking, unmeasured=True)
        return self._without or Judgement(Verdict.INCONCLUSIVE, _absence(self._check))

    def _over_all(self) -> Judgement:
        judgement = _called(self._check, {self._name: tuple(self._together)}, self._within)
        number = len(self._together)
        of = f" of {number + self._left_out}" if self._left_out else ""
        return replace(judgement, judged=number, note=f"over {number}{of} responses")


def concerns(check: Check, exchange: Exchange, known: Known | None = None) -> bool:
    """
    Tell whether a response is of the check's kind, meets its conditions, and says something about its endpoint.

    `known` keeps of which kinds the exchange is, for the next check of that kind.
    """
    assert check.kind is not None
    kinds = {} if known is None else known
    if check.kind not in kinds:
        kinds[check.kind] = check.kind.includes(exchange)
    if not kinds[check.kind] or not usable(exchange, any_ending=check.any_status):
        return False
    return all(condition.holds(exchange.sent) for condition in check.when)


def _called(check: Check, arguments: Arguments, within: Within) -> Judgement:
    try:
        with within():
            check.function(**arguments)
    except Exception as end:  # noqa: BLE001  the verdict is the class of what was raised
        return _judgement(check, end)
    return Judgement(Verdict.CONFORMS)


def _over(each: Sequence[tuple[str, Judgement]]) -> Judgement:
    """Return one judgement over many responses. It conforms only if at least one response conforms."""
    told = [judgement for _, judgement in each if judgement.verdict in {Verdict.CONFORMS, Verdict.DEVIATES}]
    bugs = [judgement for _, judgement in each if judgement.verdict is Verdict.ERROR]
    wrong = [(label, judgement) for label, judgement in each if judgement.verdict is Verdict.DEVIATES]
    if bugs:
        return bugs[0]
    if not told:
        return each[0][1]
    note = f"over {len(told)} of {len(each)} responses" if len(told) < len(each) else f"over {len(each)} responses"
    if not wrong:
        return Judgement(Verdict.CONFORMS, note=note, judged=len(told))
    first, judgement = wrong[0]
    findings = tuple(dict.fromkeys(finding for _, one in wrong for finding in one.findings))
    reason = f"{judgement.reason} ({len(wrong)} of {len(told)} responses, the first: {first})"
    places = tuple(label for label, _ in wrong)
    shown = _shown(wrong, findings, len(told)) if len(findings) > 1 else ()
    return Judgement(Verdict.DEVIATES, reason, findings, note, places, len(told), shown=shown)


def _shown(wrong: Sequence[tuple[str, Judgement]], findings: Sequence[str], told: int) -> tuple[Shown, ...]:
    """Return where each finding shows: what one response lacks, another may have."""
    found = []
    for finding in findings:
        showing = [(label, judgement) for label, judgement in wrong if finding in judgement.findings]
        first, judgement = showing[0]
        said = judgement.said.get(finding, judgement.reason)
        reason = f"{said} ({len(showing)} of {told} responses, the first: {first})"
        found.append(Shown(finding, reason, tuple(label for label, _ in showing)))
    return tuple(found)


def _absence(check: Check) -> str:
    """Return what a run does not hold, if nothing else is known of why."""
    assert check.kind is not None
    conditions = " and ".join(condition.text for condition in check.when)
    to_what = f" to a request in which {conditions}" if conditions else ""
    return f"this run has no {check.kind.title}{to_what}"


def _whole_ones(check: Check, exchanges: Exchanges, *, claimed: bool) -> tuple[Exchanges, str]:
    """Return those of many exchanges that can be judged, and the denominator in words."""
    taken: list[Exchange] = []
    first: Exception | None = None
    for exchange in exchanges:
        try:
            _examine(check, exchange, claimed=claimed)
        except (Unsupported, Unrecorded, Inconclusive, HarnessError) as reason:
            first = first or reason
        else:
            taken.append(exchange)
    if not taken:
        raise first or Inconclusive("no exchange to judge")
    return tuple(taken), f"over {len(taken)} of {len(exchanges)} exchanges"


def _examine(check: Check, exchange: Exchange, *, claimed: bool) -> None:
    """Raise what prevents the check from looking at the exchange."""
    _examine_sending(check, exchange, claimed=claimed)
    if exchange.response is None:
        _examine_silence(check, exchange)
        return
    if not exchange.expected:
        examine_refusal(exchange, claimed=claimed)
        if not check.any_status:
            expected = " or ".join(str(status) for status in sorted(exchange.expects))
            raise Unmeasured(f"{exchange.label} returned {exchange.response.status}, expected {expected}")
    if not exchange.ending.whole and not check.any_status:
        raise Unmeasured(f"the response to {exchange.label} broke off: {exchange.reason}")


def _examine_silence(check: Check, exchange: Exchange) -> None:
    """Raise why there is no response; if that is the server's doing, one check judges it."""
    if exchange.ending not in {Ending.NOT_HTTP, Ending.CLOSED}:
        raise HarnessError(f"{exchange.label}: nothing was received: {exchange.reason}")
    if not check.without_response:
        raise Unmeasured(f"{exchange.label} has no response: {exchange.reason}")


def _examine_sending(check: Check, exchange: Exchange, *, claimed: bool) -> None:
    match exchange.ending:
        case Ending.UNRECORDED:
            raise Unrecorded(exchange.reason)
        case Ending.UNSENT if exchange.ours:
            raise HarnessError(exchange.reason)
        case Ending.UNSENT if exchange.below is not None and not exchange.below.expected:
            _examine(check, exchange.below, claimed=claimed)
            raise Unmeasured(f"{exchange.label} was not sent: {exchange.reason}")
        case Ending.UNSENT if exchange.request is not None or exchange.below is not None:
            raise Unmeasured(f"{exchange.label} was not sent: {exchange.reason}")
        case Ending.UNSENT:  # there was nothing to make a request of: no model has the role, or it lacks a skill
            raise Inconclusive(f"{exchange.label} was not sent: {exchange.reason}")
        case Ending.SILENT if exchange.beside:
            many = f"besides {exchange.beside} other requests of ours"
            raise Unmeasured(f"{exchange.label}: {exchange.reason}, {many}: they may have delayed it")
        case Ending.UNREACHABLE | Ending.SILENT:
            raise HarnessError(f"{exchange.label}: nothing was received: {exchange.reason}")
        case _:
            pass
