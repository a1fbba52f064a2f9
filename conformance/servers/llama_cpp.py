"""
The HTTP server of llama.cpp with a tiny chat model, on loopback.

    python -m conformance.servers.llama_cpp [--port 0] [--api-key-env VAR] [--no-jinja] [--no-embeddings]

One line on stdout, ``listening on http://127.0.0.1:PORT/v1``, says that the server answers; its own log goes to stderr.
One process serves chat, completions, responses and embeddings. It ends on SIGTERM, on SIGINT and with its parent.
The model is made by ``tools/make_tiny_chat.py``: it knows the suite's prompts by heart and nothing else.
"""

import argparse
import http.client
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

MODEL_NAME = "tiny-chat"
MODEL_FILE = Path(__file__).with_name("tiny-chat.gguf")
INSTALL = "python -m pip install 'xllamacpp>=2026.10'"

_HOST = "127.0.0.1"
_CONTEXT = 16384
_SLOTS = 4
_LONGEST_ANSWER = 640
_LOG_ERRORS_ONLY = 1
_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_PARENT_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Serve until told to stop, then end the process."""
    options = _options(arguments)
    engine = _engine()
    stop = _stopper()
    try:
        server = engine.Server(_parameters(engine, options, _api_key(options.api_key_env)))
    except RuntimeError as error:
        raise SystemExit(f"llama.cpp did not start on {_HOST}:{options.port}, is the port free? {error}") from None
    address = str(server.listening_address)
    if not _wait_until(lambda: _is_healthy(address), _READY_SECONDS):
        raise SystemExit(f"llama.cpp did not answer {address}/health within {_READY_SECONDS:.0f} s")
    sys.stdout.write(f"listening on {address}/v1\n")
    sys.stdout.flush()
    _wait_for_end(stop)
    # The server's destructor waits for open streams, for ever when a client keeps one open.
    os._exit(0)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.servers.llama_cpp",
        description=f"Serve the model {MODEL_NAME} with llama.cpp on {_HOST}, until stopped or until the parent ends.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--api-key-env", metavar="VAR", help="environment variable with the key that clients must send")
    parser.add_argument(
        "--no-jinja", action="store_true", help="without the model's template: a request with tools fails"
    )
    parser.add_argument("--no-embeddings", action="store_true", help="without embeddings")
    return parser.parse_args(arguments)


def _engine() -> Any:
    """Import xllamacpp, which is optional and has no type hints."""
    try:
        return importlib.import_module("xllamacpp")
    except ModuleNotFoundError as error:
        if error.name != "xllamacpp":
            raise
        raise SystemExit(f"xllamacpp, which holds the llama.cpp server, is not installed; run: {INSTALL}") from None


def _api_key(variable: str | None) -> str | None:
    if variable is None:
        return None
    key = os.environ.get(variable)
    if not key:
        raise SystemExit(f"--api-key-env names {variable}, which is not set")
    return key


def _parameters(engine: Any, options: argparse.Namespace, api_key: str | None) -> Any:
    parameters = engine.CommonParams()
    parameters.model.path = str(MODEL_FILE)
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = [_HOST]
    parameters.port = options.port
    parameters.api_keys = [api_key] if api_key else []
    parameters.ui = False
    parameters.verbosity = _LOG_ERRORS_ONLY
    parameters.n_ctx = _CONTEXT
    parameters.n_parallel = _SLOTS
    # The slots share the context, so that each of them may use all of it.
    parameters.kv_unified = True
    # An input that is embedded with pooling must fit into one batch.
    parameters.n_batch = parameters.n_ubatch = _CONTEXT
    # Held to a grammar that it cannot end, so small a model writes until its context is full.
    parameters.n_predict = _LONGEST_ANSWER
    # The model is so small that a second thread costs more than it brings.
    parameters.cpuparams.n_threads = 1
    parameters.warmup = False
    parameters.use_jinja = not options.no_jinja
    parameters.sampling.temp = 0.0
    parameters.embedding = not options.no_embeddings
    parameters.pooling_type = engine.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    return parameters


def _is_healthy(address: str) -> bool:
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or _HOST, url.port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (result := holds()) and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
    return result


def _stopper() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _wait_for_end(stop: threading.Event) -> None:
    parent = os.getppid()
    while not stop.wait(_PARENT_SECONDS) and os.getppid() == parent:
        pass


if __name__ == "__main__":
    main()
