"""
Makes sound files without any library: a hum for each word as PCM or WAV, silence of that length in packed formats.

MP3, Opus, AAC and FLAC say "nothing is heard" in a few bytes a frame, and any player plays them. Where a format has
a place for a comment, it holds the text that is "said" in the file.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

RATE = 24_000
_PER_WORD_S = 0.3
_LONGEST_S = 120
_HUM_SHARE = 0.8
_OGG = bytes((0xF8, 0xFF, 0xFE))  # 20 ms of silence
_AAC_FRAME = bytes((0, 0, 0, 7))  # one channel without any band, and the end
_BLOCK = 4096  # samples in a FLAC frame


@dataclass(frozen=True, slots=True)
class Speech:
    """What is said, how fast, and with how low a voice: `period` is the length of one wave in samples."""

    text: str
    speed: float = 1.0
    period: int = 120

    @property
    def samples(self) -> int:
        """The length in samples."""
        words = max(1, len(self.text.split()))
        return round(min(_LONGEST_S, words * _PER_WORD_S / self.speed) * RATE)

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.samples / RATE


def pcm(speech: Speech) -> bytes:
    """Return 16-bit samples, little-endian, one channel."""
    half = speech.period // 2
    wave = struct.pack("<h", 2000) * half + struct.pack("<h", -2000) * half
    word = round(_PER_WORD_S / speech.speed * RATE)
    hum = (wave * (word // speech.period + 1))[: 2 * round(word * _HUM_SHARE)]
    spoken = hum + bytes(2 * word - len(hum))
    return (spoken * (speech.samples // word + 1))[: 2 * speech.samples]


def wav(speech: Speech) -> bytes:
    """Return a WAV file; the text stands in LIST-INFO."""
    text = speech.text.encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    info = b"INFOICMT" + struct.pack("<I", len(text)) + text
    sound = pcm(speech)
    chunks = (
        (b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)),
        (b"LIST", info),
        (b"data", sound),
    )
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3(speech: Speech) -> bytes:
    """Return an MP3 file of 32 kbit/s; the text stands in an ID3 comment."""
    value = b"\0eng\0" + speech.text.encode()
    tag = b"COMM" + struct.pack(">IH", len(value), 0) + value
    size = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
    frame = bytes((0xFF, 0xF3, 0x44, 0xC0)).ljust(96, b"\0")
    return b"ID3\3\0\0" + size + tag + frame * -(-speech.samples // 576)


def aac(speech: Speech) -> bytes:
    """Return an ADTS stream."""
    length = 7 + len(_AAC_FRAME)
    head = bytes((0xFF, 0xF1, 0x58, 0x40, length >> 3, (length & 7) << 5 | 0x1F, 0xFC))
    return (head + _AAC_FRAME) * -(-speech.samples // 1024)


def opus(speech: Speech) -> bytes:
    """Return an Ogg file with Opus; the text stands among the comments."""
    packets = -(-speech.samples // 480)
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, RATE, 0, 0)
    pages = [_page(2, 0, 0, [head]), _page(0, 0, 1, [b"OpusTags" + _comments(speech.text)])]
    for first in range(0, packets, 50):
        last = min(first + 50, packets)
        kind = 4 if last == packets else 0
        pages.append(_page(kind, last * 960, len(pages), [_OGG] * (last - first)))
    return b"".join(pages)


def _page(kind: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    laces = b"".join(bytes((255,)) * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, kind, granule, 1, number, 0) + bytes((len(laces),)) + laces
    content = head + b"".join(packets)
    return content[:22] + struct.pack("<I", _crc(content, 32, 0x04C11DB7)) + content[26:]


def flac(speech: Speech) -> bytes:
    """Return a FLAC file; the text stands among the comments."""
    samples = speech.samples
    facts = RATE << 44 | 15 << 36 | samples  # one channel, 16 bits a sample
    info = struct.pack(">HH6sQ16s", _BLOCK, _BLOCK, b"", facts, b"")
    comments = _comments(speech.text)
    head = b"fLaC\0" + len(info).to_bytes(3) + info + b"\x84" + len(comments).to_bytes(3) + comments
    return head + b"".join(_frames(samples))


def _frames(samples: int) -> Iterator[bytes]:
    for number, first in enumerate(range(0, samples, _BLOCK)):
        size = min(_BLOCK, samples - first)
        head = bytes((0xFF, 0xF8, 0x70, 0x08)) + chr(number).encode() + struct.pack(">H", size - 1)
        frame = head + bytes((_crc(head, 8, 0x07),)) + b"\0\0\0"  # one value for the whole block
        yield frame + struct.pack(">H", _crc(frame, 16, 0x8005))


def _comments(text: str) -> bytes:
    comment = b"COMMENT=" + text.encode()
    return struct.pack("<I", 9) + b"simulator" + struct.pack("<II", 1, len(comment)) + comment


def _crc(content: bytes, width: int, polynomial: int) -> int:
    """Return the remainder that Ogg and FLAC use: the highest bit first, nothing inverted."""
    top, mask, value = 1 << width - 1, (1 << width) - 1, 0
    for byte in content:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
    return value


FORMATS: Mapping[str, tuple[str, Callable[[Speech], bytes]]] = {
    "mp3": ("audio/mpeg", mp3),
    "opus": ("audio/ogg", opus),
    "aac": ("audio/aac", aac),
    "flac": ("audio/flac", flac),
    "wav": ("audio/wav", wav),
    "pcm": ("audio/pcm", pcm),
}
