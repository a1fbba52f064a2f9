"""
The text of one issue, in Markdown: what is wrong, how it is seen with `curl` alone, what is expected and by whom.

What the server sent stands in blocks of code and code spans, where it is neither Markdown nor a mention nor HTML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.causes.cause import Cause, Damage
from conformance.log.records import Run, TargetFacts
from conformance.record.headers import KEY_VARIABLE
from conformance.report.address import address
from conformance.report.evidence.client import client_words
from conformance.report.markdown import code, fenced, quoting, words
from conformance.targets.model import shown
from conformance.targets.url import is_local
from conformance.upstream_reports.decisive import decisive
from conformance.upstream_reports.quotes import quote
from conformance.upstream_reports.reproduction import Step, steps
from conformance.upstream_reports.server import Server
from conformance.upstream_reports.wording import fault, observed, place_of
from conformance.wire.text import cut

REJECTED = 400
LOCAL = "http://localhost:8080/v1"
_MOST_PARTS, _MOST_PLACES = 8, 6
_LONGEST_COMMAND = 12_000
_HARM = {
    Damage.BREAKS: "Clients break.",
    Damage.FALSIFIES: "Data is wrong or lost, and no client is told so.",
    Damage.REFUSES: "What clients need is not served.",
    Damage.COSMETIC: "No data is lost; who reads this part of the response notices.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What the reports of one run are about: a target and its server.

    Of each exchange, by its label, `requests` say what was requested, and `abouts` what is special about it.
    """

    run: Run
    facts: TargetFacts
    server: Server
    requests: Mapping[str, str]
    abouts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Issue:
    """One report: its title, its text, and the files that go with it, by name."""

    cause: Cause
    title: str
    text: str
    files: Mapping[str, bytes]


def issue(subject: Subject, cause: Cause, title: str) -> Issue:
    """Return the report of one cause."""
    place = place_of(cause)
    found = steps(subject.run, subject.facts.name, place)
    lines = [
        f"# {heading(title)}",
        "",
        *([f"{quoting(_sentence(fault(cause, subject.abouts)))}", ""] if title.endswith("…") else []),
        *_facts(subject),
        *_reproduction(subject, found),
        *_expected(subject, cause, place),
        *_observed(subject, cause, found),
        *_harm(subject, cause, place),
        *_again(subject, cause),
    ]
    files = {name: data for step in found for name, data in step.files.items()}
    return Issue(cause, title, "\n".join(lines) + "\n", files)


def heading(title: str) -> str:
    """Return a title as Markdown in which parentheses stay as they are: without brackets they have no meaning."""
    return re.sub(r"\\([()_])", r"\1", quoting(title))


