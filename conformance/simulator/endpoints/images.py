"""`POST /images/generations`, `/images/edits`, `/images/variations`: pictures of one colour, whole or in a stream."""

import base64
import re
import time
from typing import Any

from conformance.simulator.endpoints.image_request import (
    EDIT,
    GENERATION,
    LONGEST_EDGE,
    VARIATION,
    ImageRequest,
    read_request,
)
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError
from conformance.simulator.media.image_sources import read_sources
from conformance.simulator.media.paint import Format, Painting, imagine, paint

PAINTED = "/images/painted/"
_SHADE = 0.12
_PATH = re.compile(r"([0-9]{1,4})x([0-9]{1,4})-([0-9a-f]{6})([ot])\.(png|jpeg|webp)")


def generate(call: Call) -> Answer:
    """Answer a request for pictures from words."""
    request = read_request(json_body(call), GENERATION)
    return _answer(call, request, picture_of(request), "image_generation")


def edit(call: Call) -> Answer:
    """Answer a request to change a picture: into the colour that the prompt names or stands for."""
    body, sources = read_sources(call)
    request = read_request(body, EDIT, sources)
    return _answer(call, request, changed(picture_of(request), sources[0]), "image_edit")


def vary(call: Call) -> Answer:
    """Answer a request for pictures that are like another one."""
    body, sources = read_sources(call)
    request = read_request(body, VARIATION, sources)
    first = Painting(request.width, request.height, sources[0].colour).shaded(_SHADE)
    return _answer(call, request, first, "")


def picture_of(request: ImageRequest) -> Painting:
    """Return what a prompt asks for."""
    return Painting(request.width, request.height, imagine(request.prompt), request.transparent)


def changed(wanted: Painting, source: Painting) -> Painting:
    """Return the picture that was asked for; where it would be the source again, another shade."""
    return wanted.shaded(_SHADE) if wanted.colour == source.colour else wanted


def painted(call: Call) -> Answer:
    """Answer a request for a picture whose URL was handed out; the URL says all about it, and needs no key."""
    match = _PATH.fullmatch(call.arguments["name"])
    if match is None or not all(0 < int(edge) <= LONGEST_EDGE for edge in match.group(1, 2)):
        raise ApiError(404, "There is no such picture.", code="not_found")
    red, green, blue = bytes.fromhex(match[3])
    kind: Format = "png" if match[5] == "png" else "jpeg" if match[5] == "jpeg" else "webp"
    content = paint(Painting(int(match[1]), int(match[2]), (red, green, blue), match[4] == "t"), kind)
    return Answer(content, headers=(("content-type", f"image/{kind}"),))


def _answer(call: Call, request: ImageRequest, first: Painting, name: str) -> Answer:
    if request.stream:
        return Answer(_stream(request, first, name), headers=(("cache-control", "no-cache"),))
    # Each further picture is another shade, so that no two are the same.
    paintings = [first.shaded(_SHADE * index / 2) for index in range(request.n)]
    body = {
        "created": int(time.time()),
        "background": "transparent" if request.transparent else "opaque",
        "data": [_data(call, request, painting) for painting in paintings],
        "output_format": request.kind,
        "quality": request.quality,
        "size": request.size,
        "usage": request.usage(),
    }
    return Answer(body)


def _data(call: Call, request: ImageRequest, painting: Painting) -> dict[str, Any]:
    if not request.urls:
        return {"b64_json": _base64(request, painting)}
    size = f"{painting.width}x{painting.height}"
    colour = bytes(painting.colour).hex() + ("t" if painting.transparent else "o")
    host = call.headers.get("host", "127.0.0.1")
    return {"url": f"http://{host}/v1{PAINTED}{size}-{colour}.{request.kind}"}


def _stream(request: ImageRequest, painting: Painting, name: str) -> Events:
    """Return the partial pictures, each nearer to its colour than the one before, and the whole one."""
    head = {
        "created_at": int(time.time()),
        "background": "transparent" if request.transparent else "opaque",
        "output_format": request.kind,
        "quality": request.quality,
        "size": request.size,
    }
    events: list[Event] = []
    for index in range(request.partial):
        rough = painting.shaded(1 - (index + 1) / (request.partial + 1))
        partial = {"b64_json": _base64(request, rough), "partial_image_index": index}
        events.append(_event(f"{name}.partial_image", {**partial, **head}))
    whole = {"b64_json": _base64(request, painting), **head, "usage": request.usage()}
    return Events((*events, _event(f"{name}.completed", whole)))


def _event(name: str, data: dict[str, Any]) -> Event:
    return Event({"type": name, **data}, name)


def _base64(request: ImageRequest, painting: Painting) -> str:
    return base64.b64encode(paint(painting, request.kind)).decode()
