"""When models are shut down: what documents state of the models that are asked for, and when it is said."""

from datetime import date, timedelta

import pytest

from conformance.cli.terminal import shutdown_lines
from conformance.log.records import TargetFacts
from conformance.run.options import ChosenTarget
from conformance.targets import load
from conformance.targets.model import Model
from conformance.targets.shutdown import Shutdown, of_models, soon, table
from conformance.targets.target import Target
from conformance.wire.verdict import UsageError

DAY = date(2026, 12, 11)
OWN = Shutdown(models=("chat-1",), on=DAY, source="https://gate.example", dated=date(2026, 11, 1), instead="chat-2")


def said(today: date, *names: str) -> list[str]:
    models = {"chat": Model(id=names[0], also=names[1:])}
    return list(soon(of_models(models, [OWN]), models, today))


def test_no_model_stands_twice_in_the_table() -> None:
    names = [name for entry in table() for name in entry.models]
    assert len(names) == len(set(names))


def test_every_entry_has_a_link() -> None:
    assert all(entry.source.startswith("https://") for entry in table())


def test_a_model_that_is_shut_down_within_sixty_days_is_said_with_days_source_and_successor() -> None:
    assert said(DAY - timedelta(days=61), "chat-1") == []
    assert said(DAY - timedelta(days=60), "chat-1") == [
        (
            "model `chat-1` (chat) is shut down on 2026-12-11, in 60 days (https://gate.example, read on 2026-11-01); "
            "recommended instead: `chat-2`"
        )
    ]
    assert "in 1 day (" in said(DAY - timedelta(days=1), "chat-1")[0]


def test_a_day_that_is_over_is_said_as_over() -> None:
    assert "was to be shut down on 2026-12-11 (" in said(DAY, "chat-1")[0]


def test_a_gateways_name_for_a_model_is_known_by_its_last_part() -> None:
    assert "`maker/gpt-5`" in said(DAY, "maker/gpt-5")[0]
    assert said(DAY, "gpt-5-of-mine") == []


def test_further_models_are_looked_up_too() -> None:
    assert "`gpt-5`" in said(DAY, "chat-2", "gpt-5")[0]


def test_a_targets_own_day_wins() -> None:
    own = OWN.model_copy(update={"models": ("gpt-5",), "on": DAY + timedelta(days=9)})
    (found,) = of_models({"chat": Model(id="gpt-5")}, [own])
    assert found.on == own.on


def test_a_target_file_adds_its_own_days() -> None:
    text = (
        'title = "Gate"\nbase_url = "https://gate.example/v1"\nhosts = ["gate.example"]\n[models]\nchat = "chat-1"\n'
        '[[shutdowns]]\nmodels = ["chat-1"]\non = 2026-12-11\nsource = "https://gate.example"\ndated = 2026-01-01\n'
    )
    target = load.parse(text, "gate", "gate.toml")
    assert [entry.on for entry in facts(target).shutdowns] == [DAY]
    with pytest.raises(UsageError, match="source"):
        load.parse(text.replace("source", "sauce"), "gate", "gate.toml")


def test_a_server_on_this_machine_may_call_its_model_like_any_other() -> None:
    target = Target(name="mine", title="mine", base_url="http://127.0.0.1:8/v1", models={"chat": Model(id="gpt-5")})
    assert facts(target).shutdowns == []


def test_what_is_over_is_said_before_the_first_request() -> None:
    over = OWN.model_copy(update={"on": date(2026, 1, 1)})
    target = Target(name="gate", title="gate", base_url="https://gate.example", models={"chat": Model(id="chat-1")})
    (line,) = shutdown_lines([facts(target.model_copy(update={"shutdowns": (over,)}))])
    assert line.startswith("gate: model `chat-1` (chat) was to be shut down on 2026-01-01")


def facts(target: Target) -> TargetFacts:
    return ChosenTarget(target, "live").facts
