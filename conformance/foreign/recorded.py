"""One exchange as a recorder kept it, before anything is concluded from it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from conformance.wire.response import NotJson

T = TypeVar("T")

MOST_VALUES = 1_000_000

Headers = tuple[tuple[str, str], ...]


class Unreadable(Exception):
    """A file, or one exchange in it, that says nothing that can be judged; the message says why."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    One exchange of a recording.

    `body` is None where the recorder kept none. `written_anew`: the recorder parsed the body and wrote it again, so
    that its bytes tell nothing. `when` is None where the recording has no date. `source` names the file and the number
    of the exchange in it, from 1; `recorder` who recorded it, as far as that tells what is dropped: the folder of the
    file, or what the recording says; `group` whose endpoint it was, where the recording says so.
    `first_hand`: this suite recorded it, with every header that a check reads.
    """

    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int
    headers: Headers
    body: bytes | None
    when: datetime | None = None
    written_anew: bool = False
    source: str = ""
    group: str = ""
    recorder: str = ""
    first_hand: bool = False

    def of(self, file: str, number: int) -> "Recorded":
        """Return the same exchange with its place."""
        return replace(self, source=f"{file}:{number}", recorder=self.recorder or file.rpartition("/")[0])


def each(parts: Iterable[T], read: Callable[[T], Recorded]) -> Iterator[Recorded | Unreadable]:
    """Yield what each part of a file holds; in the place of one that cannot be read, why."""
    for part in parts:
        try:
            yield read(part)
        except Unreadable as why:
            yield why
        except (NotJson, AttributeError, KeyError, TypeError, ValueError) as error:
            yield Unreadable(f"it is damaged ({error if isinstance(error, NotJson) else type(error).__name__})")


def whole_number(value: Any) -> int:
    """Return a status. Raises `Unreadable` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
        raise Unreadable("it has no status")
    return value


def text(value: Any, what: str) -> str:
    """Return a text that must be there. Raises `Unreadable`."""
    if not isinstance(value, str) or not value:
        raise Unreadable(f"it has no {what}")
    return value


def header_lines(value: Any) -> Headers:
    """Return headers from a mapping of names to values or lists of them, or from a list of pairs."""
    if isinstance(value, dict):
        pairs = [(name, one) for name, several in value.items() for one in _several(several)]
    else:
        pairs = [tuple(pair) for pair in value or () if isinstance(pair, list | tuple) and len(pair) == 2]
    return tuple((str(name), _plain(one)) for name, one in pairs)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        raise Unreadable("a header of it is not a text")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def dumped(value: Any) -> bytes:
    """Return a JSON value as bytes. Raises `Unreadable` for one of too many parts: aliases of YAML make many of few."""
    left, waiting = MOST_VALUES, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            left -= 1 + len(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
        if left < 0:
            raise Unreadable(f"its body has more than {MOST_VALUES:,} values")
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def moment(value: Any) -> datetime | None:
    """Return a time that is written as ISO 8601 or as in HTTP (RFC 9110, 5.6.7), or None."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not value:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
