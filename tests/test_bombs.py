"""Every check judges in time what an endpoint makes of its answers, however slow that is made to be."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.judge.judge import judge
from conformance.wire import sse
from conformance.wire.exchange import Exchange, Exchanges
from conformance.wire.response import NotJson, Response, read_json
from tests.bombs import Bomb
from tests.fakes import error
from tests.simulated import Simulated, every_check

pytestmark = pytest.mark.long

SIZE = 20_000
MOST_S = 3
TEXTS = frozenset(
    {"content", "text", "arguments", "message", "delta", "refusal", "url", "b64_json", "reasoning_content"}
)
"""The keys under which answers hold texts of a model or of an error."""

BOMBS = (Bomb("0"), Bomb("a."), Bomb("data:image/a;"), Bomb("model!"))
EVERY = every_check()


class Attacked:
    """Answers of an endpoint that puts one text into them: into what a model says, or into an error."""

    def __init__(self, text: str, *, refuses: bool) -> None:
        self._text = text
        self._refuses = refuses
        self._made: dict[int, tuple[Exchange, Exchange]] = {}  # with the original, whose id is then its own

    def __call__(self, taken: Exchange | Exchanges) -> Exchange | Exchanges:
        """Return exchanges with such answers."""
        if isinstance(taken, tuple):
            return tuple(self._one(exchange) for exchange in taken)
        return self._one(taken)

    def _one(self, exchange: Exchange) -> Exchange:
        if id(exchange) not in self._made:
            made = self._response(exchange.response) if exchange.response else None
            self._made[id(exchange)] = exchange, replace(exchange, response=made)
        return self._made[id(exchange)][1]

    def _response(self, answer: Response) -> Response:
        if self._refuses:
            body = json.dumps(error(self._text)).encode()
            return Response(400, (("content-type", "application/json"),), body, (len(body),), (1.0,))
        if answer.media_type == "text/event-stream":
            body = sse.encode(tuple(self._events(answer)))
        elif answer.media_type == "application/json":
            body = json.dumps(bombed(answer.json, self._text)).encode()
        else:
            body = self._text.encode()
        return replace(answer, body=body, sizes=(len(body),), at_ms=(1.0,))

    def _events(self, answer: Response) -> Iterator[sse.Event]:
        """Yield the events; the first text in them is the bomb."""
        text = self._text
        for event in answer.stream.events:
            try:
                value = read_json(event.data)
            except NotJson:
                yield event
                continue
            changed = bombed(value, text)
            text = text if changed == value else "b"
            yield replace(event, data=json.dumps(changed))


def bombed(value: Any, text: str) -> Any:
    """Return a JSON value with a text in place of each text in it."""
    if isinstance(value, dict):
        return {
            key: text if key in TEXTS and isinstance(item, str) and item else bombed(item, text)
            for key, item in value.items()
        }
    return [bombed(item, text) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("refuses", [False, True], ids=["said", "refused"])
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.unit)
def test_every_check_judges_a_bomb_in_time(bomb: Bomb, refuses: bool, simulated: Simulated) -> None:  # noqa: FBT001
    attacked = Attacked(bomb.text(SIZE), refuses=refuses)
    slow = []
    for item in EVERY:
        arguments = {name: attacked(taken) for name, taken in simulated.arguments(item).items()}
        started = time.thread_time()
        judge(item.check, arguments, claimed=True)
        if (taken_s := time.thread_time() - started) > MOST_S:
            slow.append(f"{item.id}: {taken_s:.1f} s")
    assert slow == []
