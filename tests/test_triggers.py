"""What no request can provoke by itself: it is asked only where the user names it."""

from pathlib import Path

import pytest

from conformance.checks.common.fixtures import data_url
from conformance.plan import loader
from conformance.plan.expand import expand
from conformance.plan.select import chosen
from conformance.simulator.media.attachments import REMOTE, see_url
from conformance.simulator.model.generation import BLOCKED
from conformance.targets.load import load, parse
from conformance.targets.target import Target
from conformance.targets.triggers import Triggers, with_triggers
from conformance.wire.capability import MAY
from conformance.wire.verdict import Inconclusive, UsageError
from tests.fakes import chosen as resolved
from tests.fakes import target


def asked(of: Target) -> set[str]:
    suite = loader.load()
    items = [item for check in suite.checks for item in expand(check, of, suite.specs)]
    return {
        item.check.capability.id
        for item in items
        if item.check.capability.family == "triggers" and chosen(item, capabilities=("triggers.*",), level=MAY)
    }


def test_without_a_trigger_nothing_is_asked_of_it() -> None:
    assert asked(target()) == set()
    only = target().model_copy(update={"triggers": Triggers(blocked_prompt="p")})
    assert asked(only) == {"triggers.blocked_prompt"}


def test_the_simulator_has_every_trigger() -> None:
    triggers = load("simulator", {}).triggers
    assert (triggers.blocked_prompt, triggers.image_url) == (BLOCKED, REMOTE)
    assert all(triggers.has(name) for name in Triggers.model_fields)


def test_the_simulator_sees_the_suite_s_picture_at_its_url() -> None:
    assert see_url(REMOTE, 0, "p") == see_url(data_url("word.png"), 0, "p")


def test_a_missing_trigger_is_no_verdict() -> None:
    with pytest.raises(Inconclusive, match=r"\[triggers\] image_url"):
        Triggers().of("image_url")


def test_an_option_names_a_trigger(tmp_path: Path) -> None:
    options = resolved(
        tmp_path, "--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--trigger", "blocked_prompt=a = b"
    )
    assert options.targets[0].target.triggers.blocked_prompt == "a = b"


@pytest.mark.parametrize(
    "given", ["blocked=x", "blocked_prompt", "image_url=picture.png", "image_url=file:///etc/passwd"]
)
def test_a_wrong_trigger_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="--trigger"):
        with_triggers(Triggers(), (given,))


def test_a_file_with_a_wrong_trigger_is_refused() -> None:
    with pytest.raises(UsageError, match="image_url"):
        parse('title = "t"\n[triggers]\nimage_url = "ftp://h/p.png"\n', "t", "t.toml")
