"""
A relay on loopback between your application and an endpoint: each response is judged as it passes.

Give the base URL that it prints to your application, with the key that it has already: the key passes and is not kept.
Every byte goes on as it came, streams without delay, whatever its path; WebSockets pass unread. Ctrl-C ends it, and
writes the usual reports and `app.toml`, what the application uses. Exit codes: 0 nothing is wrong; 1 a deviation that
is owed; 4 wrong use; 5 no response of this API has passed.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from conformance.foreign.kept import add_kept
from conformance.run import folder as runs
from conformance.watch.line import line
from conformance.watch.relay import Relay, Upstream
from conformance.watch.responses import Seen
from conformance.wire.text import visible
from conformance.wire.verdict import UsageError

HOST = "127.0.0.1"
USAGE = 4
LAST_S = 300.0
"""How long the reports may take when the relay has ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Relay until Ctrl-C, and return the exit code of what was judged."""
    options = parser().parse_args(arguments)
    try:
        upstream = Upstream.of(options.upstream)
        folder = runs.make(Path.cwd() / options.output, runs.new_name(["watched"]))
        return asyncio.run(_watch(upstream, options.port, folder, options.keep))
    except (UsageError, ValueError) as error:
        sys.stderr.write(f"{visible(str(error))}\n")
        return USAGE
    except OSError as error:
        sys.stderr.write(f"{visible(f'cannot listen on {HOST}:{options.port}: {error.strerror or error}')}\n")
        return USAGE


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance watch", description=text, epilog=more)
    add = made.add_argument
    add("--upstream", required=True, metavar="URL", help="the base URL of the endpoint: https://api.example.com/v1")
    add("--port", type=int, default=0, metavar="N", help="the port on 127.0.0.1 (default: a free one)")
    add_kept(made)
    return made


async def _watch(upstream: Upstream, port: int, folder: Path, keep: str) -> int:
    judge = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "conformance.watch.judge", str(folder), "--keep", keep), stdin=asyncio.subprocess.PIPE
    )
    scheme = "https" if upstream.tls else "http"
    hand = _Hand(judge, f"{scheme}://{upstream.name.decode()}")
    relay = Relay(upstream, hand.over, _tell)
    server = await relay.listen(HOST, port)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    port = server.sockets[0].getsockname()[1]
    _tell(f"listening on http://{HOST}:{port}{upstream.path} for {scheme}://{upstream.name.decode()}{upstream.path}")
    _tell("give this base URL to your application; Ctrl-C ends it")
    await ended.wait()
    server.close()
    await relay.close()
    return await hand.end()


class _Hand:
    """Hands exchanges over to the process that judges; when that is gone, forwarding goes on."""

    def __init__(self, judge: asyncio.subprocess.Process, base: str) -> None:
        self._judge = judge
        self._base = base
        self._waiting: asyncio.Queue[tuple[Seen, int] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def over(self, seen: Seen, beside: int) -> None:
        """Take an exchange that has passed."""
        self._waiting.put_nowait((seen, beside))

    async def _run(self) -> None:
        pipe = self._judge.stdin
        assert pipe is not None
        try:
            while (found := await self._waiting.get()) is not None:
                seen, beside = found
                pipe.write(await asyncio.to_thread(line, seen, self._base, beside))
                await pipe.drain()
        except (OSError, RuntimeError):
            _tell("judging has ended; forwarding goes on")

    async def end(self) -> int:
        """Let the judge write its reports, and return its exit code."""
        self._waiting.put_nowait(None)
        await self._task
        if self._judge.stdin is not None:
            with suppress(OSError, RuntimeError):
                self._judge.stdin.close()
        _tell("writing the reports")
        try:
            return await asyncio.wait_for(self._judge.wait(), LAST_S)
        except TimeoutError:
            self._judge.kill()
            _tell(f"the reports were not written within {LAST_S:.0f} s")
            return 3


def _tell(text: str) -> None:
    sys.stdout.write(f"{visible(text)}\n")
    sys.stdout.flush()
