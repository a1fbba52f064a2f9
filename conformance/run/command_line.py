"""What was typed: the suite's options as pytest has parsed them, and what contradicts itself in them."""

from dataclasses import dataclass, fields
from typing import Any

from conformance.samples.counted import MOST
from conformance.wire.response import MAX_DECODED
from conformance.wire.verdict import UsageError

_OF_ENDPOINTS = ("header", "api_key_env", "auth_header", "auth_prefix", "ca_file", "client_cert", "client_key")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The options of one run, one field each. An option that may be repeated is a tuple, in the order given."""

    target: tuple[str, ...] = ()
    base_url: tuple[str, ...] = ()
    endpoint: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    api_key_env: tuple[str, ...] = ()
    auth_header: tuple[str, ...] = ()
    auth_prefix: tuple[str, ...] = ()
    ca_file: tuple[str, ...] = ()
    client_cert: tuple[str, ...] = ()
    client_key: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    upstream_record: str | None = None
    name: str | None = None
    mode: str | None = None
    replay_from: str | None = None
    resume: str | None = None
    shard: str | None = None
    merge: tuple[str, ...] = ()
    output: str | None = None
    profile: str | None = None
    packages: tuple[str, ...] = ()
    capability: tuple[str, ...] = ()
    level: str | None = None
    cost: str | None = None
    samples: int | None = None
    confirm: int | None = None
    max_requests: int | None = None
    in_flight: int | None = None
    deadline: float | None = None
    max_bytes: int | None = None
    max_disk: int | None = None
    max_minutes: float | None = None
    max_cost: float | None = None
    max_age: float | None = None
    secret_header: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    keep: str = "bodies"
    allure: bool = False
    list_suite: bool = False
    format: str = "text"
    run_pointer: str | None = None
    keyword: str = ""

    @classmethod
    def read(cls, namespace: object) -> "CommandLine":
        """Return the options that pytest's (or argparse's) parser found; other members are ignored."""
        found: dict[str, Any] = {field.name: getattr(namespace, field.name, field.default) for field in fields(cls)}
        frozen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
        return cls(**frozen)


def refuse_contradictions(given: CommandLine) -> None:
    """Raise `UsageError` for options that do not go together."""
    several = "for several endpoints use --endpoint NAME=URL for each, with --model NAME:ID"
    if len(given.base_url) > 1:
        raise UsageError(f"--base-url names one endpoint: {several}")
    if given.base_url and given.endpoint:
        raise UsageError(f"--base-url and --endpoint: {several}")
    if given.base_url and given.target:
        raise UsageError("--base-url names an endpoint itself: leave out --target, or use --endpoint NAME=URL")
    if given.base_url and not given.model:
        raise UsageError("--base-url needs --model NAME: the model to ask")
    if given.name and not given.base_url:
        raise UsageError("--name goes with --base-url; a target has the name of its file, an endpoint its own")
    if given.upstream_record and not given.base_url:
        raise UsageError("--upstream-record goes with --base-url: it is the record of what stands behind that endpoint")
    only = [name for name in _OF_ENDPOINTS if getattr(given, name)]
    if only and not given.base_url and not given.endpoint:
        option = f"--{only[0].replace('_', '-')}"
        raise UsageError(f"{option} goes with --base-url or --endpoint; a target has it in its file")
    _refuse_contradicting_modes(given)
    _refuse_numbers(given)


def _refuse_numbers(given: CommandLine) -> None:
    if given.max_bytes is not None and given.max_bytes > MAX_DECODED:
        raise UsageError("--max-bytes: at most 64M: no recording holds more")
    if given.max_requests is not None and given.max_requests < 1:
        raise UsageError("--max-requests: use a number from 1")
    for option, number in (("--samples", given.samples), ("--confirm", given.confirm)):
        if number is not None and not 1 <= number <= MOST:
            raise UsageError(f"{option}: use a number from 1 to {MOST:,}")


def _refuse_contradicting_modes(given: CommandLine) -> None:
    if given.mode == "rehearse" and given.resume:
        raise UsageError("--mode rehearse: a rehearsal is not gone on with; start it again")
    if given.replay_from and given.mode not in {None, "replay"}:
        raise UsageError(f"--from replays a run: it does not go with --mode {given.mode}")
    if given.max_age is not None and given.mode not in {None, "replay"}:
        raise UsageError(f"--max-age is about recordings: it does not go with --mode {given.mode}")
    if given.shard and (given.replay_from or given.mode == "replay"):
        raise UsageError("--shard divides what is sent: it does not go with a replay")
    if given.shard and given.keep == "shapes":
        raise UsageError("--shard: shards keep bodies until they are merged; give --keep shapes to the merge")
    if given.confirm and (given.shard or given.merge):
        raise UsageError("--confirm asks again what deviates: a shard judges nothing, and a merge sends nothing")
    if given.mode == "record" and given.keep == "shapes":
        raise UsageError("--mode record keeps cassettes that are judged again: it does not go with --keep shapes")


def refuse_replay_of_resumed(given: CommandLine) -> None:
    """Raise `UsageError` for a replay that is to go on: it has nothing to send."""
    if given.resume and (given.replay_from or given.mode == "replay"):
        raise UsageError("--resume sends what is missing: it does not go with a replay")
