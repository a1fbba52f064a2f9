"""Runs the application on a loopback port: as a process of its own, or beside the caller in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from conformance.simulator.app.application import create_app
from conformance.simulator.http.registry import Deviations

_POLL_S = 0.002
_START_S = 10.0


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a listening socket. Clients may connect from now on; they wait until a server accepts."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener


def base_url(listener: socket.socket, path: str = "/v1") -> str:
    """Return the base URL that clients of a listening socket use."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}{path}" if ":" in host else f"http://{host}:{port}{path}"


def server(api_key: str | None, deviations: Deviations | None = None, sent: Path | None = None) -> uvicorn.Server:
    """Return a server of the simulator; with `sent` it tells in that file what a gateway would send upstream."""
    return serving_app(create_app(api_key, deviations, sent))


def serving_app(app: Starlette) -> uvicorn.Server:
    """Return a server that logs nothing; the application logs its own bugs."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="critical",  # else a stream that the shutdown cuts is logged as a crash
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@contextmanager
def running(
    api_key: str | None = None, deviations: Deviations | None = None, sent: Path | None = None
) -> Iterator[str]:
    """Serve in a thread while the context is open; yields the base URL. `sent` as in `server`."""
    serving = server(api_key, deviations, sent)
    with listen() as listener:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        started = time.monotonic()
        while not serving.started:
            if not thread.is_alive() or time.monotonic() - started > _START_S:
                raise RuntimeError("the simulator did not start")
            time.sleep(_POLL_S)
        try:
            yield base_url(listener)
        finally:
            serving.should_exit = True
            thread.join()
