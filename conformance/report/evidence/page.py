"""
Evidence pages: what was sent to a target in one exchange, what came back, and what was judged on it.

Every part has a budget, so that a page stays below 200 kB whatever an endpoint sent; what was cut is counted.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from conformance.log.records import Result, Run
from conformance.report.evidence.curl import body_as_file, command
from conformance.report.evidence.source import Proof, view
from conformance.report.html import Markup, element, escape, join, link, page, read_asset
from conformance.report.matrix.model import GLYPHS
from conformance.report.paths import safe
from conformance.wire.request import Key
from conformance.wire.response import Answer
from conformance.wire.verdict import Verdict

LARGEST = 200_000

_REQUEST, _CURL, _RESPONSE, _FRAMES, _FRAME, _CHECKS, _FACT = 25_000, 12_000, 60_000, 60_000, 4_000, 25_000, 1_500
_LAST_FRAMES = 3
_TO_RUN = "../../"


def evidence_html(run: Run, proof: Proof, results: Sequence[Result]) -> str:
    """Return the page of one exchange. `results` are those that looked at it."""
    facts = run.target(proof.target)
    column = facts.column
    warning = "REHEARSAL: nothing was measured. The suite's own simulator answered."
    return page(
        f"{proof.label} · {column}",
        element("div", warning, class_="banner", role="alert") if facts.mode == "rehearse" else "",
        element(
            "main",
            element("p", link(f"{_TO_RUN}matrix.html", "Matrix"), f" · {run.header.run} · {column} · {facts.grade}"),
            element("h1", proof.label),
            element("p", proof.line.about) if proof.line and proof.line.about else "",
            _facts(proof),
            _checks(proof, results),
            _exchange(proof),
        ),
        css=read_asset("base.css") + read_asset("evidence/evidence.css"),
    )


def body_file(proof: Proof) -> str | None:
    """Return the name of the file with the request's body that the page's `curl` command reads, or None."""
    recording = proof.recording
    return f"{safe(proof.label)}.body" if recording and recording.sent.body and body_as_file(recording.sent) else None


def _facts(proof: Proof) -> Markup:
    line, recording = proof.line, proof.recording
    facts: list[tuple[str, str]] = [("ended", proof.ended)]
    if line:
        facts.append(("because", line.reason))
        facts.append(("attempts", " → ".join(line.attempts)))
        facts.append(("took", f"{line.total_ms:,.1f} ms" if line.total_ms is not None else ""))
        facts.append(("tokens", f"{line.tokens:,} reported by the endpoint" if line.tokens is not None else ""))
        facts.append(("resumed", "taken from an earlier run" if line.resumed else ""))
    if recording:
        provenance = recording.provenance
        facts.append(("recorded", f"{provenance.recorded:%Y-%m-%d %H:%M:%S} UTC, suite {provenance.suite}"))
        facts.append(("digest", provenance.digest))
        facts.append(("recording", link(f"{_TO_RUN}{proof.path}", proof.path) if proof.own else proof.path))
        if provenance.leaked:
            facts.append(("key sent back", f"{provenance.leaked} times; replaced by a placeholder"))
    return _list([(name, value) for name, value in facts if value])


def _list(facts: Sequence[tuple[str, str]]) -> Markup:
    items = [join(element("dt", name), element("dd", bounded(value, _FACT))) for name, value in facts]
    return element("dl", *items)


def _exchange(proof: Proof) -> Markup:
    recording = proof.recording
    if recording is None:
        return join(element("h2", "No recording"), element("p", bounded(f"{proof.ended}: {proof.why}", _FACT)))
    sent, answer = recording.sent, recording.answer
    name = body_file(proof)
    key = proof.line.key if proof.line else Key.VALID
    own = link(name, "request body") if name else ""
    return join(
        element("h2", "Request"),
        element("p", element("code", bounded(f"{sent.method} {sent.url}", _FACT))),
        _list([*sent.headers, ("key", f"{key.value}; not recorded, like all headers but these")]),
        _body(sent.body, _REQUEST) if sent.body else element("p", "No body.", class_="soft"),
        element("h2", "Again with curl"),
        element("pre", bounded(command(sent, key, name or ""), _CURL), class_="curl"),
        element("p", "It reads the ", own, " from the folder of this page.", class_="soft") if name else "",
        element("h2", f"Response: {answer.status}"),
        element(
            "p", f"Headers after {answer.headers_ms:,.1f} ms, last byte after {answer.total_ms:,.1f} ms.", class_="soft"
        ),
        _list(answer.headers[:60]),
        _frames(answer) if answer.media_type == "text/event-stream" else _body(answer.decoded, _RESPONSE),
    )


def _body(data: bytes, budget: int) -> Markup:
    shown, kind = view(data)
    size = element("p", f"{len(data):,} bytes{', ' if data else ''}{kind if data else ''}", class_="soft")
    return (
        join(size, element("pre", bounded(shown, budget), class_="hex" if kind == "binary" else None)) if data else size
    )


def bounded(text: str, budget: int) -> Markup:
    """Return a text as HTML of about `budget` bytes at most, with a note of how many bytes of the text were cut."""
    if isinstance(text, Markup):
        return text
    taken = text[:budget]
    while taken and len(escape(taken).encode()) > budget:
        taken = taken[: min(len(taken) - 1, len(taken) * budget // len(escape(taken).encode()))]
    cut = len(text.encode("utf-8", "replace")) - len(taken.encode("utf-8", "replace"))
    return join(taken, f" … [{cut:,} bytes cut]") if cut else escape(taken)


def _frames(answer: Answer) -> Markup:
    stream = answer.stream
    ends = list(accumulate(answer.sizes))
    rows: list[Markup] = []
    spent, total = 0, len(stream.events)
    for number, event in enumerate(stream.events):
        if spent > _FRAMES and number < total - _LAST_FRAMES:
            continue
        cells = (
            str(number),
            _arrival(answer, ends, event.end),
            bounded(event.event, 200),
            element("code", bounded(event.data, _FRAME)),
        )
        row = element("tr", *(element("td", cell) for cell in cells))
        spent += len(row.encode())
        rows.append(row)
    if len(rows) < total:
        gap = element("td", f"{total - len(rows):,} frames are not shown here; the recording has them", colspan=4)
        rows.insert(max(0, len(rows) - _LAST_FRAMES), element("tr", gap))
    head = element("thead", element("tr", *(element("th", word) for word in ("#", "ms", "event", "data"))))
    notes = [("comments", f"{len(stream.comments)}: {stream.comments[0][:200]}" if stream.comments else "")]
    notes.append(("lines that are no field", "; ".join(stream.strange[:10])))
    notes.append(("cut off at the end", _rest(stream.rest)))
    return join(
        element("p", f"{total:,} frames, {len(answer.body):,} bytes, {len(answer.sizes):,} chunks", class_="soft"),
        element("div", element("table", head, element("tbody", *rows), class_="frames"), class_="wide"),
        _list([(name, value) for name, value in notes if value]),
    )


def _arrival(answer: Answer, ends: list[int], end: int) -> str:
    """Return when the chunk that ends an event came. The offsets of a compressed body say nothing about its chunks."""
    chunk = bisect_left(ends, end)
    known = answer.decoded is answer.body and chunk < len(answer.at_ms)
    return f"{answer.at_ms[chunk]:,.1f}" if known else "-"


def _rest(rest: bytes) -> str:
    return f"{len(rest):,} bytes: {rest[:400].decode('utf-8', 'replace')}" if rest else ""


def _checks(proof: Proof, results: Sequence[Result]) -> Markup:
    """Return what was judged. It stands before the bytes: who comes from a red cell looks for the reason first."""
    ordered = sorted(results, key=lambda result: (-result.verdict.rank, result.level.rank, result.check))
    good = [result for result in ordered if result.verdict is Verdict.CONFORMS and not result.known]
    rest = [result for result in ordered if result not in good]
    words = f"{len(good)} of {len(ordered)} checks conform"
    return join(
        element("h2", f"Judged on this: {words}"),
        _table(proof, rest),
        element("details", element("summary", f"{len(good)} that conform"), _table(proof, good)) if good else "",
    )


def _table(proof: Proof, results: Sequence[Result]) -> Markup:
    rows: list[Markup] = []
    spent = 0
    for result in results:
        if spent > _CHECKS:
            break
        row = _check(proof, result)
        spent += len(row.encode())
        rows.append(row)
    left = len(results) - len(rows)
    return join(
        element("table", element("tbody", *rows), class_="checks") if rows else "",
        element("p", f"{left} more are not shown here; the matrix has them.", class_="soft") if left else "",
    )


def _check(proof: Proof, result: Result) -> Markup:
    known = result.known
    mark = "stale" if known and known.stale else "known"
    since = f"{mark} since {known.since}: {known.reason}" if known else ""
    others = [name for name in dict.fromkeys(result.exchanges) if name != proof.label]
    also = [join(" ", link(f"{safe(name)}.html", name)) for name in others[:20]]
    return element(
        "tr",
        element("td", f"{GLYPHS[result.verdict]} {result.verdict.value}", class_=result.verdict.value),
        element(
            "td",
            element("span", result.level.value.upper(), class_="level"),
            f" {result.requirement} ",
            element("span", "gating", class_="mark") if result.gating else "",
            element("p", bounded(result.reason, _FACT)) if result.reason else "",
            element("p", bounded(since, _FACT)) if since else "",
            element("p", bounded(result.note, _FACT), class_="soft") if result.note else "",
            element("p", element("code", bounded(result.check, _FACT)), f" · {result.source}", class_="soft"),
            element("p", "findings: ", element("code", ", ".join(result.findings)), class_="soft")
            if result.findings
            else "",
            element("p", "also looked at:", *also, class_="soft") if also else "",
        ),
    )
