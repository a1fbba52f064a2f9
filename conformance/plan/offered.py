"""
Which optional APIs an endpoint offers, and what that lifts.

An API is offered when its first question is answered with an object of the right type, while the same endpoint rejects
a path that does not exist: who serves every path alike offers nothing. What is core to an offered API is owed as a
SHOULD instead of a MAY. Nothing else is lifted: not what a capability leaves to taste (its MAY checks), and nothing
that needs evidence of its own, such as hosted tools, stored responses or background work.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from conformance.checks.embeddings.exchanges import embedded
from conformance.checks.endpoints.exchanges import NOT_SERVED, REJECTED, made_up, probe
from conformance.checks.responses.exchanges import greeted
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.plan.expand import Selected
from conformance.targets.target import Target
from conformance.wire.capability import MAY, SHOULD, Capability
from conformance.wire.exchange import Exchange
from conformance.wire.response import NotJson

Ask = Callable[[ExchangeKey], Exchange]


@dataclass(frozen=True, slots=True)
class Api:
    """An optional API: its first question, the `object` of the answer, and the row of `probe` that asks for less."""

    name: str
    question: ExchangeSpec
    object: str
    row: str = ""


APIS = (Api("responses", greeted, "response", row="responses"), Api("embeddings", embedded, "list"))


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether an endpoint offers an API, and what shows it, in words."""

    api: str
    offered: bool
    why: str


def offers(target: Target, ask: Ask) -> list[Offer]:
    """Return what an endpoint offers of each optional API with a core. `ask` obtains an exchange, once it is needed."""
    return [_offer(api, target, ask) for api in APIS]


def _offer(api: Api, target: Target, ask: Ask) -> Offer:
    if missing := sorted(role for role in api.question.all_roles if role not in target.models):
        return Offer(api.name, offered=False, why=f"not asked: no model for role `{missing[0]}`")
    if api.row and (asked := ask(ExchangeKey(target.name, probe, api.row))).response and asked.status in NOT_SERVED:
        return Offer(api.name, offered=False, why=f"its path is not served ({asked.status})")
    answer = ask(ExchangeKey(target.name, api.question))
    if answer.response is None:
        return Offer(api.name, offered=False, why=f"no answer: {answer.reason}")
    if not answer.expected:
        return Offer(api.name, offered=False, why=f"its first request is rejected ({answer.status})")
    if not _is_typed(answer, api.object):
        return Offer(api.name, offered=False, why=f"its first request returns {answer.status} without `{api.object}`")
    control = ask(ExchangeKey(target.name, made_up))
    if control.response is None or control.status not in REJECTED:
        why = "the same endpoint does not reject a path that does not exist, so its success shows nothing"
        return Offer(api.name, offered=False, why=why)
    return Offer(api.name, offered=True, why=f"its first request returns `{api.object}`; a path made up is rejected")


def _is_typed(answer: Exchange, name: str) -> bool:
    try:
        body = answer.received.json
    except NotJson:
        return False
    return isinstance(body, dict) and body.get("object") == name


def lifted(item: Selected, apis: Collection[str]) -> Selected:
    """Return a check of an endpoint that offers some APIs: what is core to them is a SHOULD where it is a MAY."""
    capability = item.check.capability
    if not _lifts(capability, apis):
        return item
    return replace(item, check=replace(item.check, capability=replace(capability, level=SHOULD)))


def _lifts(capability: Capability, apis: Collection[str]) -> bool:
    return capability.level is MAY and capability.core in apis
