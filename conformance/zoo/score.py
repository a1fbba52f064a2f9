"""The detection score as data, JSON and Markdown."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from conformance.simulator.deviations.entry import Entry

MANY = 6
"""So many other checks going red for one deviation point to a missing rule of one cause, one finding."""

UNSEEN = "not looked at"


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What was seen of one deviation: intended checks that deviate, others that do, and errors of ours.

    `client`: the outcome for a user of the official client, with the class that it `raised` and `why`.
    """

    ids: tuple[str, ...]
    meant: tuple[str, ...]
    others: tuple[str, ...]
    errors: tuple[str, ...]
    seconds: float
    client: str = UNSEEN
    raised: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """All entries that were looked at, and what was seen."""

    entries: tuple[Entry, ...]
    sightings: tuple[Sighting, ...]
    unkilled: tuple[str, ...] = ()

    @property
    def missed(self) -> tuple[Sighting, ...]:
        """Return what no intended check found."""
        return tuple(sighting for sighting in self.sightings if not sighting.meant)

    @property
    def complete(self) -> bool:
        """Tell whether everything was found, every check can fail, and nothing was our own error."""
        return not self.missed and not self.unkilled and not any(sighting.errors for sighting in self.sightings)


def as_json(score: Score) -> dict[str, Any]:
    """Return the score as JSON values, in a stable order; times are left out, so that it can be compared."""
    by_id = {entry.id: entry for entry in score.entries}
    return {
        "deviations": len(score.sightings),
        "found": len(score.sightings) - len(score.missed),
        "checks_that_nothing_kills": list(score.unkilled),
        "excluded": {entry.id: entry.excluded for entry in score.entries if entry.excluded},
        "each": [
            {
                "id": sighting.ids[0],
                "area": by_id[sighting.ids[0]].area,
                "severity": by_id[sighting.ids[0]].severity,
                "found": bool(sighting.meant),
                "intended": list(sighting.meant),
                "others": list(sighting.others),
                "sdk": {"outcome": sighting.client, "raises": sighting.raised, "why": sighting.why},
            }
            for sighting in sorted(score.sightings, key=lambda one: one.ids)
        ],
    }


def as_markdown(score: Score) -> str:
    """Return the score for people."""
    listed = [entry for entry in score.entries if entry.excluded]
    found = len(score.sightings) - len(score.missed)
    lines = [
        "# Detection score",
        "",
        f"{found} of {len(score.sightings)} deviations are found by a check that is meant to find them.",
        f"{len(listed)} more are only listed.",
        "",
        "| area | deviations | found | with more than a handful of other checks red |",
        "|---|---|---|---|",
    ]
    by_id = {entry.id: entry for entry in score.entries}
    for area in sorted({entry.area for entry in score.entries}):
        own = [sighting for sighting in score.sightings if by_id[sighting.ids[0]].area == area]
        spread = [sighting.ids[0] for sighting in own if len(sighting.others) > MANY]
        lines.append(f"| {area} | {len(own)} | {sum(1 for one in own if one.meant)} | {', '.join(spread)} |")
    if score.missed:
        lines += ["", "Not found:", "", *(f"- `{one.ids[0]}`: {by_id[one.ids[0]].says}" for one in score.missed)]
    if score.unkilled:
        lines += ["", "Checks that no deviation kills:", "", *(f"- `{name}`" for name in score.unkilled)]
    wrong = [f"- `{one.ids[0]}`: {reason}" for one in score.sightings for reason in one.errors]
    if wrong:
        lines += ["", "Errors of the suite:", "", *wrong]
    if listed:
        lines += ["", "Only listed:", "", *(f"- `{entry.id}`: {entry.excluded}" for entry in listed)]
    return "\n".join([*lines, *_clients(score)]) + "\n"


def _clients(score: Score) -> Iterator[str]:
    """Yield the table of what a user of the official client gets of each deviation."""
    by_id = {entry.id: entry for entry in score.entries}
    counts = Counter(sighting.client for sighting in score.sightings)
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    yield from ("", "<details>", f"<summary>The official client: {said}</summary>", "")
    yield from ("| id | severity | official client |", "|---|---|---|")
    for sighting in sorted(score.sightings, key=lambda one: one.ids):
        outcome = f"raises `{sighting.raised}`" if sighting.raised else sighting.client
        why = f" ({escape(sighting.why, quote=False).replace('|', '&#124;')})" if sighting.why else ""
        yield f"| `{sighting.ids[0]}` | {by_id[sighting.ids[0]].severity} | {outcome}{why} |"
    yield from ("", "</details>")


def write_score(score: Score, folder: Path) -> None:
    """Write `detection.json` and `detection.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(score), indent=1, ensure_ascii=False) + "\n"
    (folder / "detection.json").write_text(text, encoding="utf-8")
    (folder / "detection.md").write_text(as_markdown(score), encoding="utf-8")
