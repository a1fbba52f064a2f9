from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.definition.check import Check, may, should
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.plan.afford import Cost, RequestLimit, affordable, cost_of
from conformance.plan.expand import Selected, expand
from conformance.plan.order import closure, ordered, planned, preflight_keys
from conformance.plan.select import chosen, known_capability
from conformance.wire.capability import MAY, MUST, SHOULD, Capability
from conformance.wire.exchange import Exchange, Exchanges
from tests.fakes import EXTRA, OWED, SAYS, USUAL, check, claim, key, spec, target

first = spec("first", cost=10)
second = spec("second", OWED, first, cost=20)
third = spec("third", OWED, second, first, cost=40)
table = spec("table", USUAL, each={"a": 1, "b": 2, "c": 3})
other_table = spec("other_table", USUAL, each={"x": 1})
after = spec("after", USUAL, table)

NOTHING: RequestLimit = RequestLimit(None, None)


def test_it_holds(first: Exchange) -> None:
    """It holds."""


def test_each_holds(table: Exchange) -> None:
    """Each holds."""


def test_pair_holds(after: Exchange, table: Exchange, first: Exchange) -> None:
    """A pair of the same case holds."""


def test_table_holds(table: Exchanges) -> None:
    """The table holds."""


for _function in (test_it_holds, test_each_holds, test_pair_holds, test_table_holds):
    vars(_function)["__test__"] = False


def item(*specs: ExchangeSpec, capability: Capability = OWED, **changes: Any) -> Selected:
    """Return a selected check that takes these exchanges."""
    arguments: dict[str, ExchangeKey | tuple[ExchangeKey, ...]] = {found.name: key(found) for found in specs}
    return Selected(check(test_it_holds, capability), target(**changes), "", arguments)


def labels(keys: Any) -> list[str]:
    return [found.label.partition("/")[2] for found in keys]


def test_a_plain_check_is_one_of_each_target() -> None:
    (found,) = expand(check(test_it_holds), target(), ())
    assert found.id == "fake.owed/first/it_holds"
    assert found.arguments == {"first": ExchangeKey("fake", first)}


def test_a_check_of_a_parametrised_exchange_is_one_of_each_case() -> None:
    found = expand(check(test_each_holds), target(), ())
    assert [selected.case for selected in found] == ["a", "b", "c"]
    assert found[1].id == "fake.owed/table[b]/each_holds"
    assert found[1].keys == (ExchangeKey("fake", table, "b"),)


def test_an_exchange_that_builds_on_a_parametrised_one_has_its_cases() -> None:
    found = expand(check(test_pair_holds), target(), ())
    assert labels(found[2].keys) == ["after[c]", "table[c]", "first"]
    assert labels(closure(found[2].keys)) == ["table[c]", "after[c]", "first"]


def test_a_check_may_take_a_whole_table() -> None:
    (found,) = expand(check(test_table_holds), target(), ())
    assert labels(found.keys) == ["table[a]", "table[b]", "table[c]"]


def test_a_built_in_check_is_one_of_every_exchange() -> None:
    builtin = check(test_it_holds, builtin=True)
    found = expand(builtin, target(), (first, table))
    assert [selected.id for selected in found] == [
        "fake.owed/first/it_holds",
        "fake.usual/table[a]/it_holds",
        "fake.usual/table[b]/it_holds",
        "fake.usual/table[c]/it_holds",
    ]
    assert [selected.check.owed for selected in found] == [MUST, SHOULD, SHOULD, SHOULD]


@pytest.mark.parametrize(
    ("capability", "decorator", "claims", "gating"),
    [
        (OWED, None, (), True),
        (USUAL, None, (), True),
        (EXTRA, None, (), False),
        (OWED, may, (), False),
        (USUAL, may, (), False),
        (EXTRA, None, ("fake.extra",), True),
        (USUAL, may, ("fake.*",), True),
        (USUAL, may, ("fake",), False),
        (EXTRA, should, ("other",), False),
    ],
)
def test_what_is_owed_or_claimed_is_gating(
    capability: Capability, decorator: Any, claims: tuple[str, ...], *, gating: bool
) -> None:
    made = check(test_it_holds, capability, *([decorator] if decorator else []))
    found = Selected(made, target(claims=(claim(*claims),)), "", {})
    assert found.gating is gating


