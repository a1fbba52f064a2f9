"""
Finding secrets in bytes and in text, and blanking them out.

A placeholder is as long as what it replaces and stands for letters, digits and whole escapes alone; quotation marks,
backslashes, blanks and line ends between them stay. So JSON stays JSON, and a stream keeps its events and its sizes.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from conformance.targets.secrets import Secrets
from conformance.wire.escapes import FILL, folded, offsets, readings

Span = tuple[int, int]
"""Where something begins and where it ends, in bytes."""

LEAST_BEGUN = 12
"""So many characters of a secret at the end of a text are blanked out, if they are three quarters of it."""

_PLACEHOLDER = b"[our-key]"

# From one letter or digit to another, over the rest of escapes and what a key is punctuated with.
_RUN = re.compile(rb"[0-9A-Za-z](?:[0-9A-Za-z\x80-\xff_.~+/=\0-]*[0-9A-Za-z\0])?")
_FILLED = re.compile(FILL + b"{0,64}")


def search(data: bytes, secrets: Secrets) -> tuple[int, list[Span]]:
    """
    Return how often the data holds a secret, and which bytes are to be blanked out, in order and apart.

    Ordinary words that stand as a credential are to be blanked out, and do not count. Nor does the most of a secret at
    the very end, which is there when we hang up in the midst of it.
    """
    found: list[Span] = []
    blanks: list[Span] = []
    for reading in readings(data) if secrets.folded else ():
        text = folded(reading)
        hits = _merged(
            [(at, at + len(form)) for form in secrets.folded if form in text for at in _occurrences(text, form)]
        )
        cut_off = [(len(text) - length, len(text)) for form in secrets.folded if (length := _begun(text, form))]
        found += _located(reading, hits)
        blanks += [
            run.span()
            for span in _located(reading, _merged([*hits, *cut_off]))
            for run in _RUN.finditer(reading, *span)
        ]
    exact = [(at, at + len(form)) for form in secrets.exact for at in _occurrences(data, form)]
    count = len(_merged([*found, *exact]))
    words = secrets.stands_as_credential
    told = [match.span(1) for match in words.finditer(data)] if words else []
    return count, _merged([*blanks, *exact, *told], touching=True)


def _located(reading: bytes, spans: Sequence[Span]) -> list[Span]:
    """Return where spans of a folded text stand in the reading, with what the last escape is filled up with."""
    if not spans:
        return []
    places = offsets(reading, sorted({number for first, end in spans for number in (first, end - 1)}))
    ends = [_FILLED.match(reading, places[end - 1] + 1) for _, end in spans]
    return [(places[first], end.end()) for (first, _), end in zip(spans, ends, strict=True) if end]


def _begun(text: bytes, form: bytes) -> int:
    """Return how many characters of a form a text ends with, if they are most of it; else 0."""
    length = form.find(text[-LEAST_BEGUN:]) + LEAST_BEGUN if len(text) >= LEAST_BEGUN else 0
    return length if LEAST_BEGUN <= length >= 0.75 * len(form) and text.endswith(form[:length]) else 0


def _occurrences(text: bytes, form: bytes) -> Iterable[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _merged(spans: Iterable[Span], *, touching: bool = False) -> list[Span]:
    """Return spans in order, those that overlap as one; with `touching`, also those without a gap."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or (touching and start == merged[-1][1])):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def blanked(data: bytes, spans: Iterable[Span]) -> bytes:
    """Return data with placeholders in the place of spans, which are in order and apart."""
    parts, done = [], 0
    for start, end in spans:
        parts += [data[done:start], placeholder(data[start:end])]
        done = end
    return b"".join([*parts, data[done:]])


def placeholder(replaced: bytes) -> bytes:
    """Return a visible placeholder as long as what it replaces; digits alone could be a number in JSON and stay one."""
    if replaced.isdigit():
        return b"9" * len(replaced)
    head = _PLACEHOLDER if len(replaced) >= len(_PLACEHOLDER) else b""
    return head.ljust(len(replaced), b"*")


def redact(data: bytes, secrets: Secrets) -> tuple[bytes, int]:
    """Return the data with every secret blanked out, and how many there were."""
    count, spans = search(data, secrets)
    return (blanked(data, spans) if spans else data), count


def redact_parts(parts: Sequence[bytes], secrets: Secrets) -> tuple[list[bytes], int]:
    """Return parts of one text, in which a secret may go over several, with every secret blanked out in each."""
    whole = b"".join(parts)
    count, spans = search(whole, secrets)
    if not spans:
        return list(parts), count
    ends = list(accumulate(map(len, parts)))
    starts = [0, *ends[:-1]]
    clean = blanked(whole, split(spans, list(zip(starts, ends, strict=True))))
    return [clean[start:end] for start, end in zip(starts, ends, strict=True)], count


def split(spans: Iterable[Span], pieces: Sequence[Span], sources: Sequence[Span] | None = None) -> list[Span]:
    """
    Return spans of a joined text cut at the borders of its pieces.

    With `sources`, the places that the pieces were taken from, they are spans there. Spans and pieces are in order.
    """
    cut: list[Span] = []
    number = 0
    for start, end in spans:
        while number < len(pieces) and pieces[number][1] <= start:
            number += 1
        at = number
        while at < len(pieces) and pieces[at][0] < end:
            first, last = max(start, pieces[at][0]), min(end, pieces[at][1])
            shift = sources[at][0] - pieces[at][0] if sources else 0
            if first < last:
                cut.append((first + shift, last + shift))
            at += 1
    return cut


def clean(text: str, secrets: Secrets) -> str:
    """Return a text with every secret blanked out. Whoever cuts a text cleans it first: half a key is not found."""
    data = text.encode("utf-8", "surrogatepass")
    done, _ = redact(data, secrets)
    return done.decode("utf-8", "surrogatepass") if done is not data else text


def holds_secret(data: bytes, secrets: Secrets) -> bool:
    """Tell whether some form of a secret is in the data."""
    return search(data, secrets)[0] > 0
