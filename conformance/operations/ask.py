"""
Asking the account API of a target after a run: its log, page by page, and what is left of the key's quota.

It is asked as an endpoint under test is: bounded in bytes and time, without redirects, and what comes is searched for
secrets. The account's token goes to the host of the account API alone. Nothing here raises: trouble is returned.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.log.account import Account, Logged, Quota, Spent
from conformance.log.records import ExchangeLine
from conformance.operations.entries import Unreadable, entries, quota
from conformance.operations.held import SLACK_S, Terms, compare
from conformance.operations.spent import all_spent
from conformance.send.transport import Transport
from conformance.targets.operations import Access, Operations
from conformance.targets.target import Limits, Target
from conformance.wire.request import get
from conformance.wire.response import NotJson, read_json

SECONDS = 45.0
"""How long all of it may take at one target."""

MOST_PAGES, PAGE = 60, 100
TRIES, PAUSE_S = 3, 2.0
"""So often the log is read before an entry is called missing, and how long is waited: it may be written a bit later."""

_LIMITS = Limits(deadline_s=20.0, max_bytes=4 * 1024 * 1024, per_minute=0)


def account(  # noqa: PLR0913  whom to ask, with what, about what, and how patiently
    target: Target,
    opened: Access | None,
    key: str | None,
    folder: Path,
    lines: Sequence[ExchangeLine],
    *,
    pause_s: float = PAUSE_S,
) -> Account | None:
    """
    Return what the account API of a target tells of a run, or None where it has none or nothing opens it.

    `opened` opens the log, `key` (the one under test) the quota. `folder` holds the recordings of `lines`.
    """
    at = target.operations
    log = at is not None and bool(at.log_path) and opened is not None
    left = at is not None and bool(at.usage_path) and key is not None
    if at is None or not (log or left):
        return None
    spent = all_spent(folder, lines, at) if log else []
    return asyncio.run(_ask(target, at, opened if log else None, key if left else None, spent, pause_s))


def quota_left(target: Target, key: str | None) -> Quota | None:
    """Return what the vendor tells of the key's quota before a run, or None where it tells nothing."""
    at = target.operations
    if at is None or not at.usage_path or key is None:
        return None
    return asyncio.run(_quota(target, at, key))[0]


async def _ask(  # noqa: PLR0913, PLR0917  see above
    target: Target, at: Operations, opened: Access | None, key: str | None, spent: Sequence[Spent], pause_s: float
) -> Account:
    found = Account(target=target.name, log="" if opened else _closed(at))
    try:
        async with asyncio.timeout(SECONDS):
            if opened is not None:
                found = await _log(target, at, opened, spent, pause_s)
    except TimeoutError:
        found = Account(target=target.name, log=f"the vendor's log was not read within {SECONDS:g} s")
    if key is None:
        return found
    told, trouble = await _quota(target, at, key)
    return found.model_copy(update={"quota": told, "quota_trouble": trouble})


def _closed(at: Operations) -> str:
    if not at.log_path:
        return "the target's file does not name a `log_path`"
    return f"the account's token is not set: {at.account_env}"


async def _log(target: Target, at: Operations, opened: Access, spent: Sequence[Spent], pause_s: float) -> Account:
    """Read the log, again while the entry of an exchange may still be written, and hold it against the exchanges."""
    transport = Transport(_as_endpoint(target, at, opened), opened.token, tuple(opened.headers))
    terms = Terms(at.billed, at.units_per_dollar)
    since = min((one.began for one in spent), default=0.0) - SLACK_S
    try:
        for number in range(TRIES):
            logged = await _pages(transport, at, int(since))
            compared = compare(spent, logged, terms)
            late = any(one.standing == "missing" for one in compared.held) or len(logged) < _served(spent)
            if not late or number + 1 == TRIES:
                break
            await asyncio.sleep(pause_s)
    except Unreadable as error:
        return Account(target=target.name, log=str(error))
    finally:
        await transport.close()
    return Account(target=target.name, entries=len(logged), held=list(compared.held), totals=list(compared.totals))


def _served(spent: Sequence[Spent]) -> int:
    return sum(one.status < 400 for one in spent)


async def _pages(transport: Transport, at: Operations, since: int) -> list[Logged]:
    """Return the entries since a time, in the order of time. Some count pages from 0 and some from 1: both do."""
    found: dict[str, Logged] = {}
    mark = "&" if "?" in at.log_path else "?"
    for page in range(MOST_PAGES):
        path = f"{at.log_path}{mark}p={page}&page_size={PAGE}&start_timestamp={since}"
        rows = entries(await _json(transport, path, "the vendor's log"), at.fields)
        fresh = [(row, entry) for row, entry in rows if row not in found]
        found |= dict(fresh)
        over = bool(fresh) and all(entry.at is not None and entry.at < since for _, entry in fresh)
        if over or (page and not fresh):
            break
    return sorted(found.values(), key=lambda entry: entry.at or 0.0)


async def _quota(target: Target, at: Operations, key: str) -> tuple[Quota | None, str]:
    transport = Transport(_as_endpoint(target, at), key)
    try:
        return quota(await _json(transport, at.usage_path, "the quota")), ""
    except Unreadable as error:
        return None, str(error)
    finally:
        await transport.close()


def _as_endpoint(target: Target, at: Operations, opened: Access | None = None) -> Target:
    """Return the account API as a target: another address, the account's headers, and bounds of its own."""
    return Target(
        name=target.name,
        title=target.title,
        base_url=at.origin(target.base_url),
        hosts=target.hosts,
        tls=target.tls,
        headers=opened.headers if opened else {},
        limits=_LIMITS,
    )


async def _json(transport: Transport, path: str, what: str) -> Any:
    """Return the JSON at a path. Raises `Unreadable` that says what came instead."""
    sending = await transport.send(get(path))
    response = sending.response
    if response is None:
        raise Unreadable(f"{what}: nothing was received ({sending.reason})")
    if response.status != 200 or not sending.ending.whole:
        raise Unreadable(f"{what}: returned {response.status}, expected 200 {sending.reason}".rstrip())
    try:
        return read_json(response.decoded)
    except NotJson:
        raise Unreadable(f"{what}: is not JSON") from None
