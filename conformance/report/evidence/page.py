"""
Evidence pages: what was sent to a target in one exchange, what came back, and what was judged on it.

Every part has a budget, so that a page stays below 200 kB whatever an endpoint sent; what was cut is counted.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import htpy as h
from htpy import Node
from markupsafe import Markup

from conformance.log.records import Result, Run
from conformance.record.curl import command_of, files_beside
from conformance.record.recording import Kept, Recording
from conformance.report.evidence.client import calls_words, client_words
from conformance.report.evidence.shown import body_shown, bounded
from conformance.report.evidence.source import Proof
from conformance.report.evidence.upstream import sent_upstream
from conformance.report.glyphs import GLYPHS
from conformance.report.html import content, link, markup, page, read_asset
from conformance.report.paths import safe
from conformance.wire.request import Key
from conformance.wire.response import Response
from conformance.wire.verdict import Verdict

LARGEST = 200_000

_REQUEST, _CURL, _RESPONSE, _FRAMES, _FRAME, _CHECKS, _FACT = 25_000, 12_000, 60_000, 60_000, 4_000, 25_000, 1_500
_LAST_FRAMES = 3

# What a page holds by the hundred is filled in here: `%` escapes like htpy, in a quarter of the time.
_WORST_FIRST = ("loses", "raises", "survives")
_FACT_ROW = Markup("<dt>%s</dt><dd>%s</dd>")
_FRAME_ROW = Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td><code>%s</code></td></tr>")
_CHECK_ROW = Markup(
    '<tr><td class="%s">%s %s</td><td><span class="level">%s</span> %s %s'
    '<p class="soft"><code>%s</code> · source: %s</p>%s</td></tr>'
)
_GOOD_ROW = Markup("<li>%s <small>%s · <code>%s</code>%s</small></li>")
_GATING = Markup('<span class="mark">gating</span>')
_LINE = Markup("<p>%s</p>")
_FINDINGS = Markup('<p class="soft">findings: <code>%s</code></p>')
_SOFT_LINE = Markup('<p class="soft">%s</p>')
_TO_RUN = "../../"


def evidence_html(run: Run, proof: Proof, results: Sequence[Result]) -> str:
    """Return the page of one exchange. `results` are those that looked at it."""
    facts = run.target(proof.target)
    column = facts.column
    warning = "REHEARSAL: nothing was measured. The suite's own simulator answered."
    return page(
        f"{proof.label} · {column}",
        h.div(class_="banner", role="alert")[warning] if facts.mode == "rehearse" else None,
        h.main[
            h.p[link(f"{_TO_RUN}matrix.html", "Matrix"), f" · {run.header.run} · {column} · {facts.grade}"],
            h.h1[proof.label],
            h.p[proof.line.about] if proof.line and proof.line.about else None,
            _facts(proof),
            *_clients(run, proof),
            _checks(proof, results),
            _exchange(proof),
        ],
        css=read_asset("base.css") + read_asset("evidence/evidence.css"),
    )


def files_of(proof: Proof) -> dict[str, bytes]:
    """Return the files that the page's `curl` command reads, by their names in the folder of the page."""
    return files_beside(proof.recording.sent, _body_file(proof)) if proof.recording else {}


def _body_file(proof: Proof) -> str:
    return f"{safe(proof.label)}.body"


def _facts(proof: Proof) -> Node:
    line, recording = proof.line, proof.recording
    facts: list[tuple[str, str | Markup]] = [("ended", proof.ended)]
    if line:
        facts.append(("because", line.reason))
        facts.append(("attempts", " → ".join(line.attempts)))
        facts.append(("took", f"{line.total_ms:,.1f} ms" if line.total_ms is not None else ""))
        facts.append(("tokens", f"{line.tokens:,} reported by the endpoint" if line.tokens is not None else ""))
        facts.append(("resumed", "taken from an earlier run" if line.resumed else ""))
    if recording:
        provenance = recording.provenance
        facts.append(("model", ", ".join(f"{name} ({role})" for role, name in provenance.asked.items())))
        facts.append(("recorded", f"{provenance.recorded:%Y-%m-%d %H:%M:%S} UTC, suite {provenance.suite}"))
        facts.append(("kept", "shapes only: texts are replaced by x" if provenance.kept is Kept.SHAPES else ""))
        facts.append(("digest", provenance.digest))
        facts.append(("recording", link(f"{_TO_RUN}{proof.path}", proof.path)))
        if provenance.leaked:
            facts.append(("key sent back", f"{provenance.leaked} times; replaced by a placeholder"))
    return _list([(name, value) for name, value in facts if value])


