"""The claims in the target files: facts about documents, each held against nodes of the tree."""

from collections import Counter
from datetime import date

import pytest

from conformance.cli.listing import coverage
from conformance.definition import catalogue
from conformance.plan import loader
from conformance.targets.load import load, names
from conformance.targets.target import Claim, ClaimKind
from conformance.wire.capability import MAY, Capability

SEEDS = {"G": 30, "CO": 20, "CR": 19, "FT": 46, "FK": 30}
"""How many rows the list of the vendors' claims has, by document."""

VENDORS = ("crazyrouter", "fast-token", "flatkey", "google", "openai")
CLAIMS = {name: load(name, {}).claims for name in VENDORS}


def row(claim: Claim) -> str:
    """Return the row of the list that a claim comes from: one row may make two claims of different weight."""
    return claim.id.partition("-")[0]


def of(prefix: str) -> list[Claim]:
    """Return the claims of one document."""
    return [claim for claims in CLAIMS.values() for claim in claims if row(claim)[:-2] == prefix]


def test_every_row_of_the_list_is_a_claim() -> None:
    rows = {row(claim) for claims in CLAIMS.values() for claim in claims}
    wanted = {f"{prefix}{number:02}" for prefix, count in SEEDS.items() for number in range(1, count + 1)}
    assert len(wanted) == 145
    assert wanted - rows == set()


def test_ids_are_distinct() -> None:
    counted = Counter(claim.id for claims in CLAIMS.values() for claim in claims)
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("name", names())
def test_claims_are_about_nodes_of_the_tree(name: str) -> None:
    known = {node.id for node in catalogue.load().nodes} | {"*"}
    wrong = [(claim.id, one) for claim in load(name, {}).claims for one in claim.capabilities if one not in known]
    assert wrong == []


@pytest.mark.parametrize("name", VENDORS)
def test_statements_are_short_sentences_with_a_place(name: str) -> None:
    for claim in CLAIMS[name]:
        assert claim.statement.endswith("."), claim.id
        assert len(claim.statement) <= 120, claim.id
        assert claim.document, claim.id
        assert claim.edition, claim.id


def test_what_is_negative_vague_or_withdrawn_lifts_nothing() -> None:
    lifting = [claim for claims in CLAIMS.values() for claim in claims if claim.promises]
    assert {claim.kind for claim in lifting} == {ClaimKind.POSITIVE, ClaimKind.SHAPE}
    assert not any(claim.legacy for claim in lifting)


def test_the_editions_of_a_page_are_kept_apart() -> None:
    editions = {(claim.edition, claim.dated) for claim in of("CO")}
    assert editions == {("first English edition", date(2026, 2, 26))}
    assert all(claim.legacy for claim in of("CO"))
    assert {claim.dated for claim in of("CR")} == {date(2026, 3, 23)}
    assert len({claim.edition for claim in CLAIMS["google"] if "openai" in claim.document}) == 3


def test_what_another_vendor_says_binds_nobody() -> None:
    said = [claim for claim in CLAIMS["google"] if "flatkey" in claim.document]
    assert {claim.id for claim in said} == {"FK01", "FK05", "FK06", "FK07", "FK08"}
    assert not any(claim.promises for claim in said)


@pytest.mark.parametrize(
    ("name", "capability", "claimed"),
    [
        ("google", "audio.input", True),
        ("google", "reasoning.effort.none", False),  # depends on the model
        ("google", "videos", False),
        ("crazyrouter", "chat.image_output", False),  # withdrawn
        ("crazyrouter", "embeddings.dimensions", True),
        ("fast-token", "chat.image_output", True),
        ("fast-token", "audio.input", False),  # said to be native
        ("fast-token", "reasoning.enable_thinking", False),  # the page contradicts itself
        ("flatkey", "tools.parallel_false", False),  # a list of what to test is no promise
        ("openai", "responses.stream", True),
        ("openai", "native.search_and_code", False),
    ],
)
def test_an_optional_capability_is_gating_where_it_is_promised(name: str, capability: str, claimed: bool) -> None:  # noqa: FBT001
    assert load(name, {}).claimed(Capability(capability, MAY, "")) is claimed


def test_coverage_counts_nodes_and_claims() -> None:
    about_nothing = Claim(id="n", statement="Nice.", document="d")
    undecided = Claim(id="u", capabilities=("ops.account_api",), statement="Logged.", document="d")
    decided = Claim(id="d", capabilities=("chat.basic",), statement="Answered.", document="d")
    found = coverage(loader.load(), [about_nothing, undecided, decided])
    assert found.claims == {"all": 3, "decided": 1}
    assert (found.claims_undecided, found.claims_about_nothing) == (["u"], ["n"])
    assert found.nodes["all"] == sum(found.nodes[kind] for kind in catalogue.Decider)
