"""The faithful exchanges that clients are held to: what the simulator answers to the same requests."""

from collections.abc import Iterable

from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.send.unkept import sent
from conformance.simulator.app.server import running
from conformance.targets.load import load
from conformance.targets.target import Limits
from conformance.wire.exchange import Exchange

_KEY, _KEY_ENV = "sk-lens-0123456789abcdef", "CONFORMANCE_LENS_KEY"


def faithful(wanted: Iterable[tuple[ExchangeSpec, str]]) -> dict[tuple[str, str], Exchange]:
    """Return what the simulator answers to exchanges, each given with its case; by their ids and cases."""
    base = load("simulator", {})
    with running(_KEY) as base_url:
        changes = {
            "base_url": base_url,
            "hosts": ("127.0.0.1",),
            "key_env": _KEY_ENV,
            "server": None,
            "limits": Limits(in_flight=16, per_minute=0, deadline_s=30.0),
        }
        target = base.model_copy(update=changes)
        keys = [ExchangeKey(target.name, spec, case) for spec, case in dict.fromkeys(wanted)]
        with sent({target.name: target}, keys, _KEY) as engine:
            return {(key.spec.id, key.case): engine.wait(key) for key in keys}
