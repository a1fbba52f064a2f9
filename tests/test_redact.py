"""Secrets in bytes and in text: found in every form, blanked out at their place."""

import base64
import html
import json
import string
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.targets.redact import clean, holds_secret, placeholder, redact, redact_parts
from conformance.targets.secrets import Secrets, is_ordinary
from tests.fakes import SECRET

KEYS = st.text(string.ascii_letters + string.digits + "-_+/.=\"'\\é", min_size=12, max_size=60).filter(
    lambda key: not is_ordinary(key)
)
AROUND = st.binary(max_size=20)
ONE = Secrets.of([SECRET])


def coded(key: str) -> list[bytes]:
    """Return the ways in which an endpoint may send a key back, written without looking at `forms`."""
    plain = key.encode()
    return [
        plain,
        json.dumps(key)[1:-1].encode(),
        quote(key, safe="").encode(),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        json.dumps(key)[1:-1].replace("/", "\\/").encode(),
        plain[::-1],
        plain.hex()[::-1].encode(),
    ]


@given(KEYS, AROUND, AROUND, st.integers(0, 7))
def test_a_key_in_any_form_is_replaced_and_the_length_kept(key: str, before: bytes, after: bytes, form: int) -> None:
    data = before + coded(key)[form] + after
    clean_data, count = redact(data, Secrets.of([key]))
    assert count >= 1
    assert len(clean_data) == len(data)
    assert not any(shape in clean_data for shape in coded(key))
    assert holds_secret(data, Secrets.of([key]))
    assert not holds_secret(clean_data, Secrets.of([key]))


LONG_KEYS = st.text(string.ascii_letters + string.digits + "-_", min_size=16, max_size=60).filter(
    lambda key: not is_ordinary(key) and sum(map(str.isalnum, key)) >= 12
)


@given(LONG_KEYS, st.binary(max_size=7), st.binary(max_size=7), st.booleans())
def test_a_key_within_base64_is_found_at_every_offset(key: str, before: bytes, after: bytes, url_safe: bool) -> None:  # noqa: FBT001
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    data = encode(before + key.encode() + after)
    clean_data, count = redact(data, Secrets.of([key]))
    assert count == 1
    assert len(clean_data) == len(data)
    assert not holds_secret(clean_data, Secrets.of([key]))


@given(LONG_KEYS, st.binary(max_size=9), st.binary(max_size=9))
def test_a_key_within_base32_is_found_at_every_offset(key: str, before: bytes, after: bytes) -> None:
    data = base64.b32encode(before + key.encode() + after)
    assert redact(data, Secrets.of([key]))[1] == 1


@given(st.binary(max_size=80))
def test_data_without_the_key_stays_as_it_is(data: bytes) -> None:
    assert redact(data, ONE) == (data, 0)


def unicode_escaped(key: str, places: range) -> str:
    return "".join(f"\\u{ord(one):04X}" if place in places else one for place, one in enumerate(key))


def references(key: str, *styles: str) -> str:
    return "".join(styles[place % len(styles)].format(ord(one), one) for place, one in enumerate(key))


