"""What the suite says about the official client is what the installed client does."""

import httpx2
import pytest
from openai import OpenAI

from conformance.wire.client_behavior import raised, retries

CLIENT = OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
STATUSES = range(300, 600)


def answer(status: int, headers: dict[str, str]) -> httpx2.Response:
    return httpx2.Response(status, headers=headers, request=httpx2.Request("GET", "http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("header", [None, "true", "false", "perhaps"])
def test_the_client_asks_again_as_we_say(header: str | None) -> None:
    headers = {"x-should-retry": header} if header else {}
    does = {status: CLIENT._should_retry(answer(status, headers)) for status in STATUSES}
    assert {status: retries(status, header) for status in STATUSES} == does


def test_the_client_raises_what_we_say() -> None:
    does = {
        status: type(CLIENT._make_status_error("", body=None, response=answer(status, {}))).__name__
        for status in STATUSES
    }
    assert {status: raised(status) for status in STATUSES} == does
