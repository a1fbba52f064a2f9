"""
Serve the simulator on this machine, faithful at `/v1`, and deviating at `/~<id>[,<id>]/v1`.

Command line: `python -m conformance.simulator [--host 127.0.0.1] [--port 0] [--api-key-env VAR]`. With
`--upstream openai|gemini` it serves what a gateway is put in front of; `--record FILE` keeps what the gateway sends.
"""

import argparse
import asyncio
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches

import uvicorn

from conformance.simulator.app import pages, upstreams
from conformance.simulator.app.server import base_url, listen, server
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry

_READY_POLL_S = 0.005


Provoking = Callable[[Entry], Sequence[tuple[str, str]]]


def main(arguments: list[str] | None = None, provoking: Provoking | None = None) -> int:
    """
    Serve until SIGINT or SIGTERM, or list, or describe.

    `provoking` knows the requests that show a deviation: the checks do, and the simulator knows nothing of them.
    """
    parser = argparse.ArgumentParser(prog="conformance.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--api-key-env",
        default="CONFORMANCE_SIMULATOR_KEY",
        metavar="VAR",
        help="variable that holds the only accepted key; unset or empty: any key is accepted",
    )
    parser.add_argument("--list-deviations", action="store_true", help="list the deviations that can be served")
    parser.add_argument(
        "--describe",
        metavar="ID",
        help="say what one deviation sends, who breaks, where it was seen, and which request shows it",
    )
    upstreams.add_options(parser)
    options = parser.parse_args(arguments)
    if options.list_deviations or options.describe:
        text = pages.listing() if options.list_deviations else _described(options.describe, provoking)
        return _tell(text, options.describe)
    if not _is_loopback(options.host):
        parser.error(f"--host {options.host}: only loopback addresses are served, such as 127.0.0.1")
    try:
        listener = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {options.port}: {error}")
    with listener:
        key = os.environ.get(options.api_key_env) or None
        serving, path = upstreams.chosen(options, key, table()) or (server(key, table(), options.sent), "/v1")
        asyncio.run(_serve(serving, listener, base_url(listener, path)))
    return 0


def _described(name: str, provoking: Provoking | None) -> str | None:
    """Return the page of a deviation, with the requests that show it; None when there is none of that name."""
    text = pages.page(name)
    entry = next((one for one in entries() if one.id == name and one.function is not None), None)
    if text is None or entry is None or provoking is None:
        return text
    return f"{text}\n\n{pages.provoked(name, provoking(entry))}"


def _tell(text: str | None, asked: str | None) -> int:
    if text is not None:
        print(text)  # noqa: T201 - what was asked for
        return 0
    near = get_close_matches(str(asked), [entry.id for entry in entries()], n=1)
    hint = f": did you mean `{near[0]}`?" if near else ":"
    print(f"unknown deviation `{asked}`{hint} --list-deviations names them")  # noqa: T201 - why there is nothing
    return 2


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _serve(serving: uvicorn.Server, listener: socket.socket, url: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal again after it has shut down; with its default handler that would be a crash.
        signal.signal(number, lambda *_: setattr(serving, "should_exit", True))
    task = asyncio.create_task(serving.serve(sockets=[listener]))
    while not serving.started and not task.done():  # noqa: ASYNC110 - uvicorn tells it by this flag only
        await asyncio.sleep(_READY_POLL_S)
    if serving.started:
        print(f"listening on {url}", flush=True)  # noqa: T201 - the line that a parent waits for
    await task


if __name__ == "__main__":
    sys.exit(main())
