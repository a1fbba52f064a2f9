"""The tree of capabilities: every node that is an endpoint's behaviour is checked, and so is every claim."""

import pytest
from pydantic import ValidationError

from conformance.plan import catalogue, loader
from conformance.plan.catalogue import Kind, Node
from conformance.plan.plan import expand
from conformance.targets.target import load, names
from conformance.wire.capability import matches

NO_TEST_IS_MEANT = {"G05", "G21", "FK10", "FK11"}
"""Positioning, a hint for a shell, and two sentences of advertising."""


def test_the_tree_holds_each_node_once() -> None:
    ids = [node.id for node in catalogue.load().nodes] + [addition.id for addition in catalogue.load().additions]
    assert len(ids) == len(set(ids))
    assert len(catalogue.load().nodes) == 140


def test_every_node_that_checks_decide_has_a_check() -> None:
    assert catalogue.load().missing({check.capability.id for check in loader.load().checks}) == []


def test_every_capability_of_the_suite_is_a_node_of_the_same_level() -> None:
    known = {node.id: node.level for node in catalogue.load().nodes} | {
        one.id: one.level for one in catalogue.load().additions
    }
    found = {capability.id: capability.level for capability in loader.load().capabilities}
    assert {name: level for name, level in found.items() if known.get(name) != level} == {}


def test_no_check_is_of_a_node_that_something_else_decides() -> None:
    decided = {check.capability.id for check in loader.load().checks}
    assert [node.id for node in catalogue.load().nodes if node.kind is not Kind.CHECK and node.id in decided] == []


def test_every_claim_is_decided_by_a_check() -> None:
    decided = {check.capability.id for check in loader.load().checks}
    claims = [claim for name in names() for claim in load(name, {}).claims]
    undecided = {claim.id for claim in claims if not any(matches(name, claim.capabilities) for name in decided)}
    outside = {node.id for node in catalogue.load().nodes if node.kind is not Kind.CHECK}
    elsewhere = {claim.id for claim in claims if claim.capabilities and set(claim.capabilities) <= outside}
    assert undecided - elsewhere == NO_TEST_IS_MEANT
    # A private API, by another account; and the native route, which stands beside the base URL.
    assert elsewhere == {"CN18", "FT03", "FT06"}


def test_a_built_in_check_belongs_to_its_exchange() -> None:
    """So status and body of an exchange alone might make up a node, but each has a statement of its own."""
    loaded, target = loader.load(), load("simulator", {})
    builtin = [item for check in loaded.checks if check.builtin for item in expand(check, target, loaded.specs)]
    own = {check.capability.id for check in loaded.checks}
    assert {item.check.capability.id for item in builtin} <= own


@pytest.mark.parametrize("facts", [{"kind": "check", "why": "no reason is needed"}, {"kind": "outside"}])
def test_a_node_says_why_no_check_decides_it(facts: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="`why` goes with every kind but `check`"):
        Node.model_validate({"id": "a.b", "level": "may", "endpoint": "chat", "what": "x", **facts})
