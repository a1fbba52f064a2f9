"""The models that this endpoint serves, and `GET /models`."""

from dataclasses import dataclass
from typing import Any, Literal

from conformance.simulator.answer import Answer
from conformance.simulator.call import Call
from conformance.simulator.errors import model_not_found

Kind = Literal["chat", "embedding"]


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `context` and `output` are limits in tokens; `created` is in seconds since 1970."""

    id: str
    kind: Kind
    created: int
    context: int = 8192
    output: int = 16384
    thinks: bool = False


MODELS = (
    Model("sim-chat", "chat", 1_760_000_000),
    Model("sim-thinking", "chat", 1_760_000_100, thinks=True),
    Model("sim-embedding", "embedding", 1_760_000_200),
)


def find(name: str) -> Model:
    """Return the model of that name."""
    for model in MODELS:
        if model.id == name:
            return model
    raise model_not_found(name)


def listing(_: Call) -> Answer:
    """Answer `GET /models`."""
    return Answer({"object": "list", "data": [_describe(model) for model in MODELS]})


def retrieve(call: Call) -> Answer:
    """Answer `GET /models/{model}`."""
    return Answer(_describe(find(call.arguments["model"])))


def _describe(model: Model) -> dict[str, Any]:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": "simulator"}