def _clients(run: Run, proof: Proof) -> Iterator[Node]:
    """Yield what users of clients get of this response, where the log says it, the worst first."""
    for line in sorted(proof.clients, key=lambda one: _WORST_FIRST.index(one.outcome)):
        said = "; ".join(filter(None, (client_words(run.header.client, line), calls_words(line), line.cuts)))
        yield h.p[h.strong[bounded(f"{line.title[:1].upper()}{line.title[1:]}: ", _FACT)], bounded(said, _FACT)]


def _list(facts: Sequence[tuple[str, str | Markup]]) -> Node:
    shown = [(name, bounded(value, _FACT) if not isinstance(value, Markup) else value) for name, value in facts]
    return h.dl[Markup("").join(_FACT_ROW % fact for fact in shown)]


def _exchange(proof: Proof) -> Node:
    recording = proof.recording
    if recording is None:
        return h.fragment[h.h2["No recording"], h.p[bounded(f"{proof.ended}: {proof.why}", _FACT)]]
    sent, answer = recording.sent, recording.response
    key = proof.line.key if proof.line else Key.VALID
    links = [link(name, name) for name in files_of(proof)]
    return h.fragment[
        h.h2["Request"],
        h.p[h.code[bounded(f"{sent.method} {sent.url}", _FACT)]],
        _list([*sent.headers, *_not_recorded(recording, key)]),
        body_shown(sent.body, _REQUEST) if sent.body else h.p(class_="soft")["No body."],
        h.h2["Again with curl"],
        h.pre(class_="curl")[bounded(command_of(recording, _body_file(proof), key), _CURL)],
        h.p(class_="soft")["It reads from the folder of this page: ", Markup(" ").join(links)] if links else None,
        h.h2[f"Response: {answer.status}"],
        h.p(class_="soft")[f"Headers after {answer.headers_ms:,.1f} ms, last byte after {answer.total_ms:,.1f} ms."],
        _list(answer.headers[:60]),
        _frames(answer) if answer.is_stream(requested=sent.streamed) else body_shown(answer.decoded, _RESPONSE),
        sent_upstream(recording.upstream),
    ]


def _not_recorded(recording: Recording, key: Key) -> list[tuple[str, str]]:
    """Return what is said of the headers without their values: those that hold a secret."""
    withheld = recording.provenance.withheld
    if withheld is None:
        return [("key", f"{key.value}; not recorded, like all headers but these")]
    told = [(name, f"not recorded; ${variable} in the command below") for name, variable in withheld.items()]
    return [*told, ("key", key.value)]


def _frames(answer: Response) -> Node:
    stream = answer.stream
    ends = list(accumulate(answer.sizes))
    rows: list[Markup] = []
    spent, total = 0, len(stream.events)
    for number, event in enumerate(stream.events):
        if spent > _FRAMES and number < total - _LAST_FRAMES:
            continue
        when = _arrival(answer, ends, event.end)
        row = _FRAME_ROW % (number, when, bounded(event.event, 200), bounded(event.data, _FRAME))
        spent += len(row.encode())
        rows.append(row)
    if len(rows) < total:
        gap = h.td(colspan=4)[f"{total - len(rows):,} frames are not shown here; the recording has them"]
        rows.insert(max(0, len(rows) - _LAST_FRAMES), markup(h.tr[gap]))
    head = h.thead[h.tr[[h.th[word] for word in ("#", "ms", "event", "data")]]]
    notes = [("comments", f"{len(stream.comments)}: {stream.comments[0][:200]}" if stream.comments else "")]
    notes.append(("lines that are no field", "; ".join(stream.strange[:10])))
    notes.append(("cut off at the end", _rest(stream.rest)))
    return h.fragment[
        h.p(class_="soft")[f"{total:,} frames, {len(answer.body):,} bytes, {len(answer.sizes):,} chunks"],
        h.div(class_="wide")[h.table(class_="frames")[head, h.tbody[Markup("").join(rows)]]],
        _list([(name, value) for name, value in notes if value]),
    ]


