"""What the tests of the transport share."""

import asyncio
from typing import Any

from conformance.send.transport import Sending, Transport
from conformance.targets.target import Limits, Target
from conformance.wire.request import Request, post, user
from tests import hostile
from tests.hostile import CHAT, Behaviour, Server, serving

KEY = "sk-test-0123456789/abc+def"
HELLO = {"model": "sim-chat", "messages": [user("Hello")]}


def target(base_url: str, **limits: Any) -> Target:
    return Target(
        name="t",
        title="t",
        base_url=base_url,
        key_env="THE_KEY",
        models={"chat": "sim-chat"},  # type: ignore[dict-item]
        limits=Limits(**{"deadline_s": 20, **limits}),
    )


async def _send(transport: Transport, requests: tuple[Request, ...], stop_after: int | None) -> list[Sending]:
    try:
        return [await transport.send(request, stop_after=stop_after) for request in requests]
    finally:
        await transport.close()


def send(base_url: str, *requests: Request, stop_after: int | None = None, **limits: Any) -> list[Sending]:
    return asyncio.run(_send(Transport(target(base_url, **limits), KEY), requests, stop_after))


def sent_by(transport: Transport, *requests: Request) -> list[Sending]:
    """Send some requests, one after the other, and close the transport."""
    return asyncio.run(_send(transport, requests, None))


def exchanged(behaviour: Behaviour, request: Request | None = None, **options: Any) -> tuple[Sending, Server]:
    """Send one request to a server of its own."""
    with serving(behaviour) as server:
        (sending,) = send(server.base_url, request or post(CHAT, HELLO), **options)
    return sending, server


OK = hostile.json_answer({"ok": True})
