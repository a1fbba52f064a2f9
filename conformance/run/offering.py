"""Asking, before the checks are chosen, what each target of a run offers; and saying it in one line."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from conformance.checks.endpoints.exchanges import NOT_SERVED, made_up, probe
from conformance.checks.models.exchanges import models_listed
from conformance.definition.catalogue import capability, load
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.judge.refusals import refuses_key
from conformance.log.facts import facts
from conformance.log.records import ExchangeLine, Offered
from conformance.plan.offered import APIS, offers
from conformance.plan.order import preflight_keys
from conformance.plan.select import families_of
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.targets.target import Target
from conformance.wire.capability import MAY, MUST, matches
from conformance.wire.exchange import Exchange
from conformance.wire.text import escaped
from conformance.wire.verdict import Deviation, Inconclusive

AT_ONCE = 4
_IN_A_NAME = {
    "embedding": ("embed", "bge-", "gte-"),
    "transcription": ("whisper", "transcribe"),
    "speech": ("tts", "speech"),
    "image": ("image", "dall-e", "imagen", "flux", "diffusion"),
    "moderation": ("moderation",),
    "video": ("sora", "veo-", "video"),
}
"""By role, what in a model's name says that it is meant for it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the targets offer, as log lines; the same in words; what was asked for it, and in how many requests."""

    offered: tuple[Offered, ...]
    said: tuple[str, ...]
    exchanges: tuple[ExchangeLine, ...]
    requests: int


def decides(options: RunOptions) -> bool:
    """Tell whether the options choose anything whose level depends on what is offered."""
    core = [node.id for node in load().nodes if node.core and capability(node.id).level is MAY]
    if not options.filtered:
        return options.level is not MUST
    families = families_of(options.checks) if options.checks else frozenset[str]()
    return any(
        matches(name, options.capabilities) or families is None or name.partition(".")[0] in families for name in core
    )


def ask(options: RunOptions, engine: RunEngine, specs: Sequence[ExchangeSpec], *, probes: bool) -> Answers:
    """
    Ask the targets of a run what they offer.

    `engine` was made for the keys of `first_keys`, and is ended; `specs` are the exchanges of the run. `probes`: the
    probe of every other API is part of the run, so what it finds is said too.
    """
    engine.start(look_ahead=1)
    found: list[Offered] = []
    said: list[str] = []
    for chosen in options.targets:
        rows = [key for key in first_keys(chosen.target, specs) if key.spec is probe] if probes else []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            probed = dict(zip((key.case for key in rows), pool.map(engine.wait, rows), strict=True))
        own = [
            Offered(target=chosen.target.name, api=offer.api, offered=offer.offered, why=offer.why)
            for offer in offers(chosen.target, engine.wait)
        ]
        found += own
        listed = engine.wait(ExchangeKey(chosen.target.name, models_listed))
        chat = [key for key in first_keys(chosen.target, specs) if key.spec.preflight and "chat" in key.spec.roles]
        also = ["chat"] if any(engine.wait(key).expected for key in chat) else []
        control = engine.wait(ExchangeKey(chosen.target.name, made_up))
        said.append(_line(chosen, also, own, probed, control) + _suggested(chosen.target, listed))
    lines, requests = engine.stop()
    live = {chosen.target.name for chosen in options.targets if chosen.mode != "replay"}
    return Answers(tuple(found), tuple(said), tuple(line for line in lines if line.target in live), requests)


def first_keys(target: Target, specs: Sequence[ExchangeSpec]) -> list[ExchangeKey]:
    """Return all that may be asked to know what a target offers, the preflight first. `specs` are those of the run."""
    rows = [ExchangeKey(target.name, probe, case) for case in probe.cases]
    questions = [api.question for api in APIS if api.question.all_roles <= set(target.models)]
    first = preflight_keys(target, specs)
    return [*first, *rows, *(ExchangeKey(target.name, spec) for spec in (*questions, made_up, models_listed))]


def _line(
    chosen: ChosenTarget, also: list[str], own: Sequence[Offered], probed: Mapping[str, Exchange], control: Exchange
) -> str:
    """Return in one line what was found, where `control` is the answer to a path that does not exist."""
    yes = also + [one.api for one in own if one.offered]
    no = [f"{one.api} ({one.why})" for one in own if not one.offered]
    apis = {api.name for api in APIS}
    there = [name for name, found in probed.items() if name not in apis and is_there(found, control)]
    absent = [name for name, found in probed.items() if _is_absent(found) and name not in {one.api for one in own}]
    parts = [f"offers {', '.join(yes) or 'neither chat nor another API that was asked for'}"]
    parts += [f"not {'; not '.join(no)}"] if no else []
    parts += [f"also has {', '.join(there)}"] if there else []
    parts += [f"no {', '.join(absent)}"] if absent else []
    named = ", ".join(f"{role}={model.id}" for role, model in chosen.target.models.items())
    parts.append(f"models by role: {named or 'none'}")
    return f"{chosen.facts.column}: {'; '.join(parts)}"


def _suggested(target: Target, listed: Exchange) -> str:
    """Return which models could be named for what was not asked, or an empty text."""
    proposed = list(_proposed(target, listed))
    return f"; the model list suggests {' '.join(proposed)}" if proposed else ""


def is_there(found: Exchange, control: Exchange) -> bool:
    """
    Tell whether a probe found its path, and not what a path that does not exist is answered with too.

    Nor is it there when the key, which is valid elsewhere, is rejected: a gateway may pass on what it does not know.
    """
    if found.response is None or not found.expected or found.status in NOT_SERVED or refuses_key(found):
        return False
    one, other = facts(found), facts(control)
    if control.response is None or one is None or other is None:
        return True
    return found.status != control.status or one.digest != other.digest


def _is_absent(found: Exchange) -> bool:
    return found.response is not None and found.status in NOT_SERVED


def _proposed(target: Target, listed: Exchange) -> Iterator[str]:
    """Yield an option for each role without a model for which a listed name says that it is meant."""
    try:
        names = [escaped(name, 80) for name in listed.all("data.*.id", str)]
    except (Deviation, Inconclusive):
        return
    for role, marks in _IN_A_NAME.items():
        fitting = [name for name in names if any(mark in name.lower() for mark in marks)]
        if role not in target.models and fitting:
            yield f"--model {role}={fitting[0]}"
