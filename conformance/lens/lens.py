"""
The SDK lens: what a user of the official client gets from an answer.

The recorded bytes go through the client again, offline. An outcome is said next to the one of a faithful answer: raw
bytes judge, and this explains who breaks. Nothing here raises, whatever was recorded.
"""

import asyncio
import traceback
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openai

from conformance.lens.calls import Call, Got, calls_of
from conformance.lens.rare import RareCall, rare_calls_of
from conformance.lens.view import Lens, Outcome, View, alone, filled
from conformance.send.transport import replaying_async_client, replaying_client
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending, Response

LONGEST = 4 * 1024 * 1024
MOST = 3
"""So many exchanges of one deviation are looked at."""


def lens(exchange: Exchange) -> Lens:
    """Return what a user gets from an exchange taken by itself: lost is what a good answer cannot be without."""
    views = views_of(exchange)
    if not views:
        return Lens(Outcome.UNSEEN)
    return _worst(views, (alone(name, view) for name, view in views.items()))


def compared(found: Exchange, faithful: Exchange) -> Lens:
    """Return what a user gets from an exchange where the faithful one is known: lost is whatever differs from it."""
    views, good = views_of(found), views_of(faithful)
    if not views.keys() & good.keys():
        return Lens(Outcome.UNSEEN)
    drawn = drawn_of(found.sent, faithful.sent)
    return _worst(views, (beside(name, view, good[name], drawn) for name, view in views.items() if name in good))


def drawn_of(asked: Request, before: Request) -> frozenset[str]:
    """Return values that differ between two faithful answers too; of those only what is missing counts."""
    if isinstance(asked.json, dict) and asked.json.get("temperature"):
        return frozenset({"text", "usage"})
    return frozenset() if asked == before else frozenset({"usage", "final usage"})  # a drawn id has other tokens


def worst(pairs: Iterable[tuple[Exchange, Exchange]]) -> Lens:
    """Return the worst of some exchanges beside their faithful ones; those that differ most are looked at."""
    return max((compared(*pair) for pair in differing(pairs)), key=lambda one: one.rank, default=Lens(Outcome.UNSEEN))


def differing(pairs: Iterable[tuple[Exchange, Exchange]]) -> list[tuple[Exchange, Exchange]]:
    """Return the exchanges that differ most from their faithful ones, among those that some call is made for."""
    return sorted((pair for pair in pairs if _calls(pair[0])), key=lambda pair: _alike(*pair))[:MOST]


def _alike(found: Exchange, faithful: Exchange) -> int:
    one, other = found.response, faithful.response
    if one is None or other is None:
        return 0
    names = [{name.lower() for name, _ in answer.headers} for answer in (one, other)]
    same = (one.status == other.status, one.media_type == other.media_type, len(one.body) == len(other.body))
    return sum((*same, names[0] == names[1], found.ending == faithful.ending))


def _worst(views: Mapping[str, View], said: Iterable[Lens]) -> Lens:
    bad, *others = sorted(said, key=lambda one: -one.rank)
    also = [f"{one.reason.partition(':')[0]} raises {one.raised}" for one in others if one.raised]
    more = also if bad.outcome is Outcome.LOSES else []
    return Lens(bad.outcome, "; ".join([bad.reason, *more]), bad.raised, views)


def beside(name: str, view: View, good: View, drawn: frozenset[str]) -> Lens:
    """Return what a user gets by one call where the faithful response is known: lost is whatever differs from it."""
    if view.raised and view.raised != good.raised:
        instead = f", where {good.raised} is right" if good.raised else ""
        return Lens(Outcome.RAISES, f"{name}: {view.words}{instead}", view.raised)
    if good.raised and not view.raised:
        return Lens(Outcome.LOSES, f"{name}: no error, where {good.raised} is right")
    lost = [
        _difference(key, view.got.get(key), value)
        for key, value in good.got.items()
        if view.got.get(key) != value and not (key in drawn and filled(view.got.get(key)))
    ]
    return Lens(Outcome.LOSES, f"{name}: {', '.join(lost)}") if lost else Lens(Outcome.SURVIVES)


def _difference(name: str, value: Any, good: Any) -> str:
    return f"other {name}" if filled(value) or not filled(good) else f"no {name}"


def views_of(exchange: Exchange, *, deep: bool = False) -> dict[str, View]:
    """Return what the official Python client gives by each call; `deep` adds those that rarely differ."""
    found = {name: _view(call, exchange) for name, call in _calls(exchange).items()}
    if deep and is_looked_at(exchange):
        rare = rare_calls_of(place_of(exchange))
        found |= {name: _rare_view(call, exchange) for name, call in rare.items()}
    return found


def _view(call: Call, exchange: Exchange) -> View:
    try:
        with warnings.catch_warnings(), replaying_client(exchange.received, exchange.ending) as client:
            warnings.simplefilter("ignore")
            return View(call(client, exchange.sent))
    except Exception as error:  # noqa: BLE001  that the client breaks in whatever way is what we want to know
        return _raised(error)


async def _awaited(call: RareCall, exchange: Exchange) -> Got:
    async with replaying_async_client(exchange.received, exchange.ending) as client:
        return await call(client, exchange.sent)


def _rare_view(call: RareCall, exchange: Exchange) -> View:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return View(asyncio.run(_awaited(call, exchange)))
    except Exception as error:  # noqa: BLE001  as above
        return _raised(error)


def _raised(error: Exception) -> View:
    if isinstance(error, openai.APIStatusError):
        return View(_error(error, bool(error.request_id)), *_named(error), again=_is_sent_again(error))
    if isinstance(error, openai.APIError):
        return View(_error(error, request_id=False), *_named(error))
    return View({}, *_named(error))


def _is_sent_again(error: openai.APIStatusError) -> bool:
    """Tell whether the client sends the request again by default: by its own rule, a status or `x-should-retry`."""
    with replaying_client(Response(200), Ending.COMPLETE) as client:
        return client._should_retry(error.response)  # noqa: SLF001  nothing public tells it without waiting


def _named(error: Exception) -> tuple[str, str]:
    said, line = " ".join(str(error).split())[:120], _line_of(error)
    return type(error).__name__, f"{said}, at `{line}`" if line else said


def _line_of(error: Exception) -> str:
    """Return the line of the client that raised: it names the keys that it reads. Errors of its own need none."""
    if isinstance(error, openai.OpenAIError) or error.__traceback__ is None:
        return ""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "openai" in Path(one.filename).parts]
    return (frames[-1].line or "")[:80] if frames else ""


def _error(error: openai.APIError, request_id: bool) -> Got:  # noqa: FBT001  one of four values
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    shown = {"message": isinstance(message, str) and bool(message), "request id": request_id}
    return {"code": error.code, "type": error.type, "param": error.param, **shown}


def _calls(exchange: Exchange) -> Mapping[str, Call]:
    """Return the calls of a user that make such a request; none for what is not looked at."""
    return calls_of(place_of(exchange), exchange.sent) if is_looked_at(exchange) else {}


def is_looked_at(exchange: Exchange) -> bool:
    """Tell whether there is a response that may be given to a client: neither cut by us nor very large."""
    if exchange.response is None or exchange.request is None or exchange.ending in {Ending.STOPPED, Ending.SIZE}:
        return False
    return len(exchange.response.decoded) <= LONGEST


def place_of(exchange: Exchange) -> str:
    """Return the method and the operation of a request, and whether a stream was requested."""
    request = exchange.sent
    return f"{request.method} {request.operation}{' streamed' if request.streamed else ''}"
