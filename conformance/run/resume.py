"""
Going on with a run by what its log says.

The log may be a stranger's. So what it names is taken only where that gives nothing away: a target of ours by its name,
an endpoint's address, what was selected. A key, a header, a certificate, a file and code must be given again.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.log.asked import Asked
from conformance.log.records import Run, TargetFacts
from conformance.run.command_line import CommandLine
from conformance.targets import load
from conformance.targets.model import shown
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

_LISTS = ("base_url", "auth_header", "auth_prefix", "secret_header")
_BOUNDS = ("max_requests", "in_flight", "deadline", "max_bytes", "max_disk", "max_minutes", "max_cost")
_VALUES = ("name", "level", "cost", "samples", "confirm", "shard", *_BOUNDS)
_AGAIN = ("ca_file", "client_cert", "client_key", "trigger")


def asked(given: CommandLine) -> Asked:
    """Return what the log says about the options of a run."""
    known = {field.name: getattr(given, field.name) for field in fields(given) if field.name in Asked.model_fields}
    return Asked(**{**known, "header": tuple(map(_header_name, given.header))})


def _header_name(item: str) -> str:
    return item.partition(":")[0].strip()


def resumed(given: CommandLine, run: Run) -> CommandLine:
    """
    Return the options of a run that is gone on with: what was given now, and what its log adds.

    Raises `UsageError` for another target than the run's, and for what must be given again.
    """
    stored = run.header.options
    if stored is None:  # a log from before they were kept
        return given
    if given.shard and given.shard != stored.shard:
        part = f"shard {stored.shard}" if stored.shard else "no shard"
        raise UsageError(f"--resume: that run is {printable(part)}, and not shard {given.shard}")
    if all(facts.mode == "replay" for facts in run.header.targets):
        raise UsageError("--resume: that run judged recordings and sent nothing; start it again without --resume")
    if missing := list(_to_give_again(given, stored)):
        raise UsageError(
            f"--resume takes no file, no key and no header's value from a log, which may be a stranger's. Give again, "
            f"if you trust what it was sent to ({_where(run)}): {printable(' '.join(missing))}"
        )
    changes: dict[str, Any] = {name: getattr(given, name) or getattr(stored, name) for name in (*_LISTS, *_VALUES)}
    changes["target"] = _targets(given, stored)
    changes["endpoint"] = _endpoints(given, stored)
    changes["model"] = (*stored.model, *given.model)
    if not given.profile and not given.capability:
        changes["profile"], changes["capability"] = stored.profile, stored.capability
    if given.keep == "bodies":
        changes["keep"] = stored.keep
    changes["keyword"] = given.keyword or stored.keyword
    return replace(given, **changes)


def _where(run: Run) -> str:
    return ", ".join(printable(facts.base_url) for facts in run.header.targets)


def files_to_give_again(given: CommandLine, stored: Asked) -> Iterator[str]:
    """Yield the options that name files of the user's own: targets, checks, which are code, and known deviations."""
    here = {_stem(name) for name in given.target}
    for path in stored.target:
        if load.is_path(path) and _stem(path) not in here:
            yield f"--target {shlex.quote(path)}"
    if len(given.packages) < len(stored.packages):
        yield from (f"--checks {shlex.quote(value)}" for value in stored.packages)
    if len(given.known) < len(stored.known):
        yield from (f"--known {shlex.quote(value)}" for value in stored.known)


def _to_give_again(given: CommandLine, stored: Asked) -> Iterator[str]:
    yield from files_to_give_again(given, stored)
    headers = {_header_name(item).lower() for item in given.header}
    for name in stored.header:
        if name.lower() not in headers:
            yield f'--header "{name}: VALUE"'
    if len(given.api_key_env) < len(stored.api_key_env):
        yield from (f"--api-key-env {shlex.quote(variable)}" for variable in stored.api_key_env)
    for option in _AGAIN:
        if len(getattr(given, option)) < len(getattr(stored, option)):
            yield from (f"--{option.replace('_', '-')} {shlex.quote(value)}" for value in getattr(stored, option))
    if stored.mode == "record" and given.mode is None:
        yield "--mode record"


def _stem(target: str) -> str:
    return target.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")


def _targets(given: CommandLine, stored: Asked) -> tuple[str, ...]:
    """Return the run's own targets in their order, as they are given now."""
    now = {_stem(name): name for name in given.target}
    without_options = () if stored.base_url or stored.endpoint else ("simulator",)
    known = {_stem(name) for name in stored.target or without_options}
    if (given.base_url and not stored.base_url) or now.keys() - known:
        raise UsageError("--resume: a run goes on with the targets that it has; start a new one for another")
    return tuple(now.get(_stem(name), name) for name in stored.target)


def _endpoints(given: CommandLine, stored: Asked) -> tuple[str, ...]:
    now = {item.partition("=")[0]: item for item in given.endpoint}
    if now.keys() - {item.partition("=")[0] for item in stored.endpoint}:
        raise UsageError("--resume: a run goes on with the endpoints that it has; start a new one for another")
    return tuple(now.get(item.partition("=")[0], item) for item in stored.endpoint)


def refuse_others(run: Run, facts: Sequence[TargetFacts], served: Sequence[str]) -> None:
    """
    Raise `UsageError` unless these targets are those of the run, at their addresses and with their models.

    The recordings of one run are of one endpoint. `served` are the targets whose servers the suite starts, anywhere.
    """
    now = {found.name: found for found in facts}
    if now.keys() != {before.name for before in run.header.targets}:
        raise UsageError(f"--resume: the run tested {_names(run.header.targets)}, and not {_names(facts)}")
    for before in run.header.targets:
        found = now[before.name]
        if before.name not in served and _address(found.base_url) != _address(before.base_url):
            raise UsageError(
                f"--resume: the run tested {before.name} at {printable(before.base_url)}, and not {found.base_url}"
            )
        changed = {role: ids for role, ids in shown(before.models).items() if shown(found.models).get(role) != ids}
        for role, ids in changed.items():
            raise UsageError(
                f"--resume: the run asked {before.name} for `{printable(ids)}` as {role}, and not for "
                f"`{shown(found.models).get(role, 'nothing')}`; give the same --model, or start a new run"
            )
        if (before.mode == "replay") != (found.mode == "replay"):
            raise UsageError(f"--resume: the run used {before.name} in mode {before.mode}, and not {found.mode}")


def _names(facts: Sequence[TargetFacts]) -> str:
    return ", ".join(printable(found.name) for found in facts)


def _address(url: str) -> tuple[str, str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), parts.query
