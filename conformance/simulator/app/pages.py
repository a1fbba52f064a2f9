"""
What the zoo says about itself: a line for each deviation, a page for each, and an index of all in HTML.

`GET /~` answers with the index, `GET /~<id>` with the page of one.
"""

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from conformance.simulator.deviations import entries
from conformance.simulator.deviations.entry import Entry


def listing() -> str:
    """Return one line for each deviation, by area."""
    lines = []
    for area in sorted({entry.area for entry in entries()}):
        lines += ["", area]
        lines += [f"  {_mark(entry)} {entry.id:<58} {entry.says}" for entry in entries() if entry.area == area]
    served = [entry for entry in entries() if entry.function is not None]
    seen = sum(1 for entry in served if entry.seen)
    head = f"{len(served)} deviations, {seen} seen in real servers and {len(served) - seen} invented"
    how = "base URL http://127.0.0.1:PORT/~ID/v1, several as /~ID,ID/v1 (! critical, * major, - is only listed)"
    return "\n".join([head, how, *lines])


def _mark(entry: Entry) -> str:
    return "-" if entry.function is None else {"critical": "!", "major": "*", "minor": " "}[entry.severity]


def page(name: str) -> str | None:
    """Return what is known of one deviation, or None."""
    entry = next((one for one in entries() if one.id == name), None)
    if entry is None:
        return None
    lines = [
        f"{entry.id}  ({entry.area}, {entry.severity})",
        "",
        f"What is sent    {entry.says}",
        f"Who breaks      {entry.breaks or 'not known'}",
        f"Seen at         {', '.join(entry.source) if entry.seen else 'nowhere yet: invented'}",
    ]
    if entry.excluded:
        return "\n".join([*lines, f"Only listed     {entry.excluded}"])
    return "\n".join(
        [
            *lines,
            f"Base URL        http://127.0.0.1:PORT/~{entry.id}/v1",
            f"Found by        {', '.join(entry.caught_by)}",
        ]
    )


def provoked(name: str, commands: Sequence[tuple[str, str]]) -> str:
    """Return how to see a deviation: its requests, each with what it is and its command."""
    lines = [f"export BASE_URL=http://127.0.0.1:PORT/~{name}/v1 API_KEY=any"]
    for about, command in commands:
        lines += [f"# {about}", command]
    if len(commands) > 1:
        lines.append("# ids in later requests come from earlier responses")
    return "\n".join(["To see it", *(f"  {line}" for line in lines)])


def index() -> str:
    """Return a small page in HTML: every deviation that is served, by area, with what it sends."""
    return "".join(_index())


def _index() -> Iterator[str]:
    served = [entry for entry in entries() if entry.function is not None]
    yield "<!doctype html><html lang=en><meta charset=utf-8><title>Deviations</title>"
    yield "<style>body{font:14px/1.5 sans-serif;max-width:60em;margin:2em auto}code{white-space:nowrap}</style>"
    yield f"<h1>{len(served)} deviations</h1><p>The path of each is a base URL: <code>/~id/v1</code>, several as "
    yield "<code>/~id,id/v1</code>. Faithful: <code>/v1</code>."
    for area in sorted({entry.area for entry in served}):
        yield f"<h2>{escape(area.replace('_', ' '))}</h2><ul>"
        for entry in served:
            if entry.area == area:
                link = f'<a href="/~{quote(entry.id)}"><code>{escape(entry.id)}</code></a>'
                yield f"<li>{link} ({escape(entry.severity)}) {escape(entry.says)}"
        yield "</ul>"
