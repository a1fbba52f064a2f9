"""Which part of a recorded address is the operation, and which the base URL before it."""

import re
from urllib.parse import urlsplit

_ID = r"[^/]+"
_OPERATIONS = (
    rf"chat/completions(?:/{_ID}(?:/messages)?)?",
    r"completions",
    rf"responses(?:/(?:input_tokens|compact|{_ID}(?:/(?:input_items|cancel))?))?",
    rf"conversations(?:/{_ID}(?:/items(?:/{_ID})?)?)?",
    r"embeddings",
    r"moderations",
    r"models(?:/[^:]+)?",
    r"images/(?:generations|edits|variations)",
    r"audio/(?:speech|transcriptions|translations)",
    rf"files(?:/{_ID}(?:/content)?)?",
    rf"uploads(?:/{_ID}(?:/(?:parts|complete|cancel))?)?",
    rf"batches(?:/{_ID}(?:/cancel)?)?",
    rf"vector_stores(?:/{_ID}(?:/(?:search|files|file_batches)(?:/{_ID}(?:/(?:content|files|cancel))?)?)?)?",
    rf"videos(?:/{_ID}(?:/(?:content|remix))?)?",
    rf"fine_tuning/jobs(?:/{_ID}(?:/(?:cancel|events|checkpoints|pause|resume))?)?",
    rf"(?:containers|evals)(?:/{_ID}(?:/(?:files|runs)(?:/{_ID}(?:/content)?)?)?)?",
    r"realtime/(?:client_secrets|sessions|calls)",
)
"""
The operations of the API (OpenAI API reference 2.3.0, `paths`).

Of some no check knows more than what holds of every response.
"""

_KNOWN = re.compile("|".join(_OPERATIONS))

_COMMON = re.compile(
    r"(?:completions|models|files|uploads|videos|batches|responses|conversations|containers|evals)(?:/|\Z)"
)
_ROOT = re.compile(r"(?:v\d+\w*|api|openai|deployments/[^/]+|inference|compat\w*)\Z")
"""Other services have addresses that end with such a common word: there the base URL must look like one of an API."""

_SECRET = re.compile(r"(?i)(?<![a-z])(?:api[-_]?key|key|token|access_token|sig|signature)\Z")


def split(url: str) -> tuple[str, str] | None:
    """Return base URL and path below it (with its query, without credentials), or None for another API's address."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return None
    segments = parts.path.strip("/").split("/")
    for number in range(len(segments)):
        rest = "/".join(segments[number:])
        if _KNOWN.fullmatch(rest) and (not _COMMON.match(rest) or _is_root(segments[:number])):
            base = "/".join([f"{parts.scheme or 'https'}://{host}", *segments[:number]])
            query = "&".join(pair for pair in parts.query.split("&") if not _SECRET.search(pair.partition("=")[0]))
            return base, f"/{rest}{f'?{query}' if query else ''}"
    return None


def _is_root(segments: list[str]) -> bool:
    return not segments or any(_ROOT.fullmatch("/".join(segments[-number:])) for number in (1, 2))


def credentials_in(url: str) -> list[str]:
    """Return the values in a query that are keys by their names, and a password before the host."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return []
    found = [
        value for name, _, value in (pair.partition("=") for pair in parts.query.split("&")) if _SECRET.search(name)
    ]
    return [value for value in [*found, password or ""] if value]
