"""Which headers of a request are written down."""

import pytest

from conformance.record.headers import kept_of_request
from conformance.targets.auth import USUAL, Auth
from conformance.targets.secrets import Secrets, secrets_of
from conformance.wire.request import NO_KEY, WRONG_KEY

KEY = "sk-test-0123456789/abc+def"
NONE = Secrets()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,x-stainless-retry-count"),
        ("openai-beta", "assistants=v2"),
        ("x-team", "blue"),
        ("user-agent", "my-app/1.0"),
        ("content-type", "multipart/form-data; boundary=conformance-boundary-7f3a"),
        ("authorization", f"Bearer {WRONG_KEY}"),
        ("authorization", f"Bearer {NO_KEY}"),
    ],
)
def test_what_makes_a_request_another_one_is_kept(name: str, value: str) -> None:
    assert kept_of_request(((name, value),), NONE, USUAL).headers == ((name, value),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "a.example"),
        ("x-stainless-os", "Linux"),
        ("user-agent", "AsyncOpenAI/Python 3.52.0"),
        ("accept-encoding", "identity"),
    ],
)
def test_what_every_client_adds_is_left_out(name: str, value: str) -> None:
    found = kept_of_request(((name, value),), NONE, USUAL)
    assert (found.headers, found.withheld) == ((), {})


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("x-vendor-token", "blue", "X_VENDOR_TOKEN"),
        ("cookie", "a=b", "COOKIE"),
        ("x-auth", "blue", "X_AUTH"),
        ("x-route", "4f5e6d7c8b9a0f1e2d3c", "X_ROUTE"),
        ("x-route", "0f8fad5b-d9cb-469f-a165-70867728950e", "X_ROUTE"),
        ("0-route", "Bearer 4f5e6d7c8b9a0f1e2d3c", "HEADER_VALUE"),
    ],
)
def test_of_what_sounds_or_looks_like_a_secret_the_name_is_kept(name: str, value: str, variable: str) -> None:
    found = kept_of_request(((name, value),), NONE, USUAL)
    assert (found.headers, found.withheld) == ((), {name: variable})


def test_of_what_the_user_calls_a_secret_the_name_is_kept() -> None:
    secrets = secrets_of({"X-Route": "blue", "x-other": "red"}, KEY, ["x-route"])
    sent = (("x-route", "blue"), ("x-other", "red"), ("x-echo", f"<{KEY}>"), ("x-hex", KEY.encode().hex()))
    found = kept_of_request(sent, secrets, USUAL)
    assert found.headers == (("x-other", "red"),)
    assert found.withheld == {"x-route": "X_ROUTE", "x-echo": "X_ECHO", "x-hex": "X_HEX"}


@pytest.mark.parametrize(("key_env", "variable"), [("GATE_KEY", "GATE_KEY"), (None, "API_KEY"), ("a b", "API_KEY")])
def test_the_key_is_named_by_its_variable(key_env: str | None, variable: str) -> None:
    headers = (("authorization", f"Bearer {KEY}"), ("X-Gate", "red"))
    secrets = secrets_of({}, KEY)
    assert kept_of_request(headers, secrets, USUAL, key_env).withheld == {"authorization": variable}
    ours = kept_of_request((("x-gate", KEY),), secrets, Auth(header="X-Gate"), key_env)
    assert ours.withheld == {"x-gate": variable}
