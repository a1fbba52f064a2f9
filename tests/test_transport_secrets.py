"""The transport keeps secrets: those of headers too, in reasons too, and before anything is cut."""

import asyncio
import json
import threading

import pytest

from conformance.send.clean import LARGE, MAX_REASON, Clean, clean, cleaned
from conformance.send.transport import Sending, Transport
from conformance.targets.secrets import Secrets
from conformance.wire.request import post
from conformance.wire.response import Ending, Response
from tests import hostile
from tests.fakes import answer
from tests.hostile import CHAT, Behaviour, Seen, serving
from tests.sending import HELLO, KEY, sent_by, target

TOKEN = "f3a9Qx0b77c1E2d4"
TENANT = "9d8c7b6a5f4e3d2c"
HEADERS = {"X-Auth-Token": TOKEN, "Ocp-Apim-Subscription-Key": TENANT[::-1], "X-Tenant": TENANT, "X-Region": "eu-7"}


def asked(behaviour: Behaviour, key: str | None = KEY) -> Sending:
    with serving(behaviour) as server:
        where = target(server.base_url).model_copy(update={"headers": HEADERS})
        (sending,) = sent_by(Transport(where, key, ["x-tenant"]), post(CHAT, HELLO))
    return sending


async def tells_its_headers(seen: Seen, writer: asyncio.StreamWriter) -> None:
    await hostile.json_answer({"error": dict(seen.headers)}, 400, x_request_id=seen.header("x-auth-token") or "")(
        seen, writer
    )


def test_the_values_of_secret_headers_are_blanked_out_and_others_stay() -> None:
    sending = asked(tells_its_headers)
    assert sending.response is not None
    told = {name.lower(): value for name, value in sending.response.json["error"].items()}
    assert told["x-region"] == "eu-7"
    everything = json.dumps(told) + repr(sending.response.headers)
    assert [value for value in (KEY, TOKEN, TENANT, TENANT[::-1]) if value in everything] == []
    assert sending.leaked == 5


def test_a_key_that_is_a_word_stays_in_an_honest_answer_and_is_no_leak() -> None:
    sending = asked(hostile.json_answer({"owned_by": "llamacpp"}), "llamacpp")
    assert sending.response is not None
    assert (sending.response.json, sending.leaked) == ({"owned_by": "llamacpp"}, 0)


@pytest.mark.parametrize("before", [*range(200, 300, 9), 2000])
def test_a_reason_is_cut_after_its_secrets_are_blanked_out(before: int) -> None:
    async def swears(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.wire(b"x" * before + seen.key.encode() + b"\r\n\r\n", close=True)(seen, writer)

    sending = asked(swears)
    assert sending.ending is Ending.NOT_HTTP
    assert len(sending.reason) <= MAX_REASON
    assert KEY[:3] not in sending.reason
    assert KEY[:3] not in clean(None, "x" * before + KEY, Secrets.of([KEY])).reason


def test_who_searched_says_for_what_unless_something_was_found() -> None:
    honest, telling = asked(hostile.json_answer({"ok": True})), asked(tells_its_headers)
    assert honest.searched == {KEY, TOKEN, TENANT, TENANT[::-1]}
    assert telling.searched == frozenset()


def test_others_go_on_while_a_large_body_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    went_on = threading.Event()

    def waits_for_another(response: Response | None, reason: str, _: Secrets) -> Clean:
        assert went_on.wait(30)
        return Clean(response, reason)

    async def both() -> Clean:
        large = answer(b" " * (LARGE + 1))
        searching = asyncio.create_task(cleaned(large, "", Secrets.of([KEY]), asyncio.Lock()))
        await asyncio.sleep(0)
        went_on.set()
        return await searching

    monkeypatch.setattr("conformance.send.clean.clean", waits_for_another)
    assert asyncio.run(both()).response is not None
