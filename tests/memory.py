"""
How much memory a run takes at its peak, by what an endpoint sends and by how many exchanges there are.

`python -m tests.memory 50 200` runs each sort of answer with 50 and with 200 exchanges, each in a process of its own,
and prints what one more exchange adds.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.checks.chat import test_answer
from conformance.checks.chat.stream import test_chunks, test_framing
from conformance.checks.transport import test_every_exchange
from conformance.definition.check import Check, check_of
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.plan.afford import RequestLimit
from conformance.plan.expand import Selected
from conformance.requests import post, user
from conformance.run.judging import Judging
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.targets.target import Limits, Target
from conformance.wire.capability import MUST, Capability, Level
from conformance.wire.request import Request
from tests import hostile

MEMORY = Capability("memory.test", MUST, "what memory is measured with")
STREAMS = frozenset({"events", "many-events"})


def completion(content: str) -> bytes:
    """Return a chat completion."""
    return json.dumps({"id": "chatcmpl-1", "object": "chat.completion", **hostile.chat(content=content)}).encode()


def chunks(number: int) -> bytes:
    """Return a stream of a word for each event."""
    one = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": hostile.MODEL}
    chunk = {**one, "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n" if number == 1 else chunks(1) * number + b"data: [DONE]\n\n"


def answers() -> Mapping[str, hostile.Behaviour]:
    """Return what the endpoint sends, by name."""
    return {
        "ordinary": hostile.answer(completion("hello")),
        "events": hostile.answer(chunks(50), media_type="text/event-stream"),
        "2-mb-json": hostile.answer(completion("x" * 1_700_000)[:-1] + b', "more": [' + b"{}," * 100_000 + b"{}]}"),
        "31-mb-json": hostile.answer(completion("x" * 31_000_000)),
        "gzip-16-mb": hostile.answer(gzip.compress(completion("x" * 16_000_000)), content_encoding="gzip"),
        "many-events": hostile.answer(b"data:\n\n" * 100_000, media_type="text/event-stream"),
    }


@dataclass(frozen=True, slots=True)
class Measured:
    """The peak of a run's memory in kB, and how long it took in seconds."""

    peak_kb: int
    seconds: float


def measure(name: str, number: int) -> Measured:
    """Return what a run of so many exchanges takes, in a process of its own."""
    with hostile.serving(answers()[name]) as server, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.memory", "--child", server.base_url, folder, name, str(number)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        assert len(server.seen) == number
    return Measured(**json.loads(done.stdout))


def child(base_url: str, folder: Path, name: str, number: int) -> Measured:
    """Send and judge so many exchanges, and return what that took."""
    asked = asking(number, stream=name in STREAMS)
    target = Target(
        name="t",
        title="t",
        base_url=base_url,
        models={"chat": hostile.MODEL},  # type: ignore[dict-item]
        limits=Limits(in_flight=2, most_in_flight=0, per_minute=0, deadline_s=120),
    )
    keys = [ExchangeKey("t", asked, case) for case in asked.cases]
    items = selected(target, keys)
    options = RunOptions((ChosenTarget(target, "live"),), (), Level.MAY, RequestLimit(None, None), None, folder)
    engine = RunEngine(options, folder, keys, {})
    judging = Judging(engine, items)
    started = time.perf_counter()
    engine.start(look_ahead=None)
    try:
        for item in items:
            judging.judged(item)
    finally:
        lines, _ = engine.stop()
    assert len(lines) == number
    return Measured(peak_kb(), time.perf_counter() - started)


def peak_kb() -> int:
    """Return the most that this process has had in memory. `getrusage` would count that of its parent too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def asking(number: int, *, stream: bool) -> ExchangeSpec:
    """Return an exchange with so many cases."""

    def asked(row: int) -> Request:
        more: dict[str, Any] = {"stream": True} if stream else {}
        return post("/chat/completions", {"model": hostile.MODEL, "messages": [user(f"Hello {row}")], **more})

    return ExchangeSpec(asked, MEMORY, frozenset({200}), each={str(row): row for row in range(number)})


def selected(target: Target, keys: list[ExchangeKey]) -> list[Selected]:
    """Return the built-in checks of each exchange, and checks of kinds."""
    modules = (test_every_exchange, test_answer, test_chunks, test_framing)
    checks = [check for module in modules for value in vars(module).values() if (check := check_of(value)) is not None]
    own = [
        Selected(check.of(key.spec), target, key.case, {"exchange": key})
        for check in checks
        for key in keys
        if check.builtin
    ]
    return own + [of_kind(check, target, keys) for check in checks if not check.builtin and check.kind is not None]


def of_kind(check: Check, target: Target, keys: list[ExchangeKey]) -> Selected:
    """Return a check of a kind that is judged on these exchanges alone."""
    argument = next(iter(check._named))
    return Selected(replace(check, witness=(keys[0].spec,)), target, "", {argument: tuple(keys)})


def main(*arguments: str) -> None:
    """Print what one more exchange takes, for each sort of answer."""
    if arguments[0] == "--child":
        base_url, folder, name, number = arguments[1:]
        found = child(base_url, Path(folder), name, int(number))
        print(json.dumps({"peak_kb": found.peak_kb, "seconds": found.seconds}))  # noqa: T201  what the parent reads
        return
    few, many = map(int, arguments)
    for name in answers():
        less, more = measure(name, few), measure(name, many)
        slope = (more.peak_kb - less.peak_kb) / (many - few)
        took = f"{less.seconds:.1f} s and {more.seconds:.1f} s"
        print(f"{name:12} {less.peak_kb // 1024:5} MB {more.peak_kb // 1024:5} MB {slope:8.1f} kB an exchange, {took}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
