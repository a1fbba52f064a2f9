"""
How a cause is seen again with `curl` alone: the commands of a shell, those that others build on first.

The address and the key are variables of the shell. Ids that an earlier response made up and a later request names are
read from that response, so that the commands do the same at another server.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.log.records import ExchangeLine, Run
from conformance.plan import loader
from conformance.plan.order import chain
from conformance.record import cassette
from conformance.record.curl import BASE_VARIABLE, command, files_beside
from conformance.record.recording import CassetteError, Recording
from conformance.targets.auth import USUAL
from conformance.wire.response import NotJson, read_json

BODY = "body"
_ID = re.compile(r"[A-Za-z0-9_-]{6,200}")
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")
_STATELESS = frozenset({"chat/completions", "completions", "embeddings", "moderations", "models"})
"""Operations whose requests hold all that they build on; nothing has to be sent before them."""
_MOST_FOUND, _MOST_STEPS = 2_000, 6


@dataclass(frozen=True, slots=True)
class Step:
    """One request: what is special about it, its command, and the files that it reads, by name."""

    label: str
    about: str
    command: str
    files: Mapping[str, bytes]
    recording: Recording


@dataclass(frozen=True, slots=True)
class _Captured:
    """An id of an earlier response: the variable that holds it, and the filter of `jq` that reads it."""

    variable: str
    step: int
    path: str


def recording_at(run: Run, line: ExchangeLine | None) -> Recording | None:
    """Return the recording of an exchange, or None where there is none that can be read."""
    try:
        return cassette.read(run.folder / line.evidence, run.folder) if line and line.evidence else None
    except (CassetteError, OSError, UnicodeError):
        return None


def steps(run: Run, target: str, label: str) -> tuple[Step, ...]:
    """Return the requests that show what an exchange shows; none where it was not recorded."""
    lines = {line.label: line for line in run.exchanges if line.target == target}
    last = lines.get(label)
    if last is None or recording_at(run, last) is None:
        return ()
    before = () if last.facts and last.facts.operation in _STATELESS else _before(last)
    named = [lines[name] for name in (*before, label) if name in lines]
    read = [(line, found) for line in named if (found := recording_at(run, line))][-_MOST_STEPS:]
    return tuple(_written(_only_needed(read)))


def _before(line: ExchangeLine) -> tuple[str, ...]:
    """Return the labels of what an exchange builds on, as the suite of today defines it."""
    spec = _specs().get(line.id)
    if spec is None:
        return ()
    case, variant = line.case, ""
    if "=" in line.case:
        case, _, variant = line.case.rpartition(",")
    key = ExchangeKey(line.target, spec, case, variant, line.sample)
    return tuple(one.label for one in chain([key]) if one.label != line.label)


def _specs() -> Mapping[str, ExchangeSpec]:
    return {spec.id: spec for spec in loader.load(judges=False).specs}


def _only_needed(read: Sequence[tuple[ExchangeLine, Recording]]) -> list[tuple[ExchangeLine, Recording]]:
    """Return the last exchange, and those before it whose responses made up an id that is needed."""
    needed: list[tuple[ExchangeLine, Recording]] = list(read[-1:])
    for line, found in reversed(read[:-1]):
        later = b"\n".join(one.sent.url.encode() + b"\n" + one.sent.body for _, one in needed)
        if any(value.encode() in later for _, value in _ids(found)):
            needed.insert(0, (line, found))
    return needed


def _written(needed: Sequence[tuple[ExchangeLine, Recording]]) -> Iterator[Step]:
    captured: dict[str, _Captured] = {}
    texts: list[tuple[ExchangeLine, Recording, str, dict[str, bytes]]] = []
    for number, (line, found) in enumerate(needed):
        file = f"{BODY}-{number + 1}"
        text = _with_variables(_command(line, found, file), captured)
        texts.append((line, found, text, files_beside(_below(found).sent, file)))
        for path, value in _ids(found):
            name = f"ID_{len(captured) + 1}"
            captured.setdefault(value, _Captured(name, number, path))
    every = "\n".join(text for _, _, text, _ in texts)
    for number, (line, found, text, files) in enumerate(texts):
        used = [one for one in captured.values() if one.step == number and f"${one.variable}" in every]
        yield Step(line.label, line.about, _capturing(text, found, used, number), files, found)


def _command(line: ExchangeLine, found: Recording, file: str) -> str:
    origin = found.provenance
    moved = _below(found)
    base = BASE_VARIABLE if moved.sent.url != found.sent.url else ""
    return command(moved.sent, line.key, file, origin.auth or USUAL, origin.withheld, base=base)


def _below(found: Recording) -> Recording:
    """Return the recording with the path below the base URL in the place of the whole URL."""
    base = urlsplit(found.provenance.base_url)
    whole = found.sent.url if "://" in found.sent.url else f"{base.scheme}:{found.sent.url}"
    start = found.provenance.base_url.partition("?")[0].rstrip("/")
    if base.query or not whole.startswith(f"{start}/"):
        return found
    return replace(found, sent=replace(found.sent, url=whole.removeprefix(start)))


def _ids(found: Recording) -> Iterator[tuple[str, str]]:
    """Yield what a response calls `id`, or an id by another name, with the filter of `jq` that reads it."""
    for prefix, value in _documents(found):
        yield from _ids_in(value, prefix)


def _documents(found: Recording) -> Iterator[tuple[str, Any]]:
    answer = found.response
    if not answer.is_stream(requested=found.sent.streamed):
        try:
            yield "", read_json(answer.decoded)
        except (NotJson, RecursionError, ValueError):
            return
        return
    for number, event in enumerate(answer.stream.events[:_MOST_FOUND]):
        if event.data.startswith("{"):
            try:
                yield f".[{number}]", read_json(event.data)
            except (NotJson, RecursionError, ValueError):
                continue


def _ids_in(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > 8:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            if not _PLAIN_KEY.fullmatch(key):
                continue
            if isinstance(one, str) and (key == "id" or key.endswith("_id")) and _ID.fullmatch(one):
                yield f"{path}.{key}", one
            yield from _ids_in(one, f"{path}.{key}", depth + 1)
    elif isinstance(value, list):
        for number, one in enumerate(value[:50]):
            yield from _ids_in(one, f"{path or '.'}[{number}]", depth + 1)


def _with_variables(text: str, captured: Mapping[str, _Captured]) -> str:
    """Return a command in which the shell puts in the ids of earlier responses."""
    for value, one in captured.items():
        parts = re.split(rf"(?<![A-Za-z0-9_-]){re.escape(value)}(?![A-Za-z0-9_-])", text)
        told = parts[0]
        for part in parts[1:]:
            told += f"'\"${one.variable}\"'" if _is_quoted(told) else f'"${one.variable}"'
            told += part
        text = told
    return text


def _is_quoted(text: str) -> bool:
    """Tell whether the end of a part of a command lies between two single quotes."""
    single = double = False
    for character in text:
        if character == "'" and not double:
            single = not single
        elif character == '"' and not single:
            double = not double
    return single


def _capturing(text: str, found: Recording, used: Sequence[_Captured], number: int) -> str:
    """Return a command that also reads the ids that later ones need."""
    if not used:
        return text
    file = f"response-{number + 1}.json"
    quiet = text.replace("curl -sS -i -N", "curl -sS", 1)
    events = " | sed -n 's/^data: *{/{/p' | jq -s ." if found.response.is_stream(requested=found.sent.streamed) else ""
    lines = [f"{quiet}{events} > {file}"]
    lines += [f"{one.variable}=$(jq -r '{one.path}' {file})" for one in used]
    return "\n".join(lines)
