"""`/videos`: a film is queued when it is asked for, in progress at the first look, and done at the second."""

import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.catalog.files import nested
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.multipart import form, values_of
from conformance.simulator.http.paging import page
from conformance.simulator.http.validation import fields, one_of, string

_DAY_S = 86_400
_STATUS = (("queued", 0), ("in_progress", 50), ("completed", 100))
_DONE = len(_STATUS) - 1
# The head of an MP4 file (ISO/IEC 14496-12): the box `ftyp`, and an empty box for the pictures.
_FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08mdat"
PARAMETERS = fields(
    {"prompt": string(32_000, empty=False)},
    {
        "input_reference": fields({}, {"file_id": string(), "image_url": string()}),
        "model": string(empty=False),
        "seconds": one_of("4", "8", "12"),
        "size": one_of("720x1280", "1280x720", "1024x1792", "1792x1024"),
    },
)
_VARIANT = one_of("video", "thumbnail", "spritesheet")


@dataclass(frozen=True, slots=True)
class Video:
    """A film. `looked` counts the looks at it, as far as they matter."""

    id: str
    created: int
    model: str
    body: dict[str, Any]
    looked: int = 0

    def describe(self) -> dict[str, Any]:
        """Return the film as the official client's `Video`."""
        status, progress = _STATUS[self.looked]
        done = self.created if self.looked == _DONE else None
        return {
            "id": self.id,
            "object": "video",
            "model": self.model,
            "status": status,
            "progress": progress,
            "created_at": self.created,
            "completed_at": done,
            "expires_at": None if done is None else done + _DAY_S,
            "prompt": self.body["prompt"],
            "size": self.body.get("size") or "720x1280",
            "seconds": self.body.get("seconds") or "4",
            "remixed_from_video_id": None,
            "error": None,
        }


def create(call: Call) -> Answer:
    """Answer `POST /videos`; the official client sends a form, others may send JSON."""
    body = _form(call) if call.media_type == "multipart/form-data" else json_body(call)
    PARAMETERS(body, "")
    model = models.find(body.get("model") or "sim-video")
    if model.kind != "video":
        raise invalid_request(f"The model '{model.id}' does not make videos.", param="model", code="invalid_value")
    video = Video(f"video_{uuid.uuid4().hex}", int(time.time()), model.id, body)
    call.state.shelf(Video).put(video.id, video, len(call.content))
    return Answer(video.describe())


def _form(call: Call) -> dict[str, Any]:
    parts = form(call)
    body = nested(values_of(parts, {}))
    pictured = any(part.filename is not None and part.name == "input_reference" for part in parts)
    return {**body, "input_reference": {}} if pictured else body


def listing(call: Call) -> Answer:
    """Answer `GET /videos`. To look at the list is not to look at each film."""
    return Answer(page(call, [video.describe() for video in call.state.shelf(Video).all()]))


def retrieve(call: Call) -> Answer:
    """Answer `GET /videos/{id}`."""
    video = call.state.shelf(Video).change(
        call.arguments["id"], lambda old: replace(old, looked=min(old.looked + 1, _DONE))
    )
    if video is None:
        raise _not_found(call)
    return Answer(video.describe())


def content(call: Call) -> Answer:
    """Answer `GET /videos/{id}/content`."""
    video = call.state.shelf(Video).get(call.arguments["id"])
    if video is None:
        raise _not_found(call)
    variant = call.query.get("variant", "video")
    _VARIANT(variant, "variant")
    if video.looked < _DONE:
        raise ApiError(404, "Video is not ready yet, use GET /v1/videos/{video_id} to check status.")
    if variant != "video":
        text = f"Unsupported value: there is no {variant} of this video."
        raise invalid_request(text, param="variant", code="unsupported_value")
    return Answer(_FILM, headers=(("content-type", "video/mp4"),))


def delete(call: Call) -> Answer:
    """Answer `DELETE /videos/{id}`."""
    name = call.arguments["id"]
    if call.state.shelf(Video).take(name) is None:
        raise _not_found(call)
    return Answer({"id": name, "object": "video.deleted", "deleted": True})


def _not_found(call: Call) -> ApiError:
    return ApiError(404, f"Video with id '{call.arguments['id'][:200]}' not found.")
