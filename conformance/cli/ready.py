"""Waiting until a server answers, for who has started it."""

import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PAUSE_S = 0.25
_ONE_S = 5.0


class NotReady(Exception):
    """A server does not answer, for a reason of one line."""


def wait_until_ready(url: str, patience_s: float, server: "subprocess.Popen[bytes] | None" = None) -> None:
    """
    Wait until a URL is answered below 500: 401 or 404 is an answer too, and 503 says that it is still loading.

    `server` is the process that is to answer, if it is ours. Raises `NotReady` when that has ended, and after so many
    seconds; `ValueError` for what is no URL.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"`{url}` is not a URL")
    until, seen = time.monotonic() + patience_s, "nothing answers"
    while True:
        if server is not None and (code := server.poll()) is not None:
            raise NotReady(f"the server has ended with code {code} before it answered at {url}")
        status = _status(url)
        if status is not None and status < 500:
            return
        seen = f"the last answer was {status}" if status is not None else seen
        if time.monotonic() > until:
            raise NotReady(f"{url} is not ready after {patience_s:g} s: {seen}")
        time.sleep(_PAUSE_S)


def _status(url: str) -> int | None:
    """Return the status of the answer, or None when there is none."""
    try:
        with urllib.request.urlopen(url, timeout=_ONE_S) as response:  # noqa: S310  its scheme was looked at
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, HTTPException):
        return None
