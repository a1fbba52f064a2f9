"""
Texts that come in pieces: the values at one path of a stream's JSON events, the fields of server-sent events.

What a client joins (the deltas of a message, the lines of an event) is one text for whoever reads it. The pieces are
found without reading the JSON as values, because they must be found at their place in the bytes, in what is no JSON as
well, and in time in proportion to the length.
"""

import re
from collections.abc import Iterator

Piece = tuple[object, int, int]
"""To which text a piece belongs, where it begins and where it ends in the body."""

DEEPEST = 200
"""So many levels are remembered, counted from the innermost."""

# What is none of these, and then a name or a string, which ends with its line if it is cut off; a bracket that opens,
# and that closes; a blank line; a line end. The first part is there for speed: no byte is looked at for each of them.
_TOKEN = re.compile(
    rb'[^"{}\[\]\n]*+'
    rb'(?:"((?:[^"\\\r\n]++|\\.)*+)"?(?:(\s*+:)\s*+([0-9]{1,9})?)?'
    rb"|([{\[])|([}\]])|(\n\r?\n)|\n|\Z)",
    re.DOTALL,
)
_FIELD = re.compile(rb"(?:^(?:\xef\xbb\xbf)?|[\r\n])(data|event|id|retry)?:[ ]?([^\r\n]*)")
_EVENTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:data|event|id|retry)?:")


def pieces(body: bytes) -> Iterator[Piece]:
    """Yield the pieces of all texts in a body, those of one text in order."""
    yield from _strings(body)
    if _EVENTS.match(body):
        for match in _FIELD.finditer(body):
            yield match[1] or b":", *match.span(2)


def _strings(body: bytes) -> Iterator[Piece]:
    """
    Yield every JSON string that is a value. Those at one path belong together, whatever their numbers in arrays.

    Several choices or tool calls may take turns, so those at one path with one `index` (`output_index`, ...) belong
    together too.
    """
    outer: list[tuple[int, int, bytes]] = []
    path, numbered, name = 0, 0, b""
    for token in _TOKEN.finditer(body):
        text, named, number, opened, closed, blank = token.groups()
        if named:
            name = text
            if number and name.endswith(b"index"):
                numbered = hash((numbered, name, number))
        elif text:
            yield hash((path, name)), *token.span(1)
            if numbered != path:
                yield hash((numbered, name)), *token.span(1)
        elif opened:
            outer.append((path, numbered, name))
            if len(outer) > DEEPEST:
                del outer[0]
            alike = path == numbered
            path = hash((path, name))
            numbered, name = path if alike else hash((numbered, name)), b""
        elif closed and outer:
            path, numbered, name = outer.pop()
        elif blank:  # it ends an event
            outer.clear()
            path, numbered, name = 0, 0, b""
