import base64
import json
import os
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.targets.keys import MIN_LENGTH, forms, holds_key, key_of, placeholder, redact, without_client_variables
from tests.fakes import SECRET

KEYS = st.text(string.ascii_letters + string.digits + "-_+/.=\"'\\é", min_size=MIN_LENGTH, max_size=60)
AROUND = st.binary(max_size=20)


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
    ]


@given(KEYS, AROUND, AROUND, st.integers(0, 5))
def test_a_key_in_any_form_is_replaced_and_the_length_kept(key: str, before: bytes, after: bytes, form: int) -> None:
    data = before + coded(key)[form] + after
    clean, count = redact(data, [key])
    assert count >= 1
    assert len(clean) == len(data)
    assert not any(shape in clean for shape in coded(key))
    assert holds_key(data, [key])
    assert not holds_key(clean, [key])


@given(KEYS, st.binary(max_size=7), st.binary(max_size=7), st.booleans())
def test_a_key_within_base64_is_found_at_every_offset(key: str, before: bytes, after: bytes, url_safe: bool) -> None:  # noqa: FBT001
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    data = encode(before + key.encode() + after)
    clean, count = redact(data, [key])
    assert count == 1
    assert len(clean) == len(data)
    assert not holds_key(clean, [key])
    exposed = sum(one == other for one, other in zip(data, clean, strict=True))
    assert exposed <= len(data) - len(key)


@given(st.binary(max_size=80))
def test_data_without_the_key_stays_as_it_is(data: bytes) -> None:
    assert redact(data, [SECRET]) == (data, 0)


def test_every_occurrence_of_every_key_counts() -> None:
    other = "another-key-0123456789"
    data = f"{SECRET} {other} {SECRET.encode().hex()}".encode()
    clean, count = redact(data, [SECRET, other])
    assert count == 3
    assert clean.count(b"[our-key]") == 3
    assert redact(clean, [SECRET, other]) == (clean, 0)


@pytest.mark.parametrize("key", ["", "none", "test", "a" * (MIN_LENGTH - 1)])
def test_a_short_key_is_no_secret(key: str) -> None:
    data = b"none of this is a test aaaaaaaaaaaa"
    assert redact(data, [key]) == (data, 0)
    assert not holds_key(data, [key])


def test_a_key_of_the_least_length_is_a_secret() -> None:
    assert redact(b"x 12345678 y", ["12345678"]) == (b"x [our-key y", 1)


@given(st.integers(0, 200))
def test_a_placeholder_is_as_long_as_asked(length: int) -> None:
    assert len(placeholder(length)) == length


def test_no_form_is_so_short_that_it_occurs_by_chance() -> None:
    assert all(len(form) >= MIN_LENGTH for form in forms("a/b+c\"d'"))


def test_the_client_sees_no_variable_of_its_own_and_the_user_gets_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://elsewhere", "OPENAI_ORG_ID": "o", "OPENAI_X": ""}
    for name, value in poisoned.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTHER_KEY", "stays")
    with without_client_variables():
        assert not [name for name in os.environ if name.startswith("OPENAI_")]
        assert os.environ["OTHER_KEY"] == "stays"
    assert {name: os.environ[name] for name in poisoned} == poisoned


def test_the_variables_come_back_after_an_exception_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with pytest.raises(ValueError, match="bad URL"), without_client_variables():
        raise ValueError("bad URL")
    assert os.environ["OPENAI_API_KEY"] == "k"


@pytest.mark.parametrize(
    ("name", "key"), [("SET", "abc"), ("BLANK", None), ("EMPTY", None), ("ABSENT", None), (None, None)]
)
def test_a_key_that_is_empty_is_none(name: str | None, key: str | None) -> None:
    assert key_of(name, {"SET": " abc\n", "BLANK": "  ", "EMPTY": ""}) == key
