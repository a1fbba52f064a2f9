"""What the zoo says about itself: one line a deviation, and a page for each. Useful without the rest of the project."""

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
