"""The models that this endpoint serves, and `GET /models`."""

from dataclasses import dataclass
from typing import Any, Literal

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, model_not_found

Kind = Literal["chat", "embedding", "image", "moderation", "speech", "transcription", "video"]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """
    One model. `context` and `output` are limits in tokens; `created` is in seconds since 1970.

    `thinks`: spends hidden tokens, by default with `effort`. `lenient`: takes documents in `image_url`, which OpenAI
    refuses and others document. `speaks`: answers with sound too. `reasons`: always thinks, and refuses what does
    not go with that; `secretive`: nobody may ask it for log probabilities.
    `signs`: its calls carry a signature that it wants to see again, as another vendor's do and none of OpenAI's.
    `searches`: looks things up, and cites one page that does not exist.
    A model that is not `listed` is served all the same.
    """

    id: str
    kind: Kind
    created: int
    context: int = 8192
    output: int = 16384
    thinks: bool = False
    listed: bool = True
    lenient: bool = False
    effort: str = "medium"
    speaks: bool = False
    reasons: bool = False
    secretive: bool = False
    signs: bool = False
    searches: bool = False

    @property
    def dialects(self) -> bool:
        """Tell whether thinking can be asked for in the ways of other vendors too."""
        return self.thinks and not self.reasons


MODELS = (
    ServedModel("sim-chat", "chat", 1_760_000_000, lenient=True),
    ServedModel("sim-thinking", "chat", 1_760_000_100, thinks=True),
    ServedModel("sim-thinking-low", "chat", 1_760_000_100, thinks=True, listed=False, effort="low"),
    ServedModel("sim-thinking-high", "chat", 1_760_000_100, thinks=True, listed=False, effort="high"),
    ServedModel("sim-thinking-nothinking", "chat", 1_760_000_100, thinks=True, listed=False, effort="none"),
    ServedModel("sim-signing", "chat", 1_760_000_100, thinks=True, listed=False, signs=True),
    ServedModel("sim-reasoning", "chat", 1_760_000_120, thinks=True, lenient=True, reasons=True),
    ServedModel("sim-reasoning-mini", "chat", 1_760_000_120, thinks=True, lenient=True, reasons=True, secretive=True),
    ServedModel("sim-audio", "chat", 1_760_000_150, listed=False, speaks=True),
    ServedModel("sim-search", "chat", 1_760_000_160, listed=False, searches=True),
    ServedModel("sim-embedding", "embedding", 1_760_000_200),
    ServedModel("sim-speech", "speech", 1_760_000_350, listed=False),
    ServedModel("sim-transcribe", "transcription", 1_760_000_360, listed=False),
    ServedModel("sim-moderation", "moderation", 1_760_000_300, listed=False),
    ServedModel("sim-video", "video", 1_760_000_400, listed=False),
    ServedModel("sim-image", "image", 1_760_000_300, listed=False),
)


def find(name: str) -> ServedModel:
    """Return the model of that name."""
    for model in MODELS:
        if model.id == name:
            return model
    raise model_not_found(name)


def takes_dialects(name: Any) -> bool:
    """Return whether a name is that of a model that can be asked to think in the ways of other vendors too."""
    return any(model.id == name and model.dialects for model in MODELS)


def listing(_: Call) -> Answer:
    """Answer `GET /models`."""
    return Answer({"object": "list", "data": [_describe(model) for model in MODELS if model.listed]})


def retrieve(call: Call) -> Answer:
    """Answer `GET /models/{model}`."""
    return Answer(_describe(find(call.arguments["model"])))


def delete(call: Call) -> Answer:
    """Answer `DELETE /models/{model}`: only models that a client has trained can be deleted, and here are none."""
    model = find(call.arguments["model"])
    raise ApiError(403, f"You have insufficient permissions to delete the model '{model.id}'.", param="model")


def _describe(model: ServedModel) -> dict[str, Any]:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": "simulator"}
