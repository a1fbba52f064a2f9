"""
Reads what the bytes of a sound file say about it: format, and how long a WAV lasts.

No more than a bounded number of chunks is looked at.
"""

import struct

MAX_CHUNKS = 64

_MAGIC = {b"ID3": "mp3", b"fLaC": "flac", b"OggS": "opus", b"ADIF": "aac"}

MEDIA_TYPES = {
    "mp3": {"audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3"},
    "wav": {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"},
    "flac": {"audio/flac", "audio/x-flac"},
    "opus": {"audio/opus", "audio/ogg"},
    "aac": {"audio/aac", "audio/aacp", "audio/x-aac", "audio/mp4"},
}
"""By format: what a Content-Type may say of it. `application/octet-stream` says nothing of any."""


def sound_kind(content: bytes) -> str:
    """Return the format of a sound file as `response_format` names it; empty for samples without a header."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[4:8] == b"ftyp":
        return "aac"
    if len(content) > 2 and content[0] == 0xFF:
        return _kind_of_frame(content[1], content[2])
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")


def _kind_of_frame(second: int, third: int) -> str:
    """Return what a frame that begins with 0xFF is of: MPEG audio of layer 3, ADTS, or just a sample."""
    if second & 0xE6 == 0xE2 and 0 < third >> 4 < 15 and third & 0x0C != 0x0C:
        return "mp3"
    return "aac" if second & 0xF6 == 0xF0 else ""


def wav_seconds(content: bytes) -> float | None:
    """Return how long a WAV lasts, by the bytes that are there; None for what is none, or says no rate."""
    if sound_kind(content) != "wav":
        return None
    place, rate = 12, 0
    for _ in range(MAX_CHUNKS):
        if place + 8 > len(content):
            return None
        name, size = struct.unpack_from("<4sI", content, place)
        start = place + 8
        if name == b"fmt " and start + 12 <= len(content):
            rate = struct.unpack_from("<I", content, start + 8)[0]
        if name == b"data":
            return min(size, len(content) - start) / rate if rate else None
        place = start + size + size % 2
    return None