@pytest.mark.parametrize(
    ("capability", "level", "claims", "is_chosen"),
    [
        (OWED, MUST, (), True),
        (USUAL, MUST, (), False),
        (USUAL, SHOULD, (), True),
        (EXTRA, SHOULD, (), False),
        (EXTRA, MAY, (), True),
        (EXTRA, MUST, ("fake.extra",), True),
    ],
)
def test_a_level_chooses_what_is_owed_at_it_and_what_is_claimed(
    capability: Capability, level: Any, claims: tuple[str, ...], *, is_chosen: bool
) -> None:
    found = item(capability=capability, claims=(claim(*claims),))
    assert chosen(found, capabilities=(), level=level) is is_chosen


@pytest.mark.parametrize(
    ("patterns", "is_chosen"),
    [
        (("fake.extra",), True),
        (("fake",), True),
        (("*.ex*",), True),
        (("fake.ex",), False),
        (("a", "fake.extra"), True),
    ],
)
def test_a_named_capability_is_chosen_whatever_its_level(patterns: tuple[str, ...], *, is_chosen: bool) -> None:
    assert chosen(item(capability=EXTRA), capabilities=patterns, level=MUST) is is_chosen
    assert any(known_capability(pattern, ["fake.extra", "z"]) for pattern in patterns) is is_chosen


def test_a_closure_holds_each_key_once_and_what_is_built_on_first() -> None:
    assert labels(closure([key(third), key(first), key(second), key(third)])) == ["first", "second", "third"]


def test_alone_comes_late_and_clean_up_last() -> None:
    timed, cleaned = spec("timed", alone=True), spec("cleaned", OWED, first, last=True)
    wrong = spec("wrong", expects=400)
    found = labels(ordered([key(cleaned), key(wrong), key(timed), key(third)]))
    assert found[:3] == ["first", "second", "third"]
    assert sorted(found[3:5]) == ["timed", "wrong"]
    assert found[5:] == ["cleaned"]


def test_a_request_that_may_be_answered_well_goes_before_the_wrong_ones() -> None:
    either = spec("either", expects=(200, 400))
    wrong, denied = spec("wrong", expects=400), spec("denied", expects=(401, 403))
    assert labels(ordered([key(wrong), key(denied), key(either)])) == ["either", "wrong", "denied"]


def test_what_is_owed_is_paid_first_then_what_is_claimed() -> None:
    one, two, three, four = (spec(name, cost=10) for name in "abcd")
    claims = (claim("fake.usual.claimed"),)
    claimed = Capability("fake.usual.claimed", SHOULD, "claimed")
    selected = [
        item(one, capability=EXTRA, claims=claims),
        item(two, capability=USUAL, claims=claims),
        item(three, capability=claimed, claims=claims),
        item(four, capability=OWED, claims=claims),
    ]
    for size, names in ((1, "d"), (2, "cd"), (3, "bcd"), (4, "abcd")):
        for limit in (RequestLimit(size, None), RequestLimit(None, 10 * size)):
            fitting, left_out = affordable(selected, [], limit)
            assert sorted(labels(fitting)) == [*names]
            assert sorted(labels(left_out)) == sorted(set("abcd") - set(names))


def test_an_exchange_is_left_out_when_what_it_builds_on_does_not_fit() -> None:
    fitting, left_out = affordable([item(third)], [], RequestLimit(None, 69))
    assert (fitting, labels(left_out)) == (set(), ["third"])
    fitting, left_out = affordable([item(third)], [], RequestLimit(None, 70))
    assert (sorted(labels(fitting)), left_out) == (["first", "second", "third"], set())


def test_what_is_paid_already_costs_nothing_more() -> None:
    fitting, left_out = affordable([item(first), item(second)], [], RequestLimit(2, 30))
    assert (len(fitting), left_out) == (2, set())


def test_after_something_dear_something_cheap_still_fits() -> None:
    dear, cheap = spec("dear", cost=1000), spec("cheap", cost=1)
    fitting, left_out = affordable([item(dear), item(cheap)], [], RequestLimit(None, 10))
    assert (labels(fitting), labels(left_out)) == (["cheap"], ["dear"])


def test_the_preflight_counts_and_is_never_left_out() -> None:
    fitting, left_out = affordable([item(second)], [key(first)], RequestLimit(1, None))
    assert (labels(fitting), labels(left_out)) == (["first"], ["second"])


