"""
What the options of one run come to: targets, their modes and keys, where recordings are read and written.

`resolve` decides all of it, once. Only the addresses of servers that the suite starts come later, in `with_servers`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.call import SUITE, call
from conformance.log import records
from conformance.log.asked import Asked
from conformance.log.documents import Rehearsed
from conformance.log.records import Run, TargetFacts
from conformance.plan import shard
from conformance.plan.afford import RequestLimit
from conformance.plan.expand import Selected
from conformance.plan.loader import BUILT_IN, package_of
from conformance.plan.price import unpriced
from conformance.plan.select import chosen
from conformance.plan.shard import Shard
from conformance.rehearsal.dressing import deviations, rehearsal, rehearsed, under
from conformance.rehearsal.guard import refuse_in_published, refuse_rehearsals
from conformance.rehearsal.guard import rehearsed as rehearsed_in
from conformance.run import folder as runs
from conformance.run import shelf
from conformance.run.bounds import Bounds
from conformance.run.command_line import CommandLine, refuse_contradictions, refuse_replay_of_resumed
from conformance.run.endpoints import as_options, endpoints, models_of, names_of, refuse_unknown_roles
from conformance.run.folder import CASSETTES, RUNS
from conformance.run.named import known, limited, with_known_deviations, with_models_named
from conformance.run.place import Place
from conformance.run.recorded import replayed, samples_recorded
from conformance.run.resume import asked, refuse_others, resumed
from conformance.run.triggers import others, others_at, triggered
from conformance.send.tls import refuse_unusable
from conformance.servers.pins import version
from conformance.targets import load, profile
from conformance.targets.keys import Keys, key_of
from conformance.targets.operations import Access, access
from conformance.targets.secrets import Secrets, all_of, secrets_of
from conformance.targets.shutdown import of_models
from conformance.targets.target import Mode, Target
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError


@dataclass(frozen=True, slots=True)
class ChosenTarget:
    """
    One target of the run: how it is asked, and for a replay the folder of its cassettes and their oldest day.

    `given` are the options that choose it again. `rehearsed` is what a rehearsal stands for. `server` is the version
    of the server that answers, or has answered what is replayed, if it is known.
    """

    target: Target
    mode: Mode
    cassettes: Path | None = None
    recorded: datetime | None = None
    given: str = ""
    rehearsed: Rehearsed | None = None
    server: str = ""

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
            rehearsed=self.rehearsed,
            server=self.server,
            variable=self.target.key_env or "",
            # A server of one's own may call its model like any other.
            shutdowns=[] if self.target.local else of_models(self.target.models, self.target.shutdowns),
        )

    @property
    def record_command(self) -> str:
        """Return the command that records it again."""
        return call(SUITE, f"{self.given or f'--target {self.target.name}'} --mode record")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """
    All that the user chose.

    `packages` are those that hold checks: the suite's and the user's own. `root` is the working directory, `output`
    where runs are written; `resume` is the folder of the run to go on with. `shard` is the part of the plan to
    send, `merged` are the shards that are judged together; then nothing is sent. `keep_shapes`: in the end the
    recordings hold the shapes of bodies alone. `allure`: the results for Allure are kept in its folder. The values of
    `secret_headers` are secrets like keys. `keyless` says of each target that is left out which key it needs,
    `outdated` of each that is replayed that its recordings are older than they may be.
    `others` are the keys of second accounts, `accounts` opens the account APIs, by target.
    `rehearses`: `--mode` asks for rehearsals. `samples`: so many times everything selected is sent, and
    `confirm` so many times again what deviates. `asked` is all of it as the log keeps it.
    """

    targets: tuple[ChosenTarget, ...]
    capabilities: tuple[str, ...]
    level: Level
    limit: RequestLimit
    max_requests: int | None
    root: Path
    resume: Path | None = None
    shard: Shard | None = None
    merged: tuple[Run, ...] = ()
    checks: tuple[str, ...] = ()
    keys: Keys = field(default_factory=Keys)
    others: Keys = field(default_factory=Keys)
    accounts: Mapping[str, Access] = field(default_factory=dict)
    output: Path = RUNS
    packages: tuple[str, ...] = BUILT_IN
    bounds: Bounds = field(default_factory=Bounds)
    secret_headers: tuple[str, ...] = ()
    keep_shapes: bool = False
    allure: bool = False
    keyless: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    rehearses: bool = False
    samples: int = 1
    confirm: int = 0
    asked: Asked = field(default_factory=Asked)

    @property
    def name(self) -> str:
        """Return the name of a new run."""
        return runs.new_name([chosen.target.name for chosen in self.targets])

    def limit_of(self, target: Target) -> RequestLimit:
        """
        Return what one sample may send to a target. A server of the suite's costs nothing, but a rehearsal has a price.

        Whoever asks for several samples asks for as many times the usual limit; `--max-requests` is for all of them.
        """
        free = target.server is not None and not target.rehearsed
        limit = RequestLimit(None, None) if free else self.limit
        if self.max_requests is None:
            return limit
        return replace(limit, requests=max(1, self.max_requests // self.samples))

    @property
    def filtered(self) -> bool:
        """Tell whether only a part of the suite was asked for."""
        return bool(self.capabilities or self.checks)

    @property
    def secrets(self) -> Secrets:
        """Return the secrets of all targets: none of them may be written down or shown."""
        targets = (chosen.target for chosen in self.targets)
        own = [secrets_of(target.headers, self.keys.of(target.name), self.secret_headers) for target in targets]
        more = [Secrets.of(opened.secrets) for opened in self.accounts.values()]
        return all_of([*own, *more, Secrets.of(self.others.by_target.values())])

    def with_servers(self, place: Place, keys: Mapping[str, str]) -> "RunOptions":
        """Return the options with what a place tells of the servers that the suite has started, and with their keys."""

        def started(chosen: ChosenTarget) -> ChosenTarget:
            name = chosen.target.name
            if (url := place.urls.get(name)) is None:
                return chosen
            changes: dict[str, Any] = {"base_url": under(url, deviations(chosen.target)), "hosts": ("127.0.0.1",)}
            changes["headers"] = {**chosen.target.headers, **place.headers.get(name, {})}
            if name in place.upstreams:
                changes["upstream_record"] = place.upstreams[name]
            return replace(chosen, target=chosen.target.model_copy(update=changes))

        own, other = self.keys.and_those(keys), self.others.and_those(others_at(keys))
        return replace(self, targets=tuple(map(started, self.targets)), keys=own, others=other)


def is_chosen(item: Selected, options: RunOptions) -> bool:
    """Tell whether the options choose a check of one target."""
    return chosen(item, capabilities=options.capabilities, checks=options.checks, level=options.level)


def resolve(given: CommandLine, environ: Mapping[str, str], root: Path) -> RunOptions:
    """
    Return what a command line comes to in an environment and a working directory.

    Raises `UsageError` that says what is wrong and what is known.
    """
    refuse_replay_of_resumed(given)
    output = Path(given.output) if given.output else RUNS
    resume = runs.find_to_resume(given.resume, root, output) if given.resume else None
    before = records.read(resume) if resume else None
    refuse_rehearsals(before)
    given = resumed(given, before) if before else given
    refuse_contradictions(given)
    shards: tuple[Run, ...] = ()
    if given.merge:
        from conformance.run import merging  # noqa: PLC0415  only a merge needs it

        shards = merging.shards(given.merge, root, output)
        given = merging.of_shards(given, shards)
    source = records.read(runs.find(given.replay_from, root, output)) if given.replay_from else None
    refuse_rehearsals(source)
    targets = with_known_deviations(_targets(given, environ, root, source, before), given, root)
    named = profile.load(given.profile, root) if given.profile else profile.Profile()
    most = named.max_requests if given.max_requests is None else given.max_requests
    limit = RequestLimit(None, None) if (given.cost or named.cost) == "all" else RequestLimit()
    keys = {target.name: key for _, target in targets if (key := key_of(target.key_env, environ))}
    fixed = bool(environ.get("CI"))
    targets = [(again, limited(triggered(target, given, environ), given, fixed=fixed)) for again, target in targets]
    asked_for, keyless = _with_modes(targets, given, environ, root, source, shards)
    if before is not None and before.header.options is not None:
        served = [target.name for _, target in targets if target.server is not None]
        refuse_others(before, [one.facts for one in asked_for], served)
    if given.max_cost is not None:
        _refuse_unpriced(asked_for)
    refuse_in_published(root / output, rehearsed_in(one.facts for one in asked_for))
    return RunOptions(
        targets=asked_for,
        capabilities=given.capability or named.capabilities,
        checks=() if given.capability else named.checks,
        level=Level(given.level or named.level),
        limit=limit if most is None else replace(limit, requests=most),
        max_requests=most,
        root=root,
        resume=resume,
        shard=shard.read(given.shard) if given.shard else None,
        merged=shards,
        keys=Keys(keys),
        others=others([target for _, target in targets], environ),
        accounts={target.name: opened for _, target in targets if (opened := access(target.operations, environ))},
        output=output,
        packages=tuple(dict.fromkeys([*BUILT_IN, *(package_of(package, root) for package in given.packages)])),
        bounds=Bounds(given.max_disk or Bounds().disk, given.max_minutes, given.max_cost, _spent(before)),
        secret_headers=given.secret_header,
        keep_shapes=given.keep == "shapes",
        allure=given.allure,
        keyless=keyless,
        outdated=tuple(outdated(asked_for, given.max_age)),
        rehearses=given.mode == "rehearse",
        samples=given.samples or samples_recorded([one.cassettes for one in asked_for if one.cassettes], source),
        confirm=given.confirm or (source.header.options.confirm or 0 if source and source.header.options else 0),
        asked=asked(given),
    )


def outdated(targets: Iterable[ChosenTarget], days: float | None) -> Iterator[str]:
    """Yield in words which replayed recordings are older than so many days; without a number any age will do."""
    oldest = datetime.now(UTC) - timedelta(days) if days is not None else None
    for one in targets:
        if oldest is not None and one.recorded is not None and one.recorded < oldest:
            yield (
                f"the recordings of {one.target.name} are of {one.recorded:%Y-%m-%d}, which is more than {days:g} days "
                f"ago (--max-age): record them again with: {one.record_command}"
            )


def _targets(
    given: CommandLine, environ: Mapping[str, str], root: Path, source: Run | None, before: Run | None
) -> list[tuple[str, Target]]:
    """Return the targets, each with the options that choose it again."""
    asked = given.target
    if not asked and not given.base_url and not given.endpoint:
        asked = tuple(_of_run(source or before)) or ("simulator",)
    called = {name: Path(name).stem if load.is_path(name) else name for name in dict.fromkeys(asked)}
    own = names_of(given)
    if twice := [name for name in called.values() if [*called.values(), *own].count(name) > 1]:
        raise UsageError(f"two targets are called `{twice[0]}`: give one of them another name")
    models = models_of(given.model, [*called.values(), *own])
    found = [(f"--target {name}", known(name, environ, root, source, before)) for name in called]
    if not given.packages:  # checks of a user's own may name roles of their own
        refuse_unknown_roles(models, [target for _, target in found])
    with_models = [(again, with_models_named(target, models[target.name])) for again, target in found]
    return with_models + [(as_options(target), target) for target in endpoints(given, models)]


def _spent(before: Run | None) -> float:
    return sum(line.dollars or 0.0 for line in before.exchanges) if before else 0.0


def _refuse_unpriced(targets: Sequence[ChosenTarget]) -> None:
    """Raise `UsageError` for a model whose price is not known: its cost cannot be bounded."""
    for one in targets:
        names = unpriced(one.target)
        if names and one.mode != "replay" and one.target.server is None:
            raise UsageError(
                f"--max-cost: the price of `{names[0]}` at {one.target.name} is not known; name it in a target file: "
                f'[prices."{names[0]}"] with input, output (US dollars for a million tokens), dated and source'
            )


def _of_run(run: Run | None) -> list[str]:
    return [facts.name for facts in run.header.targets] if run else []


class _Keyless(UsageError):
    """The key of a target that has a file is not in the environment. `rehearse`: it can be rehearsed without one."""

    def __init__(self, why: str, rehearse: Callable[[], ChosenTarget] | None = None) -> None:
        super().__init__(why)
        self.rehearse = rehearse


def _with_modes(  # noqa: PLR0913, PLR0917  what decides the modes
    targets: Sequence[tuple[str, Target]],
    given: CommandLine,
    environ: Mapping[str, str],
    root: Path,
    source: Run | None,
    shards: Sequence[Run],
) -> tuple[tuple[ChosenTarget, ...], tuple[str, ...]]:
    """
    Return the targets that can be tested, and what the others need. Where none can, all are rehearsed.

    Raises `UsageError` when nothing can be done.
    """
    if shards:
        return tuple(_as_sent(given, shards[0], *named) for named in targets), ()
    found: list[ChosenTarget] = []
    missing: list[_Keyless] = []
    for again, target in targets:
        try:
            found.append(_with_mode(target, again, given, environ, root, source))
        except _Keyless as error:
            missing.append(error)
    if missing and not found:
        rehearsals = [error.rehearse() for error in missing if error.rehearse is not None]
        if len(rehearsals) < len(missing):
            raise UsageError("; ".join(map(str, missing)))
        return tuple(rehearsals), ()
    return tuple(found), tuple(map(str, missing))


def _with_mode(  # noqa: PLR0913, PLR0917  what decides the mode
    target: Target, again: str, given: CommandLine, environ: Mapping[str, str], root: Path, source: Run | None
) -> ChosenTarget:
    def replay(folder: Path) -> ChosenTarget:
        found = replayed(target, folder)
        return ChosenTarget(found.target, "replay", folder, found.day, given=again, server=found.server)

    if source is not None:
        return replay(runs.recordings(source.folder, target.name))
    folder = shelf.repaired(root / CASSETTES / target.name)
    if given.mode == "replay":
        return replay(folder)
    if given.mode == "rehearse" and target.server is None:
        return _rehearsing(target, again, given)
    if key_of(target.key_env, environ) or not target.key_env or given.list_suite:
        refuse_unusable(target.tls)
        server = version(target.server) if target.server else ""
        return ChosenTarget(target, "record" if given.mode == "record" else "live", given=again, server=server)
    # A name in small letters is not repeated: it could be a key that was given by mistake.
    variable = target.key_env if target.key_env.isupper() else "the variable that is named for it"
    missing = f"target `{target.name}` needs its key: set {variable}"
    if given.base_url or target.name in names_of(given):
        raise UsageError(missing)
    if given.mode is not None or not target.needs_key or given.resume:
        raise _Keyless(missing)
    if environ.get("CI"):
        modes = "--mode replay, or --mode rehearse to measure nothing"
        raise _Keyless(f"{missing}, or give {modes} (with CI set, nothing is guessed)")
    if folder.is_dir():
        return replay(folder)
    raise _Keyless(f"{missing} (there are no cassettes of it to replay)", lambda: _rehearsing(target, again, given))


def _as_sent(given: CommandLine, shard: Run, options: str, target: Target) -> ChosenTarget:
    """Return a target as a shard has asked it, wherever it listened: nothing is sent to it any more."""
    facts = next((facts for facts in shard.header.targets if facts.plain == target.name), None)
    if facts is None:
        raise UsageError(f"{target.name} is not in the shards: its key was not there when they were sent")
    assert facts.mode != "foreign"
    rehearsed = facts.mode == "rehearse"
    one = _rehearsing(target, options, given) if rehearsed else ChosenTarget(target, facts.mode, given=options)
    return replace(one, target=one.target.model_copy(update={"base_url": facts.base_url}))


def _rehearsing(target: Target, again: str, given: CommandLine) -> ChosenTarget:
    """Return a target in whose place the simulator answers."""
    if given.base_url or target.name in names_of(given):
        raise UsageError("--mode rehearse goes with --target: of an endpoint without a file no document is known")
    within = limited(rehearsal(target, load.load("simulator", {})), given, fixed=target.limits.fixed)
    return ChosenTarget(within, "rehearse", given=again, rehearsed=rehearsed(target))
