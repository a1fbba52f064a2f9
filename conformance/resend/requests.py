"""
Recorded requests as they are sent again: to other models, and with the ids that the new endpoint has given.

An id that a response held and a later request names (`previous_response_id`, an uploaded file, the id of a call) is
replaced by the one that stands at the same place of the new response.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import NotJson, Response, read_json

_DEEPEST = 60
_SHORTEST = 6
"""A shorter text that happens to be an id would be replaced where it is a word."""


def why_not(exchange: Exchange) -> str:
    """Return why a recorded request cannot be sent again, or an empty text."""
    request = exchange.sent
    if request.json is None and request.method not in {"GET", "DELETE"}:
        return "its body is not JSON (a form, or not kept), and is not sent again"
    return ""


@dataclass
class Again:
    """
    What requests become. `models` maps a recorded model, or `*` for any, to the one that is asked now.

    `ids` maps ids of recorded responses to those of the new ones.
    """

    models: Mapping[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def request(self, recorded: Request) -> Request:
        """Return a request as it is sent now."""
        path, mark, query = recorded.path.partition("?")
        parts = [self._model(self.ids.get(part, part), known=True) for part in path.split("/")]
        body = self._threaded(recorded.json)
        if isinstance(body, dict) and isinstance(body.get("model"), str):
            body = {**body, "model": self._model(body["model"])}
        return replace(recorded, path="/".join(parts) + mark + query, json=body, headers={})

    def learn(self, recorded: Response, new: Response) -> None:
        """Take the ids of two responses to one request as each other's."""
        for old, other in _pairs(_values(recorded), _values(new)):
            if old != other and len(old) >= _SHORTEST:
                self.ids[old] = other

    def _model(self, name: str, *, known: bool = False) -> str:
        return self.models.get(name) or (name if known else self.models.get("*", name))

    def _threaded(self, value: Any, depth: int = 0) -> Any:
        if depth > _DEEPEST:
            return value
        if isinstance(value, str):
            return self.ids.get(value, value)
        if isinstance(value, list):
            return [self._threaded(one, depth + 1) for one in value]
        if isinstance(value, dict):
            return {name: self._threaded(one, depth + 1) for name, one in value.items()}
        return value


def _values(response: Response) -> Any:
    """Return the JSON of a response; of a stream that of its events."""
    try:
        return read_json(response.decoded)
    except NotJson:
        pass
    found = []
    for event in response.stream.events:
        try:
            found.append(read_json(event.data))
        except NotJson:
            continue
    return _ended(found)


def _ended(events: list[Any]) -> Any:
    """Return of a stream what names ids: the last event that holds the whole response, or else all of them."""
    whole = [
        event["response"] for event in events if isinstance(event, dict) and isinstance(event.get("response"), dict)
    ]
    return whole[-1] if whole else events


def _pairs(old: Any, new: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the ids at the same places of two values."""
    if depth > _DEEPEST:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() & new.keys():
            yield from _pairs(old[key], new[key], key, depth + 1)
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _pairs(one, other, name, depth + 1)
    elif isinstance(old, str) and isinstance(new, str) and (name == "id" or name.endswith("_id")):
        yield old, new