def _facts(subject: Subject) -> Iterator[str]:
    header, facts, server = subject.run.header, subject.facts, subject.server
    name = facts.title if facts.title != facts.base_url else facts.plain
    yield f"- Server: {words(name)}, {f'version {code(server.version)}' if server.version else 'version not recorded'}"
    yield f"- Seen on {(facts.recorded or header.started):%Y-%m-%d}, models: {_models(facts)}"
    if server.upstream:
        yield f"- Set up as a gateway {words(server.upstream)}: no vendor's own endpoint was behind it"
    yield from (f"- {quoting(sentence)}" for sentence in server.cannot)
    yield (
        f"- Found by an OpenAI conformance suite ({words(header.suite)}, official client {words(header.client)}); "
        "it is not needed to see this"
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _models(facts: TargetFacts) -> str:
    return ", ".join(f"{words(role)} {code(name)}" for role, name in shown(facts.models).items()) or "none"


def _reproduction(subject: Subject, found: Sequence[Step]) -> Iterator[str]:
    yield from ("", "## Reproduction", "")
    if not found:
        yield "No request was recorded for this; the last section says how to send it."
        return
    local = is_local(subject.facts.base_url)
    base = LOCAL if local else subject.facts.base_url
    note = "   # where your server listens" if local else ""
    secrets = [name for step in found for name in (step.recording.provenance.withheld or {}).values()]
    script = [f"export BASE_URL={base}{note}"]
    script += [f'export {name}="..."' for name in dict.fromkeys(secrets or [KEY_VARIABLE])]
    for step in found:
        about = subject.abouts.get(step.label, "")
        script += ["", *([f"# {about}"] if about and len(found) > 1 else []), step.command]
    text = "\n".join(script)
    if any(step.files for step in found):
        names = ", ".join(code(name) for step in found for name in step.files)
        yield f"It reads {names}, which lie beside this text: attach them."
        yield ""
    if any("| jq" in step.command or "$(jq" in step.command for step in found):
        yield "The ids of earlier responses are read by `jq`."
        yield ""
    yield from fenced(text if len(text) <= _LONGEST_COMMAND else cut(text, _LONGEST_COMMAND), "sh")
    if special := subject.abouts.get(found[-1].label):
        yield from ("", f"The request: {quoting(special)}")


def _expected(subject: Subject, cause: Cause, place: str) -> Iterator[str]:
    first = cause.first
    yield from ("", "## Expected", "", f"{quoting(_required(subject, cause, place))} ({first.level.value.upper()})", "")
    url = address(first.source_url)
    source = words(cut(first.source, 200))
    yield f"Source: {f'[{source}]({url})' if url else source}"
    if (told := quote(first, cause.id)) and not _may_be_rejected(subject, cause, place):
        if told.place != first.source:
            yield ""
            yield f"Declared as [{words(told.place)}]({told.url}):" if address(told.url) else f"{words(told.place)}:"
        yield from ("", *(f"> {line}" for line in _quoted(told.text)))
    others = [part for part in cause.parts if part != first.requirement]
    if others:
        yield from ("", "The same edit would also meet:", "")
        yield from (f"- {quoting(part)}" for part in others[:_MOST_PARTS])
        if len(others) > _MOST_PARTS:
            yield f"- and {len(others) - _MOST_PARTS} more"


def _required(subject: Subject, cause: Cause, place: str) -> str:
    """Return the requirement; of a status it is which one."""
    expects = _expects(subject, cause, place)
    if not expects:
        return cause.first.requirement
    *others, last = [str(status) for status in expects]
    told = f"{', '.join(others)} or {last}" if others else last
    body = " and an `error` object" if expects[0] >= REJECTED else ""
    return f"A response with status {told}{body}."


def _expects(subject: Subject, cause: Cause, place: str) -> list[int]:
    """Return the statuses that would be right, where a status is what is wrong."""
    line = next((one for one in subject.run.exchanges if (one.target, one.label) == (cause.first.target, place)), None)
    return sorted(line.facts.expects) if cause.first.statement == "status" and line and line.facts else []


def _may_be_rejected(subject: Subject, cause: Cause, place: str) -> bool:
    """Tell whether the request may be served or rejected: then a source about one of the two is not quoted."""
    expects = _expects(subject, cause, place)
    return bool(expects) and expects[0] < REJECTED <= expects[-1]


def _quoted(text: str) -> Iterator[str]:
    """Yield the lines of a quotation; a declaration is code, and each line a paragraph."""
    first, *rest = text.split("\n")
    declared = bool(rest) or (": " in first and " = " in first) or "object, required" in first
    yield code(first, 400) if declared else quoting(first)
    for line in rest:
        yield from ("", quoting(line))


def _observed(subject: Subject, cause: Cause, found: Sequence[Step]) -> Iterator[str]:
    yield from ("", "## Observed", "", code(observed(cause, subject.requests), 600))
    if found:
        about_headers = "header" in cause.id or cause.first.capability.startswith("headers")
        yield from ("", "The decisive part of the response; `…` marks what is left out:", "")
        yield from fenced(decisive(found[-1].recording, cause.message, headers=about_headers), "http")
    places = [subject.requests.get(label, "") for label in cause.labels]
    named = list(dict.fromkeys(place for place in places if place))
    if len(cause.labels) > 1:
        shown_here = ", ".join(code(place) for place in named[:_MOST_PLACES])
        more = f" and {len(named) - _MOST_PLACES} more" if len(named) > _MOST_PLACES else ""
        yield from ("", f"It shows in {len(cause.labels)} requests: {shown_here}{more}.")


def _harm(subject: Subject, cause: Cause, place: str) -> Iterator[str]:
    yield from ("", "## Who breaks", "", _HARM[cause.damage])
    served = any(line.label == place and (line.status or 0) < REJECTED for line in subject.run.exchanges)
    told = cause.clients or tuple(
        line for line in subject.run.clients if (line.target, line.exchange) == (cause.first.target, place)
    )
    if served and any(line.outcome != "survives" for line in told):  # any client raises on the status of an error
        yield ""
        yield from (f"- {words(client_words(subject.run.header.client, line))}." for line in told)
        return
    if cause.similar:
        yield from ("", f"Of a server with a similar fault: {quoting(cause.similar.breaks)}", "")
        yield from (f"- {url}" for url in cause.similar.links[:3] if address(url))


def _again(subject: Subject, cause: Cause) -> Iterator[str]:
    facts = subject.facts
    model = shown(facts.models)
    base = LOCAL if is_local(facts.base_url) else facts.base_url
    key = facts.variable or KEY_VARIABLE
    named = " ".join(f"--model {role}={name}" for role, name in model.items())
    first = cause.first
    command = f"nox -s conformance -- --base-url {base} {named} --api-key-env {key} --capability '{first.capability}'"
    level = " --level may" if first.level.value == "may" else ""
    yield from ("", "## With the suite", "", *fenced(f"{command}{level}", "sh"), "")
    yield f"The check: {code(first.check)}. Cause: {code(cause.id)}."
