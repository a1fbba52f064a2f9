"""The forms of a transcript: subtitles as SRT and VTT, and JSON with segments and words."""

from collections.abc import Sequence
from typing import Any

from conformance.simulator.media.recordings import Recording
from conformance.simulator.media.tokens import pieces


def as_srt(recording: Recording) -> str:
    """Return the transcript as SubRip subtitles."""
    return f"1\n{_clock(0, ',')} --> {_clock(recording.seconds, ',')}\n{recording.comment}\n\n\n"


def as_vtt(recording: Recording) -> str:
    """Return the transcript as WebVTT subtitles."""
    return f"WEBVTT\n\n{_clock(0, '.')} --> {_clock(recording.seconds, '.')}\n{recording.comment}\n\n"


def as_verbose(recording: Recording, task: str, granularities: Sequence[str], temperature: float) -> dict[str, Any]:
    """Return the transcript with its segments, its words or both."""
    length = round(recording.seconds, 3)
    body: dict[str, Any] = {
        "task": task,
        "language": "english",
        "duration": length,
        "text": recording.comment,
        "usage": {"type": "duration", "seconds": max(1, round(length))},
    }
    if task == "translate":
        del body["usage"]
    if "segment" in granularities:
        body["segments"] = [_segment(recording.comment, length, temperature)]
    if "word" in granularities:
        body["words"] = _words(recording.comment, length)
    return body


def as_diarized(recording: Recording) -> dict[str, Any]:
    """Return the transcript by speaker: there is one."""
    length = round(recording.seconds, 3)
    segment = {"type": "transcript.text.segment", "id": "seg_0", "speaker": "A", "start": 0.0, "end": length}
    return {
        "task": "transcribe",
        "duration": length,
        "text": recording.comment,
        "segments": [{**segment, "text": recording.comment}],
        "usage": {"type": "duration", "seconds": max(1, round(length))},
    }


def _segment(text: str, length: float, temperature: float) -> dict[str, Any]:
    return {
        "id": 0,
        "seek": 0,
        "start": 0.0,
        "end": length,
        "text": text,
        "tokens": list(range(len(pieces(text)))),
        "temperature": temperature,
        "avg_logprob": -0.1,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.01,
    }


def _words(text: str, length: float) -> list[dict[str, Any]]:
    """Return the words, each as long as the others."""
    words = text.split()
    step = length / max(1, len(words))
    return [
        {"word": word.strip(".,;:!?"), "start": round(step * index, 3), "end": round(step * (index + 1), 3)}
        for index, word in enumerate(words)
    ]


def _clock(seconds: float, mark: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{thousandths:03}"
