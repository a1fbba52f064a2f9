"""
What is sent about videos.

A video costs much more than any text, so the request for one is only sent when all costs are allowed. Then it is
waited for, because an unfinished one cannot be deleted everywhere.
"""

from conformance import Exchange, Inconclusive, Request, Target, Until, capability, exchange
from conformance.checks.common.prompts import FILM
from conformance.requests import delete, get, multipart, segment

VIDEOS = capability("videos")

PATH = "/videos"
NO_VIDEO = "video_0000000000000000000000004f1c"
ENDED = frozenset({"completed", "failed"})
DEAR = 40_000
"""What four seconds cost, in tokens of a small model."""


def by_id(video_created: Exchange, below: str = "") -> str:
    """Return the path of the requested video."""
    return f"{PATH}/{segment(video_created.at('id', str))}{below}"


@exchange(VIDEOS, cost=0, roles=())
def videos_listed() -> Request:
    """The list of videos."""
    return get(PATH)


@exchange(VIDEOS, expects={400, 422}, cost=0, roles=("video",), invalid=True)
def video_without_prompt(target: Target, videos_listed: Exchange) -> Request:
    """The creation of a video without a prompt."""
    return multipart(PATH, {"model": target.model("video")}, {})


@exchange(VIDEOS, expects=404, cost=0, roles=(), invalid=True)
def unknown_video(videos_listed: Exchange) -> Request:
    """A video that does not exist."""
    return get(f"{PATH}/{NO_VIDEO}")


@exchange(VIDEOS, cost=DEAR, roles=("video",))
def video_created(target: Target) -> Request:
    """The creation of a video, in a form as the official client sends it, without optional fields."""
    return multipart(PATH, {"model": target.model("video"), "prompt": FILM}, {})


@exchange(VIDEOS, cost=0, roles=("video",), until=Until(lambda e: e.get("status") in ENDED, every_s=3.0, limit_s=300.0))
def video_finished(video_created: Exchange) -> Request:
    """The video after its end, or as it is after five minutes."""
    return get(by_id(video_created))


@exchange(VIDEOS, cost=0, roles=("video",), media=("video/",))
def video_content(video_created: Exchange, video_finished: Exchange) -> Request:
    """The content of the finished video."""
    if video_finished.at("status", str) != "completed":
        raise Inconclusive(f"the video is not completed: its `status` is {video_finished.at('status', str)[:20]!r}")
    return get(by_id(video_created, "/content"))


@exchange(VIDEOS, expects={200, 400, 409}, cost=0, roles=("video",), last=True)
def video_deleted(video_created: Exchange, video_finished: Exchange) -> Request:
    """The deletion of the video; one that is still being generated may not be deletable."""
    return delete(by_id(video_created))
