"""The catalogue of capabilities: every node that is an endpoint's behaviour is checked, and so is every claim."""

import pytest
from pydantic import ValidationError

from conformance import capability
from conformance.definition import catalogue
from conformance.definition.catalogue import Decider, Node
from conformance.plan import loader
from conformance.targets.load import load, names
from conformance.wire.capability import matches

NO_TEST_IS_MEANT = {"G05", "G21", "FK10", "FK11"}
"""Positioning, a hint for a shell, and two sentences of advertising."""


def test_the_tree_holds_each_node_once() -> None:
    ids = [node.id for node in catalogue.load().nodes]
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def test_every_node_that_checks_decide_has_a_check() -> None:
    """One of its own, or the built-in ones of its exchanges: status, media type and body."""
    assert catalogue.load().missing({capability.id for capability in loader.load().capabilities}) == []


def test_every_capability_of_the_suite_is_that_of_its_node() -> None:
    """So none is of a node that something else decides."""
    assert [one for one in loader.load().capabilities if one != capability(one.id)] == []


def test_an_unknown_capability_is_told_with_its_neighbors() -> None:
    with pytest.raises(LookupError, match=r"no node `chat\.basics` .* did you mean `chat\.basic`"):
        capability("chat.basics")
    with pytest.raises(LookupError, match=r"`ops\.account_api` of kind `check`"):
        capability("ops.account_api")


def test_a_folder_is_the_first_part_of_its_capabilities() -> None:
    """So an id says where its check and its exchange stand."""
    loaded = loader.load()
    found = [(check.function.__module__, check.capability) for check in loaded.checks]
    found += [(spec.function.__module__, spec.capability) for spec in loaded.specs]
    wrong = [(module, one.id) for module, one in found if module.split(".")[2] != one.family]
    assert wrong == []


def test_every_claim_is_decided_by_a_check() -> None:
    decided = {capability.id for capability in loader.load().capabilities}
    claims = [claim for name in names() for claim in load(name, {}).claims]
    undecided = {claim.id for claim in claims if not any(matches(name, claim.capabilities) for name in decided)}
    outside = {node.id for node in catalogue.load().nodes if node.kind is not Decider.CHECK}
    elsewhere = {claim.id for claim in claims if claim.capabilities and set(claim.capabilities) <= outside}
    assert undecided - elsewhere == NO_TEST_IS_MEANT
    # A private API, by another account; and the native route, which stands beside the base URL.
    assert elsewhere == {"CN18", "FT03", "FT06"}


def test_a_node_says_why_no_check_decides_it() -> None:
    with pytest.raises(ValidationError, match="a node that no check decides says `why`"):
        Node.model_validate({"id": "a.b", "level": "may", "endpoint": "chat", "title": "x", "kind": "outside"})
