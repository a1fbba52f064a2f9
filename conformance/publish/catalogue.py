"""All requirements of the suite: the sentence, its source, a response that breaks it, and who does."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

from conformance.explain.difference import difference
from conformance.plan.expand import Selected
from conformance.plan.order import chain
from conformance.plan.select import names_check
from conformance.publish.document import Published
from conformance.send.unkept import arguments, sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries
from conformance.targets.target import Limits
from conformance.wire.capability import Level
from conformance.wire.exchange import Exchange
from conformance.wire.response import NotJson, read_json
from conformance.wire.text import cut, visible
from conformance.zoo.dressing import KEY, confined, gateway
from conformance.zoo.prove import every_check

_WIDTH, _LINES = 110, 10
_PATIENT = Limits(in_flight=8, per_minute=0, deadline_s=60)
"""What is published is not to depend on how busy this machine is."""
_CASE = re.compile(r"\[[^\]]*\]")
_MADE_UP = re.compile(r"\b1[5-9]\d{8}\b|(?<=[a-z][-_])[0-9a-f]{20,}")
_NOISE = re.compile(r" (x-request-id|openai-processing-ms|content-length|access-control-[a-z-]+|date|server):")
"""Lines around a difference that tell nothing."""
_STABLE = {True: "1790000000", False: "1a2b3c…"}
"""What stands for a time and for an id of a response, so that the same suite writes the same page."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `example` are lines of a response that breaks it, `+`, and of a good one, `-`."""

    id: str
    sentence: str
    level: Level
    capability: str
    title: str
    source: str
    url: str
    condition: str
    cases: int
    deviations: tuple[str, ...]
    servers: tuple[str, ...]
    example: tuple[str, ...] = ()


def requirements(servers: Sequence[Published]) -> list[Requirement]:
    """Return all requirements by their id, without examples; nothing is sent."""
    grouped = _grouped(every_check())
    broken_by = _broken_by(grouped)
    known = _known(servers)
    return [
        _requirement(name, items, broken_by.get(name, ()), known.get(name, ()))
        for name, items in sorted(grouped.items())
    ]


def with_examples(found: Sequence[Requirement]) -> list[Requirement]:
    """Return the requirements with what breaks them, for example; the simulator is asked, which takes a minute."""
    wanted = {one.id for one in found}
    first = {name: items[0] for name, items in _grouped(every_check()).items() if name in wanted}
    examples = dict(_examples(first))
    return [replace(one, example=examples.get(one.id, ())) for one in found]


def digest(found: Iterable[Requirement]) -> str:
    """Return the digest of all but the examples: whether a page is that of the suite of today."""
    told = [[one.id, one.sentence, one.level, one.source, one.deviations, one.servers] for one in found]
    return sha256(json.dumps(told).encode()).hexdigest()


def _grouped(items: Iterable[Selected]) -> dict[str, list[Selected]]:
    """Return the checks without their cases; what every exchange must meet is one requirement, whatever is sent."""
    found: dict[str, list[Selected]] = {}
    for item in items:
        name = f"transport/every_exchange/{item.check.statement}" if item.check.builtin else without_case(item.id)
        found.setdefault(name, []).append(item)
    return found


def without_case(check: str) -> str:
    """Return the id of a check without its case."""
    return _CASE.sub("", check, count=1)


