"""
The life of a video.

Not checked: what the video shows; how long it takes; that it succeeds, which a filter may prevent; the shape
of errors, which has checks in `errors`.
"""

from conformance import DOC, MUST, SDK, SHOULD, Document, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common.kinds import created_video, video, video_list
from conformance.checks.videos.exchanges import (
    ENDED,
    VIDEOS,
    video_content,
    video_created,
    video_deleted,
    video_finished,
    videos_listed,
)
from conformance.counterexamples import DELETE, body, broken


@must(VIDEOS, says=DOC("ListVideos"), counterexample=broken(videos_listed, "data", DELETE))
def test_list_has_the_documented_shape(video_list: Exchange) -> None:
    """The list of videos has `object` `list`, and its `data` are `Video` objects."""
    assert video_list.at("object", str) == "list"
    for number in range(len(video_list.at("data", list))):
        conforms(Document(video_list.at(f"data.{number}", dict), place=f"video {number}"), "Video", MUST)


@must(VIDEOS, says=SDK("Video"), counterexample=broken(video_created, "object", "image"))
def test_new_video_has_the_documented_shape(created_video: Exchange) -> None:
    """The response to the creation of a video is a `Video` of the documented shape."""
    conforms(created_video, "Video", MUST)


@should(VIDEOS, says=DOC("VideoResource"), counterexample=broken(video_created, "progress", 140))
def test_new_video_has_every_documented_key(created_video: Exchange) -> None:
    """A new video has every key that is documented as required, even if null, and `progress` from 0 to 100."""
    conforms(created_video, "Video", SHOULD)


@must(VIDEOS, says=SDK("Video.id"), counterexample=broken(video_created, "id", ""))
def test_id_is_not_empty(created_video: Exchange) -> None:
    """The `id` of a new video is a string that is not empty."""
    assert created_video.at("id", str) != ""


@must(VIDEOS, says=SDK("Video.created_at"), counterexample=broken(video_created, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(created_video: Exchange) -> None:
    """`created_at` of a video is a Unix time in seconds, after 2019; not in milliseconds."""
    assert 1_577_836_800 <= created_video.at("created_at", int) < 100_000_000_000


@must(VIDEOS, says=SDK("Video.status"), counterexample=broken(video_created, "error", {"code": "x", "message": "y"}))
def test_new_video_has_not_failed(created_video: Exchange) -> None:
    """The `status` of a new video is `queued`, `in_progress` or `completed`, and it has no `error`."""
    assert created_video.at("status", str) in {"queued", "in_progress", "completed"}
    assert created_video.at("error", dict | None, None) is None


@should(VIDEOS, says=SDK("Video.model"), counterexample=broken(video_created, "model", "another-model"))
def test_model_is_the_requested_one(created_video: Exchange) -> None:
    """The `model` of a new video contains the requested model, without what precedes its last slash."""
    requested = (created_video.sent.content or b"").partition(b'name="model"\r\n\r\n')[2].partition(b"\r\n")[0].decode()
    if not requested:
        raise Inconclusive("the request does not name a model")
    observed = created_video.at("model", str)
    assert requested.rpartition("/")[2] in observed, f"`model` is {observed!r} where {requested!r} was requested"


@must(VIDEOS, says=SDK("Video"), counterexample=broken(video_finished, "id", "video_another"))
def test_retrieved_video_is_the_created_one(video_finished: Exchange, video_created: Exchange) -> None:
    """A retrieved video is a `Video` with the `id` and `created_at` that it was created with."""
    conforms(video_finished, "Video", MUST)
    for name in ("id", "created_at"):
        now, then = video_finished.get(name), video_created.get(name)
        assert now == then, f"`{name}` is {now!r}, and was {then!r} in the response to its creation"


@must(VIDEOS, says=SDK("Video.progress"), counterexample=broken(video_finished, "progress", 40))
def test_completed_video_has_progress_100(video: Exchange) -> None:
    """A video with `status` `completed` has `progress` 100."""
    if video.at("status", str) != "completed":
        raise Inconclusive("the video is not completed")
    assert video.at("progress", int) == 100


@must(VIDEOS, says=DOC("RetrieveVideoContent"), counterexample=body(video_content, b""))
def test_content_is_not_empty(video_content: Exchange) -> None:
    """The content of a completed video is not empty."""
    assert video_content.received.decoded, "status 200, and the body is empty"


@must(VIDEOS, says=DOC("DeletedVideoResource"), counterexample=broken(video_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(video_deleted: Exchange, video_finished: Exchange) -> None:
    """Deleting a video returns `object` `video.deleted`, the video's `id`, and `deleted: true`."""
    if video_deleted.status != 200 and video_finished.at("status", str) not in ENDED:
        raise Inconclusive("the video is still being generated, and cannot be deleted yet")
    assert video_deleted.at("object", str) == "video.deleted"
    assert video_deleted.at("id", str) == video_finished.at("id", str)
    assert video_deleted.at("deleted", bool) is True
