"""The detection score for people: `detection.md`."""

from collections import Counter
from collections.abc import Iterator
from html import escape

from conformance.zoo.score import Score

MANY = 6
"""So many other checks going red for one deviation point to a missing rule of one cause, one finding."""

DETAILS = "<details>"
"""What begins the long part."""


def as_markdown(score: Score) -> str:
    """Return the score: the figures, a table of areas, what went wrong, and the official client's side."""
    return "\n".join([*_figures(score), *_areas(score), *_trouble(score), *_listed(score), *_clients(score)]) + "\n"


def in_short(score: Score) -> str:
    """Return the score without its long part."""
    return as_markdown(score).partition(DETAILS)[0]


def _figures(score: Score) -> Iterator[str]:
    looked = len(score.sightings)
    yield from ("# Detection score", "")
    yield f"{score.found} of {looked} deviations are found by a check that is meant to find them."
    invented = looked - score.seen
    yield f"Of these {score.seen} were seen in real servers and gateways, and {invented} are invented."
    yield f"{len(score.listed)} more are only listed."
    if score.kinds:
        free = score.kinds - len(score.confined)
        yield f"Of {score.kinds} checks of a kind, {free} are killed at a response other than those sent for them too."


def _areas(score: Score) -> Iterator[str]:
    yield from ("", "| area | deviations | of these seen | found | with more than a handful of other checks red |")
    yield "|---|---|---|---|---|"
    for area in sorted({entry.area for entry in score.entries}):
        own = [(entry, sighting) for entry, sighting in score.in_order if entry.area == area]
        seen = sum(1 for entry, _ in own if entry.seen)
        found = sum(1 for _, sighting in own if sighting.meant)
        spread = [f"`{entry.id}`" for entry, sighting in own if len(sighting.others) > MANY]
        yield f"| {title(area)} | {len(own)} | {seen} | {found} | {', '.join(spread)} |"


def title(area: str) -> str:
    """Return the name of an area for people."""
    return area.replace("_", " ").capitalize()


def _trouble(score: Score) -> Iterator[str]:
    if score.missed:
        by_id = score.by_id
        yield from ("", "Not found:", "", *(f"- `{one.ids[0]}`: {by_id[one.ids[0]].says}" for one in score.missed))
    if score.unkilled:
        yield from ("", "Checks that no deviation kills:", "", *(f"- `{name}`" for name in score.unkilled))
    if score.confined:
        yield from (
            "",
            "Checks killed only at a response sent for them:",
            "",
            *(f"- `{name}`" for name in score.confined),
        )
    wrong = [f"- `{one.ids[0]}`: {reason}" for one in score.sightings for reason in one.errors]
    if wrong:
        yield from ("", "Errors of the suite:", "", *wrong)


def _listed(score: Score) -> Iterator[str]:
    if score.listed:
        yield from ("", "Only listed:", "", *(f"- `{entry.id}`: {entry.excluded}" for entry in score.listed))


def _clients(score: Score) -> Iterator[str]:
    """Yield the table of what a user of the official client gets of each deviation."""
    counts = Counter(sighting.client for sighting in score.sightings)
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    yield from ("", DETAILS, f"<summary>The official client: {said}</summary>", "")
    yield from ("| id | severity | source | official client |", "|---|---|---|---|")
    for entry, sighting in score.in_order:
        outcome = f"raises `{sighting.raised}`" if sighting.raised else sighting.client
        why = f" ({escape(sighting.why, quote=False).replace('|', '&#124;')})" if sighting.why else ""
        source = "seen" if entry.seen else "invented"
        yield f"| `{entry.id}` | {entry.severity} | {source} | {outcome}{why} |"
    yield from ("", "</details>")
