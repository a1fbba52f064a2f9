"""An optional API is offered by who answers its first question and rejects what does not exist."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import Exchange
from conformance.checks.endpoints.exchanges import made_up, probe
from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.expand import expand
from conformance.plan.loader import load
from conformance.plan.offered import lifted, offers
from conformance.record.spool import unsent
from conformance.run.offering import is_there
from conformance.targets.model import Model
from conformance.targets.target import Target
from conformance.wire.capability import MAY, SHOULD
from conformance.wire.response import Response
from tests.fakes import observed

CHAT_ONLY = Target(
    name="chat-only", title="Chat only", base_url="http://127.0.0.1:1/v1", models={"chat": Model(id="m")}
)
RESPONSE = {"id": "resp_1", "object": "response", "output": []}
NOT_FOUND = {"error": {"message": "no such path"}}


def answers(*, first: tuple[int, object], elsewhere: int = 404, row: int = 400) -> Callable[[ExchangeKey], Exchange]:
    """Return a way to ask an endpoint that answers the first question, made-up paths and probes like this."""

    def ask(key: ExchangeKey) -> Exchange:
        status, body = first
        if key.spec is made_up:
            status, body = elsewhere, NOT_FOUND
        if key.spec is probe:
            status, body = row, NOT_FOUND
        headers = (("content-type", "application/json"),)
        response = Response(status=status, headers=headers, body=json.dumps(body).encode())
        return replace(unsent(key, ""), response=response, expects=key.expects)

    return ask


def offered(ask: Callable[[ExchangeKey], Exchange], target: Target = CHAT_ONLY) -> dict[str, bool]:
    """Return what is offered, by API."""
    return {offer.api: offer.offered for offer in offers(target, ask)}


def test_a_typed_answer_beside_a_rejected_path_offers_the_api() -> None:
    assert offered(answers(first=(200, RESPONSE)))["responses"]


@pytest.mark.parametrize(
    "ask",
    [
        answers(first=(200, RESPONSE), elsewhere=200),
        answers(first=(200, {"object": "chat.completion"})),
        answers(first=(404, NOT_FOUND)),
        answers(first=(500, NOT_FOUND)),
    ],
    ids=["everything-is-served", "another-type", "not-found", "broken"],
)
def test_anything_else_offers_nothing(ask: Callable[[ExchangeKey], Exchange]) -> None:
    assert not offered(ask)["responses"]


def test_one_probe_is_enough_where_the_path_is_not_served() -> None:
    seen: list[str] = []
    ask = answers(first=(200, RESPONSE), row=404)

    def noted(key: ExchangeKey) -> Exchange:
        seen.append(key.label)
        return ask(key)

    assert not offered(noted)["responses"]
    assert seen == ["endpoints.absent_are_clean/probe[responses]"]


def test_what_is_answered_like_a_made_up_path_is_not_there() -> None:
    """A real gateway passes paths on that it does not know, and its upstream rejects each for the key."""
    key = {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}
    wrong = {"error": {"code": 400, "message": "`limit` is not a number"}}
    expects = frozenset({200, 400, 404})
    made_up = observed(NOT_FOUND, 404, expects=expects)
    assert not is_there(observed(key, 400, expects=expects), made_up)
    assert is_there(observed(wrong, 400, expects=expects), made_up)
    assert not is_there(observed(wrong, 400, expects=expects), observed(wrong, 400, expects=expects))
    assert not is_there(observed(wrong, 404, expects=expects), made_up)


def test_a_probe_without_a_recording_finds_nothing_and_a_made_up_path_without_one_hides_nothing() -> None:
    missing, there = observed(response=None), observed(NOT_FOUND, 400, expects=frozenset({200, 400}))
    assert not is_there(missing, there)
    assert is_there(there, missing)


def test_an_api_whose_role_has_no_model_is_not_asked() -> None:
    told = {offer.api: offer.why for offer in offers(CHAT_ONLY, answers(first=(200, RESPONSE)))}
    assert "no model for role `embedding`" in told["embeddings"]


def test_only_what_is_core_is_lifted_and_may_checks_stay_may() -> None:
    suite = load()
    items = [item for check in suite.checks for item in expand(check, CHAT_ONLY, suite.specs)]
    raised = [item for item in items if lifted(item, ["responses"]).check.owed is not item.check.owed]
    assert {item.check.capability.id for item in raised} == {"responses.basic", "responses.stream", "responses.tools"}
    assert all(lifted(item, ["responses"]).check.owed is SHOULD for item in raised)
    assert all(item.check.level is not MAY for item in raised)
    assert not [item for item in items if lifted(item, []) is not item]
