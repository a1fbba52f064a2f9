"""The detection score as data: what was looked at, and what was seen of it."""

from dataclasses import dataclass

from conformance.lens.view import Outcome
from conformance.simulator.deviations.entry import Entry


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What was seen of one deviation: intended checks that deviate, others that do, and errors of ours.

    `elsewhere`: checks of a kind that deviate at a response other than those that are sent for them.
    `client`: the outcome for a user of the official client, with the class that it `raised` and `why`.
    """

    ids: tuple[str, ...]
    meant: tuple[str, ...]
    others: tuple[str, ...]
    errors: tuple[str, ...]
    seconds: float = 0.0
    client: Outcome = Outcome.UNSEEN
    raised: str = ""
    why: str = ""
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """
    All entries that were looked at, and what was seen.

    `unkilled`: checks that no deviation makes deviate. `kinds`: the checks of a kind; `confined`: those that no
    deviation makes deviate at a response other than those that are sent for them.
    """

    entries: tuple[Entry, ...]
    sightings: tuple[Sighting, ...]
    unkilled: tuple[str, ...] = ()
    kinds: int = 0
    confined: tuple[str, ...] = ()

    @property
    def by_id(self) -> dict[str, Entry]:
        """Return the entries by id."""
        return {entry.id: entry for entry in self.entries}

    @property
    def in_order(self) -> list[tuple[Entry, Sighting]]:
        """Return each entry that was looked at and what was seen of it, by id."""
        by_id = self.by_id
        return [(by_id[one.ids[0]], one) for one in sorted(self.sightings, key=lambda one: one.ids)]

    @property
    def listed(self) -> tuple[Entry, ...]:
        """Return the entries that are only listed."""
        return tuple(entry for entry in self.entries if entry.excluded)

    @property
    def missed(self) -> tuple[Sighting, ...]:
        """Return what no intended check found."""
        return tuple(sighting for sighting in self.sightings if not sighting.meant)

    @property
    def found(self) -> int:
        """Return how many deviations were found."""
        return len(self.sightings) - len(self.missed)

    @property
    def seen(self) -> int:
        """Return how many of the deviations that were looked at were seen in real servers; the others are invented."""
        return sum(1 for entry, _ in self.in_order if entry.seen)

    @property
    def complete(self) -> bool:
        """Tell whether everything was found, every check can fail, and nothing was our own error."""
        return not self.missed and not self.unkilled and not any(sighting.errors for sighting in self.sightings)
