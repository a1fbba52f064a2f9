"""The attachments are small, are what they say, and hold the word that the table names."""

import pytest

from conformance.checks.common.fixtures import FIXTURES, Fixture, base64_of, content_of, data_url, word_of
from conformance.simulator.media.attachments import code_word_in
from conformance.simulator.media.data_url import decode_base64, split_data_url
from conformance.simulator.media.documents import read_document
from conformance.simulator.media.pictures import colour_name, read_picture
from conformance.simulator.media.recordings import read_recording
from conformance.simulator.media.sniff import sniff

NAMES = [row.name for row in FIXTURES]


@pytest.mark.parametrize("row", FIXTURES, ids=NAMES)
def test_a_fixture_is_small_and_its_name_does_not_tell_its_word(row: Fixture) -> None:
    assert 20 < len(content_of(row.name)) <= 60_000
    assert row.word.lower() not in row.name.lower()


@pytest.mark.parametrize("row", FIXTURES, ids=NAMES)
def test_a_fixture_is_of_its_media_type(row: Fixture) -> None:
    kind = sniff(content_of(row.name))
    assert kind == ("" if row.media_type.startswith("text/") else row.media_type)


@pytest.mark.parametrize("row", FIXTURES, ids=NAMES)
def test_a_data_url_holds_the_bytes(row: Fixture) -> None:
    parts = split_data_url(data_url(row.name))
    assert parts == (row.media_type, base64_of(row.name))
    assert decode_base64(parts[1]) == content_of(row.name)


def test_words_are_unlike_each_other() -> None:
    words = [row.word.lower() for row in FIXTURES]
    assert len(set(words)) == len(words)
    assert not any(one in other for one in words for other in words if one != other)


@pytest.mark.parametrize("name", [name for name in NAMES if "image" in data_url(name)[:12] and "solid" not in name])
def test_a_picture_tells_its_word(name: str) -> None:
    picture = read_picture(content_of(name))
    assert code_word_in(picture.comment) == word_of(name)
    assert (picture.width, picture.height) == (448, 192)


def test_the_solid_picture_is_of_its_colour() -> None:
    colour = read_picture(content_of("solid.png")).colour
    assert colour
    assert colour_name(colour) == word_of("solid.png")


@pytest.mark.parametrize("name", ["spoken.wav", "spoken.mp3"])
def test_a_recording_tells_its_word(name: str) -> None:
    recording = read_recording(content_of(name))
    assert code_word_in(recording.comment) == word_of(name)
    assert 0.8 < recording.seconds < 2


@pytest.mark.parametrize("name", ["word.pdf", "word.txt", "word.csv"])
def test_a_document_tells_its_word(name: str) -> None:
    assert code_word_in(read_document(content_of(name))) == word_of(name)
