"""The user's own environment never goes along: what arrives is what the target's file says, and nothing else."""

import asyncio
import os
import re
from pathlib import Path

import openai
import pytest

from conformance.send.transport import Sending, Transport
from conformance.targets.keys import key_of
from conformance.targets.target import Limits, Target
from conformance.wire.request import NO_KEY, get
from tests import hostile
from tests.hostile import Server, serving
from tests.whole_run import BASIC, KEY, KEY_ENV, Runner, endpoint, run

__all__ = ["run"]

POISON = "poison-a1b2c3d4e5"
USUAL = {
    "host",
    "connection",
    "authorization",
    "accept",
    "accept-encoding",
    "user-agent",
    "content-length",
    "content-type",
    "x-stainless-lang",
    "x-stainless-package-version",
    "x-stainless-os",
    "x-stainless-arch",
    "x-stainless-runtime",
    "x-stainless-runtime-version",
    "x-stainless-async",
    "x-stainless-retry-count",
    "x-stainless-read-timeout",
}


def client_variables() -> set[str]:
    """Return every variable whose name stands in the installed client and begins with `OPENAI_`."""
    source = Path(openai.__file__).parent
    named = set()
    for path in source.rglob("*.py"):
        named |= set(re.findall(r'"(OPENAI_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    return named


def poisoned(elsewhere: Server) -> dict[str, str]:
    """Return an environment in which all that the client and its libraries read is wrong."""
    proxy = f"http://127.0.0.1:{elsewhere.port}"
    return {
        **dict.fromkeys(client_variables(), POISON),
        "OPENAI_BASE_URL": elsewhere.base_url,
        "OPENAI_CUSTOM_HEADERS": f"X-Poison: {POISON}\nAuthorization: Bearer {POISON}\nHost: {POISON}.example",
        "OPENAI_LOG": "debug",
        "OPENAI_API_TYPE": "azure",
        **{name: proxy for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (upper, upper.lower())},
        "SSL_CERT_FILE": f"/{POISON}",
        "SSL_CERT_DIR": f"/{POISON}",
    }


def send(target: Target) -> Sending:
    async def once() -> Sending:
        transport = Transport(target, key_of(target.key_env, os.environ))
        sending = await transport.send(get("/models"))
        await transport.close()
        return sending

    return asyncio.run(once())


def target(base_url: str, key_env: str | None = KEY_ENV) -> Target:
    return Target(name="t", title="t", base_url=base_url, key_env=key_env, limits=Limits(deadline_s=10))


def test_the_variables_that_matter_are_known() -> None:
    assert {"OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL", "OPENAI_CUSTOM_HEADERS"} <= (
        client_variables()
    )


@pytest.mark.parametrize("key_env", [KEY_ENV, None])
def test_nothing_of_a_poisoned_environment_arrives(key_env: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(hostile.json_answer({})) as server, serving(hostile.json_answer({})) as elsewhere:
        for name, value in {**poisoned(elsewhere), KEY_ENV: KEY}.items():
            monkeypatch.setenv(name, value)
        before = dict(os.environ)
        sending = send(target(server.base_url, key_env))
        assert dict(os.environ) == before
    (seen,) = server.seen
    assert sending.response is not None
    assert elsewhere.connections == 0
    assert seen.key == (KEY if key_env else NO_KEY)
    assert seen.header("host") == f"127.0.0.1:{server.port}"
    assert {name.lower() for name, _ in seen.headers} <= USUAL
    assert POISON not in repr(seen)


def test_the_environment_is_restored_when_a_client_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", POISON)
    with pytest.raises(Exception, match=r".+"):
        Transport(target("http://127.0.0.1:1").model_copy(update={"base_url": "http://[bad"}), KEY)
    assert os.environ["OPENAI_ORG_ID"] == POISON


def test_a_proxy_is_used_for_another_machine_and_gets_the_whole_url(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(hostile.json_answer({})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        sending = send(target("http://far-away.invalid/v1"))
    assert sending.response is not None
    assert [seen.path for seen in proxy.seen] == ["http://far-away.invalid/v1/models"]


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_obeyed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(hostile.json_answer({})) as proxy:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        for variable in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv(name, "far-away.invalid")
        sending = send(target("http://far-away.invalid/v1"))
    assert (sending.response, proxy.connections) == (None, 0)


def test_a_whole_run_in_a_poisoned_environment_says_and_sends_nothing_of_it(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server, serving(hostile.faithful()) as elsewhere:
        ran = run.process(*endpoint(server.base_url), *BASIC, environ=poisoned(elsewhere))
    assert ran.code == 0, ran.said
    assert elsewhere.connections == 0
    assert POISON not in repr(server.seen) + ran.said
    assert "Bearer" not in ran.said
    assert "DEBUG" not in ran.said
    assert [p for p in run.root.rglob("*") if p.is_file() and POISON.encode() in p.read_bytes()] == []
