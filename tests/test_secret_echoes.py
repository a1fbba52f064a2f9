"""
A secret that an endpoint tells back is nowhere: not on the screen, and in no file of a run.

It is told in 500 ways (`echoes`), and looked for by detectors that know nothing of the suite's own search (`detect`).
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from conformance.record.redacted import redacted
from conformance.targets.secrets import Secrets
from conformance.wire.response import Response
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.detect import telling_files, tells
from tests.echoes import NUMBER, Answer, Shape, shapes
from tests.hostile import Behaviour, Seen, chat, serving
from tests.whole_run import KEY_ENV, Ran, Runner, run

__all__ = ["run"]

KEYS = ("sk-run-Zq8mB2xT7LpW0123456789", "sk-Zq8/mB2x+T7Lp/W012+3456=", "f3a9Qx0b77c1E2d4")

JSON = Answer(200, (("content-type", "application/json"),), json.dumps(chat()).encode())
_CHUNK = {"id": "c-1", "choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}]}
STREAM = Answer(
    200, (("content-type", "text/event-stream"),), f"data: {json.dumps(_CHUNK)}\n\ndata: [DONE]\n\n".encode()
)


def received(shape: Shape, key: str) -> Response:
    """Return what is received of an answer that tells a key in some shape."""
    answer = shape.put(STREAM if shape.sort == "stream" else JSON, key)
    return Response(answer.status, answer.headers, answer.body, (len(answer.body),), (1.0,), 1.0)


def text(response: Response) -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in response.headers)
    return f"{headers}\n{response.decoded.decode()}"


@pytest.mark.parametrize("key", KEYS)
def test_every_echo_is_blanked_out_and_counts_as_a_leak(key: str) -> None:
    kept, uncounted, broken = [], [], []
    told = [shape for shape in shapes() if shape.sort != "broken" and shape.place != "phrase"]
    for shape in told:
        before = received(shape, key)
        assert tells(text(before), key), f"the detectors miss {shape}"
        clean, count = redacted(before, Secrets.of([key]))
        kept += [str(shape)] if tells(text(clean), key) else []
        uncounted += [] if count else [str(shape)]
        if before.media_type == "application/json" and shape.place != "zipped":
            broken += [] if type(clean.json) is type(before.json) else [str(shape)]
        assert len(clean.decoded) == len(before.decoded)
    assert (kept, uncounted, broken) == ([], [], [])
    assert len(told) > 0.8 * NUMBER


# Whole runs.

FIRST = 3
"""So many requests are answered faithfully, so that the run goes on."""

MOST = {"json": 4, "stream": 14, "any": 3}
"""So many echoes of a sort are put into one answer."""


class Written:
    """A writer that keeps what a faithful endpoint answers."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        """Keep some bytes."""
        self.data += data

    async def drain(self) -> None:
        """Let it be."""

    def answer(self) -> Answer:
        """Return what was written."""
        head, _, rest = bytes(self.data).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        body = bytearray()
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            body += rest[: int(size, 16)]
            rest = rest[int(size, 16) + 2 :]
        kept = tuple(header for header in headers if header[0].lower() != "transfer-encoding")
        return Answer(int(first.split(" ")[1]), kept, bytes(body))


@dataclass
class Telling:
    """An endpoint that answers as the simulator does, and tells a secret in each answer, in ways that are left."""

    secret: str
    left: list[Shape]
    faithful: Behaviour = field(default_factory=hostile.faithful)

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        """Answer."""
        written = Written()
        await self.faithful(seen, cast("asyncio.StreamWriter", written))
        answer = written.answer()
        writer.write((answer if seen.turn < FIRST else self.telling(answer, seen.turn)).wire())
        await writer.drain()
        writer.close()  # what is no HTTP has no end of its own

    def telling(self, answer: Answer, turn: int) -> Answer:
        """Return an answer with as many of the echoes that are left as fit into it."""
        if turn % 3 == 0 and (broken := next((shape for shape in self.left if shape.sort == "broken"), None)):
            self.left.remove(broken)
            return broken.put(answer, self.secret)
        put: list[Shape] = []
        for shape in [shape for shape in self.left if shape.sort in {answer.sort, "any"}]:
            changed = shape.put(answer, self.secret)
            alike = [other for other in put if other.sort == shape.sort]
            if len(alike) < MOST[shape.sort] and all(other.told_in(changed, self.secret) for other in put):
                answer = changed
                put.append(shape)
                self.left.remove(shape)
        return answer


def told(run: Runner, left: list[Shape], secret: str, families: Sequence[str], *options: str) -> Ran:
    """Run some families against an endpoint that tells a secret; return what the run left."""
    checks = Runner(run.pytester, tuple(f"conformance.checks.{family}" for family in families))
    with serving(Telling(secret, left)) as server:
        return checks(
            *run.target("telltale", server.base_url, in_flight=16, deadline_s=20),
            *(word for family in families for word in ("--capability", f"{family}.*")),
            *("--level", "may", "--junitxml", "junit.xml", "--allure", "--alluredir", "allure", "-rA", *options),
        )


SPARE = 5

RUNS = ((KEYS[0], ("errors", "chat")), (KEYS[1], ("tools",)), (KEYS[2], ("responses", "structured", "usage")))


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(RUNS)))
def test_no_file_and_no_screen_holds_a_secret_that_is_told_in_500_ways(
    run: Runner, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    secret, families = RUNS[number]
    left = list(shapes()[number :: len(RUNS)])
    monkeypatch.setenv(KEY_ENV, secret)
    ran = told(run, left, secret, families)
    assert len(left) < SPARE  # how many requests are sent turns on what is tried again
    telling, looked_at = telling_files(run.root, secret)
    assert (telling, tells(ran.said, secret)) == ([], "")
    assert looked_at > 200
    if "errors" in families:
        assert ran.result("key_is_not_returned").verdict is Verdict.DEVIATES
