"""What is a secret, and where keys come from."""

import base64
import os

import pytest

from conformance.targets.keys import key_of, without_client_variables
from conformance.targets.secrets import MIN_LENGTH, Secrets, all_of, carries_credential, is_ordinary, secrets_of
from tests.fakes import SECRET, chosen

TOKEN = "f3a9Qx0b77c1E2d4"
OTHER = "9d8c7b6a5f4e3d2c"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "none",
        "test",
        "llamacpp",
        "lm-studio",
        "ollama",
        "secret-key",
        "not-needed",
        "EMPTY",
        "my-local-server-key",
        "sk-xxxxxxxxxxxxxxxx",
        "0000000000000000",
        "a1B2c3D4",
        "Local-Server-Key",
        SECRET[: MIN_LENGTH - 1],
    ],
)
def test_a_key_that_an_honest_answer_may_hold_is_ordinary(key: str) -> None:
    assert is_ordinary(key)


@pytest.mark.parametrize(
    "key",
    [
        SECRET,
        "sk-test-0123456789",
        "sk-local-0123456789abcdef0123456789abcdef",
        "qwzkxjvbplmtrfdsghcy",
        "aBcDkQzXwPlM",
        "Zq8mB2xT7LpW",
        "schlüssel-für-alles",
        "p@ssw0rd!p@ssw0rd",
    ],
)
def test_a_key_that_is_made_for_a_lock_is_not_ordinary(key: str) -> None:
    assert not is_ordinary(key)


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        *(
            (name, True)
            for name in ("Authorization", "cookie", "Proxy-Authorization", "X-Auth-Token", "x-goog-api-key")
        ),
        *((name, True) for name in ("Ocp-Apim-Subscription-Key", "cf-aig-authorization", "X-SECRET", "a-credentials")),
        *((name, False) for name in ("X-Region", "OpenAI-Organization", "X-Key-Version", "x-token-limit", "X-Monkeys")),
    ],
)
def test_a_header_carries_a_credential_by_its_name(header: str, secret: bool) -> None:  # noqa: FBT001
    assert carries_credential(header) is secret


def test_key_and_headers_of_a_target_are_secrets_and_other_headers_are_not() -> None:
    headers = {"X-Auth-Token": TOKEN, "X-Region": "eu-west-1-9f8e7d6c", "X-Tenant": OTHER}
    assert secrets_of(headers, SECRET, ["x-tenant"]).values == (SECRET, TOKEN, OTHER)
    assert secrets_of(headers, None).values == (TOKEN,)
    assert not secrets_of({}, None)


def test_what_stands_within_a_header_is_a_secret_too() -> None:
    basic = base64.b64encode(f"user:{TOKEN}".encode()).decode()
    found = secrets_of({"Proxy-Authorization": f"Basic {basic}", "Cookie": f"a=1; session={OTHER}"}, None)
    assert {basic, TOKEN, OTHER} <= set(found.values)


def test_secrets_show_none_of_them() -> None:
    secrets = all_of([Secrets.of([SECRET, "ollama"]), Secrets.of([TOKEN])])
    assert (secrets.values, secrets.words) == ((SECRET, TOKEN), ("ollama",))
    assert not any(word in f"{secrets!r} {secrets}" for word in (SECRET, TOKEN, "ollama"))


def test_the_secrets_of_a_run_are_those_of_all_targets(tmp_path: pytest.TempPathFactory) -> None:
    options = chosen(
        tmp_path,  # type: ignore[arg-type]
        *("--endpoint", "a=http://127.0.0.1:1/v1", "--endpoint", "b=http://127.0.0.1:2/v1", "--model", "m"),
        *("--api-key-env", "a=A_KEY", "--header", f"b=X-Auth-Token: {TOKEN}", "--header", f"b=X-Tenant: {OTHER}"),
        *("--secret-header", "X-Tenant"),
        A_KEY=SECRET,
    )
    assert set(options.secrets.values) == {SECRET, TOKEN, OTHER}


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
