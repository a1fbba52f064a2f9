"""What a run costs: said before, counted by what was reported, and never beyond the limit by more than is in flight."""

from datetime import date
from pathlib import Path

import pytest

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.afford import cost_of
from conformance.plan.price import bound, measured, unpriced
from conformance.rehearsal.dressing import rehearsal
from conformance.send.spending import Spending, dollars
from conformance.targets.load import load, names, parse
from conformance.targets.price import Price, dearest, price_of
from conformance.targets.target import Limits
from conformance.wire.usage import Usage, usage_in
from conformance.wire.verdict import UsageError
from tests.fakes import chosen, spec, target
from tests.whole_run import Runner, run

__all__ = ["run"]

CHEAP = Price(input=1, output=2, dated=date(2026, 11, 1), source="a page")
DEAR = Price(input=3, output=1, dated=date(2026, 11, 1), source="a page")
PRICED = target(prices={"m": CHEAP}, models={"chat": "m"}, limits=Limits())
PRICES = '[prices."sim-*"]\ninput = 100.0\noutput = 100.0\ndated = 2026-11-01\nsource = "a page"\n'


def key(cost: int = 100, *, roles: tuple[str, ...] = ("chat",)) -> ExchangeKey:
    return ExchangeKey("fake", spec("asked", cost=cost, roles=frozenset(roles)))


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        (b'{"usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}', Usage(12, 3)),
        (b'{"usage": {"input_tokens": 12, "output_tokens": 3}}', Usage(12, 3)),
        (b'{"usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 99}}', Usage(12, 87)),
        (
            b'data: {"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: {"usage":{"completion_tokens":4}}',
            Usage(1, 4),
        ),
        (b'{"content": "{\\"prompt_tokens\\": 9}"}', None),
        (b'{"usage": {"prompt_tokens": 99999999999999999999}}', None),
        (b"", None),
    ],
)
def test_the_usage_of_any_response_is_found(body: bytes, usage: Usage | None) -> None:
    assert usage_in(body) == usage


def test_a_price_is_that_of_the_model_or_of_a_pattern() -> None:
    prices = {"m-*": CHEAP, "m-1": DEAR}
    assert (price_of(prices, "m-1"), price_of(prices, "m-2"), price_of(prices, "n")) == (DEAR, CHEAP, None)
    both = dearest(prices, ["m-1", "m-2"])
    assert both is not None
    assert (both.input, both.output) == (3, 2)
    assert dearest(prices, ["m-1", "n"]) is None


def test_a_price_needs_its_day_and_its_source() -> None:
    with pytest.raises(UsageError, match="source"):
        parse('title = "X"\n[prices.m]\ninput = 1\noutput = 1\ndated = 2026-11-01\n', "x", "x.toml")


def test_the_bound_counts_what_thinking_may_take() -> None:
    assert bound(PRICED, key(100)) == pytest.approx(200 / 1e6)
    thinking = PRICED.model_copy(update={"limits": Limits(thinking_tokens=1000)})
    assert bound(thinking, key(100)) == pytest.approx(2200 / 1e6)
    assert bound(PRICED, key(100, roles=())) == 0
    assert bound(target(models={"chat": "m"}), key()) is None


def test_what_was_reported_is_what_it_cost() -> None:
    assert measured(PRICED, key(), Usage(1_000_000, 500_000)) == pytest.approx(2.0)
    assert measured(PRICED, key(), None) is None


def test_a_plan_has_a_price_or_says_whose_is_unknown() -> None:
    assert cost_of(PRICED, [key(100), key(300)]).dollars == pytest.approx(800 / 1e6)
    unknown = target(models={"chat": "m"})
    assert (cost_of(unknown, [key()]).dollars, unpriced(unknown)) == (None, ["m"])


@pytest.mark.parametrize("name", names())
def test_no_price_stands_in_a_file_without_a_document(name: str) -> None:
    assert [price for price in load(name, {}).prices.values() if not price.source] == []


def test_nothing_is_sent_that_could_exceed_the_limit() -> None:
    spending = Spending(limit=1.0)
    assert spending.refuses(0.6) is None
    assert spending.refuses(0.6) == "the run would cost more than $1.00 (--max-cost)"
    spending.settle(0.6, 0.1)
    assert (
        spending.refuses(0.6) is not None
    )  # once it stopped, nothing more is sent: what is run does not depend on luck
    assert (round(spending.spent, 6), spending.held, spending.unsent) == (0.1, 0.0, 2)


def test_a_try_that_reports_nothing_counts_whole() -> None:
    spending = Spending(limit=1.0)
    for _ in range(2):
        assert spending.refuses(0.5) is None
        spending.settle(0.5, None)
    assert spending.refuses(0.5) is not None


def test_the_end_says_what_was_spent_and_what_a_server_without_limits_can_add() -> None:
    spending = Spending(limit=1.0)
    assert [spending.refuses(0.4), spending.refuses(0.4)] == [None, None]
    spending.settle(0.4, 1.2)
    assert spending.refuses(0.4) is not None
    assert "about $1.20 of $1.00 spent (--max-cost), by the usage reported; 1 requests not sent" in spending.words
    assert "in flight: $0.80 were, and a response took at most 3.0 of its bound" in spending.words
    assert Spending().words == ""


def test_amounts_are_short() -> None:
    assert [dollars(one) for one in (0, 1234.5, 0.25, 0.0123, 0.00001)] == [
        "$0.00",
        "$1,234.50",
        "$0.25",
        "$0.012",
        "below $0.0001",
    ]


def test_a_limit_needs_prices(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the price of `gemini-2\.5-flash` at flatkey is not known"):
        chosen(tmp_path, "--target", "flatkey", "--max-cost", "1", FLATKEY_API_KEY="k")
    assert chosen(tmp_path, "--max-cost", "1").bounds.dollars == 1  # the suite's own server costs nothing


def test_a_rehearsal_has_the_prices_of_what_it_stands_for() -> None:
    acting = rehearsal(PRICED, load("simulator", {}))
    assert acting.prices == {"sim-chat": CHEAP}
    assert unpriced(acting) == []


def test_a_run_stops_at_its_limit_and_says_so(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    options = run.target("gate", "http://127.0.0.1:9/v1", PRICES, models='chat = "sim-chat"')
    ran = run(*options, "--mode", "rehearse", "--max-cost", "0.02", "--capability", "chat.*")
    assert "by the prices of its file" in ran.said
    assert "of $0.02 spent (--max-cost), by the usage reported; " in ran.said
    sent = [line for line in ran.run.exchanges if line.attempts]
    assert sum(line.dollars or 0 for line in sent) <= 0.02
    assert any("(--max-cost)" in line.reason for line in ran.run.exchanges)
    assert ran.run.footer is not None
    assert ran.run.footer.tokens > 0
    assert ran.run.footer.dollars is not None
