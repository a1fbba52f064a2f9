"""Tests of the suite as pytest's items: what one is about stands in its mark."""

import pytest

from conformance.plan.expand import Selected

MARK = "conformance"

_SELECTED = pytest.StashKey[Selected]()


def mark_of(item: Selected) -> pytest.MarkDecorator:
    """Return the mark that carries what a test is about."""
    return getattr(pytest.mark, MARK)(item)  # type: ignore[no-any-return]


def test_id(item: Selected) -> str:
    """Return the part of a test's name that tells its target, exchange and case."""
    about = [item.target.name]
    if item.check.bound is not None:
        about.append(item.check.bound.id.replace("/", "-"))
    return "-".join([*about, item.shown] if item.shown else about)


def set_selected(item: pytest.Item, selected: Selected) -> None:
    """Let a test of the suite be about a check as its target owes it."""
    item.stash[_SELECTED] = selected


def selected_of(item: pytest.Item) -> Selected | None:
    """Return what a test of the suite is about, or None for a test of others."""
    if _SELECTED not in item.stash:
        mark = item.get_closest_marker(MARK)
        if mark is None:
            return None
        item.stash[_SELECTED] = mark.args[0]
    return item.stash[_SELECTED]
