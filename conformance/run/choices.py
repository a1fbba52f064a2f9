"""What the options of one run come to: targets, their modes, where recordings are read and written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.log import records
from conformance.log.records import TargetFacts
from conformance.plan.plan import Limit
from conformance.record import cassette
from conformance.record.cassette import CassetteError, Provenance
from conformance.record.spool import EXCHANGES
from conformance.targets import profile
from conformance.targets import target as targets
from conformance.targets.keys import key_of
from conformance.targets.model import Model, together
from conformance.targets.target import Mode, Target
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError

RUNS = Path("reports") / "runs"
CASSETTES = Path("cassettes")


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """One target of the run: how it is asked, and for a replay the folder of its cassettes and their oldest day."""

    target: Target
    mode: Mode
    cassettes: Path | None = None
    recorded: datetime | None = None

    @property
    def facts(self) -> TargetFacts:
        """Return what the log says about it."""
        return TargetFacts(
            name=self.target.name,
            title=self.target.title,
            base_url=self.target.base_url,
            models=self.target.models,
            mode=self.mode,
            recorded=self.recorded,
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the user chose. `root` is the working directory; `resume` the folder of the run to go on with."""

    targets: tuple[TargetChoice, ...]
    capabilities: tuple[str, ...]
    level: Level
    limit: Limit
    max_requests: int | None
    root: Path
    resume: Path | None = None
    checks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of a new run: when it started, and what it is about."""
        about = "+".join(choice.target.name for choice in self.targets[:3])
        more = f"+{len(self.targets) - 3}" if len(self.targets) > 3 else ""
        return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{about}{more}"

    def limit_of(self, target: Target) -> Limit:
        """Return what may be sent to a target. A server that the suite starts itself costs nothing."""
        return Limit(self.max_requests, None) if target.server is not None else self.limit

    @property
    def filtered(self) -> bool:
        """Tell whether only a part of the suite was asked for."""
        return bool(self.capabilities or self.checks)


def choose(option: Any, environ: Mapping[str, str], root: Path) -> Choices:
    """Return the choices that parsed options make. Raises `UsageError` that says what is wrong and what is known."""
    _refuse_contradictions(option)
    resume = find_run(option.resume, root) if option.resume else None
    source = find_run(option.replay_from, root) if option.replay_from else None
    models = _models(option.model)
    if option.base_url:
        chosen = [_ad_hoc(option, models)]
    else:
        names = option.target or _of_run(source or resume) or ["simulator"]
        chosen = [_named(name, environ, source, resume, models) for name in dict.fromkeys(names)]
    if option.max_requests is not None and option.max_requests < 1:
        raise UsageError("--max-requests: use a number from 1")
    named = profile.load(option.profile, root) if option.profile else profile.Profile()
    limit = Limit(None, None) if (option.cost or named.cost) == "all" else Limit()
    most = named.max_requests if option.max_requests is None else option.max_requests
    if most is not None:
        limit = replace(limit, requests=most)
    return Choices(
        targets=tuple(_with_mode(target, option, environ, root, source) for target in chosen),
        capabilities=tuple(option.capability) or named.capabilities,
        checks=() if option.capability else named.checks,
        level=Level(option.level or named.level),
        limit=limit,
        max_requests=most,
        root=root,
        resume=resume,
    )


def _refuse_contradictions(option: Any) -> None:
    if option.base_url and option.target:
        raise UsageError("--base-url names an endpoint itself: leave out --target")
    if option.base_url and not option.model:
        raise UsageError("--base-url needs --model NAME: the model to ask")
    ad_hoc_only = {"--header": option.header, "--api-key-env": option.api_key_env, "--name": option.name}
    given = [name for name, value in ad_hoc_only.items() if value]
    if given and not option.base_url:
        raise UsageError(f"{given[0]} goes with --base-url; a target has it in its file")
    if option.replay_from and option.mode not in {None, "replay"}:
        raise UsageError(f"--from replays a run: it does not go with --mode {option.mode}")
    if option.resume and (option.replay_from or option.mode == "replay"):
        raise UsageError("--resume sends what is missing: it does not go with a replay")


def find_run(name: str, root: Path) -> Path:
    """Return the folder of a run by its path or its name. Raises `UsageError` that lists the last ones."""
    for folder in (root / name, root / RUNS / name):
        if (folder / records.LOG).is_file():
            return folder
    runs = sorted((path.name for path in (root / RUNS).glob("*") if (path / records.LOG).is_file()), reverse=True)
    known = ", ".join(runs[:5]) or "there are none yet"
    raise UsageError(f"no run `{name}` below {RUNS}; the last ones: {known}")


def _of_run(folder: Path | None) -> list[str]:
    return [facts.name for facts in records.read(folder).header.targets] if folder else []


def _models(given: list[str]) -> dict[str, str]:
    models = {}
    for item in given:
        role, equals, name = item.partition("=")
        known_role = equals and role.isidentifier()
        models[role if known_role else "chat"] = name if known_role else item
        if not (name if known_role else item).strip():
            raise UsageError(f"--model `{item}`: use NAME, or ROLE=NAME for one role")
    return models


def _ad_hoc(option: Any, models: Mapping[str, str]) -> Target:
    headers = {}
    for item in option.header:
        name, colon, value = item.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise UsageError(f'--header `{name}`: use "Name: value"')
        if name.strip().lower() == "authorization":
            raise UsageError("--header authorization: a key comes from the environment; name it by --api-key-env VAR")
        headers[name.strip()] = value.strip()
    return targets.ad_hoc(option.base_url, models, name=option.name, headers=headers, key_env=option.api_key_env)


def _named(
    name: str, environ: Mapping[str, str], source: Path | None, resume: Path | None, models: Mapping[str, str]
) -> Target:
    facts = next((f for f in records.read(source).header.targets if f.name == name), None) if source else None
    if facts is not None and name not in targets.names():
        return Target(name=name, title=facts.title, base_url=facts.base_url, models=facts.models)
    if resume is not None and name not in targets.names():
        raise UsageError(f"the run tested {name} by --base-url: give the same --base-url and --model with --resume")
    target = targets.load(name, environ)
    named = {**target.models, **{role: Model(id=model) for role, model in models.items()}}
    return target.model_copy(update={"models": named})


def _with_mode(
    target: Target, option: Any, environ: Mapping[str, str], root: Path, source: Path | None
) -> TargetChoice:
    if source is not None:
        return _replayed(target, source / EXCHANGES / target.name)
    folder = root / CASSETTES / target.name
    mode = option.mode
    if mode == "replay":
        return _replayed(target, folder)
    if key_of(target.key_env, environ) or not target.key_env or option.list_suite:
        return TargetChoice(target, mode or "live")
    missing = f"target `{target.name}` needs its key: set {target.key_env}"
    if mode is not None or not target.needs_key or option.base_url:
        raise UsageError(missing)
    if environ.get("CI"):
        raise UsageError(f"{missing}, or give --mode replay (with CI set, nothing is guessed)")
    if not folder.is_dir():
        raise UsageError(f"{missing} (there are no cassettes of it to replay)")
    return _replayed(target, folder)


def _replayed(target: Target, folder: Path) -> TargetChoice:
    """Return a target as it was recorded: models and base URL come from the recordings."""
    found = sorted(folder.rglob("*.json"))
    if not found:
        raise UsageError(f"no cassettes of `{target.name}` in {folder}; record them with --mode record")
    kept = [provenance for path in found if (provenance := _provenance(path)) is not None]
    if not kept:
        return TargetChoice(target, "replay", folder)
    models = together(provenance.models for provenance in kept)
    as_recorded = target.model_copy(update={"models": models, "base_url": kept[0].base_url})
    return TargetChoice(as_recorded, "replay", folder, min(provenance.recorded for provenance in kept))


def _provenance(path: Path) -> Provenance | None:
    try:
        return cassette.read(path).provenance
    except CassetteError:
        return None  # the exchange's own checks will say so
