"""The cache of exchanges: what stays in memory of a run, and what is read again."""

from dataclasses import dataclass, field, replace

import pytest

from conformance import Exchange
from conformance.definition.exchange_spec import ExchangeKey
from conformance.log.outline import Outline
from conformance.record.spool import unsent
from conformance.requests import get
from conformance.send.cache import ExchangeCache
from conformance.wire.response import Response
from conformance.wire.weight import weight
from tests.sources import WORDS, created, keys, parallel, used

FIRST, SECOND, THIRD = keys(parallel)


@dataclass
class Disk:
    """What is recorded, by label, and what was read again."""

    holds: dict[str, Exchange] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def recall(self, key: ExchangeKey, outline: Outline) -> Exchange:
        """Return a copy, as a file would."""
        assert outline.evidence == self.holds[key.label].evidence
        self.read.append(key.case)
        return replace(self.holds[key.label])


def obtained(key: ExchangeKey, *, size: int = 100, evidence: str = "here.json") -> Exchange:
    body = b'{"usage": {"total_tokens": 7}, "x": "' + b"x" * size + b'"}'
    response = Response(200, (("content-type", "application/json"),), body)
    return Exchange(key.spec.id, "a", frozenset({200}), get("/parallel"), response, case=key.case, evidence=evidence)


def filled(disk: Disk, room: int, **options: object) -> ExchangeCache:
    cache = ExchangeCache(disk.recall, room=room)
    for key in (FIRST, SECOND, THIRD):
        disk.holds[key.label] = obtained(key, **options)  # type: ignore[arg-type]
        cache.put(key, disk.holds[key.label])
    return cache


EACH = weight(obtained(FIRST).received)


def test_what_fits_is_never_read_again() -> None:
    disk = Disk()
    cache = filled(disk, 3 * EACH)
    for key in (FIRST, SECOND, THIRD, FIRST):
        assert cache.whole(key) is disk.holds[key.label]
    assert disk.read == []


def test_what_was_not_asked_for_longest_makes_room() -> None:
    disk = Disk()
    cache = filled(disk, 2 * EACH)
    assert [cache.holds(key) for key in (FIRST, SECOND, THIRD)] == [False, True, True]
    cache.whole(SECOND)
    assert cache.whole(FIRST) == disk.holds[FIRST.label]
    assert [cache.holds(key) for key in (FIRST, SECOND, THIRD)] == [True, True, False]
    assert disk.read == ["one"]


def test_what_is_larger_than_all_the_room_is_there_until_the_next_is_asked_for() -> None:
    disk = Disk()
    cache = filled(disk, EACH // 2)
    for key in (FIRST, FIRST, SECOND, SECOND, FIRST):
        assert cache.whole(key).case == key.case
    assert disk.read == ["one", "two", "one"]


def test_the_outline_of_each_is_always_there() -> None:
    cache = filled(Disk(), 2 * EACH)
    assert {cache.outline(key).status for key in (FIRST, SECOND, THIRD)} == {200}
    assert {cache.outline(key).tokens for key in (FIRST, SECOND, THIRD)} == {7}


def test_of_a_body_that_does_not_fit_the_tokens_stay_unknown() -> None:
    assert filled(Disk(), 2 * EACH, size=EACH).outline(FIRST).tokens is None


@pytest.mark.parametrize("unwritten", [obtained(FIRST, evidence=""), unsent(FIRST, "why")], ids=["withheld", "unsent"])
def test_what_lies_on_no_disk_stays(unwritten: Exchange) -> None:
    disk = Disk()
    cache = ExchangeCache(disk.recall, room=EACH)
    cache.put(FIRST, unwritten)
    for key in (SECOND, THIRD):
        cache.put(key, obtained(key))
    assert cache.holds(FIRST)
    assert cache.whole(FIRST) is unwritten


def test_without_a_disk_everything_stays() -> None:
    cache = ExchangeCache(room=1)
    for key in (FIRST, SECOND, THIRD):
        cache.put(key, obtained(key))
    assert [cache.whole(key).case for key in (FIRST, SECOND, THIRD)] == list(WORDS)


def test_what_is_not_sent_does_not_hold_what_it_builds_on() -> None:
    disk = Disk()
    cache = ExchangeCache(disk.recall, room=EACH)
    below, above = keys(created)[0], keys(used)[-1]
    disk.holds[below.label] = obtained(below)
    cache.put(below, disk.holds[below.label])
    cache.put(above, unsent(above, "it builds on that", below=disk.holds[below.label]))
    cache.put(FIRST, obtained(FIRST))
    assert not cache.holds(above)
    assert cache.whole(above).below == disk.holds[below.label]
    assert disk.read == [""]


def test_what_is_not_there_yet_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        ExchangeCache().whole(FIRST)
