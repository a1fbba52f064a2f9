"""
The life of a video.

Not checked: what the video shows; how long it takes; that the making succeeds, which a filter may prevent.
"""

from conformance import (
    DELETE,
    DOC,
    MUST,
    SDK,
    SHOULD,
    Document,
    Exchange,
    Inconclusive,
    body,
    broken,
    conforms,
    must,
    should,
)
from conformance.checks.videos.exchanges import (
    ENDED,
    VIDEOS,
    content,
    deleted,
    film_of_nothing,
    filmed,
    finished,
    listed,
    unknown_film,
)


@must(VIDEOS, says=DOC("ListVideos"), counterexample=broken(listed, "data", DELETE))
def test_list_has_the_documented_shape(listed: Exchange) -> None:
    """The list is a `list` of `Video` objects."""
    assert listed.at("object", str) == "list"
    for number in range(len(listed.at("data", list))):
        conforms(Document(listed.at(f"data.{number}", dict), place=f"video {number}"), "Video", MUST)


@must(VIDEOS, says=DOC("ErrorResponse"), counterexample=broken(film_of_nothing, "error", DELETE))
def test_missing_prompt_gives_an_error_object(film_of_nothing: Exchange) -> None:
    """A video without a prompt is refused with an `error` object with a `message`."""
    assert film_of_nothing.at("error.message", str) != ""


@must(VIDEOS, says=DOC("ErrorResponse"), counterexample=broken(unknown_film, "error", DELETE))
def test_unknown_video_gives_an_error_object(unknown_film: Exchange) -> None:
    """A video that never was is refused with an `error` object with a `message`."""
    assert unknown_film.at("error.message", str) != ""


@must(VIDEOS, says=SDK("Video"), counterexample=broken(filmed, "object", "image"))
def test_new_video_has_the_documented_shape(filmed: Exchange) -> None:
    """The answer to a prompt is a `Video`, as the official client declares it."""
    conforms(filmed, "Video", MUST)


@should(VIDEOS, says=DOC("VideoResource"), counterexample=broken(filmed, "progress", 140))
def test_new_video_has_every_documented_key(filmed: Exchange) -> None:
    """Keys that are documented as required are there, even when their value is null, and `progress` is a percentage."""
    conforms(filmed, "Video", SHOULD)


@must(VIDEOS, says=SDK("Video.id"), counterexample=broken(filmed, "id", ""))
def test_id_is_not_empty(filmed: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert filmed.at("id", str) != ""


@must(VIDEOS, says=SDK("Video.created_at"), counterexample=broken(filmed, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(filmed: Exchange) -> None:
    """`created_at` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= filmed.at("created_at", int) < 100_000_000_000


@must(VIDEOS, says=SDK("Video.status"), counterexample=broken(filmed, "error", {"code": "x", "message": "y"}))
def test_new_video_has_not_failed(filmed: Exchange) -> None:
    """A new video is `queued`, `in_progress` or `completed`, and has no `error`."""
    assert filmed.at("status", str) in {"queued", "in_progress", "completed"}
    assert filmed.at("error", dict | None, None) is None


@should(VIDEOS, says=SDK("Video.model"), counterexample=broken(filmed, "model", "another-model"))
def test_model_names_the_model_asked_for(filmed: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix or a suffix."""
    asked = (filmed.sent.content or b"").partition(b'name="model"\r\n\r\n')[2].partition(b"\r\n")[0].decode()
    observed = filmed.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"


@must(VIDEOS, says=SDK("Video"), counterexample=broken(finished, "id", "video_another"))
def test_retrieved_video_is_the_one_asked_for(finished: Exchange, filmed: Exchange) -> None:
    """A video that is retrieved is a `Video` with the `id` and `created_at` that it was made with."""
    conforms(finished, "Video", MUST)
    for name in ("id", "created_at"):
        now, then = finished.get(name), filmed.get(name)
        assert now == then, f"`{name}` is {now!r}, and was {then!r}"


@must(VIDEOS, says=SDK("Video.progress"), counterexample=broken(finished, "progress", 40))
def test_completed_video_has_all_its_progress(finished: Exchange) -> None:
    """A video that is `completed` has `progress` 100."""
    if finished.at("status", str) != "completed":
        raise Inconclusive("the video is not completed")
    assert finished.at("progress", int) == 100


@must(VIDEOS, says=DOC("RetrieveVideoContent"), counterexample=body(content, b""))
def test_content_is_not_empty(content: Exchange) -> None:
    """The content of a finished video is not empty."""
    assert content.received.decoded, "status 200, and no byte"


@must(VIDEOS, says=DOC("DeletedVideoResource"), counterexample=broken(deleted, "deleted", DELETE))
def test_deletion_is_confirmed(deleted: Exchange, finished: Exchange) -> None:
    """The answer to a deletion is a `video.deleted` with the video's `id`, and `deleted` is true."""
    if deleted.status != 200 and finished.at("status", str) not in ENDED:
        raise Inconclusive("the video is still being made, and cannot be deleted yet")
    assert deleted.at("object", str) == "video.deleted"
    assert deleted.at("id", str) == finished.at("id", str)
    assert deleted.at("deleted", bool) is True