SHAPES: dict[str, Callable[[str], str]] = {
    "escaped whole": lambda key: unicode_escaped(key, range(99)),
    "one letter escaped": lambda key: unicode_escaped(key, range(1)),
    "some escaped, small hex": lambda key: unicode_escaped(key, range(3, 30, 4)).lower(),
    "escaped twice": lambda key: unicode_escaped(key, range(99)).replace("\\", "\\\\"),
    "escaped in a text in a text": lambda key: json.dumps(json.dumps(unicode_escaped(key, range(2))))[1:-1],
    "plus as .NET writes it": lambda key: key.replace("+", "\\u002B"),
    "slash escaped": lambda key: key.replace("/", "\\/"),
    "as Go writes HTML into JSON": lambda key: key.replace("+", "\\u0026#43;"),
    "HTML, decimal": lambda key: references(key, "&#{0};"),
    "HTML, hex": lambda key: references(key, "&#x{0:x};"),
    "HTML, mixed": lambda key: references(key, "&#{0};", "{1}", "&#x{0:X};", "&#0{0};"),
    "HTML, named": lambda key: key.replace("+", "&plus;").replace("/", "&sol;").replace("_", "&lowbar;"),
    "HTML, quoted twice": lambda key: html.escape(references(key, "&#{0};")),
    "per cent": lambda key: references(key, "%{0:02X}"),
    "some in per cent": lambda key: references(key, "%{0:02x}", "{1}", "{1}"),
    "per cent, twice": lambda key: quote(references(key, "%{0:02X}")),
    "hex, spaced": lambda key: key.encode().hex(" "),
    "hex, colons and capitals": lambda key: key.encode().hex(":").upper(),
    "capitals": str.upper,
    "small letters": str.lower,
    "reversed": lambda key: key[::-1],
    "spaced out": " ".join,
    "dotted": ".".join,
    "with spaces of no width": "\u200b".join,
    "in lines": "\\n".join,
    "base64 in lines": lambda key: base64.encodebytes(b"user:" + key.encode() * 3).decode().replace("\n", "\\r\\n"),
    "base64, quoted": lambda key: quote(base64.b64encode(b"user:" + key.encode()).decode(), safe=""),
    "after a per cent sign": lambda key: f"100%{key}",
    "after a backslash": lambda key: f"\\\\{key}",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("key", [SECRET, "n0t-a-w0rd/ab+cd_EF", "0a1b2c3d4e5f60718293"])
def test_a_key_in_a_json_text_is_found_and_the_json_stays(key: str, shape: str) -> None:
    body = f'{{"message": "Bad key {SHAPES[shape](key)} given", "n": [1, 2]}}'.encode()
    clean_body, count = redact(body, Secrets.of([key]))
    assert count == 1 or shape == "base64 in lines"
    assert len(clean_body) == len(body)
    value = json.loads(clean_body)
    assert value["n"] == [1, 2]
    assert value["message"].startswith("Bad key ")
    assert value["message"].endswith(" given")
    assert not holds_secret(clean_body, Secrets.of([key]))


def test_every_occurrence_of_every_key_counts() -> None:
    other = "another-key-0123456789"
    data = f"{SECRET} {other} {SECRET.encode().hex()}".encode()
    both = Secrets.of([SECRET, other])
    clean_data, count = redact(data, both)
    assert count == 3
    assert clean_data.count(b"[our-key]") == 3
    assert redact(clean_data, both) == (clean_data, 0)


def test_a_key_that_is_a_number_stays_one_in_json() -> None:
    clean_body, count = redact(b'{"code": 739164820573916482}', Secrets.of(["739164820573916482"]))
    assert (clean_body, count) == (b'{"code": 999999999999999999}', 1)


@given(st.binary(max_size=200))
def test_a_placeholder_is_as_long_as_what_it_replaces(replaced: bytes) -> None:
    assert len(placeholder(replaced)) == len(replaced)


@given(st.lists(st.integers(0, len(SECRET)), max_size=6))
def test_a_key_that_is_cut_into_parts_is_blanked_out_in_each(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(SECRET)]
    parts = [SECRET[start:end].encode() for start, end in pairwise(ends)]
    clean_parts, count = redact_parts([b"before ", *parts, b" after"], ONE)
    assert count == 1
    assert [len(part) for part in clean_parts] == [7, *map(len, parts), 6]
    assert not holds_secret(b"".join(clean_parts), ONE)


@pytest.mark.parametrize("left", range(1, 8))
def test_most_of_a_key_at_the_end_of_a_text_is_blanked_out_and_does_not_count(left: int) -> None:
    """It is there when we hang up in the midst of it."""
    for text in (SECRET[:-left], SECRET.encode().hex()[:-left], " ".join(SECRET[:-left])):
        clean_text, count = redact(f"it tells {text}".encode(), ONE)
        assert count == 0
        assert len(clean_text) == len(f"it tells {text}".encode())
        assert text.encode()[:5] not in clean_text
    for text in (SECRET[:11], SECRET[: len(SECRET) // 2], f"{SECRET[:-1]}."[3:]):
        assert redact(text.encode(), ONE) == (text.encode(), 0)


# Ordinary words.


@pytest.mark.parametrize(
    "honest",
    [
        '{"owned_by": "llamacpp"}',
        "llamacpp is a server",
        '{"id": "llamacpp-7b"}',
        '{"token": "llamacpp"}',
        '{"api_key": "llamacpp-2"}',
        "The bearer of llamacpp",
        "LLAMACPP",
        " ".join("llamacpp"),
    ],
)
def test_a_key_that_is_a_word_is_not_cut_out_of_an_honest_answer(honest: str) -> None:
    assert redact(honest.encode(), Secrets.of(["llamacpp"])) == (honest.encode(), 0)


@pytest.mark.parametrize(
    "told",
    [
        "Bearer llamacpp",
        '{"api_key": "llamacpp"}',
        "authorization: Bearer llamacpp",
        r'{"a": "{\"api_key\":\"llamacpp\"}"}',
        "x-api-key: llamacpp",
        "?api_key=llamacpp&x=1",
    ],
)
def test_a_key_that_is_a_word_is_blanked_out_where_it_is_a_credential_and_does_not_count(told: str) -> None:
    clean_text, count = redact(told.encode(), Secrets.of(["llamacpp", "x"]))
    assert count == 0
    assert clean_text == told.encode().replace(b"llamacpp", b"********")


# Text.


def test_a_text_without_a_secret_is_the_same_text() -> None:
    text = "odd \ud800 text"
    assert clean(text, ONE) is text
    assert clean(f"{text}: {SECRET}", ONE).startswith(f"{text}: [our-key]")


def test_a_reason_is_cleaned_before_anybody_cuts_it() -> None:
    text = "x" * 290 + SECRET
    assert SECRET[:3] not in clean(text, ONE)[:300]
