"""The simulator as the upstream of a gateway: with either API, and with a record of what the gateway sends."""

import argparse
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from conformance.simulator.app.application import Front, read_body
from conformance.simulator.app.lines import Lines
from conformance.simulator.app.recorder import Recorder
from conformance.simulator.app.server import serving_app
from conformance.simulator.gemini.front import GeminiFront
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.registry import Deviations
from conformance.simulator.http.sender import send_answer
from conformance.wire.upstream import Api

_log = logging.getLogger(__name__)

PATHS: dict[Api, str] = {"openai": "/v1", "gemini": "/v1beta"}
"""What follows the host in the base URL of each API."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of an upstream to those of the simulator."""
    parser.add_argument(
        "--upstream", choices=tuple(PATHS), help="serve this API, for a gateway that is put in front of it"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="append what the gateway sends to FILE, one line of JSON a request"
    )
    parser.add_argument(
        "--sent", type=Path, metavar="FILE", help="append to FILE what a gateway in the simulator's place would send"
    )
    parser.add_argument(
        "--client-key-env",
        default="CONFORMANCE_CLIENT_KEY",
        metavar="VAR",
        help="variable that holds the key of the gateway's own client, to tell whether the gateway passes it on",
    )


def chosen(
    options: argparse.Namespace, api_key: str | None, deviations: Deviations
) -> tuple[uvicorn.Server, str] | None:
    """Return the server that the options ask for, and the path of its base URL; None if they name no upstream."""
    if options.upstream is None and options.record is None:
        return None
    api: Api = options.upstream or "openai"
    client = os.environ.get(options.client_key_env, "")
    recorder = None if options.record is None else Recorder(Lines(options.record), api, api_key or "", client)
    return serving_app(create_upstream(api, api_key, deviations, recorder)), PATHS[api]


def create_upstream(
    api: Api, api_key: str | None, deviations: Deviations | None = None, recorder: Recorder | None = None
) -> Starlette:
    """Return the application that speaks one API. Without a key it takes any; without a recorder it keeps nothing."""
    answer = GeminiFront(api_key).answer if api == "gemini" else Front(api_key, deviations or {}).answer
    return Starlette(routes=[Mount("/", app=_Recorded(answer, recorder))])


@dataclass(frozen=True, slots=True)
class _Recorded:
    answer: Callable[[Scope, bytes], Answer]
    recorder: Recorder | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        content = await read_body(receive)
        if content is None:
            return
        began = time.time()
        try:
            answer = self.answer(scope, content)
            if self.recorder is not None:
                self.recorder.note(scope, content, answer, began, time.time())
            await send_answer(answer, receive, send)
        except Exception:
            _log.exception("bug in the upstream")
            raise
