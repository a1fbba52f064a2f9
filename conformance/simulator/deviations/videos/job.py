"""Videos: their progress, how they end, and what they hold."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-video-is-half-made",
    severity="major",
    says="A finished video has `progress` 50 and a later time, and its content is empty.",
    breaks="Clients that show progress, and whoever watches.",
    source=INVENTED,
    caught_by=(
        "videos/video_content/content_is_not_empty",
        "videos/video/completed_video_has_progress_100",
        "videos/video_finished/retrieved_video_is_the_created_one",
    ),
)
def video_is_half_made(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "GET" or not call.path.startswith("/videos/"):
        return answer
    if isinstance(answer.body, bytes):
        return change.instead(answer, b"")
    return change.body(answer, lambda value: value.update(progress=50, created_at=value["created_at"] + 1))


@deviation(
    "own-video-fails-at-once",
    severity="critical",
    says="A new video is `failed`, with status 200.",
    breaks="Clients that look at the status of HTTP.",
    source=INVENTED,
    caught_by=("videos/created_video/new_video_has_not_failed",),
)
def video_fails_at_once(call: Call, handler: Handler) -> Answer:
    error = {"code": "moderation_blocked", "message": "No."}
    made = change.posted(call, "/videos")
    return (
        change.body(handler(call), lambda value: value.update(status="failed", error=error)) if made else handler(call)
    )


@deviation(
    "video-is-processing-and-has-a-url",
    severity="major",
    says="The status of a new video is `processing`, which OpenAI does not have, and its `url` is null.",
    breaks="Clients that wait while the status is `queued` or `in_progress`: they take the video for finished.",
    source=("https://ai.google.dev/gemini-api/docs/openai",),
    caught_by=("videos/created_video/new_video_has_the_documented_shape",),
)
def video_is_processing(call: Call, handler: Handler) -> Answer:
    made = change.posted(call, "/videos")
    return (
        change.body(handler(call), lambda value: value.update(status="processing", url=None)) if made else handler(call)
    )


@deviation(
    "own-video-progress-beyond-a-hundred",
    severity="minor",
    says="`progress` of a new video is 255.",
    breaks="Bars of progress.",
    source=INVENTED,
    caught_by=("videos/created_video/new_video_has_every_documented_key",),
)
def progress_beyond_a_hundred(call: Call, handler: Handler) -> Answer:
    made = change.posted(call, "/videos")
    return change.body(handler(call), lambda value: value.update(progress=255)) if made else handler(call)
