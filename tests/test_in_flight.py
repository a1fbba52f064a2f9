"""No verdict depends on how many requests are in flight."""

from pathlib import Path

import pytest

from conformance.judge.judge import judge
from conformance.plan.afford import RequestLimit
from conformance.plan.order import closure
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.simulator.app.server import running
from conformance.targets.keys import Keys
from conformance.targets.load import load
from conformance.targets.target import Limits
from conformance.wire.capability import MAY
from tests.simulated import arguments_of, every_check

KEY = "sk-in-flight-Zq8mB2xT7LpW"
FAMILIES = ("chat.", "tools.", "models.", "files.", "conversations", "vector_stores")
JUDGED = [item for item in every_check() if item.id.startswith(FAMILIES)]


def verdicts(limits: Limits, folder: Path) -> dict[str, tuple[str, str]]:
    """Return the verdict and the reason of each check on the faithful simulator."""
    with running(KEY) as base_url:
        target = load("simulator", {}).model_copy(update={"base_url": base_url, "server": None, "limits": limits})
        live = (ChosenTarget(target, "live"),)
        options = RunOptions(live, (), MAY, RequestLimit(None, None), None, folder, keys=Keys({target.name: KEY}))
        engine = RunEngine(options, folder, closure(key for item in JUDGED for key in item.keys), {})
        engine.start(look_ahead=None)
        try:
            judged = {item.id: judge(item.check, arguments_of(engine, item), claimed=True) for item in JUDGED}
        finally:
            engine.stop()
    return {name: (found.verdict, found.reason) for name, found in judged.items()}


@pytest.fixture(scope="module")
def one_after_the_other(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    return verdicts(Limits(in_flight=1, per_minute=0), tmp_path_factory.mktemp("one"))


@pytest.mark.parametrize(
    "limits",
    [Limits(in_flight=4, most_in_flight=16, per_minute=0), Limits(in_flight=64, per_minute=0)],
    ids=["4-to-16", "64"],
)
def test_the_verdicts_are_the_same(
    limits: Limits, one_after_the_other: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    assert len(one_after_the_other) > 500
    assert verdicts(limits, tmp_path) == one_after_the_other
