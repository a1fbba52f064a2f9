"""
A target as its rehearsal: the same plan, sent to the simulator.

The rehearsal has another name than its target, so that no result, folder, test or report of it can stand under the
plain name, whoever reads them.
"""

from collections.abc import Mapping, Sequence

from conformance.log.documents import Dressing, Rehearsed
from conformance.targets.documented import Documented
from conformance.targets.model import Model
from conformance.targets.price import Prices, dearest
from conformance.targets.suggestion import unknown
from conformance.targets.target import Claim, Target
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.verdict import UsageError


def rehearsal(target: Target, simulator: Target) -> Target:
    """
    Return the target that rehearses another one: `simulator` with the plan of that one.

    What it sends is what a run would send, to the models of the simulator in the same roles. Known deviations are left
    out: a rehearsal can show none of them. Raises `UsageError` for a deviation that the simulator does not have.
    """
    assert simulator.server is not None
    known = {role: model for role, model in simulator.models.items() if role in target.models}
    own = {role: simulator.models["chat"] for role in target.models if role not in known}
    models = {**known, **own}
    changes = {
        "name": f"{target.name}{SUFFIX}",
        "base_url": "",
        "base_url_env": None,
        "hosts": (),
        "auth": simulator.auth,
        "tls": simulator.tls,
        "models": models,
        "prices": _prices(target, models),
        "limits": simulator.limits.model_copy(update={"thinking_tokens": target.limits.thinking_tokens}),
        "claims": tuple(_for(claim, target.models, models) for claim in target.claims),
        "known_deviations": (),
        "server": simulator.server.model_copy(update={"deviations": deviations(target)}),
    }
    return target.model_copy(update=changes)


def deviations(target: Target) -> tuple[str, ...]:
    """Return the ids of the deviations that a target's file names, each once. Raises `UsageError` for an unknown id."""
    named = [name for one in target.documented for name in one.deviations]
    if target.server is not None:
        named += target.server.deviations
    if not named:
        return ()
    from conformance.simulator.deviations import table  # noqa: PLC0415  hundreds of modules

    served = table()
    for name in named:
        if name not in served:
            raise UsageError(f"target `{target.name}`: {unknown('deviation', name, served)}")
    return tuple(dict.fromkeys(named))


def under(base_url: str, ids: Sequence[str]) -> str:
    """Return the base URL of the simulator at which it serves these deviations; without any, it is the faithful one."""
    return base_url.replace("/v1", f"/~{','.join(ids)}/v1") if ids else base_url


def rehearsed(target: Target) -> Rehearsed:
    """Return what the log says of the target that is rehearsed, and of what the simulator was dressed with."""
    return Rehearsed(
        target=target.name,
        base_url=target.base_url,
        models=target.models,
        variable=target.key_env or "",
        per_minute=target.limits.per_minute,
        dressing=[line for one in target.documented for line in _lines(one)],
    )


def _lines(one: Documented) -> Sequence[Dressing]:
    return [
        Dressing(deviation=name, says=one.says, document=one.place, assumption=one.assumption)
        for name in one.deviations
    ]


def _prices(target: Target, models: Mapping[str, Model]) -> Prices:
    """Return the prices of the models that are rehearsed, for those that answer in their place."""
    real: dict[str, list[str]] = {}
    for role, acting in models.items():
        real.setdefault(acting.id, []).append(target.models[role].id)
    found = {name: dearest(target.prices, ids) for name, ids in real.items()}
    return {name: price for name, price in found.items() if price is not None}


def _for(claim: Claim, real: Mapping[str, Model], models: Mapping[str, Model]) -> Claim:
    """Return a claim about certain models as one about those that are asked in their place, or as it is."""
    if not claim.models or not claim.of_models(real):
        return claim
    return claim.model_copy(update={"models": {role: models[role].id for role in claim.models}})
