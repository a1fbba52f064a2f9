"""The parameters of `POST /images/...` and a request for pictures as a value."""

import re
from dataclasses import dataclass
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.errors import invalid_request, invalid_value, unsupported
from conformance.simulator.http.validation import Rule, anything, boolean, fields, integer, one_of, string
from conformance.simulator.media.paint import Format, Painting
from conformance.simulator.media.tokens import count

LONGEST_PROMPT = 32_000
LONGEST_EDGE = 3840
_SIZE = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")
_STANDARD = 1024
_PROMPT = string(LONGEST_PROMPT, empty=False)
_COMMON: dict[str, Rule] = {
    "model": string(empty=False),
    "n": integer(1, 10),
    "response_format": one_of("url", "b64_json"),
    "size": string(),
    "user": string(),
}
_PAINTED: dict[str, Rule] = {
    **_COMMON,
    "background": one_of("transparent", "opaque", "auto"),
    "output_compression": integer(0, 100),
    "output_format": one_of("png", "jpeg", "webp"),
    "partial_images": integer(0, 3),
    "quality": one_of("low", "medium", "high", "auto"),
    "safety_identifier": string(128),
    "stream": boolean,
}
_UNSUPPORTED = ("complexity", "frame_count", "frame_duration_ms", "markup", "style", "svg")
GENERATION = fields(
    {"prompt": _PROMPT},
    {**_PAINTED, "moderation": one_of("low", "auto"), **dict.fromkeys(_UNSUPPORTED, anything)},
)
EDIT = fields(
    {"prompt": _PROMPT},
    {**_PAINTED, "input_fidelity": one_of("high", "low"), **dict.fromkeys(_UNSUPPORTED, anything)},
)
VARIATION = fields({}, {**_COMMON, "size": one_of("256x256", "512x512", "1024x1024")})

_TOKENS = {"low": 272, "medium": 1056, "high": 4160}  # for a picture of 1024 by 1024
_TOKENS_PER_SOURCE = 255


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A valid request for `n` pictures, from `sources` pictures of the client's."""

    model: models.ServedModel
    prompt: str
    width: int
    height: int
    n: int
    quality: str
    kind: Format
    transparent: bool
    urls: bool
    partial: int
    stream: bool
    sources: int

    @property
    def size(self) -> str:
        """The size as the protocol writes it."""
        return f"{self.width}x{self.height}"

    def usage(self) -> dict[str, Any]:
        """Return the token counts."""
        painted = round(_TOKENS[self.quality] * self.width * self.height / _STANDARD**2) * self.n
        text, shown = count(self.prompt), _TOKENS_PER_SOURCE * self.sources
        return {
            "input_tokens": text + shown,
            "input_tokens_details": {"image_tokens": shown, "text_tokens": text},
            "output_tokens": painted,
            "output_tokens_details": {"image_tokens": painted, "text_tokens": 0},
            "total_tokens": text + shown + painted,
        }


def read_request(body: dict[str, Any], rules: Rule, sources: tuple[Painting, ...] = ()) -> ImageRequest:
    """Return the request, or raise the error that OpenAI would answer; `sources` are the client's pictures."""
    rules(body, "")
    for name in _UNSUPPORTED:
        if body.get(name) is not None:
            raise unsupported(name)
    model = models.find(body.get("model") or "sim-image")
    if model.kind != "image":
        raise invalid_value("model", f"The model '{model.id}' does not make images.")
    given = {name: value for name, value in body.items() if value is not None}
    _check_relations(given)
    width, height = _size(given.get("size", "auto"), sources)
    return ImageRequest(
        model,
        given.get("prompt", ""),
        width,
        height,
        given.get("n", 1),
        {"auto": "medium"}.get(given.get("quality", "auto"), given.get("quality", "auto")),
        given.get("output_format", "png"),
        given.get("background") == "transparent",
        given.get("response_format") == "url",
        given.get("partial_images", 0),
        given.get("stream", False),
        len(sources),
    )


def _check_relations(given: dict[str, Any]) -> None:
    kind = given.get("output_format", "png")
    if given.get("background") == "transparent" and kind == "jpeg":
        raise invalid_value("background", "Transparent backgrounds need the output format 'png' or 'webp'.")
    if given.get("output_compression", 100) != 100 and kind == "png":
        raise invalid_value("output_compression", "Compression is only supported for 'jpeg' and 'webp'.")
    if given.get("partial_images") and not given.get("stream"):
        text = "The 'partial_images' parameter is only allowed when 'stream' is enabled."
        raise invalid_request(text, param="partial_images")
    if given.get("stream") and given.get("n", 1) != 1:
        raise invalid_value("n", "Streaming is only supported for one image.")
    if given.get("stream") and given.get("response_format") == "url":
        raise invalid_value("response_format", "Streaming is only supported with 'b64_json'.")


def _size(text: str, sources: tuple[Painting, ...]) -> tuple[int, int]:
    if text == "auto":
        return (sources[0].width, sources[0].height) if sources else (_STANDARD, _STANDARD)
    match = _SIZE.fullmatch(text)
    if match is None:
        raise invalid_value("size", f"Invalid value: '{text[:40]}'. Supported are 'auto' and 'WIDTHxHEIGHT'.")
    width, height = int(match[1]), int(match[2])
    if width % 16 or height % 16 or max(width, height) > min(LONGEST_EDGE, 3 * min(width, height)):
        rule = f"Both edges are multiples of 16 and at most {LONGEST_EDGE}, the ratio is at most 3 to 1."
        raise invalid_value("size", f"Invalid size '{text}'. {rule}")
    return width, height
