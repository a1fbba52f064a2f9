"""What checks make of a behaviour, without the rest of a run."""

from dataclasses import dataclass
from pathlib import Path

from conformance.judge.judge import Judgement, judge
from conformance.plan import loader
from conformance.plan.afford import RequestLimit
from conformance.plan.expand import Selected, expand
from conformance.plan.order import closure, preflight_keys
from conformance.plan.select import chosen
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.targets.keys import Keys
from conformance.targets.model import Model
from conformance.targets.target import Limits, Target
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict
from tests.hostile.loopback import MODEL, Behaviour, serving
from tests.whole_run import KEY, KEY_ENV


@dataclass(frozen=True, slots=True)
class Judged:
    """Checks and what was judged, without the rest of a run."""

    judgements: list[tuple[Selected, Judgement]]

    @property
    def verdicts(self) -> set[Verdict]:
        """Return all verdicts."""
        return {judgement.verdict for _, judgement in self.judgements}

    @property
    def reasons(self) -> set[str]:
        """Return the reasons of all that does not conform."""
        return {judgement.reason for _, judgement in self.judgements if judgement.verdict is not Verdict.CONFORMS}

    def of(self, family: str, statement: str = "") -> set[Verdict]:
        """Return the verdicts of the capabilities that begin so, perhaps of one statement only."""
        return {
            judgement.verdict
            for item, judgement in self.judgements
            if item.check.capability.id.startswith(family) and statement in {"", item.check.statement}
        }


def judged(behaviour: Behaviour, folder: Path, *capabilities: str, **limits: float) -> Judged:
    """Send and judge as a run does, without pytest."""
    loaded = loader.load()
    with serving(behaviour) as server:
        target = Target(
            name="hostile",
            title="hostile",
            base_url=server.base_url,
            key_env=KEY_ENV,
            models={"chat": Model(id=MODEL)},
            limits=Limits(**{"per_minute": 0, "in_flight": 8, "deadline_s": 1, "max_bytes": 200_000, **limits}),  # type: ignore[arg-type]
        )
        everything = [item for check in loaded.checks for item in expand(check, target, loaded.specs)]
        selected = [item for item in everything if chosen(item, capabilities=capabilities, level=Level.MAY)]
        first = preflight_keys(target, loaded.specs)
        keys = closure([*first, *(key for item in selected for key in item.keys)])
        options = RunOptions(
            (ChosenTarget(target, "live"),),
            capabilities,
            Level.MAY,
            RequestLimit(None, None),
            None,
            root=folder,
            keys=Keys({"hostile": KEY}),
        )
        engine = RunEngine(options, folder, keys, {"hostile": first})
        engine.start(look_ahead=None)
        try:
            return Judged([(item, _judge(item, engine)) for item in selected])
        finally:
            engine.stop()


def _judge(item: Selected, engine: RunEngine) -> Judgement:
    wait = engine.wait
    arguments = {
        name: tuple(wait(key) for key in keys) if isinstance(keys, tuple) else wait(keys)
        for name, keys in item.arguments.items()
    }
    return judge(item.check, arguments, claimed=item.target.claimed(item.check.capability))
