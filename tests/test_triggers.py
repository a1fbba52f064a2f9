"""What no request can provoke by itself: it is asked only where the user names it."""

import asyncio
from pathlib import Path

import pytest

from conformance.checks.common.fixtures import data_url
from conformance.plan import loader
from conformance.plan.expand import expand
from conformance.plan.select import chosen
from conformance.run.triggers import with_triggers
from conformance.send.transport import Transport
from conformance.simulator.http import call
from conformance.simulator.media.attachments import REMOTE, see_url
from conformance.simulator.model.generation import BLOCKED
from conformance.targets.load import load, parse
from conformance.targets.target import Target
from conformance.targets.triggers import Triggers
from conformance.wire.capability import MAY
from conformance.wire.request import OTHER_ACCOUNT, Key, get
from conformance.wire.verdict import Inconclusive, UsageError
from tests import hostile
from tests.fakes import chosen as resolved
from tests.fakes import target
from tests.hostile import serving

KEY, SECOND = "sk-first-Zq8mB2xT7LpW01234", "sk-second-9Qm4KxR2tVbN56789"


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


def test_the_second_account_of_the_simulator_is_that_of_the_suite() -> None:
    assert OTHER_ACCOUNT == call.OTHER_ACCOUNT


def test_a_second_account_is_asked_about_only_with_a_key_of_its_own(tmp_path: Path) -> None:
    at = ("--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--api-key-env", "A", "--trigger", "other_key_env=B")
    assert resolved(tmp_path, *at, A=KEY).targets[0].target.triggers == Triggers()
    options = resolved(tmp_path, *at, A=KEY, B=SECOND)
    assert options.others.of(options.targets[0].target.name) == SECOND
    assert SECOND not in repr(options)
    with pytest.raises(UsageError, match="first account"):
        resolved(tmp_path, *at, A=KEY, B=KEY)


def test_the_key_of_the_second_account_is_sent_and_is_a_secret() -> None:
    with serving(hostile.faithful()) as server:
        of = target(base_url=server.base_url, key_env="A")
        transport = Transport(of, KEY, other=SECOND)
        sending = asyncio.run(transport.send(get("/models", key=Key.OTHER)))
    assert [seen.header("authorization") for seen in server.seen] == [f"Bearer {SECOND}"]
    assert SECOND in transport.keys
    assert sending.response is not None


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
