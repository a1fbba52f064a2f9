"""How many may be in flight: more while that pays, half as many at the first trouble."""

from conformance.send.pace import ROUND, Pace
from conformance.targets.target import Limits

UNKNOWN = Limits(in_flight=4, most_in_flight=16)


def rounds(pace: Pace, answers_a_second: list[float]) -> list[int]:
    """Let so many rounds pass, each at a rate; return the number in flight after each."""
    now, numbers = 0.0, []
    pace.answered(now, queued=True)
    for rate in answers_a_second:
        before = pace.limit
        for _ in range(max(ROUND, 2 * before)):
            now += 1 / rate
            pace.answered(now, queued=True)
        numbers.append(pace.limit)
    return numbers


def test_while_more_in_flight_brings_more_answers_it_grows_by_one() -> None:
    assert rounds(Pace.of(UNKNOWN), [4, 5, 6, 7, 8]) == [5, 6, 7, 8, 9]


def test_it_never_grows_beyond_its_limit() -> None:
    assert max(rounds(Pace.of(Limits(in_flight=4, most_in_flight=6)), [4, 5, 6, 7, 8, 9, 10])) == 6
    assert set(rounds(Pace.of(Limits(in_flight=4)), [4, 5, 6, 7])) == {4}


def test_a_server_that_works_on_one_at_a_time_gets_no_more() -> None:
    assert rounds(Pace.of(UNKNOWN), [1, 1, 1, 1, 1]) == [5, 4, 4, 4, 4]


def test_without_a_queue_nothing_is_concluded() -> None:
    pace = Pace.of(UNKNOWN)
    for number in range(100):
        pace.answered(float(number), queued=False)
    assert pace.limit == 4


def test_trouble_halves_it_and_never_below_one() -> None:
    pace = Pace.of(UNKNOWN)
    assert [pace.halve(now, now) for now in (1.0, 2.0, 3.0)] == [True, True, False]
    assert pace.limit == 1


def test_of_requests_that_were_in_flight_together_one_halves_it() -> None:
    pace = Pace(16, 16)
    assert [pace.halve(started, 10.0) for started in (1.0, 2.0, 3.0)] == [True, False, False]
    assert pace.limit == 8


def test_after_trouble_it_does_not_grow_to_where_it_was() -> None:
    pace = Pace(8, 16)
    pace.halve(1.0, 2.0)
    assert max(rounds(pace, [float(rate) for rate in range(1, 12)])) == 8


def test_a_fixed_one_never_changes() -> None:
    pace = Pace.of(Limits(in_flight=4, most_in_flight=16, fixed=True))
    assert pace.halve(1.0, 2.0) is False
    assert set(rounds(pace, [4, 5, 6])) == {4}
