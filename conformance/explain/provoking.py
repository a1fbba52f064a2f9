"""
What must be sent so that a deviation shows, as commands of a shell.

Many deviations concern few requests; who sends another one sees a faithful server. So the requests of the checks that
are meant to find it are sent to the deviation, and of those that show it the one is told that needs the fewest others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.judge import judge
from conformance.plan import loader
from conformance.plan.expand import Selected, expand
from conformance.plan.order import chain
from conformance.plan.select import names_check
from conformance.record.curl import command_for
from conformance.send.unkept import arguments, sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations.entry import Entry
from conformance.targets.load import load
from conformance.targets.target import Limits, Target
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Verdict

KEY = "sk-any-key-0123456789"
DEADLINE_S = 6.0
BODY = "body"
"""What stands for the file of a long body."""


def commands(entry: Entry) -> list[tuple[str, str]]:
    """
    Return the requests that show a deviation, those that it builds on first: what each is, and its command.

    The variables `BASE_URL` and `API_KEY` are those of a shell. Ids in later requests come from earlier responses.
    """
    if entry.function is None:
        return []
    with running(KEY, {entry.id: entry.function}) as base_url:
        target = _target(entry, base_url)
        items = list(_meant(entry, target))
        keys = [key for item in items for key in item.keys]
        with sent({target.name: target}, keys, KEY) as engine:
            # Nobody is kept waiting here, so what was in flight beside an exchange is no excuse for it.
            got = {key: replace(engine.wait(key), beside=0) for key in chain(keys)}
    showing = [key for item in items for key in _showing(item, got)] or keys[:1]
    requests = [got[key] for key in min((chain([key]) for key in showing), key=len, default=[])]
    return [(one.about, command_for(one.request, BODY)) for one in requests if one.request is not None]


def _target(entry: Entry, base_url: str) -> Target:
    changes = {
        "base_url": base_url.replace("/v1", f"/~{entry.id}/v1"),
        "key_env": "API_KEY",
        "hosts": ("127.0.0.1",),
        "server": None,
        "limits": Limits(in_flight=32, per_minute=0, deadline_s=DEADLINE_S),
    }
    return load("simulator", {}).model_copy(update=changes)


def _meant(entry: Entry, target: Target) -> Iterator[Selected]:
    """Yield the checks that are meant to find a deviation."""
    suite = loader.load()
    for item in (one for check in suite.checks for one in expand(check, target, suite.specs)):
        if any(names_check(pattern, item.id) for pattern in entry.caught_by):
            yield item


def _showing(item: Selected, got: Mapping[ExchangeKey, Exchange]) -> Sequence[ExchangeKey]:
    """Return the exchanges in which a check sees the deviation."""
    found = judge(item.check, arguments(item, got), claimed=True)
    if found.verdict is not Verdict.DEVIATES:
        return []
    if item.check.kind is not None:
        return [key for key in got if key.label in found.places]
    return [key for key in item.keys if key.spec.name == item.check.judged]
