"""The models of the native API, and the simulator's models behind them (https://ai.google.dev/api/models)."""

from dataclasses import dataclass
from typing import Any

from conformance.simulator.gemini.errors import GeminiError, unknown_model

_CHAT = ("generateContent", "countTokens", "createCachedContent", "batchGenerateContent")
_EMBED = ("embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent")


@dataclass(frozen=True, slots=True)
class GeminiModel:
    """
    One model: its name without `models/`, and the simulator's model that answers in its place.

    `signs`: it wants its thought signatures back, as those of the third generation do. Limits are in tokens.
    """

    name: str
    behind: str
    methods: tuple[str, ...] = _CHAT
    signs: bool = False
    inputs: int = 8_192
    outputs: int = 65_536

    @property
    def described(self) -> dict[str, Any]:
        """Return the model as the list tells it."""
        return {
            "name": f"models/{self.name}",
            "version": "001",
            "displayName": self.name,
            "inputTokenLimit": self.inputs,
            "outputTokenLimit": self.outputs,
            "supportedGenerationMethods": list(self.methods),
        }


MODELS = (
    GeminiModel("gemini-2.5-flash", "sim-thinking-nothinking"),
    GeminiModel("gemini-2.5-flash-lite", "sim-thinking-nothinking"),
    GeminiModel("gemini-2.5-pro", "sim-thinking"),
    GeminiModel("gemini-3-flash-preview", "sim-thinking-low", signs=True),
    GeminiModel("gemini-2.5-flash-image", "sim-image"),
    GeminiModel("gemini-2.5-flash-preview-tts", "sim-speech", inputs=8192, outputs=16_384),
    GeminiModel("gemini-embedding-001", "sim-embedding", _EMBED, inputs=2048, outputs=1),
    GeminiModel("imagen-4.0-generate-001", "sim-image", ("predict",), inputs=480, outputs=8192),
)


def find(name: str, method: str) -> GeminiModel:
    """Return the model of that name, with or without `models/` in front. Raises the 404 for an unknown one."""
    wanted = name.removeprefix("models/")
    for model in MODELS:
        if model.name == wanted:
            return model
    raise unknown_model(wanted, method)


def listing() -> dict[str, Any]:
    """Return the list of all models."""
    return {"models": [model.described for model in MODELS]}


def described(name: str) -> dict[str, Any]:
    """Return what is told of one model."""
    try:
        return find(name, "").described
    except GeminiError:
        raise GeminiError(404, f"Model is not found: models/{name[:80]} for api version v1beta") from None
