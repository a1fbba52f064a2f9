"""Two deviations at once: each is a cause of its own, or the pair says which hides which."""

from conformance.causes.gather import gather
from conformance.simulator.deviations.entry import INVENTED, Entry, Severity
from conformance.zoo.pairs import Pair, shows
from tests.test_causes import deviates


def entry(name: str, *patterns: str) -> Entry:
    return Entry(name, Severity.MINOR, "Nothing is changed.", "Nobody.", INVENTED, patterns)


ONE, OTHER = entry("one", "a.one/*"), entry("other", "a.other/*")


def pair(first: Entry, second: Entry, finding: str) -> Pair:
    found = gather([deviates("a.one/x", "s", "f"), deviates("a.other/x", "s", finding)])
    return Pair(first, second, (shows(found, first), shows(found, second)))


def test_two_causes_show_both() -> None:
    made = pair(ONE, OTHER, "g")
    assert made.found == (True, True)
    assert not made.hidden
    assert made.said.endswith("both found")


def test_one_line_for_both_is_said() -> None:
    made = pair(ONE, OTHER, "f")
    assert made.hidden
    assert made.said.endswith("HIDDEN, both stand in the one cause f")


def test_two_deviations_that_one_check_is_meant_for_may_be_one_cause() -> None:
    assert not pair(ONE, entry("twin", "a.one/*"), "f").hidden


def test_what_no_cause_shows_is_masked() -> None:
    made = pair(ONE, entry("third", "b/*"), "g")
    assert made.said.endswith("one masks third")
