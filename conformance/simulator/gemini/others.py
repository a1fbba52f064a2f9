"""
What the native API serves beside text: embeddings, Imagen's pictures, and speech.

https://ai.google.dev/api/embeddings, https://ai.google.dev/gemini-api/docs/imagen,
https://ai.google.dev/gemini-api/docs/speech-generation
"""

import base64
import json
from dataclasses import replace
from typing import Any

from conformance.simulator.endpoints.embeddings import SIZE, vector
from conformance.simulator.endpoints.images import generate as paint
from conformance.simulator.gemini.contents import CONTENT, PART
from conformance.simulator.gemini.errors import invalid
from conformance.simulator.gemini.fields import Fields
from conformance.simulator.gemini.models import GeminiModel
from conformance.simulator.gemini.options import config_of
from conformance.simulator.http.call import Call
from conformance.simulator.media.tokens import count
from conformance.simulator.model.speech import speak

_EMBED = ("model", "content", "taskType", "title", "outputDimensionality", "embedContentConfig")
_PARAMETERS = (
    *("sampleCount", "aspectRatio", "personGeneration", "imageSize", "sampleImageSize", "outputOptions", "seed"),
    *("addWatermark", "enhancePrompt", "negativePrompt", "includeRaiReason", "safetySetting", "language", "storageUri"),
    *("mimeType", "outputMimeType"),
)
_MOST_TEXTS = 100
_MOST_PICTURES = 4
_SIZES = {"1:1": "1024x1024", "3:4": "1024x1536", "4:3": "1536x1024", "9:16": "1024x1536", "16:9": "1536x1024"}
_TOKENS_PER_SECOND = 25


def embed(body: Any) -> dict[str, Any]:
    """Return the response of `embedContent`."""
    return {"embedding": _embedding(Fields(body, "", _EMBED))}


def embed_batch(body: Any) -> dict[str, Any]:
    """Return the response of `batchEmbedContents`."""
    requests = Fields(body, "", ("requests",)).parts("requests", _EMBED)
    if not 0 < len(requests) <= _MOST_TEXTS:
        raise invalid(f"* BatchEmbedContentsRequest.requests: at most {_MOST_TEXTS} requests can be in one batch")
    return {"embeddings": [_embedding(request) for request in requests]}


def _embedding(request: Fields) -> dict[str, Any]:
    text = " ".join(str(part.get("text", "")) for part in request.part("content", CONTENT).parts("parts", PART))
    if not text:
        raise invalid("* EmbedContentRequest.content: contents is not specified")
    size = request.get("outputDimensionality", SIZE)
    if not isinstance(size, int) or not 0 < size <= SIZE:
        raise invalid(f"* EmbedContentRequest.output_dimensionality: must be in the range [1, {SIZE}].")
    return {"values": vector(text, size)}


def predict(call: Call, body: Any) -> dict[str, Any]:
    """Return the response of Imagen's `predict`."""
    request = Fields(body, "", ("instances", "parameters"))
    instances = request.parts("instances", ("prompt",))
    if not instances or not instances[0].get("prompt"):
        raise invalid("Image generation failed with the following error: The prompt is empty.")
    parameters = request.part("parameters", _PARAMETERS)
    wanted = parameters.get("sampleCount", 4)
    if not isinstance(wanted, int) or not 0 < wanted <= _MOST_PICTURES:
        raise invalid(f"sampleCount must be in the range [1, {_MOST_PICTURES}].")
    size = _SIZES.get(parameters.get("aspectRatio", "1:1"))
    if size is None:
        raise invalid(f"aspectRatio must be one of {', '.join(_SIZES)}.")
    asked = {"model": "sim-image", "prompt": instances[0]["prompt"], "n": wanted, "size": size}
    answer = paint(_posted(call, asked)).body
    assert isinstance(answer, dict)
    return {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": one["b64_json"]} for one in answer["data"]]}


def read_aloud(call: Call, body: Any, model: GeminiModel) -> dict[str, Any]:
    """Return the response of a model that speaks: 16-bit samples, 24,000 a second, without a header."""
    request = Fields(body, "", ("model", "contents", "generationConfig", "safetySettings"))
    config = config_of(request)
    if [str(one).upper() for one in config.listed("responseModalities")] != ["AUDIO"]:
        raise invalid("The requested combination of response modalities (TEXT) is not supported by the model.")
    contents = request.parts("contents", CONTENT)
    text = " ".join(str(part.get("text", "")) for content in contents for part in content.parts("parts", PART))
    asked = {"model": model.behind, "input": text[:4096], "voice": "alloy", "response_format": "pcm"}
    sound = speak(_posted(call, asked)).body
    assert isinstance(sound, bytes)
    data = base64.b64encode(sound).decode()
    blob = {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": data}
    content = {"parts": [{"inlineData": blob}], "role": "model"}
    heard = round(len(sound) / 48_000 * _TOKENS_PER_SECOND)
    usage = {"promptTokenCount": count(text), "candidatesTokenCount": heard, "totalTokenCount": count(text) + heard}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model.name}


def _posted(call: Call, body: dict[str, Any]) -> Call:
    headers = {"content-type": "application/json"}
    return replace(call, headers=headers, content=json.dumps(body).encode())