@st.composite
def selections(draw: st.DrawFn) -> list[Selected]:
    """Draw checks over exchanges that build on each other in any way without a circle."""
    specs: list[ExchangeSpec] = []
    for number in range(draw(st.integers(1, 7))):
        below = draw(st.lists(st.sampled_from(specs), unique=True, max_size=3)) if specs else []
        specs.append(spec(f"e{number}", OWED, *below, cost=draw(st.integers(0, 50))))
    owed = st.sampled_from([OWED, USUAL, EXTRA])
    taken = st.lists(st.sampled_from(specs), min_size=1, max_size=3, unique=True)
    return [item(*draw(taken), capability=draw(owed)) for _ in range(draw(st.integers(1, 6)))]


LIMITS = st.builds(RequestLimit, st.one_of(st.none(), st.integers(0, 8)), st.one_of(st.none(), st.integers(0, 200)))


@given(selections(), LIMITS)
def test_what_fits_is_within_the_limit_and_complete(selected: list[Selected], limit: RequestLimit) -> None:
    fitting, left_out = affordable(selected, [], limit)
    assert limit.requests is None or len(fitting) <= limit.requests
    assert limit.tokens is None or sum(found.spec.cost for found in fitting) <= limit.tokens
    assert all(below in fitting for found in fitting for _, below in found.needs())
    assert {found for one in selected for found in one.keys} == left_out | (
        fitting & {found for one in selected for found in one.keys}
    )
    assert not fitting & left_out


@given(selections())
def test_a_closure_is_complete_and_in_order(selected: list[Selected]) -> None:
    found = closure([taken for one in selected for taken in one.keys])
    place = {taken: number for number, taken in enumerate(found)}
    assert len(place) == len(found)
    assert all(place[below] < place[taken] for taken in found for _, below in taken.needs())
    assert set(ordered(found)) == set(found)
    assert affordable(selected, [], NOTHING) == (set(found), set())


def test_the_preflight_asks_without_a_model_and_with_the_first_that_is_named() -> None:
    listing = spec("listing", preflight=True, roles=())
    chat, other = spec("chat", preflight=True), spec("other", preflight=True, roles=("chat", "vision"))
    embedding = spec("embedding", preflight=True, roles=("embedding",))
    specs = [first, other, chat, listing, embedding]
    assert labels(preflight_keys(target(), specs)) == ["listing", "chat"]
    assert labels(preflight_keys(target(models={"embedding": "e"}), specs)) == ["listing", "embedding"]
    assert labels(preflight_keys(target(models={}), specs)) == ["listing"]


def test_the_preflight_asks_one_model_and_no_more() -> None:
    """Nothing is known yet, and every question to a model is paid for."""
    chat, again = spec("chat", preflight=True), spec("again", preflight=True)
    embedding = spec("embedding", preflight=True, roles=("embedding",))
    models = {"chat": "m", "embedding": "e"}
    assert labels(preflight_keys(target(models=models), [chat, again, embedding])) == ["chat"]
    assert labels(preflight_keys(target(models=models), [embedding, chat, again])) == ["embedding"]


def test_a_bill_counts_the_requests_of_one_target() -> None:
    keys = closure([key(third), key(first, target="other")])
    assert cost_of(target(), keys) == Cost("fake", 3, 70)
    assert cost_of(target(name="other"), keys) == Cost("other", 1, 10)


def test_parametrised_exchanges_with_different_cases_do_not_go_together() -> None:
    def test_mixed(table: Exchange, other_table: Exchange) -> None:
        """Mixed."""

    made = Check(test_mixed, OWED, MUST, SAYS, None)
    with pytest.raises(TypeError, match="different cases"):
        expand(made, target(), ())


def test_pairs_are_in_the_order_of_the_table() -> None:
    found = expand(check(test_each_holds), target(), ())
    assert all(one.case < other.case for one, other in pairwise(found))


def test_a_replay_has_the_order_of_the_run_that_it_replays() -> None:
    """The first response that deviates is quoted: it must be the same one."""
    selected, early = [key(second), key(third)], {"fake": [key(first)]}
    assert labels(planned(selected, early, {"fake"})) == ["first", "second", "third"]
    assert planned([key(third), key(second)], {"fake": [key(second)]}, ()) == closure([key(second), key(third)])
    unasked = {"fake": [key(spec("unasked"))]}
    assert labels(planned(selected, unasked, ())) == labels(closure(selected))
