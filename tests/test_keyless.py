"""A target that takes no key is not asked about keys, and is asked everything else."""

import pytest

from conformance.plan import loader
from conformance.plan.expand import expand
from conformance.plan.select import chosen
from conformance.simulator.app.server import running
from conformance.targets.target import Target
from conformance.wire.capability import MAY
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.fakes import target
from tests.hostile import MODEL
from tests.whole_run import Runner, run

__all__ = ["run"]

KEYLESS = target()
KEYED = target(key_env="THE_KEY")
ABOUT_KEYS = {"auth.missing", "auth.invalid"}


@pytest.fixture
def about_errors(run: Runner) -> Runner:
    """Runs of the families that ask about keys and about errors."""
    return Runner(run.pytester, ("conformance.checks.auth", "conformance.checks.errors"))


def test_a_faithful_endpoint_without_a_key_ends_with_0(about_errors: Runner) -> None:
    with running() as base_url:
        ran = about_errors("--base-url", base_url, "--model", MODEL, "--capability", "auth.*")
    assert ran.code == 0, ran.said
    assert {result.capability for result in ran.run.results} == {"auth.bearer_valid"}
    assert set(ran.verdicts.values()) == {Verdict.CONFORMS}


def test_the_other_errors_of_an_endpoint_without_a_key_are_judged(about_errors: Runner) -> None:
    with running() as base_url:
        ran = about_errors("--base-url", base_url, "--model", MODEL, "--capability", "errors.envelope")
    assert ran.code == 0, ran.said
    assert set(ran.verdicts.values()) == {Verdict.CONFORMS}
    assert [line.id for line in ran.run.exchanges if "key" in line.id] == []


def test_an_endpoint_for_embeddings_alone_is_not_asked_about_chat(about_errors: Runner) -> None:
    only = hostile.on_path("/models", hostile.faithful(), hostile.envelope("no such route", 404))
    with hostile.serving(only) as server:
        ran = about_errors("--base-url", server.base_url, "--model", "embedding=sim-embedding", "-k", "unknown_model")
    assert ran.code == 0, ran.said
    assert set(ran.verdicts.values()) == {Verdict.INCONCLUSIVE}
    assert "POST /chat/completions" not in server.paths
    assert "Exit code 0: nothing new is wrong" in ran.said


def capabilities(where: Target) -> set[str]:
    loaded = loader.load()
    selected = [item for check in loaded.checks for item in expand(check, where, loaded.specs)]
    return {item.check.capability.id for item in selected if chosen(item, capabilities=(), level=MAY)}


def test_only_what_is_about_keys_is_left_out_where_there_is_none() -> None:
    assert capabilities(KEYED) - capabilities(KEYLESS) == ABOUT_KEYS


def test_what_is_about_keys_is_never_sent_where_there_is_none() -> None:
    loaded = loader.load()
    selected = [item for check in loaded.checks for item in expand(check, KEYLESS, loaded.specs)]
    kept = [item for item in selected if chosen(item, capabilities=(), level=MAY)]
    assert [item.id for item in kept if any(key.spec.needs_key for key in item.keys)] == []