def _broken_by(grouped: Mapping[str, Sequence[Selected]]) -> dict[str, tuple[str, ...]]:
    """Return the deviations of the zoo that are meant to break each requirement."""
    by_id = {item.id: name for name, items in grouped.items() for item in items}
    found: dict[str, dict[str, None]] = {}
    for entry in entries():
        for pattern in entry.caught_by if entry.function is not None else ():
            whole = not {"*", "?"} & {*pattern}
            named = [by_id[pattern]] if pattern in by_id else []
            if not whole:
                named = [name for check, name in by_id.items() if names_check(pattern, check)]
            for name in named:
                found.setdefault(name, {})[entry.id] = None
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def _known(servers: Sequence[Published]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for server in servers:
        for check in {check for finding in server.findings for check in finding.checks}:
            found.setdefault(without_case(check), {})[server.column] = None
    return {name: tuple(sorted(columns)) for name, columns in found.items()}


def _requirement(
    name: str, items: Sequence[Selected], deviations: tuple[str, ...], servers: tuple[str, ...]
) -> Requirement:
    check = items[0].check
    return Requirement(
        id=name,
        sentence=check.requirement,
        level=min((item.check.owed for item in items), key=lambda level: level.rank),
        capability="transport" if check.builtin else check.capability.id,
        title="every exchange" if check.builtin else check.capability.title,
        source=str(check.says),
        url=check.says.url,
        condition=" and ".join(condition.text for condition in check.when),
        cases=len(items),
        deviations=deviations,
        servers=servers,
    )


def _examples(first: Mapping[str, Selected]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield for each requirement the lines of a response that break it; `first` is a check of each."""
    with gateway() as base, running(KEY, sent=Path(base.upstream_record)) as base_url:
        faithful = confined([], base_url, base, [*first.values()])
        keys = [key for item in faithful.items for key in item.keys]
        patient = faithful.target.model_copy(update={"limits": _PATIENT})
        with sent({patient.name: patient}, keys, KEY) as engine:
            got = {key: engine.wait(key) for key in chain(keys)}
    for name, item in zip(first, faithful.items, strict=True):
        good = arguments(item, got)
        if item.check.counterexample is not None and all(one.response for one in _flat(good)):
            yield name, tuple(_example(_flat(good), _flat(item.check.counterexample.apply(good))))


def _flat(values: Mapping[str, Exchange | tuple[Exchange, ...]]) -> list[Exchange]:
    return [one for value in values.values() for one in (value if isinstance(value, tuple) else (value,))]


def _example(good: Sequence[Exchange], broken: Sequence[Exchange]) -> Iterator[str]:
    """Yield the lines of the first response that differ, with those around them where there is room."""
    pair = next(((one, two) for one, two in zip(good, broken, strict=True) if one != two), None)
    found = (_upstream(*pair) or difference(*pair, _WIDTH)) if pair else []
    lines = [line for line in found if not _NOISE.match(line)]
    if len(lines) > _LINES:
        lines = [line for line in lines if not line.startswith(" ")]
    if len(lines) > _LINES:  # what breaks it is what is read
        added = [line for line in lines if line.startswith("+")][: _LINES // 2]
        removed = [line for line in lines if not line.startswith("+")][: _LINES - len(added)]
        yield from map(stable, (*removed, *added))
        yield f"… {len(lines) - len(removed) - len(added)} more lines"
        return
    yield from map(stable, lines)


def _upstream(good: Exchange, broken: Exchange) -> list[str]:
    """Return the lines in which differ what a faithful gateway and another one sent upstream; none for the same."""
    found = unified_diff([*_sent(good)], [*_sent(broken)], n=1, lineterm="")
    return [cut(visible(line), _WIDTH) for line in found if not line.startswith(("---", "+++", "@@"))]


def _sent(exchange: Exchange) -> Iterator[str]:
    for one in exchange.upstream:
        yield f"{one.method} {one.path}, answered {one.status}"
        yield from (f"{name}: {value}" for name, value in one.headers if name.lower() == "content-type")
        yield from (f"{credential.place}: key, {credential.whose}" for credential in one.credentials)
        yield from _pretty(one.body.content)


def _pretty(body: bytes) -> list[str]:
    try:
        return json.dumps(read_json(body), indent=1, ensure_ascii=False).splitlines()
    except (NotJson, RecursionError, ValueError):
        return body[:_WIDTH].decode("utf-8", "replace").splitlines()


def stable(line: str) -> str:
    """Return a line in which times and ids that were made up for a response are always the same ones."""
    return _MADE_UP.sub(lambda found: _STABLE[found[0].isdigit()], line)