def _arrival(answer: Response, ends: list[int], end: int) -> str:
    """Return when the chunk that ends an event came. The offsets of a compressed body say nothing about its chunks."""
    chunk = bisect_left(ends, end)
    known = answer.decoded is answer.body and chunk < len(answer.at_ms)
    return f"{answer.at_ms[chunk]:,.1f}" if known else "-"


def _rest(rest: bytes) -> str:
    return f"{len(rest):,} bytes: {rest[:400].decode('utf-8', 'replace')}" if rest else ""


def _checks(proof: Proof, results: Sequence[Result]) -> Node:
    """Return what was judged. It stands before the bytes: who comes from a red cell looks for the reason first."""
    ordered = sorted(results, key=lambda result: (-result.verdict.rank, result.level.rank, result.check))
    good = [result for result in ordered if _is_good(result)]
    rest = [result for result in ordered if not _is_good(result)]
    words = f"{len(good)} of {len(ordered)} checks conform"
    return h.fragment[
        h.h2[f"Judged on this: {words}"],
        _table(proof, rest),
        h.details[h.summary[f"{len(good)} that conform"], _list_of_good(good)] if good else None,
    ]


def _is_good(result: Result) -> bool:
    return result.verdict is Verdict.CONFORMS and not result.known


def _table(proof: Proof, results: Sequence[Result]) -> Node:
    rows = _within_budget(_check(proof, result) for result in results)
    table = h.table(class_="checks")[h.tbody[Markup("").join(rows)]] if rows else None
    return h.fragment[table, _left(len(results) - len(rows))]


def _list_of_good(results: Sequence[Result]) -> Node:
    """Return one line for each check that conforms: `explain` tells the rest, and they are most of all."""
    rows = _within_budget(map(_good, results))
    return h.fragment[h.ul[Markup("").join(rows)], _left(len(results) - len(rows))]


def _within_budget(rows: Iterable[Markup]) -> list[Markup]:
    taken: list[Markup] = []
    spent = 0
    for row in rows:
        if spent > _CHECKS:
            break
        spent += len(row.encode())
        taken.append(row)
    return taken


def _left(number: int) -> Node:
    return h.p(class_="soft")[f"{number} more are not shown here; the matrix has them."] if number else None


def _good(result: Result) -> Markup:
    note = f" · {result.note}" if result.note else ""
    words = content(result.requirement), result.level.value.upper(), bounded(result.check, _FACT), bounded(note, _FACT)
    return _GOOD_ROW % words


def _check(proof: Proof, result: Result) -> Markup:
    verdict = result.verdict
    return _CHECK_ROW % (
        *(verdict.value, GLYPHS[verdict], verdict.value, result.level.value.upper()),
        result.requirement,
        Markup("").join([_GATING if result.gating else "", *_observed(result)]),
        bounded(result.check, _FACT),
        result.source,
        Markup("").join(_related(proof, result)),
    )


def _observed(result: Result) -> Iterator[Markup]:
    """Yield what was seen, and why it is accepted."""
    known = result.known
    if result.reason:
        yield _LINE % bounded(result.reason, _FACT)
    if known:
        mark = "stale" if known.stale else "known"
        yield _LINE % bounded(f"{mark} since {known.since}: {known.reason}", _FACT)
    if result.note:
        yield _SOFT_LINE % bounded(result.note, _FACT)


def _related(proof: Proof, result: Result) -> Iterator[Markup]:
    """Yield the findings, and the other exchanges that the check looked at."""
    if result.findings:
        yield _FINDINGS % ", ".join(result.findings)
    others = [name for name in dict.fromkeys(result.exchanges) if name != proof.label]
    if others:
        links = [link(f"{safe(name)}.html", name) for name in others[:20]]
        yield _SOFT_LINE % (Markup("also looked at: ") + Markup(" ").join(links))
